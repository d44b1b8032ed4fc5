// What enters or leaves the outbox without network: acts that another phone showed as a code, and a copy in a file.
import { element } from './elements.mjs';
import { envelopeId } from './envelope.mjs';
import { openEnvelope } from './opened_envelope.mjs';
import { UNSENT } from './outbox.mjs';
import { grantsOf } from './sync.mjs';
import { say } from './words.mjs';

/**
 * Keeps an act that another phone signed and showed as a code; this phone only carries it.
 * @param {Store} store
 * @param {Site} site
 * @param {string} jws
 * @param {number} made
 * @param {string} grant "" where the act needs none
 */
export async function carryAct(store, site, jws, made, grant = '') {
  const { aud, a, mh, kind, slot, rev, prev, token } = openEnvelope(jws);
  if (aud !== site.space) throw new Error('for another town');
  /** @type {Act} */
  const act = {
    ...UNSENT, id: await envelopeId(jws), jws, grant, kind, slot: `carried:${slot}`, consultation: a, mh, target: '', title: '',
    body: {}, chosen: '', counts: false, page: '', opens: 0, closes: 0, until: 0, results: 0, rev, prev, made, carried: true,
    box: Boolean(token),
  };
  await store.edit('acts', [act.id], (old) => old || act);
}

/**
 * An act that another phone showed as a code: kept here, and sent like our own.
 * @param {Page} page
 */
export async function takeCarried(page) {
  const found = /^#porter=([\w.-]+)(?:~([\w.-]+))?$/.exec(location.hash);
  if (!found) return;
  history.replaceState(null, '', location.pathname);
  await carryAct(page.store, page.site, found[1], Date.now() / 1000, found[2])
    .then(() => page.tell(say('carry.taken')), () => page.tell(say('carry.refused')));
  await page.deliver(true);
}

/**
 * Hands the citizen a file with the waiting acts, just as the town takes them, and the receipts.
 * @param {Page} page
 */
export async function saveCopy(page) {
  const acts = /** @type {Act[]} */ (await page.store.all('acts'));
  const waiting = acts.filter((act) => act.state === 'waiting');
  const envelopes = waiting.filter((act) => !act.box).map((act) => act.jws);
  const ballots = waiting.filter((act) => act.box).map((act) => act.jws);
  const receipts = [...new Set(acts.map((act) => act.receipt).filter(Boolean))];
  const copy = { v: 1, space: page.site.space, ...grantsOf(waiting), envelopes, ...(ballots.length ? { ballots } : {}), ...(receipts.length ? { receipts } : {}) };
  const address = URL.createObjectURL(new Blob([JSON.stringify(copy)], { type: 'application/json' }));
  const $link = element('a', { href: address, download: `preau-${page.site.space}.json` });
  $link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}
