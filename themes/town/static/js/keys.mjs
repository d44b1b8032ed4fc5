// Ballot keys: a phone has two in a consultation, so that nobody can link a person across consultations, nor what
// somebody wrote, perhaps under a name, with the ballots that are published.
// The device key: one per phone and town, never published; it vouches for ballot keys (docs/formats.md §14).
import { unb64u } from './canonical.mjs';
import { ECDSA, thumbprint } from './public_key.mjs';

export const DEVICE = ':device'; // no consultation has such a name

/**
 * Keys that no store would take; they end with the page.
 * @type {Map<string, BallotKey>}
 */
const UNKEPT = new Map();

/**
 * The name under which a key is kept: one signs what is counted, the other what is read.
 * @param {string} consultation
 * @param {boolean} counts
 */
export function keyName(consultation, counts) {
  return counts ? consultation : `${consultation} words`;
}

/**
 * Whether the message of a right to a secret vote names this ballot key (docs/formats.md §3.1).
 * @param {string} message
 * @param {PublicJwk} jwk
 */
export async function isNamedIn(message, jwk) {
  return new TextDecoder().decode(unb64u(message)).endsWith(`|${await thumbprint(jwk)}`);
}

/**
 * The key if it still signs: some iPhones store a key and give back one that does not work.
 * @param {any} kept
 */
async function usable(kept) {
  try {
    const key = kept.soft ? await crypto.subtle.importKey('jwk', kept.soft, ECDSA, false, ['sign']) : kept.key;
    await crypto.subtle.sign(ECDSA, key, new Uint8Array(1));
    return { key, jwk: kept.jwk, ks: kept.soft ? 'soft' : 'hard' };
  } catch {
    return null;
  }
}

/**
 * @param {boolean} soft kept as JWK, which can be copied, where a CryptoKey can't be stored
 */
async function makeKey(soft) {
  const pair = await crypto.subtle.generateKey(ECDSA, soft, ['sign', 'verify']);
  const { x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  const jwk = { crv: 'P-256', kty: 'EC', x, y };
  return soft ? { soft: await crypto.subtle.exportKey('jwk', pair.privateKey), jwk } : { key: pair.privateKey, jwk };
}

/**
 * The key of this phone for a consultation (or DEVICE), made at the first act. What is returned has just signed.
 * @param {Store} store
 * @param {string} consultation
 * @returns {Promise<BallotKey>}
 */
export async function ballotKey(store, consultation) {
  const unkept = UNKEPT.get(consultation);
  if (unkept) return unkept;
  const known = await store.get('keys', consultation).catch(() => undefined);
  let found = known && (await usable(known));
  /** @type {any} */
  let made;
  for (const soft of [false, true]) {
    if (found) break;
    made = await makeKey(soft);
    // Two tabs may be here at once: the first key stays, unless it has just been seen not to work.
    const replace = Boolean(known) || soft;
    const [kept] = await store
      .edit('keys', [consultation], (old) => (replace ? made : old || made))
      .catch(() => [undefined]);
    found = kept && (await usable(await store.get('keys', consultation).catch(() => undefined)));
  }
  if (found) return { ...found, lasting: store.lasting };
  const last = { .../** @type {any} */ (await usable(made)), lasting: false };
  UNKEPT.set(consultation, last);
  return last;
}
