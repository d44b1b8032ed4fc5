// The rest of a list in another order than by date, put together on the phone: the order is one file for a whole
// consultation, the words are those that are searched. No page changes because an idea far down has moved.
import { snippet } from './found.mjs';
import { element, find, findAll } from './elements.mjs';
import { moreRows } from './more_rows.mjs';
import { readWords } from './word_packs.mjs';
import { say, sayCount, sayNumber } from './words.mjs';

/** @typedef {import('./word_packs.mjs').Doc} Doc */
/** @typedef {[number: number, support: number | null, said: number]} Item */

/**
 * All that stands, in the order of that name (docs/formats.md §25).
 * @param {{ items: Item[], lot: number[] }} orders
 * @param {string} name
 * @returns {Item[]}
 */
export function inOrder({ items, lot }, name) {
  if (name === 'support') {
    return items.filter(([, support]) => support !== null).sort((a, b) => Number(b[1]) - Number(a[1]) || a[0] - b[0]);
  }
  if (name !== 'lot') return items;
  const byNumber = new Map(items.map((item) => [item[0], item]));
  return /** @type {Item[]} */ (lot.map((number) => byNumber.get(number)).filter(Boolean));
}

/**
 * @param {Item} item
 * @param {Doc | undefined} doc undefined where the phone has no words of it
 * @param {string} base address of the consultation
 * @param {boolean} isSeen support are people who saw it too
 */
function orderedRow([number, support, said], doc, base, isSeen) {
  const behind = support === null || (isSeen && !support) ? '' : sayCount(isSeen ? 'order.seen' : 'order.support', support);
  const facts = [behind, said ? sayCount('order.said', said) : ''];
  const title = doc ? doc.title : `${say('order.no')} ${sayNumber(number)}`;
  const pieces = doc ? snippet(doc.text, '', doc.lang).map(([piece]) => piece) : [];
  return element(
    'li', { value: String(number) },
    element('p', { class: 'nb' }, element('small', {}, say('order.no')), String(number)),
    element('article', doc ? { lang: doc.lang, dir: 'auto' } : {},
      element('h2', {}, element('a', { href: `${base}${number}/` }, title)), element('p', {}, ...pieces),
      element('p', { class: 'facts', lang: document.documentElement.lang },
        ...facts.filter(Boolean).flatMap((one) => [element('strong', {}, one), ' ']))),
  );
}

/** @param {Page} page */
export function startOrder(page) {
  const $rest = /** @type {HTMLDetailsElement | undefined} */ (find('details[data-order]'));
  if (!$rest) return;
  const { order = '', orders = '', words = '' } = $rest.dataset;
  const base = words.replace(/files\.json$/, '');
  let isFilled = false;

  async function fill() {
    if (!$rest || !$rest.open || isFilled) return;
    isFilled = true;
    try {
      const [all, { docs, isWhole }] = await Promise.all([fetch(orders).then((answer) => answer.json()), readWords(words)]);
      const byPath = new Map(docs.map((doc) => [doc.path, doc]));
      const shown = new Set(findAll('main ol > li[value]').map(($row) => $row.getAttribute('value')));
      const rest = inOrder(all, order).filter(([number]) => !shown.has(String(number)));
      if (!isWhole) page.tell(say('order.partly'));
      $rest.append(...moreRows(rest, (item) => orderedRow(item, byPath.get(`${base}${item[0]}/`), base, 'seen' in $rest.dataset), say('order.more'), 'rows numbered'));
    } catch {
      isFilled = false; // the next time that somebody opens it
      page.tell(say('order.failed'));
    }
  }
  $rest.addEventListener('toggle', () => void fill());
  return fill();
}
