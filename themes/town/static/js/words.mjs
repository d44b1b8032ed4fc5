// Sentences, numbers and dates in the language of the page. The texts: words/<lang>.json, in WORDS by the builder.

/** @type {{ timeZone?: string }} */
const PLACE = {};

/**
 * Dates are told in the town's time where the page says which that is, else in the phone's.
 * @param {string | undefined} timeZone
 */
export function tellTimesOf(timeZone) {
  if (timeZone) PLACE.timeZone = timeZone;
}

/**
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function say(key, values = {}) {
  return (WORDS[key] || key).replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/**
 * More sentences, for a part of the site that is loaded later.
 * @param {Record<string, string>} words
 */
export function learnWords(words) {
  Object.assign(WORDS, words);
}

/** @param {string} key */
export function isSaid(key) {
  return key in WORDS;
}

/**
 * The sentence for a number: `key.one`, `key.other`…
 * @param {string} key
 * @param {number} n
 * @param {Record<string, string | number>} [values]
 */
export function sayCount(key, n, values = {}) {
  const form = `${key}.${new Intl.PluralRules(WORDS.locale).select(n)}`;
  return say(isSaid(form) ? form : `${key}.other`, { ...values, n: sayNumber(n) });
}

/** @param {number} n */
export function sayNumber(n) {
  return new Intl.NumberFormat(WORDS.locale).format(n);
}

/**
 * @param {number} seconds epoch
 * @param {Intl.DateTimeFormatOptions} parts
 */
function format(seconds, parts) {
  return new Intl.DateTimeFormat(WORDS.locale, { ...PLACE, ...parts }).format(seconds * 1000);
}

/**
 * "10 juin"
 * @param {number} seconds
 */
export function sayDay(seconds) {
  return format(seconds, { day: 'numeric', month: 'long' });
}

/**
 * "20 h", "18 h 02", "8 pm", "6:02 pm", "20 uur", "18.02 uur"
 * @param {number} seconds
 */
export function sayHour(seconds) {
  const minute = Number(format(seconds, { minute: 'numeric' }));
  // Towns write "20 h", "20 uur", "20 Uhr": no format of the browser does.
  if (WORDS.hour) {
    const hour = Number(format(seconds, { hour: 'numeric', hourCycle: 'h23' }).replace(/\D/g, ''));
    return say(minute ? 'hour.minute' : 'hour', { hour, minute: String(minute).padStart(2, '0') });
  }
  return format(seconds, { hour: 'numeric', minute: minute ? '2-digit' : undefined, hour12: true });
}

/**
 * "10 juin à 18 h 02"
 * @param {number} seconds
 */
export function sayMoment(seconds) {
  return say('moment', { day: sayDay(seconds), hour: sayHour(seconds) });
}

/**
 * "jeudi 18 juin à 20 h"
 * @param {number} seconds
 */
export function sayDeadline(seconds) {
  const day = format(seconds, { weekday: 'long', day: 'numeric', month: 'long' });
  return say('moment', { day, hour: sayHour(seconds) });
}

/**
 * Whether two instants fall on one day here.
 * @param {number} one
 * @param {number} other
 */
export function isSameDay(one, other) {
  return sayDay(one) === sayDay(other) && Math.abs(one - other) < 86400 * 2;
}
