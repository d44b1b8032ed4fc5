// Receipts become proofs: each received act is looked up in the public log, and what is found can be checked again
// without network, for ever (docs/formats.md §13). Every file is checked up to the town's signature, none is believed.
import { b64u, utf8 } from './canonical.mjs';
import { NobodyCanSay } from './ed25519.mjs';
import { promisedLeaf } from './log_entry.mjs';
import { findIndexes, keptLog, lookAtLog, treeOf } from './log_head.mjs';
import { openCheckpoint, parseVkey } from './log_note.mjs';
import { formatProof, parseProof } from './log_proof.mjs';
import { isIncluded, isSame } from './log_tree.mjs';
import { readReceipt } from './receipts.mjs';

/** @param {Act} act */
export function isUnproved(act) {
  return Boolean(act.receipt) && !act.proof;
}

/**
 * A receipt of this act alone where the town gives one: a proof that is shown must not tell of other acts.
 * @param {LogPorts} ports
 * @param {Act} act
 */
async function ownReceipt({ site, fetch }, act) {
  const response = await fetch(`${site.sync.replace(/\/$/, '')}/v1/receipts/${act.id}`).catch(() => null);
  const receipt = response && response.ok ? (await response.json().catch(() => ({}))).receipt : '';
  const items = await readReceipt(String(receipt), site).catch(() => new Map());
  const item = items.get(act.id);
  return item && item.salt && items.size === 1 ? receipt : act.receipt;
}

/**
 * The proof of one act, or what else is to be noted of it.
 * @param {LogPorts} ports
 * @param {{ checkpoint: Checkpoint, note: string }} head
 * @param {Tree} tree
 * @param {Act} act
 * @returns {Promise<Partial<Act>>}
 */
async function newsOf(ports, { checkpoint, note }, tree, act) {
  const promise = await promisedLeaf(act, ports.site).catch(() => ({ leaf: null, by: 0, shared: false }));
  if (!promise) return {};
  const { leaf, by, shared } = promise;
  const isBroken = ports.now() > by && !act.absent;
  // A receipt that does not open its own commitment is a promise that can't be kept.
  if (!leaf) return isBroken ? { absent: ports.now() } : {};
  const shard = leaf[0].toString(16).padStart(2, '0');
  const index = (await findIndexes(ports, shard))[b64u(leaf)];
  const isPlace = Number.isSafeInteger(index) && index >= 0 && index < checkpoint.size;
  // The list of places is not signed: only the tree says what stands where.
  if (!isPlace || !isSame(await tree.leaf(index), leaf)) return isBroken ? { absent: ports.now() } : {};
  // A secret ballot came by itself, and nobody must ask for it where one is known.
  const receipt = shared && !act.box ? await ownReceipt(ports, act) : act.receipt;
  const proof = formatProof({ extra: utf8(receipt), index, hashes: await tree.proof(index), note });
  return { proof, receipt, line: index + 1, absent: 0 };
}

/**
 * Looks every received act up that has no proof yet, and keeps what it finds; whether anything changed. Rejects where
 * the log can't be reached or read now: then nothing is said of any act.
 * @param {LogPorts} ports
 */
export async function collectProofs(ports) {
  const { store } = ports;
  const before = JSON.stringify(await keptLog(store));
  const head = await lookAtLog(ports);
  let hasMoved = JSON.stringify(await keptLog(store)) !== before;
  if (!head) return hasMoved;
  const acts = /** @type {Act[]} */ (await store.all('acts')).filter(isUnproved);
  if (!acts.length) return hasMoved;
  const tree = await treeOf(ports, head.checkpoint);
  for (const act of acts) {
    // One act that can't be looked up now must not hold up the others.
    const news = await newsOf(ports, head, tree, act).catch(() => ({}));
    if (!Object.keys(news).length) continue;
    await store.edit('acts', [act.id], (old) => (old && isUnproved(old) ? { ...old, ...news } : undefined));
    hasMoved = true;
  }
  return hasMoved;
}

/**
 * Checks everything again from what this phone keeps, without network: the town's signature under the receipt, that it
 * is of this very envelope, that its commitment opens, that the entry leads to the root, that the town has signed that.
 * @param {Act} act
 * @param {Site} site
 * @param {string} vkey
 * @param {Verify} verify
 */
export async function isProved(act, site, vkey, verify) {
  try {
    const promise = await promisedLeaf(act, site);
    const { index, hashes, note } = parseProof(act.proof || '');
    const checkpoint = await openCheckpoint(note, await parseVkey(vkey), verify);
    if (!promise || !checkpoint || act.line !== index + 1) return false;
    return isIncluded(promise.leaf, index, checkpoint.size, checkpoint.root, hashes);
  } catch (error) {
    if (error instanceof NobodyCanSay) throw error;
    return false;
  }
}
