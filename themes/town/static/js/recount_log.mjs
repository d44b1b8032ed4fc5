// The public log as files (docs/formats.md §11): its checkpoint, its entries, and the root they give (RFC 6962 §2.1).
import { b64u, sha256, utf8 } from './canonical.mjs';

const WIDTH = 256;

/** @param {string} text */
function unb64(text) {
  return Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
}

/** @param {Uint8Array[]} parts */
function joined(...parts) {
  const bytes = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
  let place = 0;
  for (const part of parts) {
    bytes.set(part, place);
    place += part.length;
  }
  return bytes;
}

/**
 * What a signed checkpoint says; throws when it is not one. Whether it is signed: `isNoteSigned`.
 * @param {string} note
 */
export function parseNote(note) {
  const end = note.lastIndexOf('\n\n');
  const text = note.slice(0, end + 1);
  const [origin, size, root] = text.split('\n');
  if (end < 0 || !/^(0|[1-9]\d{0,15})$/.test(size) || unb64(root).length !== 32) throw new Error('not a checkpoint');
  return { text, lines: note.slice(end + 2).split('\n'), origin, size: Number(size), root: b64u(unb64(root)) };
}

/**
 * Whether the key in `vkey` signed the note; null on a phone that does not know this kind of signature.
 * @param {ReturnType<typeof parseNote>} note
 * @param {string} vkey
 */
export async function isNoteSigned(note, vkey) {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)\s*$/.exec(vkey);
  const key = match ? unb64(match[3]) : new Uint8Array();
  if (!match || match[1] !== note.origin || key[0] !== 1 || key.length !== 33) return false;
  const mark = [0, 2, 4, 6].map((at) => parseInt(match[2].slice(at, at + 2), 16));
  const id = (await sha256(joined(utf8(`${match[1]}\n`), key))).slice(0, 4);
  const line = note.lines.find((one) => {
    const start = `\u2014 ${match[1]} `;
    return one.startsWith(start) && unb64(one.slice(start.length)).slice(0, 4).join() === mark.join();
  });
  if (!line || id.join() !== mark.join()) return false;
  const signature = unb64(line.slice(line.lastIndexOf(' ') + 1)).slice(4);
  let known;
  try {
    known = await crypto.subtle.importKey('raw', key.slice(1), { name: 'Ed25519' }, false, ['verify']);
  } catch {
    return null;
  }
  return crypto.subtle.verify({ name: 'Ed25519' }, known, signature, utf8(note.text));
}

/**
 * The path of the bundle of entries number `index`, of `width` entries (C2SP tlog-tiles).
 * @param {number} index
 * @param {number} width
 */
export function bundlePath(index, width) {
  let groups = String(index % 1000).padStart(3, '0');
  for (let rest = Math.floor(index / 1000); rest; rest = Math.floor(rest / 1000)) {
    groups = `x${String(rest % 1000).padStart(3, '0')}/${groups}`;
  }
  return `tile/entries/${groups}${width === WIDTH ? '' : `.p/${width}`}`;
}

/** @param {number} size */
export function bundlesOf(size) {
  const number = Math.ceil(size / WIDTH);
  return Array.from({ length: number }, (_, index) => ({ index, width: Math.min(WIDTH, size - index * WIDTH) }));
}

/**
 * The entries of a bundle; throws unless it holds exactly `width`, to the last byte.
 * @param {Uint8Array<ArrayBuffer>} data
 * @param {number} width
 */
export function parseBundle(data, width) {
  const entries = [];
  let place = 0;
  for (let number = 0; number < width; number++) {
    if (place + 2 > data.length) throw new Error('cut short');
    const start = place + 2;
    place = start + data[place] * 256 + data[place + 1];
    if (place > data.length) throw new Error('cut short');
    entries.push(data.slice(start, place));
  }
  if (place !== data.length) throw new Error('goes on');
  return entries;
}

/** The root over entries given one after the other: complete subtrees only are kept. */
export function newRoot() {
  /** @type {(Uint8Array<ArrayBuffer> | null)[]} */
  const kept = [];
  /** @type {(left: Uint8Array, right: Uint8Array) => Promise<Uint8Array<ArrayBuffer>>} */
  const node = (left, right) => sha256(joined(Uint8Array.of(1), left, right));
  return {
    /** @param {Uint8Array[]} entries */
    async add(entries) {
      for (const leaf of await Promise.all(entries.map((one) => sha256(joined(Uint8Array.of(0), one))))) {
        let height = 0;
        let hash = leaf;
        for (let left = kept[0]; left; left = kept[height]) {
          hash = await node(left, hash);
          kept[height++] = null;
        }
        kept[height] = hash;
      }
    },
    async value() {
      let root = null;
      for (const hash of kept) if (hash) root = root ? await node(hash, root) : hash;
      return b64u(root || (await sha256(new Uint8Array())));
    },
  };
}
