// When a page sends: at load, when the network returns, when one comes back to it, and after a pause.
import { announceChange, hearChange } from './changes.mjs';
import { backOff, flush, underFlushLock } from './sync.mjs';

/**
 * Asks the browser to send even when the page is closed (Chromium). One new tag per act: a tag that has failed once
 * waits for minutes.
 * @param {string} id
 */
export async function registerFlush(id) {
  try {
    // Not `ready`: it never settles where registration failed.
    const registration = navigator.serviceWorker && (await navigator.serviceWorker.getRegistration());
    if (registration && registration.sync) await registration.sync.register(`flush-${id}`);
  } catch {
    // No such thing here: the page sends by itself.
  }
}

/**
 * What goes after acts, by a script that few phones ever need.
 * @param {Ports} ports
 */
async function sendPhotosOf(ports) {
  if (!(await ports.store.get('state', 'photos'))) return;
  await import(PHOTOS_URL);
  await /** @type {any} */ (globalThis).PREAU.followActs(ports, true);
}

/**
 * @param {Site} site
 * @param {Store} store
 * @returns {Page['deliver']}
 */
export function makeDelivery(site, store) {
  let failures = 0;
  let timer = 0;
  /** @type {Page['deliver']} */
  async function deliver(force = false, from = store) {
    const ports = {
      store: from, site, fetch: window.fetch.bind(window), now: () => Date.now() / 1000, random: Math.random,
      isOffline: () => navigator.onLine === false,
    };
    const delivery = await underFlushLock(() => flush(ports, force));
    // Told here even when nothing moved: a phone may have erased what a page still shows.
    (delivery.changed ? announceChange : hearChange)({ outbox: true });
    failures = delivery.left && !delivery.changed ? failures + 1 : 0;
    clearTimeout(timer);
    if (delivery.left) {
      const wait = delivery.pause || backOff(failures, Math.random);
      timer = setTimeout(() => void deliver(false, from).catch(console.error), wait * 1000);
    }
    // Not waited for: a photo may take minutes, and the next act must not.
    void sendPhotosOf(ports).catch(console.error);
    return delivery;
  }
  return deliver;
}

/** @param {Page} page */
export async function startDelivery(page) {
  const send = (/** @type {boolean} */ force) => void page.deliver(force).catch(console.error);
  addEventListener('online', () => send(true));
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') send(false);
  });
  await page.deliver(false);
}
