// Starts the service worker and asks it to keep pages, once the page itself has come.
import { findAll } from './elements.mjs';

/**
 * Under Trusted Types only this address may become a worker.
 * @param {string} address
 * @returns {any}
 */
function workerAddress(address) {
  const types = /** @type {any} */ (window).trustedTypes;
  if (!types) return address;
  const policy = types.createPolicy('preau', {
    createScriptURL: (/** @type {string} */ url) => {
      if (url !== address) throw new TypeError(url);
      return url;
    },
  });
  return policy.createScriptURL(address);
}

function pageLoaded() {
  if (document.readyState === 'complete') return Promise.resolve();
  return new Promise((resolve) => addEventListener('load', () => resolve(undefined), { once: true }));
}

/** What the page says can be kept: unasked, but where data is dear. */
export async function keepParts() {
  const { active } = await navigator.serviceWorker.ready;
  const { connection } = /** @type {any} */ (navigator);
  const $buttons = findAll('[data-keep]');
  if (connection && connection.saveData) return $buttons.length && import(KEEP_URL);
  for (const $button of $buttons) {
    $button.hidden = true;
    if (active) active.postMessage({ keep: $button.dataset.keep });
  }
}

/** @param {Page} page */
export async function startKeep(page) {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  await pageLoaded();
  const isFirst = !serviceWorker.controller;
  const address = workerAddress(`${page.site.root}sw.js`);
  await serviceWorker.register(address, { updateViaCache: 'none' });
  const { active } = await serviceWorker.ready;
  if (active) active.postMessage({ keep: `${page.site.prefix}/files.json`, ...(isFirst ? { seen: location.pathname } : {}) });
  await keepParts();
}
