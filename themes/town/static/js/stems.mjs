// Words brought to what they have in common: accents, endings. Twin of civic/stems.py, tested on the same vectors.

/** @type {Record<string, string>} */
const LETTERS = { œ: 'oe', æ: 'ae', ß: 'ss', ø: 'o' };
const WORD = /[\p{L}\p{N}]+/gu;
const STOPS = new Set(
  (
    'le la les un une des du de au aux et ou en dans par pour sur avec sans ce cet cette ces il elle on nous vous ils ' +
    'est sont que qui pas plus ne se son sa ses leur leurs mon ma mes notre nos votre vos ' +
    'the an of to in on at for and or with is are be it this that we you they not our your their ' +
    'der die das den dem ein eine einen und oder in im am auf mit fur von zu zum zur ist sind es wir sie nicht sich ' +
    'het een en of op te van voor met niet zijn wij je ze dat die dit'
  ).split(' '),
);
/** @type {Record<string, [RegExp, string][]>} */
const ENDINGS = {
  fr: [
    [/^(.+[^e])aux$/, 'al'], [/^(.{3,})ail$/, 'al'], [/^(.{3,})[sx]$/, ''],
    [/^(.{4,}?)(?:e?ment|ation)$/, ''], [/^(.{4,}?)(?:er|ee?)$/, ''],
  ],
  en: [
    [/^(.{2,})ies$/, 'y'], [/^(.+(?:[sxz]|ch|sh))es$/, ''], [/^(.{2,}[^siu])s$/, ''],
    [/^(.{4,}?)(?:ation|ing|ed|ment|e)$/, ''], [/^(.{2,}?([^aeiouls]))\2$/, ''],
  ],
  de: [[/^(.{3,})ung(?:en)?$/, ''], [/^(.{3,}?)(?:e[nrsm]?|n)$/, ''], [/^(.{4,})s$/, '']],
  nl: [
    [/^(.{3,})heden$/, 'heid'], [/^(.{3,}?)(?:er)?en?$/, ''], [/^(.{4,})s$/, ''], [/^(.{2,}?([^aeiou]))\2$/, ''],
    [/^(.+)v$/, 'f'], [/^(.+)z$/, 's'], [/^(.*([aeou]))\2(?=[^aeiou]$)/, ''],
  ],
};

/** @param {string} text */
export function fold(text) {
  return text.toLowerCase().replace(/[œæßø]/g, (letter) => LETTERS[letter]).normalize('NFD').replace(/[\u0300-\u036f]/g, '');
}

/** @param {string} text */
export function wordsOf(text) {
  return (fold(text).match(WORD) || []).filter((word) => word.length > 1 && !STOPS.has(word));
}

/**
 * @param {string} word folded
 * @param {string} lang
 */
export function stem(word, lang) {
  return (ENDINGS[lang] || []).reduce((text, [pattern, by]) => text.replace(pattern, (_, start) => start + by), word);
}

/**
 * @param {string} text
 * @param {string} lang
 */
export function stemsOf(text, lang) {
  return wordsOf(text).map((word) => stem(word, lang));
}
