// A separate asset, the same in every language: loaded where somebody asks for what is like the text of the page.
import { component } from './component.mjs';
import { element, find } from './elements.mjs';
import { ENOUGH, gist, likeness } from './likeness.mjs';
import { readWords } from './word_packs.mjs';

const MOST = 3;

/** @param {HTMLElement} $place */
async function showAlike($place) {
  const { like = '', kind, none = '', lost = '' } = $place.dataset;
  const [$title, $text] = [find('main h1'), find('h1 ~ .text')];
  const own = gist($title.textContent || '', $text.textContent || '', $title.lang || document.documentElement.lang);
  const { docs, isWhole } = await readWords(like);
  const rated = docs
    .filter((one) => one.kind === kind && one.path !== location.pathname)
    .map((one) => ({ one, score: likeness(own, gist(one.title, one.text, one.lang)) }))
    .filter(({ score }) => score >= ENOUGH);
  const found = rated.sort((a, b) => b.score - a.score).slice(0, MOST);
  const rows = found.map(({ one }) => element('li', {}, element('a', { href: one.path, lang: one.lang, dir: 'auto' }, one.title)));
  const $list = find('ul', $place);
  $list.replaceChildren(...rows);
  $list.hidden = !rows.length;
  find('p', $place).textContent = isWhole ? (rows.length ? '' : none) : lost;
}

/** @param {HTMLDetailsElement} $place */
function startAlike($place) {
  // Each time it is opened: there may be a network now.
  const ask = () => component('alike', () => ($place.open ? showAlike($place) : undefined));
  $place.addEventListener('toggle', ask);
  ask();
}

const $place = /** @type {HTMLDetailsElement | null} */ (find('[data-like]'));
if ($place) startAlike($place);
