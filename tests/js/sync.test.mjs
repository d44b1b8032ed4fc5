import assert from 'node:assert/strict';
import test from 'node:test';
import { addAct } from '../../themes/town/static/js/outbox.mjs';
import { readReceipt } from '../../themes/town/static/js/receipts.mjs';
import { backOff, batchesOf, flush } from '../../themes/town/static/js/sync.mjs';
import { draft, makeTown } from './town.mjs';

const target = (n) => String(n).padStart(21, 'A') + 'A';

async function townWith(votes) {
  const town = await makeTown();
  for (let n = 0; n < votes; n += 1) await addAct(town.store, town.site, draft('vote', { target: target(n) }), n);
  return town;
}

const states = async (town) => (await town.store.all('acts')).map((act) => act.state);
const only = async (town) => (await town.store.all('acts'))[0];
const status = (code, headers = {}, body = { code: 'x', retry: true }) => () => Response.json(body, { status: code, headers });

test('a vote leaves with a simple request and is received', async () => {
  const town = await townWith(1);
  assert.deepEqual(await flush(town.ports, false), { left: 0, changed: 1, pause: 0 });
  const [{ url, init, body }] = town.requests;
  assert.equal(url, 'https://sync.example/v1/sync');
  assert.deepEqual([init.method, init.credentials, init.headers['Content-Type']], ['POST', 'omit', 'text/plain;charset=UTF-8']);
  assert.deepEqual(Object.keys(body), ['v', 'space', 'envelopes']);
  const act = await only(town);
  assert.deepEqual([act.state, act.no, act.rx], ['received', 1, town.now]);
  const item = (await readReceipt(act.receipt, town.site)).get(act.id);
  assert.equal(item?.salt, town.records.get(act.id).salt); // with it the phone finds its act in the public log
  assert.equal(item?.by, town.now + 1260);
});

test('a lost answer: sent again, taken as duplicate, one record', async () => {
  const town = await townWith(1);
  town.tricks.push(async (body) => (await town.take(body.envelopes), null));
  assert.equal((await flush(town.ports, false)).left, 1);
  assert.equal((await only(town)).sent, true);
  await flush(town.ports, false);
  assert.deepEqual([town.records.size, (await only(town)).state], [1, 'received']);
});

test('an act that lost against another phone of its person is shown as refused, and the next one counts', async () => {
  const town = await townWith(1);
  town.tricks.push(async (body) => {
    const answer = await town.take(body.envelopes);
    const head = { rev: 7, id: 'x'.repeat(43) };
    return Response.json({ ...answer, results: answer.results.map((one) => ({ ...one, status: 'superseded', head })) });
  });
  await flush(town.ports, false);
  const lost = await only(town);
  assert.deepEqual([lost.state, lost.code], ['refused', 'superseded']);
  const { act } = await addAct(town.store, town.site, draft('vote', { target: target(0) }), 1);
  assert.equal(act.rev, 8);
  await flush(town.ports, false);
  assert.deepEqual((await states(town)).sort(), ['received', 'refused']);
});

test('without any network an act stays one that can still be deleted', async () => {
  const town = await townWith(1);
  town.isOffline = true;
  town.tricks.push(() => null);
  await flush(town.ports, false);
  assert.deepEqual([(await only(town)).state, (await only(town)).sent], ['waiting', false]);
});

test('a receipt signed by another key moves nothing', async () => {
  const town = await townWith(1);
  const other = await makeTown();
  town.tricks.push(async (body) => {
    const answer = await town.take(body.envelopes);
    return Response.json({ ...answer, receipt: await other.receipt([...town.records.values()]) });
  });
  await flush(town.ports, false);
  assert.deepEqual([(await only(town)).state, (await only(town)).sent], ['waiting', true]);
});

test('an answer without a receipt, or with one for another act, moves nothing', async () => {
  for (const items of [null, [{ id: 'x'.repeat(43), no: 1, rx: 1, c: '' }]]) {
    const town = await townWith(1);
    town.tricks.push(async (body) => {
      const answer = await town.take(body.envelopes);
      return Response.json({ ...answer, receipt: items && (await town.receipt(items)) });
    });
    await flush(town.ports, false);
    assert.deepEqual(await states(town), ['waiting']);
  }
});

test('a receipt for another space is none', async () => {
  const town = await townWith(0);
  await assert.rejects(readReceipt(await town.receipt([], 'ailleurs'), town.site));
  await assert.rejects(readReceipt(`${await town.receipt([])}.x`, town.site));
});

test('an answer that is no JSON moves nothing', async () => {
  const town = await townWith(1);
  town.tricks.push(() => new Response('<html>portail', { status: 200 }));
  await flush(town.ports, false);
  assert.deepEqual(await states(town), ['waiting']);
});

test('a final refusal ends the waiting and stays to be read', async () => {
  const town = await townWith(2);
  const [first] = await town.store.all('acts');
  town.refusals.set(first.id, { code: 'quota', retry: false });
  assert.deepEqual(await flush(town.ports, false), { left: 0, changed: 2, pause: 0 });
  const acts = await town.store.all('acts');
  assert.deepEqual(acts.map((act) => [act.state, act.code]), [['refused', 'quota'], ['received', '']]);
});

test('a refusal without id is matched by its place', async () => {
  const town = await townWith(1);
  town.tricks.push(() => Response.json({ v: 1, now: 1, receipt: null, results: [{ id: null, status: 'refused', code: 'bad_format', retry: false }] }));
  await flush(town.ports, false);
  assert.equal((await only(town)).code, 'bad_format');
});

