// A town hall for tests: takes envelopes as docs/formats.md §4 says, and can be told to misbehave.
import { b64u, utf8 } from '../../themes/town/static/js/canonical.mjs';
import { commitmentTo } from '../../themes/town/static/js/log_entry.mjs';
import { envelopeId } from '../../themes/town/static/js/envelope.mjs';
import { openEnvelope } from '../../themes/town/static/js/opened_envelope.mjs';
import { memoryStore } from '../../themes/town/static/js/outbox_memory.mjs';
import { ECDSA, thumbprint } from '../../themes/town/static/js/public_key.mjs';

export async function makeTown() {
  const pair = await crypto.subtle.generateKey(ECDSA, true, ['sign', 'verify']);
  const { x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  const receiptKey = { crv: 'P-256', kty: 'EC', x, y };
  const town = {
    site: { space: 'valbrume', sync: 'https://sync.example', root: '/', lang: 'fr', prefix: '', langs: ['fr'], receipt: receiptKey },
    now: 1_790_000_200,
    clock: 1_790_000_000,
    isOffline: false,
    records: new Map(),
    requests: [],
    /** what to do instead of answering, once each: (body) => Response | null */
    tricks: [],
    /** id → { code, retry } */
    refusals: new Map(),
    /** seconds after which an act is promised in the log */
    promise: 1260,
    /** what acts become in the log, in the order of their numbers */
    entries: [],
    async receipt(items, space = 'valbrume', signer = pair.privateKey, more = {}) {
      const header = `{"alg":"ES256","typ":"preau-receipt+jws","kid":"${await thumbprint(receiptKey)}"}`;
      const signed = `${b64u(utf8(header))}.${b64u(utf8(JSON.stringify({ v: 1, space, items, by: town.now + town.promise, ...more })))}`;
      return `${signed}.${b64u(new Uint8Array(await crypto.subtle.sign(ECDSA, signer, utf8(signed))))}`;
    },
    async take(envelopes) {
      const items = [];
      const results = [];
      for (const jws of envelopes) {
        const id = await envelopeId(jws);
        const refusal = town.refusals.get(id) || town.refusals.get(openEnvelope(jws).kind);
        if (refusal) {
          results.push({ id, status: 'refused', ...refusal });
          continue;
        }
        const status = town.records.has(id) ? 'duplicate' : 'accepted';
        if (status === 'accepted') {
          const salt = b64u(crypto.getRandomValues(new Uint8Array(32)));
          const c = await commitmentTo(salt, jws);
          town.records.set(id, { id, no: town.records.size + 1, rx: town.now, c, salt });
          town.entries.push(`{"a":"${openEnvelope(jws).a}","c":"${c}","k":"env","v":1}`);
        }
        items.push(town.records.get(id));
        results.push({ id, status, no: town.records.get(id).no, rx: town.now });
      }
      return { v: 1, now: town.now, receipt: items.length ? await town.receipt(items) : null, results };
    },
    async fetch(url, init) {
      const body = JSON.parse(init.body);
      town.requests.push({ url, init, body });
      const trick = town.tricks.shift();
      const instead = trick && (await trick(body));
      if (instead === null) throw new TypeError('network');
      return instead || Response.json(await town.take(body.envelopes));
    },
  };
  const store = memoryStore();
  town.store = store;
  town.ports = {
    store, site: town.site, fetch: town.fetch, now: () => town.clock, random: () => 0.5, isOffline: () => town.isOffline,
  };
  return town;
}

export function draft(kind, more = {}) {
  const counts = kind === 'vote';
  const target = counts ? more.target || 'AAAAAAAAAAAAAAAAAAAAAA' : '';
  const body = counts ? { choice: 'for' } : { title: 'Une halle', text: 'Un marché quand il pleut.', category: '', name: '', lang: 'fr' };
  return {
    kind, consultation: 'filature', mh: 'm'.repeat(43), target, title: 'Une halle', chosen: '', counts,
    ...(counts ? { slot: `vote:${target}` } : {}), body, page: '/filature/31/', opens: 0, closes: 1_790_100_000,
    until: 1_790_200_000, results: 1_790_200_000, ...more,
  };
}
