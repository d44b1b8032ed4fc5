// The published files of the tree (C2SP tlog-tiles), read so that nothing of them has to be believed: each full tile
// must hash to its place in the tile above, and the last ones, together, to the root that the town has signed.
import { isSame, nodeHash, rootOf, splitOf } from './log_tree.mjs';

const WIDTH = 256;
const HASH = 32;

/**
 * "tile/0/x001/067.p/3". Twin of civic/log/tiles.py.
 * @param {number} level
 * @param {number} index
 * @param {number} width
 */
export function tilePath(level, index, width) {
  let name = '';
  for (let rest = index, sign = ''; sign === '' || rest; rest = Math.floor(rest / 1000), sign = 'x') {
    name = `/${sign}${String(rest % 1000).padStart(3, '0')}${name}`;
  }
  return `tile/${level}${name}${width < WIDTH ? `.p/${width}` : ''}`;
}

/**
 * The tree of a checkpoint. Throws where the files do not make the tree of exactly this size and root.
 * @param {(path: string) => Promise<Uint8Array>} read a file below /log/; rejects where it can't be had
 * @param {Checkpoint} checkpoint
 * @returns {Promise<Tree>}
 */
export async function openTree(read, checkpoint) {
  const { size } = checkpoint;
  /** @type {Map<string, Promise<Uint8Array[]>>} */
  const tiles = new Map();

  /**
   * @param {number} level
   * @param {number} index
   */
  async function readTile(level, index) {
    const held = Math.floor(size / WIDTH ** level) - index * WIDTH;
    const width = Math.min(WIDTH, held);
    if (width < 1) throw new Error('outside the tree');
    // The host may have thrown away a partial tile once the full one is there (tlog-tiles): its beginning is the same.
    const file = read(tilePath(level, index, width));
    const bytes = await (width < WIDTH ? file.catch(() => read(tilePath(level, index, WIDTH))) : file);
    if (bytes.length !== width * HASH && (bytes.length !== WIDTH * HASH)) throw new Error('a tile of another size');
    const hashes = Array.from({ length: width }, (_, at) => bytes.subarray(at * HASH, (at + 1) * HASH));
    if (width === WIDTH) {
      const above = await tile(level + 1, Math.floor(index / WIDTH));
      if (!isSame(await rootOf(hashes), above[index % WIDTH])) throw new Error('a tile that is not of this tree');
    }
    return hashes;
  }

  /**
   * @param {number} level
   * @param {number} index
   */
  function tile(level, index) {
    const path = tilePath(level, index, WIDTH);
    const known = tiles.get(path) || readTile(level, index);
    tiles.set(path, known);
    return known;
  }

  /**
   * The root of the leaves from `start` to before `end`; `start` is a multiple of what is split off before it.
   * @param {number} start
   * @param {number} end
   * @returns {Promise<Uint8Array>}
   */
  async function rootBetween(start, end) {
    const length = end - start;
    if (!length) return rootOf([]);
    const split = length > 1 ? splitOf(length) : 1;
    if (length > 1 && split * 2 !== length) {
      return nodeHash(await rootBetween(start, start + split), await rootBetween(start + split, end));
    }
    let [level, span] = [0, 1];
    while (span * WIDTH <= length) [level, span] = [level + 1, span * WIDTH];
    const first = start / span;
    const hashes = await tile(level, Math.floor(first / WIDTH));
    return rootOf(hashes.slice(first % WIDTH, (first % WIDTH) + length / span));
  }

  /**
   * @param {number} index
   * @param {number} start
   * @param {number} end
   * @returns {Promise<Uint8Array[]>}
   */
  async function path(index, start, end) {
    if (end - start < 2) return [];
    const middle = start + splitOf(end - start);
    return index < middle
      ? [...(await path(index, start, middle)), await rootBetween(middle, end)]
      : [...(await path(index, middle, end)), await rootBetween(start, middle)];
  }

  if (!isSame(await rootBetween(0, size), checkpoint.root)) throw new Error('not the tree of this checkpoint');
  return {
    leaf: async (index) => (await tile(0, Math.floor(index / WIDTH)))[index % WIDTH],
    rootAt: (older) => rootBetween(0, older),
    proof: (index) => path(index, 0, size),
  };
}
