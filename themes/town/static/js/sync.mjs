// Sends what waits: at least once from here, exactly once in effect at the town, by id (docs/formats.md §4).
import { hourOf } from './due.mjs';
import { readReceipt } from './receipts.mjs';

const MAX_ITEMS = 100;
const MAX_BYTES = 512 * 1024;
const PATIENCE = 60000; // a large batch on 2G takes 20 s
const LONGEST_WAIT = 3600;
const PAGE = 2048; // secret ballots are all as long as one another

/**
 * Only one of page, other tabs and service worker sends at a time. Without Web Locks the ids alone protect.
 * @template T
 * @param {() => Promise<T>} work
 * @param {string} [name]
 * @returns {Promise<T>}
 */
export async function underFlushLock(work, name = 'preau-flush') {
  return navigator.locks ? navigator.locks.request(name, work) : work();
}

/**
 * What is sent together: as much as the town takes, but each secret ballot by itself, last.
 * @param {Act[]} acts
 * @returns {Act[][]}
 */
export function batchesOf(acts) {
  /** @type {Act[][]} */
  const batches = [];
  let bytes = 0;
  for (const act of acts.filter((one) => !one.box)) {
    const size = act.jws.length + (act.grant || '').length + 6;
    bytes += size;
    if (!batches.length || bytes > MAX_BYTES - 200 || batches[batches.length - 1].length === MAX_ITEMS) {
      batches.push([]);
      bytes = size;
    }
    batches[batches.length - 1].push(act);
  }
  return [...batches, ...acts.filter((one) => one.box).map((act) => [act])];
}

/**
 * What goes with acts: one grant for each ballot key, which the first part of an act holds.
 * @param {Act[]} acts oldest first
 */
export function grantsOf(acts) {
  const granted = acts.filter((act) => act.grant);
  const grants = [...new Map(granted.map((act) => [act.jws.split('.')[0], act.grant])).values()];
  return grants.length ? { grants } : {};
}

/**
 * Seconds before try number `tries` may follow: doubling, with jitter so that phones don't come back together.
 * @param {number} tries
 * @param {() => number} random
 */
export function backOff(tries, random) {
  return Math.min(LONGEST_WAIT, 2 ** Math.min(tries, 12)) * (0.75 + random() / 2);
}

/**
 * Sends every act that is due. `force`: the citizen asked, or the network has just come back; a secret ballot waits for
 * its hour all the same.
 * @param {Ports} ports
 * @param {boolean} force
 * @returns {Promise<Delivery>}
 */
export async function flush(ports, force) {
  const { store } = ports;
  const before = /** @type {Act[]} */ (await store.all('acts'));
  const now = ports.now();
  const due = before.filter((act) => act.state === 'waiting' && hourOf(act, now) <= now && (force || act.next <= now));
  due.sort((one, other) => one.made - other.made || one.rev - other.rev);
  let pause = Math.max(0, ((await store.get('state', 'pause')) || 0) - now);
  let changed = 0;
  for (const batch of pause > 0 ? [] : batchesOf(due)) {
    const outcome = await sendBatch(ports, batch);
    changed += outcome.changed;
    pause = outcome.pause;
    if (outcome.stop) break;
  }
  const after = /** @type {Act[]} */ (await store.all('acts'));
  const left = after.filter((act) => act.state === 'waiting');
  // Where nothing but acts that have to wait is left, the first of them says when to come back.
  const rest = left.length ? Math.min(...left.map((act) => Math.max(act.next, hourOf(act, now)))) - now : 0;
  return { left: left.length, changed, pause: Math.max(pause, rest, 0) };
}

/**
 * @param {Ports} ports
 * @param {Act[]} wanted
 * @returns {Promise<{ stop: boolean, changed: number, pause: number }>}
 */
async function sendBatch(ports, wanted) {
  const batch = await markSent(ports.store, wanted);
  if (!batch.length) return { stop: false, changed: 0, pause: 0 };
  const wasOffline = ports.isOffline();
  const response = await (batch[0].box ? postBallot(ports, batch[0].jws)
    : post(ports, 'sync', { ...grantsOf(batch), envelopes: batch.map((act) => act.jws) }));
  if (!response) {
    // A lost answer looks the same as a failed request, except where the device had no network all along.
    if (wasOffline && ports.isOffline()) await unmarkSent(ports.store, batch);
    return { stop: true, changed: 0, pause: 0 };
  }
  if (response.status === 413) return halve(ports, batch);
  if (response.ok) {
    const changed = await settle(ports, batch, await response.json().catch(() => null));
    return { stop: false, changed, pause: 0 };
  }
  // Below 500, and at 503, the town says that it took nothing; any other 5xx may have come after it did.
  if (response.status < 500 || response.status === 503) await unmarkSent(ports.store, batch);
  const pause = Math.min(LONGEST_WAIT, Number(response.headers.get('retry-after')) || 0);
  if (pause) await ports.store.edit('state', ['pause'], () => ports.now() + pause);
  return { stop: true, changed: 0, pause };
}

/**
 * Too large for the town: half of it, then the other half; a single act that is too large will never fit.
 * @param {Ports} ports
 * @param {Act[]} batch
 */
