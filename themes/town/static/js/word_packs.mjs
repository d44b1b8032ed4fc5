// What is searched: the packs of words that manifests name (docs/formats.md §25), from the network or from the phone.

/** @typedef {{ path: string, title: string, text: string, lang: string, kind: string, at: number }} Doc */

/**
 * @param {string} path
 * @param {boolean} isFixed whether a copy is as good as the network: its name is its hash
 */
async function read(path, isFixed) {
  const kept = async () => ('caches' in self ? caches.match(path) : undefined);
  const copy = isFixed && (await kept());
  if (copy) return copy.json();
  const fresh = await fetch(path).catch(() => null);
  const response = fresh && fresh.ok ? fresh : await kept();
  return response ? response.json() : null;
}

/**
 * @param {string} manifest path of a files.json
 * @returns {Promise<{ docs: Doc[], isWhole: boolean }>} `isWhole`: nothing is missing
 */
export async function readWords(manifest) {
  const files = await read(manifest, false);
  const packs = await Promise.all(((files && files.words) || []).map((/** @type {string} */ h) => read(`/p/${h}.json`, true)));
  return { docs: packs.flatMap((pack) => (pack ? pack.docs : [])), isWhole: Boolean(files) && packs.every(Boolean) };
}
