// The service worker sends with the very code of the pages: it is loaded once for both.

/**
 * Under Trusted Types only this address may be loaded.
 * @param {string} address
 */
function loadPageScript(address) {
  const types = /** @type {any} */ (globalThis).trustedTypes;
  const policy = types && types.createPolicy('preau', { createScriptURL: (/** @type {string} */ url) => url });
  importScripts(policy ? policy.createScriptURL(address) : address);
}

loadPageScript(SCRIPT_URL);
