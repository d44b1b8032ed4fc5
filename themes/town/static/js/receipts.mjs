// The town's signed answer (docs/formats.md §4). Only this lets an act leave the phone.
import { b64u, unb64u, utf8 } from './canonical.mjs';
import { ECDSA, thumbprint } from './public_key.mjs';

/**
 * The items of a receipt by envelope id; throws unless it is signed by the town's receipt key, for this space.
 * @param {string} receipt
 * @param {Site} site
 * @returns {Promise<Map<string, ReceiptItem>>}
 */
export async function readReceipt(receipt, site) {
  const [header, payload, signature, ...rest] = receipt.split('.');
  const kid = await thumbprint(site.receipt);
  const expected = b64u(utf8(`{"alg":"ES256","typ":"preau-receipt+jws","kid":"${kid}"}`));
  if (header !== expected || rest.length) throw new Error('not a receipt');
  const { crv, kty, x, y } = site.receipt;
  const key = await crypto.subtle.importKey('jwk', { crv, kty, x, y }, ECDSA, false, ['verify']);
  const signed = utf8(`${header}.${payload}`);
  if (!(await crypto.subtle.verify(ECDSA, key, unb64u(signature), signed))) throw new Error('bad signature');
  const { v, space, items, by } = JSON.parse(new TextDecoder().decode(unb64u(payload)));
  if (v !== 1 || space !== site.space) throw new Error('another receipt');
  return new Map(items.map((/** @type {ReceiptItem} */ item) => [item.id, { ...item, by }]));
}
