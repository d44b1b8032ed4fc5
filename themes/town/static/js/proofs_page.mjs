// On "Mes envois", once the town has received something: was it counted, is it in the public log, and is the log whole?
import { announceChange, onChange } from './changes.mjs';
import { countActs } from './counted.mjs';
import { loadLibrary, makeVerify } from './ed25519.mjs';
import { find } from './elements.mjs';
import { forgetLog, keptLog } from './log_head.mjs';
import { standingActs } from './outbox.mjs';
import { collectProofs, isUnproved } from './proofs.mjs';
import { alarmNote, proofParts } from './proofs_view.mjs';

const LOOK_AGAIN = 60000; // the log grows every few minutes

/** @param {Page} page */
async function showAlarm(page) {
  const kept = await keptLog(page.store);
  const $old = find('[data-log-alarm]');
  const alarm = kept ? kept.alarm : '';
  if (($old ? $old.dataset.logAlarm : '') === alarm) return;
  if ($old) $old.remove();
  const $outbox = find('[data-outbox]');
  const dismiss = () => void forgetLog(page.store).then(() => showAlarm(page));
  if (kept && alarm && $outbox) $outbox.prepend(alarmNote(kept, dismiss));
}

/**
 * Looks into the log now; one look at a time.
 * @param {Page} page
 * @param {Verify} verify
 */
function makeLook(page, verify) {
  /** @type {LogPorts} */
  const ports = {
    store: page.store, site: page.site, fetch: (url) => fetch(url, { cache: 'no-cache' }), now: page.now, verify,
  };
  let busy = false;
  let timer = 0;
  let seen = '';
  /** @param {boolean} isDue */
  async function look(isDue) {
    const acts = /** @type {Act[]} */ (await page.store.all('acts')).filter(isUnproved);
    // A change that brings nothing new to look for is not worth a request.
    const wanted = acts.map((act) => act.id).join();
    if (busy || (!isDue && wanted === seen)) return;
    busy = true;
    seen = wanted;
    const moved = await collectProofs(ports).catch(() => false);
    busy = false;
    await showAlarm(page);
    if (moved) announceChange({ outbox: true });
    clearTimeout(timer);
    const isLeft = /** @type {Act[]} */ (await page.store.all('acts')).some(isUnproved);
    if (isLeft) timer = setTimeout(() => void lookIfSeen(), LOOK_AGAIN);
  }
  async function lookIfSeen() {
    if (document.visibilityState === 'visible') await look(true).catch(console.error);
    else timer = setTimeout(() => void lookIfSeen(), LOOK_AGAIN);
  }
  return look;
}

/**
 * Starts once a receipt is there. What it hands over is what an act's sheet says of the log.
 * @param {Page} page
 */
export function startProofs(page) {
  const verify = makeVerify(loadLibrary);
  const look = page.site.log ? makeLook(page, verify) : async () => {};
  const count = async () => {
    const acts = standingActs(await page.store.all('acts'));
    const moved = await countActs(page.store, acts, (url) => fetch(url, { cache: 'no-cache' }), page.site.root);
    if (moved) announceChange({ outbox: true });
  };
  void showAlarm(page).catch(console.error);
  void count().catch(console.error);
  // Secret ballots are counted by what the log holds: once more, when it has been looked at.
  void look(true).then(count).catch(console.error);
  onChange(({ outbox }) => {
    if (outbox) void look(false).catch(console.error);
  });
  return (/** @type {Act} */ act) => proofParts(page, act, verify);
}
