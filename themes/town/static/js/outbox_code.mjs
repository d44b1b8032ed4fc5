// "Sans réseau du tout": the waiting acts as codes that another phone can carry, one by one.
import { button, element, focusOn, strongParts } from './elements.mjs';
import { codeOf, drawing } from './qr_drawing.mjs';
import { say, sayNumber } from './words.mjs';

const MOST_CHARACTERS = 2900; // more does not fit in any code

/**
 * The address that makes another phone carry the act (outbox_page.mjs reads it).
 * @param {Page} page
 * @param {Act} act
 */
export function carryAddress(page, act) {
  return `${location.origin}${page.site.prefix}/mes-envois/#porter=${act.jws}${act.grant ? `~${act.grant}` : ''}`;
}

/**
 * @param {Page} page
 * @param {HTMLElement} $place
 * @param {Act[]} acts
 * @param {number} index
 */
export function showCode(page, $place, acts, index) {
  const act = acts[index];
  const address = carryAddress(page, act);
  const place = { i: sayNumber(index + 1), n: sayNumber(acts.length) };
  const $sheet = element('div', { class: 'sheet code' });
  if (address.length > MOST_CHARACTERS) $sheet.append(element('p', {}, say('code.long')));
  else {
    $sheet.append(element('div', { class: 'frame' }, drawing(codeOf(address), say('code.label', place))));
  }
  $sheet.append(
    element('p', {}, ...strongParts(say('code.place', place)), ' ', element('bdi', {}, act.title)),
    element('p', {}, say('code.show')));
  if (acts.length > 1) {
    const next = () => showCode(page, $place, acts, (index + 1) % acts.length);
    $sheet.append(element('p', { class: 'btns' }, button(say('code.next'), false, next)));
  }
  $place.replaceChildren(element('h2', {}, say('code.title')), $sheet);
  focusOn(/** @type {HTMLElement} */ ($place.firstElementChild));
}
