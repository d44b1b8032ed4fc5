// The page of search: words are looked for on the phone, so it works without network in what the phone keeps.
import { element, find } from './elements.mjs';
import { rank, snippet } from './found.mjs';
import { moreRows } from './more_rows.mjs';
import { readWords } from './word_packs.mjs';
import { say, sayCount, sayDay } from './words.mjs';

/** @typedef {import('./word_packs.mjs').Doc} Doc */

const PAUSE = 250;

/** @param {[string, boolean][]} pieces */
function marked(pieces) {
  return pieces.map(([piece, isHit]) => (isHit ? element('mark', {}, piece) : piece));
}

/**
 * @param {Doc} doc
 * @param {string} query
 * @param {string} about title of the consultation it is in
 */
function row(doc, query, about) {
  const facts = [doc.kind, about, doc.at ? sayDay(doc.at) : ''].filter(Boolean);
  const $link = element('a', { href: doc.path }, ...marked(snippet(doc.title, query, doc.lang)));
  return element(
    'li', {},
    element('h2', { lang: doc.lang, dir: 'auto' }, $link),
    element('p', { lang: doc.lang, dir: 'auto' }, ...marked(snippet(doc.text, query, doc.lang))),
    element('p', { class: 'facts' }, ...facts.flatMap((one) => [element('span', {}, one), ' '])),
  );
}

/** @param {string[]} manifests */
function makeSources(manifests) {
  /** @type {ReturnType<typeof readWords>[] | undefined} */
  let asked;
  return async () => {
    const all = await Promise.all((asked = asked || manifests.map(readWords)));
    const isWhole = all.every((one) => one.isWhole);
    if (!isWhole) asked = undefined; // what could not be read is asked for again
    return { docs: all.flatMap(({ docs }) => docs), isWhole };
  };
}

/**
 * Offers the kinds of page that were found, and how many of each.
 * @param {HTMLSelectElement} $kind
 * @param {Doc[]} docs
 */
function offerKinds($kind, docs) {
  const chosen = $kind.value;
  const kinds = [...new Set(docs.map(({ kind }) => kind))].sort();
  const options = kinds.map((kind) => {
    const n = docs.filter((doc) => doc.kind === kind).length;
    return element('option', { value: kind, selected: kind === chosen }, `${kind} (${n})`);
  });
  const $all = /** @type {HTMLOptionElement} */ ($kind.options[0]);
  $kind.replaceChildren($all, ...options);
  return kinds.includes(chosen) ? docs.filter(({ kind }) => kind === chosen) : docs;
}

/**
 * Each page once, where it is found best: what the town says of a consultation, and what is asked in it, are on one.
 * @param {Doc[]} docs
 */
function pagesOf(docs) {
  const seen = new Set();
  return docs.filter(({ path }) => !seen.has(path) && seen.add(path));
}

/** @param {Page} page */
export function startSearchPage(page) {
  const $form = find('form[data-search]');
  const $found = find('[data-found]');
  if (!($form instanceof HTMLFormElement)) return;
  const { q: $query, dans: $where, quoi: $kind } = /** @type {any} */ ($form.elements);
  const places = [...$where.options].filter(({ value }) => value);
  const { prefix } = page.site;
  const read = makeSources([`${prefix}/files.json`, ...places.map(({ value }) => `${prefix}/${value}/files.json`)]);
  const placeOf = (/** @type {Doc} */ doc) => places.find(({ value }) => doc.path.startsWith(`${prefix}/${value}/`));
  let turn = 0;

  async function answer() {
    const query = $query.value.trim();
    const own = ++turn;
    const { docs, isWhole } = query ? await read() : { docs: [], isWhole: true };
    if (own !== turn) return;
    const fields = new URLSearchParams(/** @type {any} */ (new FormData(/** @type {HTMLFormElement} */ ($form))));
    history.replaceState(null, '', query ? `?${fields}` : location.pathname);
    const within = docs.filter((doc) => !$where.value || (placeOf(doc) || {}).value === $where.value);
    const { docs: ranked, hasAll } = rank(within, query);
    const shown = offerKinds($kind, pagesOf(ranked));
    const title = (/** @type {Doc} */ doc) => {
      const place = placeOf(doc);
      return place && doc.path !== `${prefix}/${place.value}/` ? place.text : '';
    };
    const said = [shown.length ? sayCount('search.found', shown.length) : say('search.none')];
    if (shown.length && !hasAll) said.push(say('search.some'));
    if (!isWhole) said.push(say('search.partly'));
    const words = query ? said.join(' ') : '';
    page.tell(words);
    const rows = moreRows(shown, (doc) => row(doc, query, title(doc)), say('search.more'));
    $found.replaceChildren(...(query ? [element('p', { class: 'asof' }, words), ...rows] : []));
  }

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  $form.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => void answer(), PAUSE);
  });
  $form.addEventListener('submit', (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    void answer();
  });
  const asked = new URLSearchParams(location.search);
  $query.value = asked.get('q') || '';
  $where.value = asked.get('dans') || '';
  if ($where.selectedIndex < 0) $where.value = '';
  const kind = asked.get('quoi');
  if (kind) $kind.append(element('option', { value: kind, selected: true }, kind));
  if ($where.value || kind) find('details', $form).setAttribute('open', '');
  return answer();
}
