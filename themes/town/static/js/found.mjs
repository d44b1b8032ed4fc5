// Which documents answer a question, best first, and the place of each that shows it. No page here: it is tested alone.
import { fold, stem, stemsOf, wordsOf } from './stems.mjs';

/** @typedef {import('./word_packs.mjs').Doc} Doc */

const ROOM = 170; // letters of a snippet
const TITLE = 3; // times that a word in the title says more than one in the text
const WHOLE = /[\p{L}\p{M}\p{N}]+/gu;
/** @type {WeakMap<Doc, string[][]>} */
const READ = new WeakMap();

/** @param {Doc} doc */
function stemsIn(doc) {
  const known = READ.get(doc) || [stemsOf(doc.title, doc.lang), stemsOf(doc.text, doc.lang)];
  READ.set(doc, known);
  return known;
}

/**
 * A word that is still being typed, or the first half of a Dutch or German one, is found by its beginning.
 * @param {string} one
 * @param {string} asked
 */
function fits(one, asked) {
  return one === asked ? 1 : asked.length > 2 && one.startsWith(asked) ? 0.5 : 0;
}

/**
 * From 0 to below 1: the first time counts most.
 * @param {string[]} stems
 * @param {string} asked
 */
function weight(stems, asked) {
  const n = stems.reduce((sum, one) => sum + fits(one, asked), 0);
  return n / (n + 1);
}

/**
 * The documents that have all the words asked for or, where none has, as many of them as any has; best first.
 * @param {Doc[]} docs
 * @param {string} query
 */
export function rank(docs, query) {
  const words = [...new Set(wordsOf(query))];
  const rated = docs.map((doc) => {
    const [title, text] = stemsIn(doc);
    const parts = words.map((word) => stem(word, doc.lang)).map((one) => TITLE * weight(title, one) + weight(text, one));
    return { doc, parts, matched: parts.filter(Boolean).length, score: 0 };
  });
  const most = rated.reduce((sofar, { matched }) => Math.max(sofar, matched), 0);
  const rarity = words.map((_, at) => Math.log(1 + docs.length / (1 + rated.filter(({ parts }) => parts[at]).length)));
  const found = most ? rated.filter(({ matched }) => matched === most) : [];
  for (const one of found) one.score = one.parts.reduce((sum, part, at) => sum + part * rarity[at], 0);
  found.sort((one, other) => other.score - one.score || other.doc.at - one.doc.at);
  return { docs: found.map(({ doc }) => doc), hasAll: most === words.length };
}

/**
 * A part of a text in pieces, those of the question marked: [piece, whether it was asked for].
 * @param {string} text
 * @param {string} query
 * @param {string} lang
 * @returns {[string, boolean][]}
 */
export function snippet(text, query, lang) {
  const asked = wordsOf(query).map((word) => stem(word, lang));
  const line = text.replace(/\s+/g, ' ').trim();
  const isHit = (/** @type {string} */ word) => asked.some((one) => fits(stem(fold(word), lang), one));
  const hits = [...line.matchAll(WHOLE)].map((match) => ({ at: match.index || 0, word: match[0] })).filter(({ word }) => isHit(word));
  const first = hits.length ? hits[0].at : 0;
  const start = first > ROOM / 2 ? line.lastIndexOf(' ', first - ROOM / 4) + 1 : 0;
  const cut = line.length - start > ROOM ? line.lastIndexOf(' ', start + ROOM) : line.length;
  const end = cut > first ? cut : Math.min(line.length, start + ROOM);
  /** @type {[string, boolean][]} */
  const pieces = [[start ? '…' : '', false]];
  let from = start;
  for (const { at, word } of hits) {
    if (at + word.length > end) break;
    pieces.push([line.slice(from, at), false], [word, true]);
    from = at + word.length;
  }
  pieces.push([line.slice(from, end), false], [end < line.length ? '…' : '', false]);
  return pieces.filter(([piece]) => piece);
}
