// How an act is shown, the same on every page: its kind, its choice, its status. Words: ux.md §4.
import { element } from './elements.mjs';
import { isSaid, say, sayNumber } from './words.mjs';

/**
 * The kind of act a slot holds: what a withdrawal takes back.
 * @param {Act} act
 */
export function subjectOf(act) {
  return act.slot.replace(/^carried:/, '').split(':')[0];
}

/**
 * The sentence of this kind, which its module brings, or the one for every kind.
 * @param {string} key
 * @param {string} kind
 * @param {Record<string, string | number>} [values]
 */
export function sayFor(key, kind, values) {
  const own = `${key}.${kind}`;
  return say(isSaid(own) ? own : key, values);
}

/**
 * The same for an act; one that is only carried is of no kind.
 * @param {string} key
 * @param {Act} act
 * @param {Record<string, string | number>} values
 */
export function sayOf(key, act, values) {
  return sayFor(key, act.carried ? 'carried' : act.kind, values);
}

/** @param {Act} act */
export function statusWord(act) {
  if (act.state === 'waiting') return say('phone');
  if (act.state === 'refused') return say('refused');
  if (act.state === 'counted') return sayOf('counted', act, {});
  return say('got', { no: sayNumber(act.no) });
}

/** @param {Act} act */
export function statusChip(act) {
  const shape = { waiting: 'phone', received: 'got', missing: 'got', counted: 'in', refused: 'no' }[act.state];
  return element('span', { class: `st ${shape}` }, statusWord(act));
}

/**
 * Whether the town has answered it, as far as this phone knows (letters.mjs).
 * @param {Act} act
 */
export function isAnswered({ replies }) {
  return Boolean(replies && replies.answers.length);
}

/**
 * What was chosen, in the language of the page where its module has words for it, else as the form said it.
 * @param {Act} act
 */
export function choiceWord(act) {
  if (!act.counts) return '';
  const key = `choice.${act.kind}.${act.body.choice}`;
  return isSaid(key) ? say(key) : act.chosen;
}
