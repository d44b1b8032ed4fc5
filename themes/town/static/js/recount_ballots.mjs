// One published ballot (docs/formats.md §12): does it open its entry of the log, is it signed, for whom does it count?
import { b64u, unb64u, utf8 } from './canonical.mjs';
import { envelopeId } from './envelope.mjs';
import { openEnvelope } from './opened_envelope.mjs';
import { ECDSA, jwkText, thumbprint } from './public_key.mjs';
import { isTokenSigned, tokenText } from './token.mjs';

const HEADER = /^\{"alg":"ES256","typ":"preau-env\+jws","jwk":\{"crv":"P-256","kty":"EC","x":"([\w-]{43})","y":"([\w-]{43})"\}\}$/;
const MOST_KEYS = 2000;
const PREFIX_BYTES = 32;

/** Keys met before, so that the ballots of one phone cost one look each. */
export function newKeyRing() {
  /** @type {Map<string, Promise<{ key: CryptoKey, voter: string }>>} */
  const known = new Map();
  /** @param {string} header */
  const open = async (header) => {
    const match = HEADER.exec(new TextDecoder().decode(unb64u(header)));
    if (!match) throw new Error('header');
    /** @type {PublicJwk} */
    const jwk = { crv: 'P-256', kty: 'EC', x: match[1], y: match[2] };
    const key = await crypto.subtle.importKey('jwk', JSON.parse(jwkText(jwk)), ECDSA, false, ['verify']);
    return { key, voter: await thumbprint(jwk) };
  };
  return (/** @type {string} */ header) => {
    const found = known.get(header) || open(header);
    if (known.size >= MOST_KEYS) known.clear();
    known.set(header, found);
    return found;
  };
}

/**
 * Whether a secret ballot came with the town's right to vote, for one of its questions and this very ballot key.
 * @param {any} act
 * @param {Scope} scope
 * @param {string} voter
 */
async function hasRight({ token }, scope, voter) {
  const message = unb64u(token.m);
  for (const [question, key] of Object.entries(scope.issuers)) {
    const text = b64u(tokenText(scope.space, scope.slug, question, voter));
    if (b64u(message.slice(PREFIX_BYTES)) === text) return isTokenSigned(key, message, unb64u(token.s));
  }
  return false;
}

/**
 * The act of a row and its commitment; throws, with a word that says why, unless it is signed for `scope`.
 * @param {BallotRow} row
 * @param {Scope} scope
 * @param {ReturnType<typeof newKeyRing>} keyOf
 */
export async function openBallot(row, scope, keyOf) {
  const [header, payload, signature, ...rest] = row.jws.split('.');
  if (rest.length || !signature) throw new Error('form');
  const { key, voter } = await keyOf(header);
  const signed = utf8(`${header}.${payload}`);
  if (!(await crypto.subtle.verify(ECDSA, key, unb64u(signature), signed))) throw new Error('signature');
  const act = openEnvelope(row.jws);
  const secret = !row.no;
  const isOurs = act.aud === scope.space && act.a === scope.slug && scope.rules.has(act.mh);
  if (!isOurs || Boolean(row.p) !== (scope.isNamed && !secret)) throw new Error('scope');
  if (secret !== Boolean(act.token) || (secret && !(await hasRight(act, scope, voter)))) throw new Error('right');
  const salt = await crypto.subtle.importKey('raw', unb64u(row.salt), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const c = b64u(new Uint8Array(await crypto.subtle.sign('HMAC', salt, utf8(row.jws))));
  const who = row.u ? `form:${act.jti}` : row.p || voter;
  /** @type {CountedAct} */
  const counted = { kind: act.kind, slot: act.slot, voter: who, rev: act.rev, id: await envelopeId(row.jws), choice: act.body.choice || '', body: act.body, secret };
  return { counted, c, signer: voter };
}
