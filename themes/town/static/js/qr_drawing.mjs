// A QR code as inline SVG, black on white whatever the page's colours.
import { LEAN_QR } from './lean_qr.mjs';

const SVG = 'http://www.w3.org/2000/svg';
const MARGIN = 4;
/** @type {any} */
const CODES = LEAN_QR;

/**
 * @param {string} text
 * @returns {QrCode}
 */
export function codeOf(text) {
  return CODES.generate(text, { minCorrectionLevel: CODES.correction.L });
}

/**
 * @param {QrCode} code
 * @param {string} label
 */
export function drawing(code, label) {
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
