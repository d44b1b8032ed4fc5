// Why a private page stays closed: the page holds everything that can be said, hidden.
import { find, findAll } from './elements.mjs';

/**
 * @param {Page} page
 * @param {string} why a refusal of the town, or what the page calls it
 */
export function sayWhy(page, why) {
  const $why = find(`[data-why~="${why}"]`) || find('[data-why~=failed]');
  for (const $one of findAll('[data-why]')) $one.hidden = $one !== $why;
  page.tell((find('p', $why).textContent || '').trim());
}
