// "Sans réseau du tout": the waiting acts as codes that another phone can carry, one by one.
import { button, element, focusOn, strongParts } from './elements.mjs';
import { LEAN_QR } from './lean_qr.mjs';
import { say, sayNumber } from './words.mjs';

const MOST_CHARACTERS = 2900; // more does not fit in any code
const SVG = 'http://www.w3.org/2000/svg';
const MARGIN = 4;
/** @type {any} */
const CODES = LEAN_QR;

/**
 * @param {QrCode} code
 * @param {string} label
 */
function drawing(code, label) {
  const side = code.size + 2 * MARGIN;
  const $svg = document.createElementNS(SVG, 'svg');
  let dark = '';
  for (let y = 0; y < code.size; y += 1) {
    for (let x = 0; x < code.size; x += 1) if (code.get(x, y)) dark += `M${x + MARGIN} ${y + MARGIN}h1v1h-1z`;
  }
  for (const [name, value] of Object.entries({ role: 'img', 'aria-label': label, viewBox: `0 0 ${side} ${side}`, class: 'qr' })) {
    $svg.setAttribute(name, value);
  }
  for (const [fill, shape] of [['#fff', `M0 0h${side}v${side}h-${side}z`], ['#000', dark]]) {
    const $path = document.createElementNS(SVG, 'path');
    $path.setAttribute('fill', fill);
    $path.setAttribute('d', shape);
    $svg.append($path);
  }
  return $svg;
}

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
    const code = CODES.generate(address, { minCorrectionLevel: CODES.correction.L });
    $sheet.append(element('div', { class: 'frame' }, drawing(code, say('code.label', place))));
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
