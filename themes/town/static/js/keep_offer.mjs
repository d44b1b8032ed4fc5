// Where data is dear nothing is kept unasked: a button says what it weighs.
import { onChange } from './changes.mjs';
import { find, findAll } from './elements.mjs';
import { say, sayNumber } from './words.mjs';

/**
 * @param {HTMLElement} $button
 * @param {string} path
 */
async function offerToKeep($button, path) {
  const { packs } = await (await fetch(path)).json();
  const bytes = packs.reduce((/** @type {number} */ sum, /** @type {{ n: number }} */ pack) => sum + pack.n, 0);
  $button.textContent = say('keep', { size: sayNumber(Math.ceil(bytes / 1000)) });
  $button.hidden = false;
}

/** @param {Page} page */
export async function offerKeeping(page) {
  const { active } = await navigator.serviceWorker.ready;
  for (const $button of findAll('[data-keep]')) {
    const path = $button.dataset.keep || '';
    $button.addEventListener('click', (event) => {
      event.preventDefault();
      if (active) active.postMessage({ keep: path });
    });
    await offerToKeep($button, path).catch(() => {});
  }
  onChange(({ kept }) => {
    const $button = kept && find(`[data-keep="${kept}"]`);
    if (!$button || $button.hidden) return;
    $button.textContent = say('keep.done');
    page.tell(say('keep.done'));
  });
}
