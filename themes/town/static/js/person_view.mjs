// What "Vous et ce téléphone" and the page of the mail's link show. Their words are in the page, hidden until they hold.
import { findAll } from './elements.mjs';
import { pendingEnrolment } from './enrolment.mjs';
import { isEnough } from './grants.mjs';
import { sayDay } from './words.mjs';

/**
 * Whether one proves who one is elsewhere: with FranceConnect, for example.
 * @param {string} method
 */
export function isProvider(method) {
  return method.startsWith('oidc:');
}

/**
 * What holds now, as the words that `data-when` asks for. `complete`: nothing more is offered.
 * @param {Person | undefined} person
 * @param {Enrolment | undefined} pending
 * @param {string[]} offered
 */
export function factsOf(person, pending, offered) {
  const ways = person ? person.methods : [];
  const facts = [...(person ? ['known', person.level] : ['unknown']), ...ways.map((way) => `by-${way}`)];
  if (pending) facts.push(isProvider(pending.method) ? 'to-provider' : `to-${pending.method}`);
  if (person && offered.every((way) => ways.includes(way))) facts.push('complete');
  return new Set(facts);
}

/**
 * Whether a consultation takes this person: known well enough, and in the one way in which it tells people apart.
 * Twin of check_eligible in civic/assurance.py.
 * @param {Person | undefined} person
 * @param {DOMStringMap | Record<string, string | undefined>} asked assurance, unique, methods
 */
export function mayTakePart(person, { assurance, unique, methods = '' }) {
  const rootOf = (/** @type {string} */ way) => way.split(':')[0];
  const ways = person ? person.methods : [];
  const accepted = ways.filter((way) => [way, rootOf(way)].some((one) => methods.split(' ').includes(one)));
  return isEnough(person, assurance) && (!unique || accepted.some((way) => rootOf(way) === unique));
}

/**
 * Shows one notice and says it aloud.
 * @param {Page} page
 * @param {string} name
 */
export function notify(page, name) {
  for (const $one of findAll('[data-notice]')) {
    $one.hidden = $one.dataset.notice !== name;
    if ($one.hidden) continue;
    page.tell(($one.textContent || '').trim());
    $one.scrollIntoView({ block: 'nearest' });
  }
}

/**
 * Says what the town did not do.
 * @param {Page} page
 * @param {Answer} answer
 */
export function notifyFailure(page, { status, body }) {
  const names = /** @type {Record<string, string>} */ ({
    expired: 'expired', rate_limited: 'busy', revoked: 'gone', unknown_key: 'gone',
    code_used: 'used', address_shared: 'shared',
  });
  notify(page, status ? names[body.code] || 'failed' : 'unreached');
}

/**
 * @param {Page} page
 * @param {HTMLElement} $person
 */
export async function showPerson(page, $person) {
  const person = /** @type {Person | undefined} */ (await page.store.get('state', 'person'));
  const pending = await pendingEnrolment(doorsOf(page));
  const facts = factsOf(person, pending, page.site.methods || []);
  for (const $one of findAll('[data-when]')) {
    $one.hidden = !($one.dataset.when || '').split(' ').every((word) => (word[0] === '!' ? !facts.has(word.slice(1)) : facts.has(word)));
  }
  for (const $one of findAll('[data-since]', $person)) $one.textContent = person ? sayDay(person.since) : '';
  for (const $one of findAll('[data-to]', $person)) $one.textContent = pending ? pending.to : '';
  for (const $one of findAll('[data-asked]')) {
    const isYes = mayTakePart(person, $one.dataset);
    for (const $answer of findAll('[data-answer]', $one)) $answer.hidden = ($answer.dataset.answer === 'yes') !== isYes;
  }
}

/**
 * @param {Page} page
 * @returns {Doors}
 */
export function doorsOf({ site, store, now }) {
  return { site, store, now, fetch: window.fetch.bind(window) };
}
