// Why a private page stays closed: the page holds everything that can be said, hidden.
import { findAll } from './elements.mjs';

/**
 * @param {Page} page
 * @param {string} why a refusal of the town, or what the page calls it
 */
export function sayWhy(page, why) {
  const $whys = findAll('[data-why]');
  const named = (/** @type {string} */ name) => $whys.find(($one) => (($one.dataset.why || '').split(' ').includes(name)));
  const $why = named(why) || named('failed');
  for (const $one of $whys) $one.hidden = $one !== $why;
  const $said = $why && $why.querySelector('p');
  if ($said) page.tell(($said.textContent || '').trim());
}
