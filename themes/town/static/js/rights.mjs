// The right to a secret vote (docs/formats.md §15): asked for with a blinded message, kept with its ballot key, used later.
// The town signs without seeing what, so nobody can tell later whose ballot it was.
import { blindToken, finalizeToken, prepareToken, tokenMembers } from './blind.mjs';
import { b64u, sha256, unb64u } from './canonical.mjs';
import { sealAsDevice } from './grants.mjs';
import { ballotKey, DEVICE, isNamedIn } from './keys.mjs';
import { thumbprint } from './public_key.mjs';
import { ask } from './town_answers.mjs';
import { tokenText } from './token.mjs';

/** Why there is no right, as a word of secret_page.mjs or a code of the town. */
export class NoRight extends Error {}

/**
 * Under which a right is kept, and its ballot key: whoever this phone is made known for gets rights of their own.
 * @param {Pick<Right, 'consultation' | 'question'>} scope
 * @param {string} kid
 */
function nameOf({ consultation, question }, kid) {
  return `${consultation} ${question} ${kid}`;
}

/**
 * The right of who this phone acts for now, asked for or given; `lost` where its ballot key does not work any more.
 * @param {Pick<Ports, 'store'>} ports
 * @param {SecretQuestion} scope
 * @returns {Promise<{ right?: Right, lost: boolean }>}
 */
export async function ownRight({ store }, scope) {
  const device = await store.get('keys', DEVICE);
  const right = /** @type {Right | undefined} */ (device && (await store.get('state', nameOf(scope, await thumbprint(device.jwk)))));
  return { right, lost: Boolean(right && right.token) && !(await isWhole(store, /** @type {Right} */ (right))) };
}

/**
 * Whether the ballot key is the one that the right was asked for: another one can't use it.
 * @param {Store} store
 * @param {Right} right
 */
async function isWhole(store, { name, message }) {
  const kept = await store.get('keys', name);
  return Boolean(kept) && isNamedIn(message, (await ballotKey(store, name)).jwk);
}

/**
 * The key that the town signs this question's rights with, out of the very rules that every ballot names: a town can't
 * give somebody a key of their own to know their ballot by.
 * @param {Pick<Ports, 'site' | 'fetch'>} ports
 * @param {SecretQuestion} scope
 * @returns {Promise<IssuerJwk>}
 */
async function issuerKey({ site, fetch }, { consultation, question, mh }) {
  const response = await fetch(`${site.root}${consultation}/manifest.json`, { cache: 'no-cache' }).catch(() => null);
  if (!response || !response.ok) throw new NoRight('unreached');
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (b64u(await sha256(bytes)) !== mh) throw new NoRight('wrong_manifest');
  return JSON.parse(new TextDecoder().decode(bytes)).keys.issuer[question];
}

/**
 * Keeps, before anything leaves this phone, all that the answer will need: were it lost, the very same is asked again.
 * @param {Doors} ports
 * @param {SecretQuestion} scope
 * @returns {Promise<Right>}
 */
async function beginRight(ports, scope) {
  const { store, site } = ports;
  const { consultation, question } = scope;
  const device = await ballotKey(store, DEVICE);
  const kid = await thumbprint(device.jwk);
  const name = nameOf(scope, kid);
  const known = /** @type {Right | undefined} */ (await store.get('state', name));
  if (known && (await isWhole(store, known))) return known;
  const issuer = await issuerKey(ports, scope);
  const { jwk, lasting } = await ballotKey(store, name);
  // What is lost with this page must not be asked for: nobody gives a second one.
  if (!lasting || !device.lasting) throw new NoRight('unable');
  const message = prepareToken(tokenText(site.space, consultation, question, await thumbprint(jwk)));
  const { blinded, inverse } = await blindToken(issuer, message);
  const made = { name, consultation, question, kid, issuer, message: b64u(message), blinded: b64u(blinded), inverse: b64u(inverse) };
  // Another tab may have been faster; one whose key does not work any more makes room.
  const isStale = (/** @type {Right} */ old) => Boolean(known) && old.message === /** @type {Right} */ (known).message;
  const keep = store.edit('state', [name], (old) => (old && !isStale(old) ? old : made));
  const [kept] = await keep.catch(() => {
    throw new NoRight('unable');
  });
  return kept;
}

/**
 * Asks for a right that is kept, and keeps what comes of it under the name `at`.
 * @param {Doors} ports
 * @param {SecretQuestion} scope
 * @param {Right} right
 * @param {string} at
 */
async function askFor(ports, { mh }, right, at) {
  const { store, site, now } = ports;
  const { consultation, question, blinded } = right;
  const payload = { v: 1, aud: site.space, a: consultation, q: question, mh, blinded, iat: Math.floor(now()) };
  const { status, body } = await ask(ports, 'tokens', { jws: await sealAsDevice(store, 'token', payload) });
  if (status !== 200) throw new NoRight(body.code || (status ? 'failed' : 'unreached'));
  const [message, inverse] = [unb64u(right.message), unb64u(right.inverse)];
  const signature = await finalizeToken(right.issuer, message, unb64u(String(body.blind_sig)), inverse);
  const given = { ...right, token: tokenMembers(message, signature), fetched: now() };
  await store.edit('state', [at], (old) => (old && old.token && at === right.name ? old : given));
}

/**
 * Gets the right to answer one question in secret, once and for ever; throws NoRight where there is none to get now.
 * @param {Doors} ports
 * @param {SecretQuestion} scope
 */
export async function getRight(ports, scope) {
  const { store } = ports;
  const right = await beginRight(ports, scope);
  if (right.token) return;
  if (right.refused) throw new NoRight(right.refused);
  try {
    await askFor(ports, scope, right, right.name);
  } catch (error) {
    if (!(error instanceof NoRight) || error.message !== 'token_already_issued') throw error;
    if (await takeUp(ports, scope, right)) return;
    await store.edit('state', [right.name], (old) => old && { ...old, refused: error.message });
    throw error;
  }
}

/**
 * Somebody who was made known on this phone a second time has their right here already: the town says that it is theirs
 * by answering to it, and to no one else. Nothing is spent by asking: theirs is given out.
 * @param {Doors} ports
 * @param {SecretQuestion} scope
 * @param {Right} fresh
 */
async function takeUp(ports, scope, fresh) {
  const kept = /** @type {Right[]} */ (await ports.store.all('state'));
  for (const old of kept) {
    const isMeant = old && old.blinded && old.consultation === scope.consultation && old.question === scope.question;
    if (!isMeant || old.kid === fresh.kid || !(await isWhole(ports.store, old))) continue;
    try {
      await askFor(ports, scope, old, fresh.name);
      return true;
    } catch (error) {
      if (!(error instanceof NoRight) || error.message !== 'token_already_issued') throw error;
    }
  }
  return false;
}
