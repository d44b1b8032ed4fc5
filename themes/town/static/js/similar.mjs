// While somebody writes: what others wrote already that is like it, so that one idea need not be two.
import { element, find } from './elements.mjs';
import { ENOUGH, gist, likeness } from './likeness.mjs';
import { readWords } from './word_packs.mjs';

const MOST = 3;
const PAUSE = 400;

/** @param {Page} page */
export function startSimilar(page) {
  const $place = find('[data-similar]');
  if (!$place) return;
  const { similar = '', typed: names = '' } = $place.dataset;
  const [title, text] = names.split(' ');
  const typed = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (find(`[name="${name}"]`)).value;
  /** @type {Promise<{ like: ReturnType<typeof gist>, path: string, title: string, lang: string }[]> | undefined} */
  let others;
  const read = () =>
    readWords(similar).then(({ docs }) => docs.map((doc) => ({ ...doc, like: gist(doc.title, doc.text, doc.lang) })));

  async function compare() {
    others = others || read();
    const own = gist(typed(title), typed(text), page.site.lang);
    const rated = (await others).map((one) => ({ one, score: likeness(own, one.like) }));
    const found = rated.filter(({ score }) => score >= ENOUGH).sort((a, b) => b.score - a.score).slice(0, MOST);
    const rows = found.map(({ one: { path, lang, title: name } }) =>
      element('li', {}, element('a', { href: path, lang, dir: 'auto', target: '_blank' }, name)),
    );
    const $list = find('ul', $place);
    // Said aloud only when it is another list.
    if ($list.textContent === rows.map((one) => one.textContent).join('')) return;
    $list.replaceChildren(...rows);
    find('*', $place).hidden = !rows.length;
  }

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => void compare().catch(console.error), PAUSE);
  };
  for (const name of [title, text]) find(`[name="${name}"]`).addEventListener('input', later);
  later();
}