async function halve(ports, batch) {
  if (batch.length === 1) {
    await change(ports.store, batch, () => ({ state: 'refused', code: 'too_large', settled: ports.now() }));
    return { stop: false, changed: 1, pause: 0 };
  }
  const middle = batch.length >> 1;
  const first = await sendBatch(ports, batch.slice(0, middle));
  if (first.stop) {
    await unmarkSent(ports.store, batch.slice(middle));
    return first;
  }
  const second = await sendBatch(ports, batch.slice(middle));
  return { ...second, changed: first.changed + second.changed };
}

/**
 * The answer, or null when none came: then nobody knows whether what was sent arrived.
 * @param {Pick<Ports, 'site' | 'fetch'>} ports
 * @param {string} path
 * @param {object} body
 */
export function post({ site, fetch }, path, body) {
  return postText(fetch, `${site.sync.replace(/\/$/, '')}/v1/${path}`, JSON.stringify({ v: 1, space: site.space, ...body }));
}

/**
 * A secret ballot, to where nobody is known: without anything that tells where it comes from, nor by its length.
 * @param {Pick<Ports, 'site' | 'fetch'>} ports
 * @param {string} jws
 */
function postBallot({ site, fetch }, jws) {
  const body = { v: 1, space: site.space, ballots: [jws], pad: '' };
  const short = JSON.stringify(body).length % PAGE;
  const text = JSON.stringify({ ...body, pad: ' '.repeat((PAGE - short) % PAGE) });
  return postText(fetch, `${(site.box || site.sync).replace(/\/$/, '')}/v1/ballots`, text, { referrerPolicy: 'no-referrer' });
}

/**
 * @param {Ports['fetch']} fetch
 * @param {string} address
 * @param {string} body
 * @param {RequestInit} [more]
 */
async function postText(fetch, address, body, more = {}) {
  return ask(fetch, address, {
    method: 'POST',
    // A simple type: no preflight, so one round trip on a slow network.
    headers: { 'Content-Type': 'text/plain;charset=UTF-8' },
    body,
    ...more,
  });
}

/**
 * The answer, or null when none came: then nobody knows whether what was sent arrived.
 * @param {Ports['fetch']} fetch
 * @param {string} address
 * @param {RequestInit} init
 */
export async function ask(fetch, address, init) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), PATIENCE);
  try {
    return await fetch(address, { credentials: 'omit', ...init, signal: limit.signal });
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Marked before sending: an answer may be lost, and what may have arrived can't be taken back by deleting it. Acts
 * that were taken back in the meantime are left out.
 * @param {Store} store
 * @param {Act[]} acts
 */
async function markSent(store, acts) {
  const marked = await change(store, acts, () => ({ sent: true }));
  return marked.filter((act) => act && act.state === 'waiting');
}

/**
 * @param {Store} store
 * @param {Act[]} acts
 */
function unmarkSent(store, acts) {
  return change(store, acts, () => ({ sent: false }));
}

/**
 * @param {Store} store
 * @param {Act[]} acts
 * @param {(act: Act) => Partial<Act>} news
 * @returns {Promise<Act[]>}
 */
function change(store, acts, news) {
  return store.edit('acts', acts.map((act) => act.id), (old) =>
    old && old.state === 'waiting' ? { ...old, ...news(old) } : undefined,
  );
}

/**
 * Takes over the answer. An act leaves the waiting state only on a verified receipt that lists it, or on a final
 * refusal. One that counts for nothing, whatever its receipt, is shown as refused, and what follows it will count: it
 * takes the revision that stands. Returns how many acts changed.
 * @param {Ports} ports
 * @param {Act[]} batch
 * @param {any} answer
 */
async function settle(ports, batch, answer) {
  const now = ports.now();
  const results = (answer && answer.results) || [];
  const receipt = (answer && answer.receipt) || '';
  const items = await readReceipt(receipt, ports.site).catch(() => new Map());
  const places = batch.map((act) => act.id);
  /** @param {Act} act @returns {Partial<Act>} */
  const newsOf = (act) => {
    const result = results[places.indexOf(act.id)] || {};
    const item = items.get(act.id);
    // Acts of one phone arrive in their order: what counts instead was made on another phone of the same person.
    if (result.status === 'superseded') return { state: 'refused', code: result.status, rev: result.head.rev, settled: now };
    if (item) return { state: 'received', no: item.no, rx: item.rx, receipt, settled: now, code: '' };
    // A refusal may come without an id (the town could not read it): then its place in the list tells.
    const isRefused = result.status === 'refused' && (result.id === act.id || result.id === null);
    if (isRefused && !result.retry) return { state: 'refused', code: result.code, settled: now };
    const tries = act.tries + 1;
    return { sent: !isRefused, tries, next: now + backOff(tries, ports.random), code: result.code || '' };
  };
  const changed = await change(ports.store, batch, newsOf);
  if (answer && answer.now > 0) await ports.store.edit('state', ['skew'], () => answer.now - now);
  return changed.filter((act) => act && act.state !== 'waiting').length;
}
