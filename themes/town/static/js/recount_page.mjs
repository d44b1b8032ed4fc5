// The page where anyone recounts a result: choose a consultation, watch, read the two totals side by side.
import { button, element, find, findAll, focusOn } from './elements.mjs';
import { HERE } from './here.mjs';
import { recount, RecountStop } from './recount.mjs';
import { say, sayNumber } from './words.mjs';

/**
 * Reads the site's files, the network first, then what was kept; remembers what it read.
 * @param {string} root
 */
function makeReader(root) {
  const name = `preau:${root}recount`;
  /** @type {Map<string, Uint8Array<ArrayBuffer>>} */
  const seen = new Map();
  return {
    seen,
    /** @param {string} path */
    async read(path) {
      const kept = async () => ('caches' in self ? (await caches.open(name)).match(root + path) : undefined);
      const response = (await fetch(root + path, { cache: 'no-cache' }).catch(() => null)) || (await kept());
      if (!response || !response.ok) return null;
      const data = new Uint8Array(await response.arrayBuffer());
      seen.set(path, data);
      return data;
    },
    async keep() {
      const cache = await caches.open(name);
      for (const [path, data] of seen) await cache.put(root + path, new Response(data));
    },
  };
}

const TOTALS = 3; // the first lines are of the whole consultation, and told even where they are 0

/** @param {any} outcome */
function table(outcome) {
  /** @type {(cells: (string | number)[]) => HTMLElement} */
  const row = ([head, ...cells]) =>
    element('tr', {}, element('th', { scope: 'row' }, String(head)), ...cells.map((one) => element('td', {}, typeof one === 'number' ? sayNumber(one) : one)));
  const column = (/** @type {string} */ word) => element('th', { scope: 'col' }, say(word));
  const told = outcome.lines.filter((/** @type {RecountLine} */ one, /** @type {number} */ place) => place < TOTALS || one.published !== 0 || one.counted !== 0);
  const body = told.map((/** @type {RecountLine} */ one) => row([one.head, one.published === undefined ? '–' : one.published, one.counted]));
  return element(
    'section', { class: 'scroll', tabindex: '0', 'aria-label': say('recount.table') },
    element(
      'table', {}, element('caption', {}, say('recount.table')),
      element('thead', {}, element('tr', {}, column('recount.what'), column('recount.published'), column('recount.counted'))),
      element('tbody', {}, ...body),
    ),
  );
}

/** @param {any} outcome */
function sentences(outcome) {
  const isDoubtful = !outcome.isSame && outcome.erased;
  const first = outcome.isSame ? 'recount.same' : isDoubtful ? 'recount.doubt' : 'recount.other';
  /** @type {[string, string, Record<string, string>][]} */
  const said = [[first, outcome.isSame ? 'note' : 'note bad', { n: sayNumber(outcome.erased) }]];
  said.push(['recount.acts', '', { n: sayNumber(outcome.acts) }]);
  if (outcome.withheld) said.push(['recount.withheld', '', { n: sayNumber(outcome.withheld) }]);
  if (outcome.erased) said.push(['recount.erased', '', { n: sayNumber(outcome.erased) }]);
  if (!outcome.isClosed) said.push(['recount.unclosed', '', {}]);
  said.push([outcome.isSigned ? 'recount.signed' : 'recount.unsigned.log', '', {}]);
  return said.map(([word, style, values]) =>
    element('div', style ? { class: style } : {}, element('p', {}, say(word, values))),
  );
}

/**
 * @param {Page} page
 * @param {HTMLElement} $place
 * @param {HTMLAnchorElement} $link of the consultation
 */
async function show(page, $place, $link) {
  const slug = $link.hash.slice(1);
  const reader = makeReader(page.site.root);
  const $title = element('h2', {}, ($link.textContent || '').trim());
  $place.replaceChildren($title);
  page.tell(say('recount.starts'));
  const ports = {
    read: reader.read,
    say,
    lang: document.documentElement.lang,
    pause: () => new Promise((resolve) => setTimeout(resolve)),
    counters: {},
    /** @type {(what: string, done: number, all: number) => void} */
    progress: (what, done, all) => page.tell(say(`recount.progress.${what}`, { done: sayNumber(done), all: sayNumber(all) })),
  };
  try {
    await import(RECOUNTS_URL);
    ports.counters = HERE.counters || {};
    const outcome = await recount(ports, page.site.space, slug);
    $place.append(...sentences(outcome), table(outcome));
    page.tell(say(outcome.isSame ? 'recount.same' : outcome.erased ? 'recount.doubt' : 'recount.other', { n: sayNumber(outcome.erased) }));
    offerToKeepFiles(page, $place, reader);
  } catch (error) {
    const stop = error instanceof RecountStop ? error : new RecountStop('unreadable', true);
    const word = say(`recount.stop.${stop.word}`);
    $place.append(element('div', { class: stop.isFalse ? 'note bad' : 'note' }, element('p', {}, word)));
    page.tell(word);
    if (stop !== error) throw error;
  }
  focusOn($title);
}

/**
 * @param {Page} page
 * @param {HTMLElement} $place
 * @param {ReturnType<typeof makeReader>} reader
 */
function offerToKeepFiles(page, $place, reader) {
  if (!('caches' in self)) return;
  const size = [...reader.seen.values()].reduce((sum, one) => sum + one.length, 0);
  const $keep = button(say('recount.keep', { size: sayNumber(Math.ceil(size / 1000)) }), false, () => {
    reader.keep().then(() => {
      $keep.remove();
      page.tell(say('recount.kept'));
    }, console.error);
  });
  $place.append(element('p', { class: 'btns' }, $keep));
}

/** @param {Page} page */
export function startRecountPage(page) {
  const $place = find('[data-recount]');
  let isBusy = false;
  const start = async () => {
    const $link = findAll('[data-recount-list] a').find((one) => one instanceof HTMLAnchorElement && one.hash === location.hash);
    if (!($link instanceof HTMLAnchorElement) || isBusy) return;
    isBusy = true;
    await show(page, $place, $link).finally(() => (isBusy = false));
  };
  addEventListener('hashchange', () => void start());
  return start();
}
