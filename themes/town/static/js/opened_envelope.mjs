// An envelope made elsewhere, read without believing it.
import { unb64u } from './canonical.mjs';

export const MAX_ENVELOPE = 16 * 1024;

/**
 * The payload of an envelope made elsewhere; throws when it is not one. Its signature is the town's to check.
 * @param {string} jws
 */
export function openEnvelope(jws) {
  const parts = jws.split('.');
  if (parts.length !== 3 || jws.length > MAX_ENVELOPE) throw new Error('not an envelope');
  return JSON.parse(new TextDecoder().decode(unb64u(parts[1])));
}
