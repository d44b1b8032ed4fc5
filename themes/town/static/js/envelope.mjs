// The signed act: JWS compact, ES256, exactly as docs/formats.md §3. Twin of civic/envelope.py.
import { b64u, sha256, utf8 } from './canonical.mjs';
import { ECDSA, jwkText } from './public_key.mjs';

export function newJti() {
  return b64u(crypto.getRandomValues(new Uint8Array(16)));
}

/**
 * What is signed, and what the id is the hash of.
 * @param {object} payload
 * @param {string} who the header's last member: the key, or its thumbprint
 * @param {string} typ
 */
export function signingInput(payload, who, typ = 'env') {
  return `${b64u(utf8(`{"alg":"ES256","typ":"preau-${typ}+jws",${who}}`))}.${b64u(utf8(JSON.stringify(payload)))}`;
}

/** @param {PublicJwk} jwk */
export function jwkMember(jwk) {
  return `"jwk":${jwkText(jwk)}`;
}

/** @param {string} jws */
export async function envelopeId(jws) {
  return b64u(await sha256(utf8(jws.slice(0, jws.lastIndexOf('.')))));
}

/**
 * @param {object} payload all members of §3, or of §14 for another type
 * @param {{ key: CryptoKey, jwk: PublicJwk }} signer
 * @param {string} [who]
 * @param {string} [typ]
 */
export async function seal(payload, { key, jwk }, who = jwkMember(jwk), typ) {
  const signed = signingInput(payload, who, typ);
  return `${signed}.${b64u(new Uint8Array(await crypto.subtle.sign(ECDSA, key, utf8(signed))))}`;
}
