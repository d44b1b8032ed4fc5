// The right to a secret vote: asked for, kept through every mishap, and used where and when nothing tells whose it is.
import assert from 'node:assert/strict';
import test from 'node:test';
import { DEVICE } from '../../themes/town/static/js/keys.mjs';
import { countActs } from '../../themes/town/static/js/counted.mjs';
import { addAct, hurryAct, standingAct, standingActs, withdrawAct } from '../../themes/town/static/js/outbox.mjs';
import { carryAct } from '../../themes/town/static/js/outbox_carried.mjs';
import { openEnvelope } from '../../themes/town/static/js/opened_envelope.mjs';
import { entryHash } from '../../themes/town/static/js/log_entry.mjs';
import { forgetAll } from '../../themes/town/static/js/person_requests.mjs';
import { getRight, ownRight } from '../../themes/town/static/js/rights.mjs';
import { flush } from '../../themes/town/static/js/sync.mjs';
import { makeIssuingTown, OTHER_KEY } from './issuer.mjs';
import { draft } from './town.mjs';

const HOUR = 3600;
const DAY = 24 * HOUR;
const CLOSING = 1_790_000_000 + 10 * DAY;

const rightOf = async (town) => (await ownRight(town.doors, town.scope)).right;

/** What the form makes of a right: the answer to the question, not signed yet. */
async function ballot(town, choice = ['mardi'], more = {}) {
  const { name, token, fetched } = await rightOf(town);
  return draft('ballot', {
    consultation: 'marche', counts: true, slot: `ballot:${'S'.repeat(22)}`, target: 'S'.repeat(22), mode: 'secret', signer: name,
    token, fetched, body: { question: 'soir', choice }, closes: CLOSING, until: CLOSING, results: CLOSING, page: '/marche/1/', ...more,
  });
}

async function prepared() {
  const town = await makeIssuingTown();
  await getRight(town.doors, town.scope);
  return town;
}

test('a right is asked for as the device, for one question under its rules, and nothing else is said', async () => {
  const town = await prepared();
  const [{ headerText, payload }] = town.asked;
  assert.match(headerText, /^\{"alg":"ES256","typ":"preau-token\+jws","kid":"[\w-]{43}"\}$/);
  assert.deepEqual(Object.keys(payload), ['v', 'aud', 'a', 'q', 'mh', 'blinded', 'iat']);
  assert.deepEqual([payload.aud, payload.a, payload.q, payload.mh], ['valbrume', 'marche', 'soir', town.scope.mh]);
  const right = await rightOf(town);
  const { act } = await addAct(town.store, town.site, await ballot(town), town.clock);
  assert.ok(await town.isTaken(act.jws));
  for (const part of [right.token.m, right.token.s, right.inverse]) assert.ok(!JSON.stringify(payload).includes(part));
});

test('a lost answer: the very same is asked again, also after the page was closed', async () => {
  const town = await makeIssuingTown();
  town.tricks.push(undefined, async (body) => (await town.tokens(body), null));
  await assert.rejects(getRight(town.doors, town.scope), /unreached/);
  assert.ok((await rightOf(town)).inverse);
  await getRight({ ...town.doors }, town.scope);
  const [first, again] = town.asked.map((one) => one.payload.blinded);
  assert.equal(first, again);
  assert.ok((await rightOf(town)).token);
  await getRight(town.doors, town.scope);
  assert.equal(town.asked.length, 2);
});

test('what the answer will need is kept before anything is asked', async () => {
  const town = await makeIssuingTown();
  let held;
  town.tricks.push(undefined, async () => ((held = await rightOf(town)), null));
  await assert.rejects(getRight(town.doors, town.scope));
  assert.deepEqual([typeof held.message, typeof held.inverse, typeof held.blinded, held.token], ['string', 'string', 'string', undefined]);
});

test('two tabs at once ask for one right', async () => {
  const town = await makeIssuingTown();
  await Promise.all([getRight(town.doors, town.scope), getRight(town.doors, town.scope)]);
  assert.equal(new Set(town.asked.map((one) => one.payload.blinded)).size, 1);
  assert.ok(await town.isTaken((await addAct(town.store, town.site, await ballot(town), town.clock)).act.jws));
});

test('a key that is not in the rules of the page is not used', async () => {
  const town = await makeIssuingTown();
  town.rules = JSON.stringify({ keys: { issuer: { soir: OTHER_KEY } } });
  await assert.rejects(getRight(town.doors, town.scope), /wrong_manifest/);
  assert.deepEqual([town.asked, await rightOf(town)], [[], undefined]);
});

test('an answer that gives no signature is not believed, and a true one still can come', async () => {
  const town = await makeIssuingTown();
  town.tricks.push(undefined, () => Response.json({ v: 1, blind_sig: 'A'.repeat(342) }));
  await assert.rejects(getRight(town.doors, town.scope), /bad signature/);
  assert.equal((await rightOf(town)).token, undefined);
  await getRight(town.doors, town.scope);
  assert.ok((await rightOf(town)).token);
});

