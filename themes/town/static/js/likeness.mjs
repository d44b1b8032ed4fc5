// How alike two texts are, by the stems they share. Twin of civic/likeness.py, tested on the same vectors.
import { stemsOf } from './stems.mjs';

export const ENOUGH = 30;

/**
 * The stems of a title, and those of title and text together.
 * @param {string} title
 * @param {string} text
 * @param {string} lang
 */
export function gist(title, text, lang) {
  const first = stemsOf(title, lang);
  return { title: new Set(first), whole: new Set([...first, ...stemsOf(text, lang)]) };
}

/**
 * @param {Set<string>} one
 * @param {Set<string>} other
 */
function shared(one, other) {
  const both = [...one].filter((stem) => other.has(stem)).length;
  const all = one.size + other.size;
  return both > 1 || (both && all === 2 * both) ? Math.floor((200 * both) / all) : 0;
}

/**
 * From 0 to 100: twice the stems that both have, of all that each has; titles alone or with texts, the higher.
 * @param {ReturnType<typeof gist>} one
 * @param {ReturnType<typeof gist>} other
 */
export function likeness(one, other) {
  return Math.max(shared(one.title, other.title), shared(one.whole, other.whole));
}