test('a refusal that names another act refuses nothing', async () => {
  const town = await townWith(1);
  town.tricks.push(() => Response.json({ v: 1, now: 1, receipt: null, results: [{ id: 'z'.repeat(43), status: 'refused', code: 'closed', retry: false }] }));
  await flush(town.ports, false);
  assert.deepEqual(await states(town), ['waiting']);
});

test('a temporary refusal waits longer each time, and less when asked', async () => {
  const town = await townWith(1);
  town.refusals.set('vote', { code: 'not_open', retry: true });
  await flush(town.ports, false);
  const act = await only(town);
  assert.deepEqual([act.state, act.code, act.sent, act.tries], ['waiting', 'not_open', false, 1]);
  assert.equal(act.next, town.clock + 2);
  await flush(town.ports, false);
  assert.equal(town.requests.length, 1);
  await flush(town.ports, true);
  assert.equal((await only(town)).next, town.clock + 4);
  town.refusals.clear();
  town.clock += 5;
  await flush(town.ports, false);
  assert.deepEqual(await states(town), ['received']);
});

test('413 halves the batch until it fits', async () => {
  const town = await townWith(5);
  const fits = (body) => (body.envelopes.length > 2 ? status(413)() : undefined);
  town.tricks.push(fits, fits, fits, fits, fits);
  await flush(town.ports, false);
  assert.deepEqual(await states(town), Array(5).fill('received'));
  assert.deepEqual(town.requests.map(({ body }) => body.envelopes.length), [5, 2, 3, 1, 2]);
});

test('a single act that is too large is refused for good', async () => {
  const town = await townWith(1);
  town.tricks.push(status(413));
  await flush(town.ports, false);
  assert.equal((await only(town)).code, 'too_large');
});

test('429: nothing was taken, and nothing is sent before Retry-After', async () => {
  const town = await townWith(150);
  town.tricks.push(status(429, { 'Retry-After': '30' }));
  assert.deepEqual(await flush(town.ports, false), { left: 150, changed: 0, pause: 30 });
  assert.equal((await town.store.all('acts')).filter((act) => act.sent).length, 0);
  await flush(town.ports, true);
  assert.equal(town.requests.length, 1);
  town.clock += 31;
  await flush(town.ports, false);
  assert.equal(town.records.size, 150);
});

test('503 stops, 500 may have come after the act was taken', async () => {
  for (const [code, sent] of [[503, false], [500, true], [400, false]]) {
    const town = await townWith(1);
    town.tricks.push(status(code));
    await flush(town.ports, false);
    assert.deepEqual([(await only(town)).state, (await only(town)).sent], ['waiting', sent]);
  }
});

test('batches hold at most 100 acts and 512 KiB', () => {
  assert.deepEqual(batchesOf(Array(250).fill({ jws: 'x' })).map((batch) => batch.length), [100, 100, 50]);
  const large = batchesOf(Array(80).fill({ jws: 'x'.repeat(16000) }));
  assert.ok(large.every((batch) => batch.length * 16003 < 512 * 1024) && large.length === 3);
  assert.deepEqual(batchesOf([]), []);
});

test('acts are sent in the order in which they were made', async () => {
  const town = await makeTown();
  await addAct(town.store, town.site, draft('vote', { target: target(1) }), 20);
  await addAct(town.store, town.site, draft('vote', { target: target(2) }), 10);
  const acts = await town.store.all('acts');
  await flush(town.ports, false);
  assert.deepEqual(town.requests[0].body.envelopes, [acts[1].jws, acts[0].jws]);
});

test('an act taken back while another batch travels is not sent', async () => {
  const town = await townWith(101);
  const last = (await town.store.all('acts'))[100];
  town.tricks.push(async (body) => {
    await town.store.edit('acts', [last.id], () => null);
    return Response.json(await town.take(body.envelopes));
  });
  assert.equal((await flush(town.ports, false)).left, 0);
  assert.ok(!town.records.has(last.id));
});

test('the town clock is remembered', async () => {
  const town = await townWith(1);
  await flush(town.ports, false);
  assert.equal(await town.store.get('state', 'skew'), 200);
});

test('waiting doubles up to an hour, with jitter', () => {
  assert.equal(backOff(1, () => 0.5), 2);
  assert.equal(backOff(3, () => 0), 6);
  assert.equal(backOff(50, () => 0.5), 3600);
});

test('grants travel with their acts, one for each key, and only where there are some', async () => {
  const town = await townWith(1);
  for (const [n, consultation] of ['halle', 'halle', 'place'].entries()) {
    const more = { consultation, mode: 'named', grant: `${consultation} ${n}`, target: target(n) };
    await addAct(town.store, town.site, draft('vote', more), 5);
  }
  await flush(town.ports, false);
  const [{ body }] = town.requests;
  assert.deepEqual(Object.keys(body), ['v', 'space', 'grants', 'envelopes']);
  assert.deepEqual([body.grants, body.envelopes.length], [['halle 1', 'place 2'], 4]);
});

test('an act whose grant has not arrived waits; one of a device taken away does not', async () => {
  const town = await makeTown();
  await addAct(town.store, town.site, draft('vote', { mode: 'named', grant: 'x' }), 1);
  town.refusals.set('vote', { code: 'not_granted', retry: true });
  await flush(town.ports, false);
  assert.deepEqual([(await only(town)).state, (await only(town)).code], ['waiting', 'not_granted']);
  town.refusals.set('vote', { code: 'revoked', retry: false });
  await flush(town.ports, true);
  assert.deepEqual([(await only(town)).state, (await only(town)).code], ['refused', 'revoked']);
});
