// A budget recounted as a phone does it. Run by itself it reads {"cases"} and prints the places of those that differ.
import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { recount } from '../../civic/modules/budget/recount/recount.mjs';

const SLUG = 'exemple';
export const slotId = async (value) => createHash('sha256').update(JSON.stringify(value)).digest().subarray(0, 16).toString('base64url');

/** The lines of the table. */
export async function linesOf({ settings, baskets, results }) {
  const slot = `basket:${await slotId({ a: SLUG, envelope: 'budget' })}`;
  const acts = baskets.map((choice, at) => ({ kind: 'basket', slot, voter: String(at), rev: 1, id: String(at), choice, body: { envelope: 'budget', choice } }));
  const refuse = () => {
    throw new Error('refused');
  };
  const tools = { say: (word, values) => [word, ...Object.values(values || {})].join(' '), lang: 'fr', pause: async () => {}, slotId, refuse };
  return recount({ slug: SLUG, rules: { settings: { budget: settings } }, earlier: [], acts, results, totals: new Map() }, tools);
}

export const differing = (lines) => lines.filter((one) => one.published !== one.counted);

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { cases } = JSON.parse(await text(process.stdin));
  const found = [];
  for (const [place, one] of cases.entries()) if (differing(await linesOf(one)).length) found.push(place);
  console.log(JSON.stringify(found));
}
