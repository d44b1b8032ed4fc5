// A town's public log for tests: real files, kept in a map, of a tree that can be told to misbehave.
import { base64 } from '../../themes/town/static/js/base64.mjs';
import { b64u, utf8 } from '../../themes/town/static/js/canonical.mjs';
import { tilePath } from '../../themes/town/static/js/log_tiles.mjs';
import { leafHash, rootOf } from '../../themes/town/static/js/log_tree.mjs';

const hex = (bytes) => Buffer.from(bytes).toString('hex');
export const NAME = 'valbrume.example/log';

/** The files of the tree above `leaves`: those that a checkpoint of this size needs. */
export async function filesOf(leaves) {
  const files = new Map();
  for (let level = 0, hashes = leaves; hashes.length; level += 1) {
    const above = [];
    for (let at = 0; at < hashes.length; at += 256) {
      const tile = hashes.slice(at, at + 256);
      files.set(tilePath(level, at / 256, tile.length), Buffer.concat(tile));
      if (tile.length === 256) above.push(await rootOf(tile));
    }
    hashes = above;
  }
  return files;
}

export async function makeLog(name = NAME) {
  const pair = await crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify']);
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const typed = Uint8Array.of(1, ...raw);
  const id = new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.of(...utf8(`${name}\n`), ...typed))).slice(0, 4);
  const log = {
    vkey: `${name}+${hex(id)}+${base64(typed)}`,
    leaves: [],
    files: new Map(),
    requests: [],
    isDead: false,
    async sign(size, root) {
      const text = `${name}\n${size}\n${base64(root)}\n`;
      const signature = new Uint8Array(await crypto.subtle.sign({ name: 'Ed25519' }, pair.privateKey, utf8(text)));
      return `${text}\n— ${name} ${base64(Uint8Array.of(...id, ...signature))}\n`;
    },
    async append(...entries) {
      for (const entry of entries) log.leaves.push(Buffer.from(await leafHash(utf8(entry))));
      await log.publish();
    },
    /** Files first, checkpoint last; only what the present size needs stays, as on a host that clears up. */
    async publish() {
      log.files = await filesOf(log.leaves);
      log.leaves.forEach((leaf, index) => {
        const shard = `find/${hex(leaf.subarray(0, 1))}.json`;
        log.files.set(shard, JSON.stringify({ ...JSON.parse(log.files.get(shard) || '{}'), [b64u(leaf)]: index }));
      });
      log.files.set('checkpoint', await log.sign(log.leaves.length, await rootOf(log.leaves)));
    },
    async fetch(url) {
      const path = url.replace(/^.*?log\//, '');
      log.requests.push(path);
      if (log.isDead) throw new TypeError('network');
      const file = log.files.get(path);
      return file === undefined ? new Response('', { status: 404 }) : new Response(file);
    },
  };
  await log.publish();
  return log;
}

export const verify = async (key, signature, message) => {
  const own = await crypto.subtle.importKey('raw', key, { name: 'Ed25519' }, false, ['verify']);
  return crypto.subtle.verify({ name: 'Ed25519' }, own, signature, message);
};
