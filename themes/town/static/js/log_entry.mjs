// What a phone asks of its own act: which entry of the log is it, and does the town's receipt open it?
// Twin of civic/log/entries.py.
import { b64u, unb64u, utf8 } from './canonical.mjs';
import { envelopeId } from './envelope.mjs';
import { leafHash } from './log_tree.mjs';
import { readReceipt } from './receipts.mjs';

const HMAC = { name: 'HMAC', hash: 'SHA-256' };

/**
 * b64u HMAC-SHA-256 of the envelope under its salt (docs/formats.md §4).
 * @param {string} salt
 * @param {string} jws
 */
export async function commitmentTo(salt, jws) {
  const key = await crypto.subtle.importKey('raw', unb64u(salt), HMAC, false, ['sign']);
  return b64u(new Uint8Array(await crypto.subtle.sign(HMAC, key, utf8(jws))));
}

/**
 * The hash of the log's entry for a commitment: `{"a","c","k":"env","v":1}`, canonical; `k` of a secret ballot is another.
 * @param {string} consultation
 * @param {string} c
 * @param {boolean} [isSecret]
 */
export function entryHash(consultation, c, isSecret) {
  return leafHash(utf8(`{"a":"${consultation}","c":"${c}","k":"${isSecret ? 'ballot' : 'env'}","v":1}`));
}

/**
 * The leaf that the town promised for this act, until when, and whether other acts share its receipt; null for a
 * receipt that promises nothing that can be checked (from before there was a log, or after its salt was erased). Throws
 * where the receipt is not the town's, not for this envelope, or does not open its own commitment.
 * @param {Act} act
 * @param {Site} site
 */
export async function promisedLeaf(act, site) {
  const items = await readReceipt(act.receipt, site);
  const item = items.get(await envelopeId(act.jws));
  if (!item) throw new Error('not for this act');
  if (!item.by || !item.salt) return null;
  if ((await commitmentTo(item.salt, act.jws)) !== item.c) throw new Error('not for this act');
  return { leaf: await entryHash(act.consultation, item.c, act.box), by: item.by, shared: items.size > 1 };
}
