// What a citizen may write in a field. Twin of civic/text.py, tested on the same vectors.

// Controls but line feed, C1 controls, bidirectional overrides, non-characters, lone surrogates.
const FORBIDDEN = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]/gu;

/**
 * `value` as it will be signed. Forbidden characters go first: taking them out can bring a letter and its accent
 * together, which only then become one character.
 * @param {string} value
 * @param {boolean} lines whether line feeds may stay
 */
export function normalise(value, lines) {
  const text = value.replace(/\r\n?/g, '\n').replace(/\t/g, ' ').replace(FORBIDDEN, '').normalize('NFC');
  return (lines ? text : text.replace(/\n/g, ' ')).trim();
}

/** @param {string} text */
export function lengthOf(text) {
  return [...text].length;
}
