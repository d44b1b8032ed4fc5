// The tree of the public log (RFC 6962 §2.1). Twin of civic/log/tree.py and of the checks of civic/log/proof.py.
// Sizes may pass 2^31: no bit operators here.
import { sha256 } from './canonical.mjs';

/** @param {...Uint8Array} parts */
function hashOf(...parts) {
  return sha256(Uint8Array.from(parts.flatMap((part) => [...part])));
}

/** @param {Uint8Array} entry */
export function leafHash(entry) {
  return hashOf(Uint8Array.of(0), entry);
}

/**
 * @param {Uint8Array} left
 * @param {Uint8Array} right
 */
export function nodeHash(left, right) {
  return hashOf(Uint8Array.of(1), left, right);
}

/**
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
export function isSame(one, other) {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

/**
 * The largest power of two below `size`, which is 2 at least: where RFC 6962 splits a tree.
 * @param {number} size
 */
export function splitOf(size) {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/**
 * The root above hashes of equal height, side by side; SHA-256 of nothing for none.
 * @param {Uint8Array[]} hashes
 * @returns {Promise<Uint8Array>}
 */
export async function rootOf(hashes) {
  if (hashes.length < 2) return hashes[0] || hashOf();
  const split = splitOf(hashes.length);
  return nodeHash(await rootOf(hashes.slice(0, split)), await rootOf(hashes.slice(split)));
}

/**
 * Whether `proof` leads from the leaf at `index` to the root of the tree of `size` leaves (RFC 9162 §2.1.3.2).
 * @param {Uint8Array} leaf
 * @param {number} index
 * @param {number} size
 * @param {Uint8Array} root
 * @param {Uint8Array[]} proof
 */
export async function isIncluded(leaf, index, size, root, proof) {
  if (index >= size) return false;
  let [node, last, hash] = [index, size - 1, leaf];
  for (const one of proof) {
    if (last === 0) return false;
    if (node % 2 || node === last) {
      hash = await nodeHash(one, hash);
      while (node && node % 2 === 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else hash = await nodeHash(hash, one);
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && isSame(hash, root);
}
