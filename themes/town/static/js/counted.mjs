// Was it counted? Looks an act up in the published list, so that nobody has to believe a green tick.
import { chosenValues } from './choice.mjs';

const ROWS_A_FILE = 512;

/**
 * The file's value, `absent` when the site says that there is none, null when nobody can say.
 * @param {(url: string) => Promise<Response>} fetch
 * @param {string} url
 * @param {object | null} absent
 */
async function readJson(fetch, url, absent) {
  const response = await fetch(url).catch(() => null);
  if (response && response.status === 404) return absent;
  return response && response.ok ? response.json().catch(() => null) : null;
}

/**
 * Whether a published row says what this phone signed: kind, number of what it is about, and for what
 * counts the choice.
 * @param {Act} act
 * @param {string[] | undefined} row docs/formats.md §7
 */
export function isOwnRow(act, row) {
  if (!row || row[0] !== act.kind) return false;
  const page = act.target && /\/(\d+)\/$/.exec(act.page);
  const choice = act.counts && 'choice' in act.body ? chosenValues(act.body.choice).join(' ') : '';
  return (isHidden(act, row) || (row[2] || '') === choice) && (!page || page[1] === row[1]);
}

/**
 * Whether the town hall hides the words: the page says why, in their place.
 * @param {Act} act
 * @param {string[] | undefined} row
 */
function isHidden(act, row) {
  return !act.counts && Boolean(row) && /** @type {string[]} */ (row)[2] === 'hidden';
}

/**
 * A secret ballot is in no list of numbers: it counted where the public log, which the result is made of, holds it.
 * @param {Store} store
 * @param {Act} act
 * @param {any} results
 */
async function countSecret(store, act, results) {
  const state = act.proof ? 'counted' : act.absent ? 'missing' : act.state;
  if (state === act.state) return false;
  await store.edit('acts', [act.id], (old) => old && { ...old, state, countedAt: results.closed_at });
  return true;
}

/**
 * Moves received acts to counted, or to missing once the results are out and do not hold them. True if any moved.
 * @param {Store} store
 * @param {Act[]} acts the standing ones
 * @param {(url: string) => Promise<Response>} fetch
 * @param {string} root
 */
export async function countActs(store, acts, fetch, root) {
  /** @type {Map<string, Promise<any>>} */
  const files = new Map();
  /** @type {(path: string, absent: object | null) => Promise<any>} */
  const read = (path, absent) => {
    const file = files.get(path) || readJson(fetch, root + path, absent);
    files.set(path, file);
    return file;
  };
  let moved = false;
  for (const act of acts) {
    // Words that were counted are looked for again: the town hall may have hidden them since.
    const isOpen = ['received', 'missing'].includes(act.state) || (act.state === 'counted' && !act.counts);
    if (!isOpen || act.kind === 'withdraw' || act.carried) continue;
    const data = `${act.consultation}/donnees/`;
    const results = act.results ? await read(`${data}results.json`, null) : null;
    if (act.counts && act.results && !results) continue;
    if (act.box) {
      moved = (await countSecret(store, act, results)) || moved;
      continue;
    }
    const rows = await read(`${data}lignes/${Math.floor(act.no / ROWS_A_FILE)}.json`, {});
    const row = rows && rows[act.no];
    const isThere = isOwnRow(act, row);
    // Without network nobody can say: silence is no proof that an act is missing.
    const state = isThere ? 'counted' : results && rows ? 'missing' : act.state;
    const hidden = isHidden(act, row);
    if ((state === act.state && hidden === Boolean(act.hidden)) || (act.state === 'counted' && !isThere)) continue;
    const news = { state, hidden, number: isThere ? row[1] : '', countedAt: results ? results.closed_at : '' };
    await store.edit('acts', [act.id], (old) => old && { ...old, ...news });
    moved = true;
  }
  return moved;
}
