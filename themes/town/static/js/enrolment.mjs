// How this phone makes its person known: it asks, proves, and goes on where it was if the page is closed in between
// (docs/formats.md §14). What the town answers is handed on as it is; the page says it in words.
import { jwkMember, newJti, seal } from './envelope.mjs';
import { grantActs } from './grants.mjs';
import { ballotKey, DEVICE } from './keys.mjs';
import { ask } from './town_answers.mjs';

/**
 * @param {Doors} ports
 * @param {string} method
 * @param {string} nonce
 */
async function enrolmentJws({ store, site, now }, method, nonce) {
  const key = await ballotKey(store, DEVICE);
  return seal({ v: 1, aud: site.space, method, ks: key.ks, nonce, iat: Math.floor(now()) }, key, jwkMember(key.jwk), 'enrol');
}

/**
 * "a…@exemple.fr": enough to know one's own address again, and no more to keep.
 * @param {string} address
 */
export function veiled(address) {
  return address.replace(/^(.)[^@]*/, '$1…\u2060'); // the sign after the dots keeps the line whole
}

/**
 * @param {Doors} ports
 * @returns {Promise<Enrolment | undefined>}
 */
export function pendingEnrolment({ store }) {
  return store.get('state', 'enrolment');
}

/**
 * Asks to be known; once the town has answered 202, the phone remembers that it did.
 * @param {Doors} ports
 * @param {string} method
 * @param {string} to an e-mail address, "" for other methods
 */
export async function startEnrolment(ports, method, to) {
  const jws = await enrolmentJws(ports, method, newJti());
  const answer = await ask(ports, 'enrol/start', { jws, lang: ports.site.lang, ...(to ? { to } : {}) });
  const { enrol, expires } = answer.body;
  if (answer.status === 202) await ports.store.edit('state', ['enrolment'], () => ({ enrol, method, to: veiled(to), expires }));
  return answer;
}

/**
 * Ends it: with what the citizen typed, or with "" when the proof was given elsewhere (202: not yet). On 200 the phone
 * is known and what waited for that may leave; on 409 (the address is not one person's) and 410 nothing is left to end.
 * @param {Doors} ports
 * @param {string} proof
 */
export async function finishEnrolment(ports, proof) {
  const pending = await pendingEnrolment(ports);
  if (!pending) return { status: 410, body: { code: 'expired' } };
  const { enrol, method } = pending;
  const answer = await ask(ports, 'enrol/finish', { enrol, proof, jws: await enrolmentJws(ports, method, enrol) });
  if (answer.status === 200) {
    await ports.store.edit('state', ['person'], () => ({ level: answer.body.level, methods: [method], since: ports.now() }));
    await grantActs(ports, () => true);
  }
  // A key that was taken away never acts again: the next time it is another one.
  const isRevoked = answer.body.code === 'revoked';
  if (isRevoked) await ports.store.edit('keys', [DEVICE], () => null);
  if (isRevoked || [200, 409, 410].includes(answer.status)) await endEnrolment(ports, enrol);
  return answer;
}

/**
 * Forgets that something was begun, unless another has begun since.
 * @param {Doors} ports
 * @param {string} enrol
 */
export function endEnrolment({ store }, enrol) {
  return store.edit('state', ['enrolment'], (old) => (old && old.enrol === enrol ? null : undefined));
}

/**
 * The link of the mail, in whatever browser it was opened: says yes for the phone that asked.
 * @param {Doors} ports
 * @param {string} enrol
 * @param {string} token
 */
export function confirmEnrolment(ports, enrol, token) {
  return ask(ports, 'enrol/confirm', { enrol, token });
}

/**
 * Whether a letter's code is good, without using it.
 * @param {Doors} ports
 * @param {string} code
 */
export function checkCensusCode(ports, code) {
  return ask(ports, 'census/check', { code });
}
