// Proofs as a text that anybody can check (C2SP tlog-proof). Twin of civic/log/proof.py.
import { base64, unbase64 } from './base64.mjs';

const FIRST = 'c2sp.org/tlog-proof@v1';
const INDEX = /^index (0|[1-9]\d{0,14})$/;

/**
 * `extra` is for whoever reads the proof and proves nothing: the receipt goes there.
 * @param {LogProof} proof
 */
export function formatProof({ extra, index, hashes, note }) {
  const own = extra.length ? [`extra ${base64(extra)}`] : [];
  return [FIRST, ...own, `index ${index}`, ...hashes.map(base64), '', note].join('\n');
}

/**
 * Throws at anything that `formatProof` would not have written.
 * @param {string} text
 * @returns {LogProof}
 */
export function parseProof(text) {
  const end = text.indexOf('\n\n');
  const [first, ...lines] = text.slice(0, end).split('\n');
  const extra = (lines[0] || '').startsWith('extra ') ? unbase64(String(lines.shift()).slice(6)) : new Uint8Array();
  const [, index] = INDEX.exec(lines.shift() || '') || [];
  const hashes = lines.map(unbase64);
  if (end < 0 || first !== FIRST || !index || hashes.some((hash) => hash.length !== 32)) throw new Error('not a proof');
  return { extra, index: Number(index), hashes, note: text.slice(end + 2) };
}
