// Photos follow the act that names them: in pieces, so that a link that breaks costs one piece (docs/formats.md §18).
import { unsentPhotos } from './act_photos.mjs';
import { b64u, sha256 } from './canonical.mjs';
import { announceChange } from './changes.mjs';
import { ask } from './sync.mjs';

const PIECE = 32768;
const MOST_MISSES = 8; // in a row; then it is left for later

/**
 * Sends what is left; bytes leave this phone only when the town has all of them. How many photos are left, and how many
 * are not any more.
 * @param {Pick<Ports, 'store' | 'site' | 'fetch'>} ports
 */
export async function sendPhotos({ store, site, fetch }) {
  const acts = /** @type {Act[]} */ (await store.all('acts')).filter((act) => unsentPhotos(act).length);
  /** @type {KeptPhotos} */
  const kept = (acts.length && (await store.get('state', 'photos'))) || {};
  let left = 0;
  let changed = 0;
  for (const act of acts) {
    for (const { sha256: name } of unsentPhotos(act)) {
      const address = `${site.sync.replace(/\/$/, '')}/v1/photos/${site.space}/${name}`;
      const outcome = await sendPhoto(fetch, address, name, kept[name] && kept[name].bytes);
      if (!outcome) {
        left += 1;
        continue;
      }
      changed += 1;
      await store.edit('acts', [act.id], (old) => old && { ...old, photos: { ...old.photos, [name]: outcome } });
      if (outcome === 'sent') {
        await store.edit('state', ['photos'], (old) => without(old, name));
      }
      announceChange({ outbox: true });
    }
  }
  return { left, changed };
}

/**
 * @param {KeptPhotos | undefined} kept
 * @param {string} name
 */
function without(kept, name) {
  const rest = Object.entries(kept || {}).filter(([one]) => one !== name);
  return rest.length ? Object.fromEntries(rest) : null;
}

/**
 * Asks how much has come, then goes on from there; "" where it has to be tried again.
 * @param {Ports['fetch']} fetch
 * @param {string} address
 * @param {string} name
 * @param {ArrayBuffer | undefined} bytes
 * @returns {Promise<'sent' | 'refused' | 'lost' | ''>}
 */
async function sendPhoto(fetch, address, name, bytes) {
  let offset = -1;
  for (let misses = 0; misses < MOST_MISSES; misses += 1) {
    const isPiece = offset >= 0;
    const answer = await ask(fetch, address, isPiece && bytes ? {
      method: 'PATCH',
      headers: { 'Upload-Offset': String(offset), 'Upload-Length': String(bytes.byteLength) },
      body: bytes.slice(offset, offset + PIECE),
    } : { method: 'HEAD' });
    const status = answer ? answer.status : 0;
    const headers = answer ? answer.headers : new Headers();
    // Whoever stands between may say yes to anything; the town says to what.
    if (status < 202 && (headers.get('etag') || '').includes(name)) return 'sent';
    if ([404, 413, 415].includes(status)) return 'refused';
    if ([429, 503].includes(status)) return '';
    offset = [204, 409].includes(status) ? Number(headers.get('upload-offset')) : -1;
    if (offset >= 0 && !(bytes && b64u(await sha256(new Uint8Array(bytes))) === name)) return 'lost';
    if (isPiece && status === 204) misses = -1;
  }
  return '';
}
