// The steps of an act, the same on every page: on this phone, received, counted. Words: ux.md §4.
import { isAnswered, sayOf } from './act_view.mjs';
import { element } from './elements.mjs';
import { isSameDay, say, sayDay, sayHour, sayMoment, sayNumber } from './words.mjs';

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
    else if (isAnswered(act)) steps.push(['done', say('trail.answered')]);
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
