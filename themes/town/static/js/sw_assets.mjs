// Scripts and pictures: their names are hashes, so the first copy is for ever.
import { ASSETS, dropCopy, listCopies, readCopy, writeCopy } from './sw_copies.mjs';

const NAMES = /\/a\/[\w.-]+\.\w+/g;

/** @param {string} text */
function namesIn(text) {
  return new Set(text.replace(/\\\//g, '/').match(NAMES) || []);
}

/** @param {string} path */
export async function asset(path) {
  const kept = await readCopy(ASSETS, path);
  if (kept) return kept;
  const response = await fetch(path);
  if (response.ok) await writeCopy(ASSETS, path, response.clone());
  return response;
}

/**
 * Keeps what a page names, and what a script of it names in turn.
 * @param {string} text
 * @param {Set<string>} known what needs no look: it grows
 */
export async function keepAssets(text, known = new Set()) {
  for (const path of namesIn(text)) {
    if (known.has(path)) continue;
    known.add(path);
    // One that is kept already came with its page, without what it names.
    const response = await asset(path);
    if (path.endsWith('.js') && response.ok) await keepAssets(await response.text(), known);
  }
}

/**
 * Drops what none of the kept pages names, nor any of their scripts, nor what these load in turn.
 * @param {string[]} texts
 */
export async function dropAssets(texts) {
  const named = new Set(texts.flatMap((text) => [...namesIn(text)]));
  // The set grows while it is walked.
  for (const path of named) {
    const response = path.endsWith('.js') ? await readCopy(ASSETS, path) : undefined;
    if (response) for (const inner of namesIn(await response.text())) named.add(inner);
  }
  for (const path of await listCopies(ASSETS)) if (!named.has(path)) await dropCopy(ASSETS, path);
}
