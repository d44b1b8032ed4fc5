// A separate asset, the same in every language: loaded where somebody asks for what is like the text of the page.
import { component } from './component.mjs';
import { element, find } from './elements.mjs';
import { ENOUGH, gist, likeness } from './likeness.mjs';
import { readWords } from './word_packs.mjs';

const MOST = 3;

/** @param {HTMLElement} $place */
async function showAlike($place) {
  const { docs } = await readWords($place.dataset.like || '');
  const own = docs.find(({ path }) => path === location.pathname);
  if (!own) throw new Error('this page is in no pack');
  const mine = gist(own.title, own.text, own.lang);
  const rated = docs
    .filter((one) => one !== own && one.kind === own.kind)
    .map((one) => ({ one, score: likeness(mine, gist(one.title, one.text, one.lang)) }))
    .filter(({ score }) => score >= ENOUGH)
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST);
  const rows = rated.map(({ one }) => element('li', {}, element('a', { href: one.path, lang: one.lang, dir: 'auto' }, one.title)));
  find('ul', $place).replaceChildren(...rows);
  find('p', $place).textContent = rows.length ? '' : $place.dataset.none || '';
}

/** @param {HTMLDetailsElement} $place */
function startAlike($place) {
  let isDone = false;
  const ask = async () => {
    if (isDone || !$place.open) return;
    isDone = true;
    await showAlike($place).catch((error) => {
      isDone = false;
      find('p', $place).textContent = $place.dataset.lost || '';
      throw error;
    });
  };
  $place.addEventListener('toggle', () => component('alike', ask));
  component('alike', ask);
}

const $place = /** @type {HTMLDetailsElement | null} */ (find('[data-like]'));
if ($place) startAlike($place);
