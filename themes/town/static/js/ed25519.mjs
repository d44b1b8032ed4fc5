// Ed25519, which only the log's checkpoint needs: the browser's own, else a copy of a library (older phones).

/** Neither the browser nor the library could be asked: nobody can say, which is not the same as no. */
export class NobodyCanSay extends Error {}

/**
 * @param {() => Promise<Verify>} load gives the library's check
 * @returns {Verify}
 */
export function makeVerify(load) {
  return async (key, signature, message) => {
    try {
      const own = await crypto.subtle.importKey('raw', key, { name: 'Ed25519' }, false, ['verify']);
      return await crypto.subtle.verify({ name: 'Ed25519' }, own, signature, message);
    } catch {
      // Unknown here, or a key that is no point: the library answers both.
      const library = await load().catch(() => {
        throw new NobodyCanSay();
      });
      return library(key, signature, message);
    }
  };
}

/** @returns {Promise<Verify>} */
export async function loadLibrary() {
  await import(ED25519_URL);
  return /** @type {any} */ (globalThis).PREAU.verifyEd25519;
}
