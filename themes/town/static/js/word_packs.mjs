// What is searched: the packs of words that manifests name (docs/formats.md §25), or what the phone keeps of them.

/** @typedef {{ path: string, title: string, text: string, lang: string, kind: string, at: number }} Doc */

/** @param {string} path */
async function kept(path) {
  return 'caches' in self ? caches.match(path) : undefined;
}

/**
 * @param {string} path
 * @returns {Promise<any>} null where neither the network nor the phone has it
 */
async function read(path) {
  const fresh = await fetch(path).catch(() => null);
  const response = fresh && fresh.ok ? fresh : await kept(path);
  return response ? response.json() : null;
}

/**
 * What the phone keeps of these packs of pages: their words, which the service worker lays beside them (sw_packs.mjs).
 * @param {{ h: string }[]} packs
 * @returns {Promise<Doc[]>}
 */
async function keptDocs(packs) {
  const found = await Promise.all(packs.map(({ h }) => kept(`/p/${h}.words.json`)));
  const lists = await Promise.all(found.map((response) => (response ? response.json() : [])));
  return lists.flat();
}

/**
 * @param {string} manifest path of a files.json
 * @returns {Promise<{ docs: Doc[], isWhole: boolean }>} `isWhole`: nothing is missing
 */
export async function readWords(manifest) {
  const files = await read(manifest);
  if (!files) return { docs: [], isWhole: false };
  const docs = await keptDocs(files.packs);
  if (docs.length >= files.docs) return { docs, isWhole: true };
  /** @type {({ docs: Doc[] } | null)[]} */
  const packs = await Promise.all(files.words.map((/** @type {string} */ h) => read(`/p/${h}.json`)));
  const all = new Map([...docs, ...packs.flatMap((pack) => (pack ? pack.docs : []))].map((doc) => [doc.path, doc]));
  return { docs: [...all.values()], isWhole: all.size >= files.docs };
}
