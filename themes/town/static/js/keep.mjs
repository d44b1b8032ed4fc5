// Starts the service worker and asks it to keep pages, once the page itself has come.
import { onChange } from './changes.mjs';
import { find, findAll } from './elements.mjs';
import { say, sayNumber } from './words.mjs';

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

/**
 * @param {HTMLElement} $button
 * @param {string} path
 */
async function offerToKeep($button, path) {
  const { packs } = await (await fetch(path)).json();
  const bytes = packs.reduce((/** @type {number} */ sum, /** @type {{ n: number }} */ pack) => sum + pack.n, 0);
  $button.textContent = say('keep', { size: sayNumber(Math.ceil(bytes / 1000)) });
  $button.hidden = false;
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
  for (const $button of findAll('[data-keep]')) {
    const path = $button.dataset.keep || '';
    if (!isSaving) {
      $button.hidden = true;
      keep(path);
      continue;
    }
    $button.addEventListener('click', (event) => {
      event.preventDefault();
      keep(path);
    });
    await offerToKeep($button, path).catch(() => {});
  }
  onChange(({ kept }) => {
    const $button = kept && find(`[data-keep="${kept}"]`);
    if (!$button || $button.hidden) return;
    $button.textContent = say('keep.done');
    page.tell(say('keep.done'));
  });
}
