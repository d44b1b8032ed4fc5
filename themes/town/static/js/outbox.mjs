// The acts of this phone: what is added, changed, taken back. Slots and revisions: docs/formats.md §3.
import { LONGEST_DELAY } from './due.mjs';
import { envelopeId, newJti, seal } from './envelope.mjs';
import { ballotKey, isNamedIn, keyName } from './keys.mjs';

const DAY = 86400;
const SHORT_DELAY = 1800;

/** @type {Pick<Act, 'state' | 'sent' | 'tries' | 'next' | 'code' | 'settled' | 'no' | 'rx' | 'receipt' | 'number' | 'countedAt' | 'proof' | 'line' | 'absent'>} */
export const UNSENT = {
  state: 'waiting', sent: false, tries: 0, next: 0, code: '', settled: 0, no: 0, rx: 0, receipt: '', number: '',
  countedAt: '', proof: '', line: 0, absent: 0,
};

/** @param {Act} act */
export function isUnsent(act) {
  return act.state === 'waiting' && !act.sent;
}

/**
 * Secret ballots of two people who share a phone stand side by side: nothing tells that they are of one phone.
 * @param {Pick<Act, 'consultation' | 'slot' | 'token' | 'signer'>} act
 */
function slotOf(act) {
  return `${act.consultation} ${act.slot} ${act.token ? act.signer : ''}`;
}

/**
 * When an act leaves: a secret ballot after some time drawn by lot, longer where its right is fresh, and never late.
 * @param {Draft} draft
 * @param {number} made
 * @param {() => number} random
 */
export function leavesAt({ token, fetched = 0, closes }, made, random) {
  if (!token) return {};
  const longest = made - fetched < DAY ? LONGEST_DELAY : SHORT_DELAY;
  const left = closes ? Math.max(0, closes - made) / 4 : longest;
  return { box: true, notBefore: made + random() * Math.min(longest, left) };
}

/**
 * Lets a secret ballot leave now.
 * @param {Store} store
 * @param {string} id
 */
export function hurryAct(store, id) {
  return store.edit('acts', [id], (old) => (old && old.state === 'waiting' ? { ...old, notBefore: 0 } : undefined));
}

/**
 * What the citizen is shown, newest first: the newest revision of each slot that was not refused, and every refusal.
 * @param {Act[]} acts
 */
export function standingActs(acts) {
  /** @type {Map<string, Act>} */
  const heads = new Map();
  for (const act of acts) {
    const head = heads.get(slotOf(act));
    if (act.state !== 'refused' && (!head || act.rev > head.rev)) heads.set(slotOf(act), act);
  }
  const shown = acts.filter((act) => act.state === 'refused' || heads.get(slotOf(act)) === act);
  return shown.sort((one, other) => other.made - one.made || other.rev - one.rev);
}

/**
 * The revision of a slot that stands on this phone; a withdrawal is one too.
 * @param {Act[]} acts
 * @param {Pick<Act, 'consultation' | 'slot' | 'token' | 'signer'>} place
 */
export function standingAct(acts, place) {
  return standingActs(acts).find((act) => slotOf(act) === slotOf(place) && act.state !== 'refused');
}

/**
 * Signs and stores a new revision; when this resolves the act is saved (as far as `store.lasting` goes). A revision
 * that never left the phone makes room for it.
 * @param {Store} store
 * @param {Site} site
 * @param {Draft} draft
 * @param {number} made epoch seconds by this phone's clock: shown, never trusted; a secret ballot does not say it
 * @param {() => number} random
 * @returns {Promise<{ act: Act, lasting: boolean }>}
 */
export async function addAct(store, site, draft, made, random = Math.random) {
  // A withdrawal is signed with the key of what it takes back: it is the same voter's.
  const signer = draft.signer || keyName(draft.consultation, draft.counts);
  const key = await ballotKey(store, signer);
  // With another key the town would refuse it, and for good.
  if (draft.token && !(await isNamedIn(draft.token.m, key.jwk))) throw new Error('another ballot key');
  const acts = /** @type {Act[]} */ (await store.all('acts'));
  const jti = newJti();
  const { token } = draft;
  const slot = draft.slot || `${draft.kind}:${jti}`;
  const place = { consultation: draft.consultation, slot, token, signer };
  const head = standingAct(acts, place);
  const replaced = head && isUnsent(head) ? head : undefined;
  const earlier = acts.filter((act) => slotOf(act) === slotOf(place));
  const rev = 1 + Math.max(0, ...earlier.map((act) => act.rev));
  const prev = (replaced ? replaced.prev : head && head.id) || null;
  const jws = await seal({
    v: 1, aud: site.space, a: draft.consultation, mh: draft.mh, kind: draft.kind, slot, jti, rev, prev,
    iat: token ? 0 : Math.max(0, Math.floor(made)), body: draft.body, ...(token ? { token } : {}),
  }, key);
  /** @type {Act} */
  const act = {
    ...draft, ...UNSENT, ...leavesAt(draft, made, random), signer, code: draft.wait || '', id: await envelopeId(jws), jws, slot, rev, prev, made, carried: false,
  };
  await store.edit('acts', [act.id, ...(replaced ? [replaced.id] : [])], (old, id) => {
    if (id === act.id) return act;
    // It may have left in the meantime; then both stay, and the greater revision counts.
    return old && isUnsent(old) ? null : undefined;
  });
  return { act, lasting: store.lasting && key.lasting };
}

/**
 * Takes an act back: one that never left is deleted (null), another gets a withdrawal that has to be sent.
 * @param {Store} store
 * @param {Site} site
 * @param {Act} act
 * @param {number} made
 */
export async function withdrawAct(store, site, act, made) {
  const [left] = await store.edit('acts', [act.id], (old) => (old && isUnsent(old) ? null : undefined));
  if (!left) return null;
  return addAct(store, site, { ...act, kind: 'withdraw', body: {}, counts: false }, made);
}

/**
 * Forgets a refused act, once the citizen has seen it.
 * @param {Store} store
 * @param {string} id
 */
export function dismissAct(store, id) {
  return store.edit('acts', [id], (old) => (old && old.state === 'refused' ? null : undefined));
}
