// A town hall that gives out rights to secret votes and takes them back in ballots, for tests (docs/formats.md §15).
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isTokenSigned, tokenText } from '../../themes/town/static/js/token.mjs';
import { b64u, unb64u, utf8 } from '../../themes/town/static/js/canonical.mjs';
import { ballotKey, DEVICE } from '../../themes/town/static/js/keys.mjs';
import { thumbprint } from '../../themes/town/static/js/public_key.mjs';
import { opened } from './people.mjs';
import { makeTown } from './town.mjs';

const { issuers } = JSON.parse(readFileSync(new URL('../vectors/tokens.json', import.meta.url), 'utf8'));
const [{ p, q, jwk }, other] = issuers;
export const OTHER_KEY = other.jwk;
const number = (hex) => BigInt(`0x${hex}`);

function power(base, exponent, n) {
  let [result, square] = [1n, base % n];
  for (let rest = exponent; rest; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % n;
    square = (square * square) % n;
  }
  return result;
}

function inverseOf(value, n) {
  let [rest, next, one, more] = [n, value, 0n, 1n];
  while (next) [rest, next, one, more] = [next, rest % next, more, one - (rest / next) * more];
  return ((one % n) + n) % n;
}

/** As a town signs what it can't see. */
function signBlind(blinded) {
  const [n, order] = [number(p) * number(q), (number(p) - 1n) * (number(q) - 1n)];
  const signed = power(number(Buffer.from(blinded).toString('hex')), inverseOf(65537n, order), n);
  return Uint8Array.from(Buffer.from(signed.toString(16).padStart(512, '0'), 'hex'));
}

/** A town where `persons` (by kid) may each answer the question `soir` of `marche` once, in secret. */
export async function makeIssuingTown() {
  const town = await makeTown();
  town.store.lasting = true;
  town.rules = JSON.stringify({ keys: { issuer: { soir: jwk } } });
  const scope = { consultation: 'marche', question: 'soir', mh: createHash('sha256').update(town.rules).digest('base64url') };
  const own = {
    ...town, scope, persons: new Map(), issued: new Map(), asked: [], tricks: town.tricks,
    doors: { site: town.site, store: town.store, now: () => town.clock, fetch: undefined },
    async know(person) {
      const { jwk: device } = await ballotKey(town.store, DEVICE);
      own.persons.set(await thumbprint(device), { person, device });
    },
    async tokens({ jws }) {
      const { kid } = JSON.parse(Buffer.from(jws.split('.')[0], 'base64url').toString());
      const known = own.persons.get(kid);
      if (!known) return Response.json({ code: 'unknown_key', retry: true }, { status: 401 });
      const { headerText, payload } = await opened(jws, known.device);
      own.asked.push({ headerText, payload });
      const hash = createHash('sha256').update(unb64u(payload.blinded)).digest('hex');
      const place = `${known.person} ${payload.a} ${payload.q}`;
      if ((own.issued.get(place) || hash) !== hash) return Response.json({ code: 'token_already_issued', retry: false }, { status: 409 });
      own.issued.set(place, hash);
      return Response.json({ v: 1, blind_sig: b64u(signBlind(unb64u(payload.blinded))) });
    },
    async isTaken(jws) {
      const { header, payload } = await opened(jws);
      const jkt = await thumbprint(header.jwk);
      const message = unb64u(payload.token.m);
      const text = tokenText(town.site.space, payload.a, 'soir', jkt);
      return Buffer.from(message.slice(32)).equals(Buffer.from(text)) && isTokenSigned(jwk, message, unb64u(payload.token.s));
    },
    async fetch(url, init = {}) {
      const path = url.replace(/^https:\/\/[^/]+/, '');
      own.requests.push({ url, init, body: init.body && JSON.parse(init.body) });
      const trick = own.tricks.shift();
      const instead = trick && (await trick(init.body && JSON.parse(init.body)));
      if (instead === null) throw new TypeError('network');
      if (instead) return instead;
      if (path === '/marche/manifest.json') return new Response(own.rules);
      if (path === '/v1/tokens') return own.tokens(JSON.parse(init.body));
      const { ballots, envelopes } = JSON.parse(init.body);
      return Response.json(await town.take(ballots || envelopes));
    },
  };
  own.doors.fetch = own.fetch;
  own.ports = { ...town.ports, fetch: own.fetch };
  await own.know('anne');
  return own;
}
