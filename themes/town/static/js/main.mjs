// The table of contents of what a page does in the browser. Every page reads complete without it.
import { startBanner } from './banner.mjs';
import { component } from './component.mjs';
import { startDelivery, makeDelivery } from './delivery.mjs';
import { find } from './elements.mjs';
import { HERE } from './here.mjs';
import { startKeep } from './keep.mjs';
import { memoryStore } from './outbox_memory.mjs';
import { openStore } from './outbox_db.mjs';
import { startPhaseEnds } from './phase_end.mjs';
import { readSite } from './site.mjs';
import { tellTimesOf } from './words.mjs';

/** @param {Site} site */
function makePage(site) {
  const store = openStore(`preau:${site.root}`, memoryStore);
  const clock = { skew: 0 };
  const $status = find('main [role=status]');
  /** @type {Page} */
  const page = {
    site,
    store,
    now: () => Date.now() / 1000 + clock.skew,
    tell: (text) => {
      if ($status) $status.textContent = text;
    },
    deliver: makeDelivery(site, store),
  };
  // The service worker reads from here where to send, and what the town's receipts are signed with.
  void store.edit('state', ['site'], () => site).catch(console.error);
  void store.get('state', 'skew').then((skew) => (clock.skew = skew || 0), console.error);
  return page;
}

function startPage() {
  const site = readSite();
  if (!site) return;
  tellTimesOf(site.tz);
  const page = makePage(site);
  HERE.page = page;
  component('phase ends', () => startPhaseEnds(page));
  component('delivery', () => startDelivery(page));
  component('banner', () => startBanner(page));
  component('keep', () => startKeep(page));
}

// The service worker loads this script too, for what it lends.
if (typeof document !== 'undefined') startPage();
