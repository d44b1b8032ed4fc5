// A right to one secret vote, as everybody can check it: an ordinary RSA-PSS signature. Twin of civic/token.py.
import { utf8 } from './canonical.mjs';

const PSS = { name: 'RSA-PSS', hash: 'SHA-384', saltLength: 48 };

/**
 * What a token is for, as the town reads it.
 * @param {string} space
 * @param {string} consultation
 * @param {string} question
 * @param {string} jkt thumbprint of the ballot key
 */
export function tokenText(space, consultation, question, jkt) {
  return utf8(['preau-token-v1', space, consultation, question, jkt].join('|'));
}

/**
 * @param {IssuerJwk} jwk
 * @param {Uint8Array<ArrayBuffer>} message
 * @param {Uint8Array<ArrayBuffer>} signature
 */
export async function isTokenSigned({ kty, n, e }, message, signature) {
  const key = await crypto.subtle.importKey('jwk', { kty, n, e }, PSS, false, ['verify']);
  return crypto.subtle.verify(PSS, key, signature, message);
}
