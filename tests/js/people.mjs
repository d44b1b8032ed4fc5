// A town hall that knows people, for tests: answers as docs/formats.md §14 says, checking what the phone signed.
import { unb64u, utf8 } from '../../themes/town/static/js/canonical.mjs';
import { memoryStore } from '../../themes/town/static/js/outbox_memory.mjs';
import { ECDSA, thumbprint } from '../../themes/town/static/js/public_key.mjs';

const read = (part) => JSON.parse(new TextDecoder().decode(unb64u(part)));

/** Header and payload of a JWS; throws unless `jwk` (or the key in its header) signed it. */
export async function opened(jws, jwk) {
  const [header, payload, signature] = jws.split('.');
  const { crv, kty, x, y } = jwk || read(header).jwk;
  const key = await crypto.subtle.importKey('jwk', { crv, kty, x, y }, ECDSA, false, ['verify']);
  if (!(await crypto.subtle.verify(ECDSA, key, unb64u(signature), utf8(`${header}.${payload}`)))) throw new Error('bad signature');
  return { header: read(header), headerText: new TextDecoder().decode(unb64u(header)), payload: read(payload) };
}

const ID = (n) => String(n).padStart(21, 'E') + 'A';

export function makePeople() {
  const people = {
    requests: [],
    /** by enrol id */
    enrolments: new Map(),
    /** jwk by thumbprint */
    devices: new Map(),
    /** the next answers, each instead of what would be said: a Response, or null for no network */
    tricks: [],
    code: '12345678',
    level: 'email',
    grants: [],
    held: {
      v: 1, person: { level: 'email', since: 1_790_000_000 }, identities: [{ method: 'email', since: 1_790_000_000 }],
      devices: [], acts: [], consents: {}, contact: null,
    },
    async fetch(url, init = {}) {
      const path = new URL(url).pathname.replace('/v1/', '');
      const body = init.body ? JSON.parse(init.body) : null;
      people.requests.push({ path, init, body });
      if (people.tricks.length) {
        const trick = people.tricks.shift();
        if (trick === null) throw new TypeError('network');
        return trick;
      }
      return people[path.split('/')[0] === 'nonce' ? 'nonce' : path](body);
    },
    nonce: () => Response.json({ v: 1, nonce: 'N'.repeat(22) }),
    async 'enrol/start'({ jws, to }) {
      const { header, payload } = await opened(jws);
      const enrol = ID(people.enrolments.size);
      people.enrolments.set(enrol, { kid: await thumbprint(header.jwk), to, method: payload.method, confirmed: false });
      return Response.json({ v: 1, enrol, expires: 1_790_001_800 }, { status: 202 });
    },
    'enrol/confirm'({ enrol }) {
      const begun = people.enrolments.get(enrol);
      if (begun) begun.confirmed = true;
      return begun ? Response.json({ v: 1 }) : Response.json({ code: 'expired', retry: false }, { status: 410 });
    },
    async 'enrol/finish'({ enrol, proof, jws }) {
      const begun = people.enrolments.get(enrol);
      const { header, payload } = await opened(jws);
      if (!begun) return Response.json({ code: 'expired', retry: false }, { status: 410 });
      if (payload.nonce !== enrol || (await thumbprint(header.jwk)) !== begun.kid) throw new Error('another phone');
      if (proof ? proof !== people.code : !begun.confirmed) {
        return proof ? Response.json({ code: 'bad_proof', retry: false }, { status: 400 }) : Response.json({ v: 1, waiting: true }, { status: 202 });
      }
      people.devices.set(begun.kid, header.jwk);
      people.enrolments.delete(enrol);
      return Response.json({ v: 1, level: people.level, devices: 1, is_new: true });
    },
    async me({ jws }) {
      const kid = read(jws.split('.')[0]).kid;
      if (!people.devices.has(kid)) return Response.json({ code: 'unknown_key', retry: true }, { status: 401 });
      people.asked = (await opened(jws, people.devices.get(kid))).payload;
      if (people.asked.do === 'grants') return Response.json({ v: 1, grants: people.grants });
      return Response.json(people.asked.do === 'me' ? people.held : { v: 1 });
    },
  };
  return people;
}

/** What a page hands to the flow. */
export function makeDoors(people) {
  const site = { space: 'valbrume', sync: 'https://sync.example/', root: '/', lang: 'fr', prefix: '', langs: ['fr'] };
  return { site, store: memoryStore(), fetch: people.fetch, now: () => 1_790_000_100.5 };
}
