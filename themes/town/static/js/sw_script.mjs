// The service worker sends with the very code of the pages: it is loaded once for both.

/**
 * Under Trusted Types only these addresses may be loaded.
 * @param {string[]} addresses
 */
function loadScripts(addresses) {
  const types = /** @type {any} */ (globalThis).trustedTypes;
  const policy = types && types.createPolicy('preau', { createScriptURL: (/** @type {string} */ url) => url });
  for (const address of addresses) importScripts(policy ? policy.createScriptURL(address) : address);
}

// What sends photos comes along: a worker can load nothing later.
loadScripts([SCRIPT_URL, PHOTOS_URL]);
