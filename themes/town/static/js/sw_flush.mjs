// Sends what waits while no page is open (Background Sync, Chromium).
import { announceChange } from './changes.mjs';
import { openStore } from './outbox_db.mjs';
import { ROOT } from './sw_copies.mjs';
import { flush, underFlushLock } from './sync.mjs';

/** @returns {never} */
function noStore() {
  throw new Error('no database');
}

/** Rejects while acts or photos are left, which makes the browser call again later. */
export async function flushForBrowser() {
  const store = openStore(`preau:${ROOT}`, noStore);
  const site = /** @type {Site | undefined} */ (await store.get('state', 'site'));
  if (!site) return;
  const ports = {
    store, site, fetch: self.fetch.bind(self), now: () => Date.now() / 1000, random: Math.random,
    isOffline: () => navigator.onLine === false,
  };
  const { left, changed } = await underFlushLock(() => flush(ports, true));
  if (changed) announceChange({ outbox: true });
  const photos = await /** @type {any} */ (globalThis).PREAU.followActs(ports, false);
  if (left + photos) throw new Error(`${left + photos} left`);
}
