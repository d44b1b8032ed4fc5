// Public keys as JWK members and their RFC 7638 thumbprints. Twin of civic/keys.py.
import { b64u, sha256, utf8 } from './canonical.mjs';

export const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/**
 * The members in the order that RFC 7638 hashes.
 * @param {PublicJwk} jwk
 */
export function jwkText(jwk) {
  return `{"crv":"P-256","kty":"EC","x":"${jwk.x}","y":"${jwk.y}"}`;
}

/** @param {PublicJwk} jwk */
export async function thumbprint(jwk) {
  return b64u(await sha256(utf8(jwkText(jwk))));
}
