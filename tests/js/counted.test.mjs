import assert from 'node:assert/strict';
import test from 'node:test';
import { countActs, isOwnRow } from '../../themes/town/static/js/counted.mjs';
import { addAct } from '../../themes/town/static/js/outbox.mjs';
import { flush } from '../../themes/town/static/js/sync.mjs';
import { draft, makeTown } from './town.mjs';

const RESULTS = { consultation: 'filature', closed_at: '2026-05-03T18:00:00Z' };

async function lookUp(kind, files) {
  const town = await makeTown();
  await addAct(town.store, town.site, draft(kind), 1);
  await flush(town.ports, false);
  const asked = [];
  const fetch = async (url) => {
    asked.push(url);
    const file = files[url];
    if (file === 'down') throw new TypeError('network');
    return file ? Response.json(file) : new Response('', { status: 404 });
  };
  await countActs(town.store, await town.store.all('acts'), fetch, '/');
  return { act: (await town.store.all('acts'))[0], asked };
}

const RESULTS_AT = '/filature/donnees/results.json';
const ROWS_AT = '/filature/donnees/lignes/0.json';

test('a vote is counted when the published row says what was signed', async () => {
  const { act } = await lookUp('vote', { [RESULTS_AT]: RESULTS, [ROWS_AT]: { 1: ['vote', '31', 'for'] } });
  assert.deepEqual([act.state, act.number, act.countedAt], ['counted', '31', RESULTS.closed_at]);
});

test('before the results nothing is looked up for a vote', async () => {
  const { act, asked } = await lookUp('vote', {});
  assert.deepEqual([act.state, asked], ['received', [RESULTS_AT]]);
});

for (const [what, rows] of Object.entries({
  'another choice': { 1: ['vote', '31', 'against'] },
  'another proposal': { 1: ['vote', '30', 'for'] },
  'no row': { 2: ['vote', '31', 'for'] },
  'no such file': undefined,
})) {
  test(`results with ${what}: the vote is missing`, async () => {
    const { act } = await lookUp('vote', { [RESULTS_AT]: RESULTS, [ROWS_AT]: rows });
    assert.equal(act.state, 'missing');
  });
}

test('rows that cannot be read prove nothing', async () => {
  const { act } = await lookUp('vote', { [RESULTS_AT]: RESULTS, [ROWS_AT]: 'down' });
  assert.equal(act.state, 'received');
});

test('a proposal is published as soon as its row is', async () => {
  const { act } = await lookUp('proposal', { [ROWS_AT]: { 1: ['proposal', '47'] } });
  assert.deepEqual([act.state, act.number], ['counted', '47']);
});

test('a proposal without row waits until the results', async () => {
  assert.equal((await lookUp('proposal', {})).act.state, 'received');
  assert.equal((await lookUp('proposal', { [RESULTS_AT]: RESULTS })).act.state, 'missing');
});

test('the row of a choice among several names them in the order of the ballot, and blank when there is none', () => {
  const act = { kind: 'ballot', counts: true, target: 'x', page: '/marche/2/', body: { choice: ['a', 'c'] } };
  assert.ok(isOwnRow(act, ['ballot', '2', 'a c']));
  assert.ok(!isOwnRow(act, ['ballot', '1', 'a c']));
  assert.ok(!isOwnRow(act, ['ballot', '2', 'a']));
  assert.ok(isOwnRow({ ...act, body: { choice: [] } }, ['ballot', '2', 'blank']));
});

test('a text is not counted by the row of a choice', () => {
  assert.ok(!isOwnRow({ kind: 'signature', counts: false, page: '/ecole/', body: {} }, ['signature', '1', 'for']));
});

test('words that the town hall hides are counted all the same, and their author is told', async () => {
  const { act } = await lookUp('proposal', { [ROWS_AT]: { 1: ['proposal', '31', 'hidden'] } });
  assert.deepEqual([act.state, act.hidden, act.number], ['counted', true, '31']);
});

test('words that were counted and are hidden later are told too, and shown again when they are', async () => {
  const town = await makeTown();
  await addAct(town.store, town.site, draft('proposal'), 1);
  await flush(town.ports, false);
  const seen = [];
  for (const row of [['proposal', '31'], ['proposal', '31', 'hidden'], ['proposal', '31']]) {
    const fetch = async (url) => (url === ROWS_AT ? Response.json({ 1: row }) : new Response('', { status: 404 }));
    await countActs(town.store, await town.store.all('acts'), fetch, '/');
    const [{ state, hidden }] = await town.store.all('acts');
    seen.push([state, Boolean(hidden)]);
  }
  assert.deepEqual(seen, [['counted', false], ['counted', true], ['counted', false]]);
});
