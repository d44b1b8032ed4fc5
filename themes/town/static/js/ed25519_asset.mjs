// A separate asset for phones whose browser does not know Ed25519: loaded at the first checkpoint, most never do.
import { NOBLE } from './noble_ed25519.mjs';

/** @type {Verify} */
async function verifyEd25519(key, signature, message) {
  return /** @type {any} */ (NOBLE).verifyAsync(signature, message, key).catch(() => false);
}

/** @type {any} */ (globalThis).PREAU.verifyEd25519 = verifyEd25519;
