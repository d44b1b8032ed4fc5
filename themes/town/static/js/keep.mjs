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

/** @param {Page} page */
export async function startKeep(page) {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  await pageLoaded();
  const address = workerAddress(`${page.site.root}sw.js`);
  await serviceWorker.register(address, { updateViaCache: 'none' });
  const { active } = await serviceWorker.ready;
  const keep = (/** @type {string} */ path) => active && active.postMessage({ keep: path });
  keep(`${page.site.prefix}/files.json`);
  const { connection } = /** @type {any} */ (navigator);
  const isSaving = Boolean(connection && connection.saveData);
  const $buttons = findAll('[data-keep]');
  if (isSaving && $buttons.length) await import(KEEP_URL);
  for (const $button of isSaving ? [] : $buttons) {
    $button.hidden = true;
    keep($button.dataset.keep || '');
  }
}