test('a phone that can keep no key asks for nothing: nobody would give it a second right', async () => {
  const town = await makeIssuingTown();
  await assert.rejects(getRight({ ...town.doors, store: { ...town.store, lasting: false } }, town.scope), /unable/);
  assert.deepEqual(town.asked, []);
});

test('a right that was given on another phone is told, once and for all', async () => {
  const town = await makeIssuingTown();
  town.issued.set('anne marche soir', 'elsewhere');
  await assert.rejects(getRight(town.doors, town.scope), /token_already_issued/);
  assert.equal((await rightOf(town)).refused, 'token_already_issued');
  await assert.rejects(getRight(town.doors, town.scope), /token_already_issued/);
  assert.equal(town.asked.length, 1);
});

/** The device was taken away and made known again, for `person`: with another key. */
async function knownAgain(town, person) {
  await town.store.edit('keys', [DEVICE], () => null);
  await town.know(person);
}

test('made known again on the same phone one keeps one’s right; another person gets another one', async () => {
  const town = await prepared();
  const first = await rightOf(town);
  await knownAgain(town, 'anne');
  assert.equal(await rightOf(town), undefined);
  await getRight(town.doors, town.scope);
  assert.deepEqual((await rightOf(town)).token.m, first.token.m);
  assert.ok(await town.isTaken((await addAct(town.store, town.site, await ballot(town), town.clock)).act.jws));
  await knownAgain(town, 'bernard');
  await getRight(town.doors, town.scope);
  assert.notEqual((await rightOf(town)).token.m, first.token.m);
  assert.ok(await town.isTaken((await addAct(town.store, town.site, await ballot(town), town.clock)).act.jws));
});

test('somebody whose right is on another phone does not get that of who used this one before', async () => {
  const town = await prepared();
  town.issued.set('bernard marche soir', 'elsewhere');
  await knownAgain(town, 'bernard');
  await assert.rejects(getRight(town.doors, town.scope), /token_already_issued/);
  assert.equal((await rightOf(town)).token, undefined);
});

test('a right whose ballot key is gone is told as lost', async () => {
  const town = await prepared();
  assert.equal((await ownRight(town.doors, town.scope)).lost, false);
  await town.store.edit('keys', [(await rightOf(town)).name], () => null);
  assert.equal((await ownRight(town.doors, town.scope)).lost, true);
});

test('a ballot is signed by the key of its right or not at all', async () => {
  const town = await prepared();
  const one = await ballot(town);
  await town.store.edit('keys', [one.signer], () => null);
  await assert.rejects(addAct(town.store, town.site, one, town.clock), /another ballot key/);
  assert.deepEqual(await town.store.all('acts'), []);
});

test('a secret ballot says no time, and goes to the box alone, as long as any other', async () => {
  const town = await prepared();
  const site = { ...town.site, box: 'https://urne.example/' };
  await addAct(town.store, site, draft('vote'), 1);
  for (const choice of [['mardi'], []]) {
    await addAct(town.store, site, await ballot(town, choice, { slot: `ballot:${String(choice).padStart(22, 'S')}` }), town.clock - 2 * DAY, () => 0);
  }
  town.requests.length = 0;
  await flush({ ...town.ports, site }, true);
  const [, ...boxed] = town.requests;
  assert.deepEqual(boxed.map((one) => one.url), ['https://urne.example/v1/ballots', 'https://urne.example/v1/ballots']);
  for (const { init, body } of boxed) {
    assert.deepEqual([init.credentials, init.referrerPolicy, init.headers['Content-Type']], ['omit', 'no-referrer', 'text/plain;charset=UTF-8']);
    assert.deepEqual(Object.keys(body), ['v', 'space', 'ballots', 'pad']);
    assert.deepEqual([init.body.length % 2048, body.ballots.length], [0, 1]);
    const payload = openEnvelope(body.ballots[0]);
    assert.deepEqual([payload.iat, payload.rev, payload.prev], [0, 1, null]);
    assert.deepEqual(Object.keys(payload), ['v', 'aud', 'a', 'mh', 'kind', 'slot', 'jti', 'rev', 'prev', 'iat', 'body', 'token']);
  }
  assert.ok((await town.store.all('acts')).every((act) => act.state === 'received'));
});

test('the hour at which a ballot leaves is drawn by lot: later where its right is fresh, and well before the closing', async () => {
  const town = await prepared();
  const delay = async (age, closes) => {
    const one = await ballot(town, ['mardi'], { fetched: town.clock - age, closes });
    const { act } = await addAct(town.store, town.site, one, town.clock, () => 1);
    return act.notBefore - town.clock;
  };
  assert.equal(await delay(HOUR, CLOSING), 6 * HOUR);
  assert.equal(await delay(25 * HOUR, CLOSING), HOUR / 2);
  assert.equal(await delay(HOUR, town.clock + 2 * HOUR), HOUR / 2);
  assert.equal(await delay(HOUR, town.clock - 1), 0);
  assert.equal(await delay(HOUR, 0), 6 * HOUR);
});

