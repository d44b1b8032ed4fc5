// Keeps the pages of a consultation: packs first, each checked by its hash, the manifest last (docs/formats.md §9).
import { keepAssets, dropAssets } from './sw_assets.mjs';
import { dropCopy, listCopies, MANIFESTS, PACKS, readCopy, SEEN, stamped, stampOf, writeCopy } from './sw_copies.mjs';

const FRESH = 60000;

/** @typedef {{ h: string, n: number, pages: string[] }} Pack */

/** @param {string} name */
function packPath(name) {
  return `/p/${name}.json`;
}

/**
 * @param {Pack} pack
 */
async function keepPack({ h }) {
  const path = packPath(h);
  if (await readCopy(PACKS, path)) return;
  const response = await fetch(path);
  if (!response.ok) throw new Error(`pack ${h}: ${response.status}`);
  const bytes = await response.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const hex = [...digest.slice(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  // A host that serves an old file under a new name: stop here, the old manifest still stands.
  if (hex !== h) throw new Error(`pack ${h} has another content`);
  const text = new TextDecoder().decode(bytes);
  const { words = [], ...pages } = JSON.parse(text);
  const known = new Set();
  for (const page of Object.values(pages)) await keepAssets(page, known);
  // Once more by themselves: who looks for something does not read all the pages.
  await writeCopy(PACKS, packPath(`${h}.words`), new Response(JSON.stringify(words)));
  await writeCopy(PACKS, path, stamped(text, 'application/json'));
}

/**
 * Brings one manifest and its packs up to date. Cut anywhere, the old copy stays whole and the next call goes on.
 * @param {string} path
 */
export async function keepPages(path) {
  const old = await readCopy(MANIFESTS, path);
  if (old && Date.now() - stampOf(old) < FRESH) return;
  const response = await fetch(path, { cache: 'no-cache' });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  const text = await response.text();
  const oldText = old && (await old.text());
  for (const pack of JSON.parse(text).packs) await keepPack(pack);
  await writeCopy(MANIFESTS, path, stamped(text, 'application/json'));
  if (oldText !== undefined && oldText !== text) await tidy();
}

/** @returns {Promise<{ packs: Pack[], at: number }[]>} */
async function manifests() {
  const found = [];
  for (const path of await listCopies(MANIFESTS)) {
    const response = await readCopy(MANIFESTS, path);
    if (response) found.push({ at: stampOf(response), ...(await response.json()) });
  }
  return found;
}

/** Drops packs that no manifest names, and what only they needed. */
async function tidy() {
  const kept = (await manifests()).flatMap(({ packs }) => packs.map(({ h }) => h));
  for (const path of await listCopies(PACKS)) {
    if (!kept.some((hash) => path.includes(hash))) await dropCopy(PACKS, path);
  }
  const texts = [];
  for (const cache of [PACKS, SEEN]) {
    for (const path of await listCopies(cache)) {
      const response = await readCopy(cache, path);
      if (response) texts.push(await response.text());
    }
  }
  await dropAssets(texts);
}

/**
 * The kept copy of a page and when it was last known to be current.
 * @param {string} path
 */
export async function packedPage(path) {
  for (const { packs, at } of await manifests()) {
    const pack = packs.find(({ pages }) => pages.includes(path));
    const response = pack && (await readCopy(PACKS, packPath(pack.h)));
    if (response) return { html: String((await response.json())[path]), at };
  }
  return null;
}
