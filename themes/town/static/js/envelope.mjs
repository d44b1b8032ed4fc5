// The signed act: JWS compact, ES256, exactly as docs/formats.md §3. Twin of civic/envelope.py.
import { b64u, sha256, unb64u, utf8 } from './canonical.mjs';
import { ECDSA, jwkText } from './public_key.mjs';

export const MAX_ENVELOPE = 16 * 1024;

export function newJti() {
  return b64u(crypto.getRandomValues(new Uint8Array(16)));
}

/**
 * What is signed, and what the id is the hash of.
 * @param {object} payload
 * @param {PublicJwk} jwk
 */
export function signingInput(payload, jwk) {
  const header = `{"alg":"ES256","typ":"preau-env+jws","jwk":${jwkText(jwk)}}`;
  return `${b64u(utf8(header))}.${b64u(utf8(JSON.stringify(payload)))}`;
}

/** @param {string} jws */
export async function envelopeId(jws) {
  return b64u(await sha256(utf8(jws.slice(0, jws.lastIndexOf('.')))));
}

/**
 * @param {object} payload all members of §3
 * @param {{ key: CryptoKey, jwk: PublicJwk }} ballotKey
 */
export async function seal(payload, ballotKey) {
  const signed = signingInput(payload, ballotKey.jwk);
  const signature = await crypto.subtle.sign(ECDSA, ballotKey.key, utf8(signed));
  return `${signed}.${b64u(new Uint8Array(signature))}`;
}

/**
 * The payload of an envelope made elsewhere; throws when it is not one. Its signature is the town's to check.
 * @param {string} jws
 */
export function openEnvelope(jws) {
  const parts = jws.split('.');
  if (parts.length !== 3 || jws.length > MAX_ENVELOPE) throw new Error('not an envelope');
  return JSON.parse(new TextDecoder().decode(unb64u(parts[1])));
}
