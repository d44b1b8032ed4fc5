// What an act means for who made it, the same on every page: where it stands, what happens next. Words: ux.md §4.
import { isAnswered, sayOf } from './act_view.mjs';
import { isEarly } from './due.mjs';
import { element } from './elements.mjs';
import { isSaid, say, sayDay, sayHour, sayMoment, sayNumber } from './words.mjs';

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
    if (isAnswered(act)) return say('received.answered', { no: number });
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
