// The acts of this phone: what is added, changed, taken back. Slots and revisions: docs/formats.md §3.
import { envelopeId, newJti, seal } from './envelope.mjs';
import { ballotKey, keyName } from './keys.mjs';

/** @type {Pick<Act, 'state' | 'sent' | 'tries' | 'next' | 'code' | 'settled' | 'no' | 'rx' | 'receipt' | 'number' | 'countedAt' | 'proof' | 'line' | 'absent'>} */
export const UNSENT = {
  state: 'waiting', sent: false, tries: 0, next: 0, code: '', settled: 0, no: 0, rx: 0, receipt: '', number: '',
  countedAt: '', proof: '', line: 0, absent: 0,
};

/** @param {Act} act */
export function isUnsent(act) {
  return act.state === 'waiting' && !act.sent;
}

/** @param {Act} act */
function slotOf(act) {
  return `${act.consultation} ${act.slot}`;
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
 * @param {string} consultation
 * @param {string} slot
 */
export function standingAct(acts, consultation, slot) {
  return standingActs(acts).find(
    (act) => act.consultation === consultation && act.slot === slot && act.state !== 'refused',
  );
}

/**
 * Signs and stores a new revision; when this resolves the act is saved (as far as `store.lasting` goes). A revision
 * that never left the phone makes room for it.
 * @param {Store} store
 * @param {Site} site
 * @param {Draft} draft
 * @param {number} made epoch seconds by this phone's clock: shown, never trusted
 * @returns {Promise<{ act: Act, lasting: boolean }>}
 */
export async function addAct(store, site, draft, made) {
  // A withdrawal is signed with the key of what it takes back: it is the same voter's.
  const signer = draft.signer || keyName(draft.consultation, draft.counts);
  const key = await ballotKey(store, signer);
  const acts = /** @type {Act[]} */ (await store.all('acts'));
  const jti = newJti();
  const slot = draft.slot || `${draft.kind}:${jti}`;
  const head = standingAct(acts, draft.consultation, slot);
  const replaced = head && isUnsent(head) ? head : undefined;
  const earlier = acts.filter((act) => act.consultation === draft.consultation && act.slot === slot);
  const rev = 1 + Math.max(0, ...earlier.map((act) => act.rev));
  const prev = (replaced ? replaced.prev : head && head.id) || null;
  const jws = await seal({
    v: 1, aud: site.space, a: draft.consultation, mh: draft.mh, kind: draft.kind, slot, jti, rev, prev,
    iat: Math.max(0, Math.floor(made)), body: draft.body,
  }, key);
  /** @type {Act} */
  const act = {
    ...draft, ...UNSENT, signer, code: draft.wait || '', id: await envelopeId(jws), jws, slot, rev, prev, made, carried: false,
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
