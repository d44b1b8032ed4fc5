// How an act is shown, the same on every page: its status, its trail, what happens next. Words: ux.md §4.
import { isEarly } from './due.mjs';
import { element } from './elements.mjs';
import { isSaid, isSameDay, say, sayDay, sayHour, sayMoment, sayNumber } from './words.mjs';

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

/** @param {number} when */
function dayOrHour(when) {
  return isSameDay(when, Date.now() / 1000) ? sayHour(when) : sayDay(when);
}

/** @param {Act} act */
export function trail(act) {
  /** @type {[string, string][]} */
  const steps = [[act.state === 'waiting' ? 'now' : 'done', say('trail.phone', { when: dayOrHour(act.made) })]];
  const isLast = act.kind === 'withdraw' || act.carried;
  if (act.state === 'refused') {
    steps.push(['stop', say('trail.refused', { when: sayMoment(act.settled) })]);
  } else if (act.state === 'waiting') {
    steps.push(['', say('trail.unreceived')]);
    if (!isLast) steps.push(['', sayOf('trail.uncounted', act, {})]);
  } else {
    const isCounted = act.state === 'counted';
    // Of a secret ballot nobody keeps more than the day.
    const got = act.box ? sayDay : sayMoment;
    steps.push([isCounted ? 'done' : 'now', isCounted ? statusGot(act) : say('trail.got', { when: got(act.rx) })]);
    if (isCounted) steps.push(['done', countedWhen(act)]);
    else if (act.state === 'missing') steps.push(['stop', say('trail.missing')]);
    else if (!isLast) steps.push(['', nextStep(act)]);
  }
  return element('ol', { class: 'trail' }, ...steps.map(([name, text]) => element('li', { class: name || false }, text)));
}

/** @param {Act} act */
function statusGot(act) {
  return say('got', { no: sayNumber(act.no) });
}

/** @param {Act} act */
function nextStep(act) {
  const isDated = act.results && act.counts;
  return isDated ? say('trail.after', { day: sayDay(act.results) }) : sayOf('trail.uncounted', act, {});
}

/** @param {Act} act */
function countedWhen(act) {
  const when = Date.parse(act.countedAt) / 1000;
  return when && act.counts ? say('trail.counted', { day: sayDay(when) }) : sayOf('counted', act, {});
}

/**
 * What the citizen has to know now, in a sentence or two, until the act is counted (then: outbox_page.mjs).
 * @param {Act} act
 */
export function sayStanding(act) {
  const number = sayNumber(act.no);
  if (act.state === 'waiting') {
    if (isEarly(act, Date.now() / 1000)) return sayOf('later', act, { hour: sayHour(act.notBefore || 0) });
    const key = `wait.${act.code}`;
    return isSaid(key) ? say(key) : sayOf('kept', act, {});
  }
  if (act.state === 'received') {
    const key = act.results && act.counts ? 'received.dated' : 'received';
    return sayOf(key, act, { no: number, day: sayDay(act.results) });
  }
  return sayRefusal(act);
}

/**
 * Whether the act waits until the town knows its author.
 * @param {Act} act
 */
export function isPersonAsked({ code, carried }) {
  return !carried && ['not_granted', 'unknown_key'].includes(code);
}

/**
 * Where to go on: to one's submissions, or to be known where that is what is missing.
 * @param {Page} page
 * @param {Act} act
 */
export function nextPlace({ site }, act) {
  const [place, word] = isPersonAsked(act) ? ['moi', 'person'] : ['mes-envois', 'outbox'];
  return element('a', { href: `${site.prefix}/${place}/` }, say(word));
}

/** @param {Act} act */
function sayRefusal(act) {
  if (act.code === 'closed' && act.closes && isSaid('refused.late')) return sayOf('refused.late', act, { when: sayMoment(act.closes) });
  const key = `refused.${act.code}`;
  return say(isSaid(key) ? key : 'unexplained');
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