test('nothing makes a ballot leave before its hour but who cast it', async () => {
  const town = await prepared();
  const { act } = await addAct(town.store, town.site, await ballot(town), town.clock, () => 0.5);
  const sent = () => town.requests.filter((one) => one.url.endsWith('/v1/ballots')).length;
  assert.deepEqual(await flush(town.ports, true), { left: 1, changed: 0, pause: 3 * HOUR });
  assert.equal(sent(), 0);
  await flush({ ...town.ports, now: () => town.clock + 3 * HOUR }, false);
  assert.equal(sent(), 1);
  const next = await addAct(town.store, town.site, await ballot(town, ['jeudi']), town.clock, () => 0.5);
  assert.deepEqual([next.act.rev, next.act.prev], [2, act.id]);
  await hurryAct(town.store, next.act.id);
  await flush(town.ports, true);
  assert.equal(sent(), 2);
});

test('an hour set by a clock that was wrong does not hold a ballot back for years', async () => {
  const town = await prepared();
  await addAct(town.store, town.site, await ballot(town, [], { closes: 0 }), town.clock + 900 * DAY, () => 1);
  assert.equal((await flush(town.ports, false)).changed, 1);
});

test('a ballot is taken back with its own right; one that never left is simply dropped', async () => {
  const town = await prepared();
  const { act } = await addAct(town.store, town.site, await ballot(town), town.clock, () => 0);
  await flush(town.ports, true);
  const { act: withdrawal } = await withdrawAct(town.store, town.site, act, town.clock);
  const payload = openEnvelope(withdrawal.jws);
  assert.deepEqual([payload.kind, payload.slot, payload.rev, payload.iat, payload.token], ['withdraw', act.slot, 2, 0, act.token]);
  assert.ok(withdrawal.box && (await town.isTaken(withdrawal.jws)));
  assert.equal(await withdrawAct(town.store, town.site, withdrawal, town.clock), null);
});

test('two people who share a phone have ballots that know nothing of each other', async () => {
  const town = await prepared();
  const { act: first } = await addAct(town.store, town.site, await ballot(town), town.clock, () => 0);
  await flush(town.ports, true);
  await knownAgain(town, 'bernard');
  await getRight(town.doors, town.scope);
  const { act } = await addAct(town.store, town.site, await ballot(town), town.clock, () => 0);
  assert.deepEqual([act.rev, act.prev, act.jws.split('.')[0] === first.jws.split('.')[0]], [1, null, false]);
  const acts = await town.store.all('acts');
  assert.equal(standingActs(acts).length, 2);
  assert.equal(standingAct(acts, first).id, first.id);
});

test('a ballot brought here as a code goes to the box too', async () => {
  const town = await prepared();
  const { act } = await addAct(town.store, town.site, await ballot(town), town.clock);
  const other = await makeIssuingTown();
  await carryAct(other.store, other.site, act.jws, 1);
  await flush(other.ports, true);
  assert.equal(other.requests[0].url, 'https://sync.example/v1/ballots');
});

test('a ballot counted where the log holds it once the result is out, and is missing where the town broke its word', async () => {
  const town = await prepared();
  const { act } = await addAct(town.store, town.site, await ballot(town), town.clock, () => 0);
  await flush(town.ports, true);
  const results = async (url) => (url.endsWith('results.json') ? Response.json({ closed_at: '2026-10-01T18:00:00Z' }) : new Response('', { status: 404 }));
  const state = async (news) => {
    await town.store.edit('acts', [act.id], (old) => ({ ...old, ...news }));
    await countActs(town.store, await town.store.all('acts'), results, '/');
    return (await town.store.get('acts', act.id)).state;
  };
  assert.equal(await state({}), 'received');
  assert.equal(await state({ absent: 1 }), 'missing');
  assert.equal(await state({ absent: 0, proof: 'c2sp…', line: 7 }), 'counted');
});

test('who has everything erased keeps the ballots that left, to check them, and none leaves any more', async () => {
  const town = await prepared();
  const { act } = await addAct(town.store, town.site, await ballot(town), town.clock, () => 0);
  await flush(town.ports, true);
  await addAct(town.store, town.site, await ballot(town, ['jeudi']), town.clock, () => 1);
  await forgetAll(town.doors);
  assert.deepEqual((await town.store.all('acts')).map((one) => [one.id, one.state]), [[act.id, 'received']]);
});

test('its entry in the log is of a kind of its own', async () => {
  assert.notDeepEqual(await entryHash('marche', 'c'), await entryHash('marche', 'c', true));
});
