// Budgets recounted on a phone: every figure of every rule is the one that Python publishes.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { makeElection } from '../../civic/modules/budget/recount/ballots.mjs';
import { decide } from '../../civic/modules/budget/recount/decide.mjs';
import { compare, fraction, ONE } from '../../civic/modules/budget/recount/fraction.mjs';
import { recount as ofBudgets } from '../../civic/modules/budget/recount/recount.mjs';
import { recount, RecountStop } from '../../themes/town/static/js/recount.mjs';
import { differing, linesOf } from './recounted.mjs';

const read = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'));
const { cases, toulouse } = read('budgets');
const site = read('recount_budget');
const shared = process.env.PREAU_SHARED_DATA || new URL('../../../shared/data', import.meta.url).pathname;
const TOULOUSE = `${shared}/pabulib/France_Toulouse_2024.pb`;

for (const [place, one] of cases.entries()) {
  const { ballot, rule, completion, measure } = one.settings;
  test(`budget ${place}: ${ballot.type}, ${rule}, ${completion || ''}, ${measure}`, async () => {
    const lines = await linesOf(one);
    assert.deepEqual(differing(lines), []);
    const details = lines.find((each) => each.head === 'recount.details.basket');
    assert.ok(details.counted > 10 * one.settings.project.length);
  });
}

test('any figure that was changed is told beside the true one', async () => {
  const [one] = cases.filter(({ results }) => results.items.length > 1 && results.items.some((each) => each.won));
  for (const item of one.results.items) {
    for (const name of Object.keys(item).filter((each) => each !== 'title')) {
      const items = one.results.items.map((each) => (each === item ? { ...each, [name]: typeof each[name] === 'number' ? each[name] + 1 : `${each[name]}x` } : each));
      assert.ok(differing(await linesOf({ ...one, results: { ...one.results, items } })).length, name);
    }
  }
  const fewer = { ...one.results, items: one.results.items.slice(1) };
  assert.ok(differing(await linesOf({ ...one, results: fewer })).length);
});

test('a basket that no rules allowed is refused, whoever signed it', async () => {
  const one = cases.find(({ settings }) => settings.ballot.type === 'knapsack');
  const everything = one.settings.project.map(({ id }) => id).sort();
  const { project } = one.settings;
  const poor = { ...one.settings, amount: Math.max(...project.map(({ cost }) => cost)) - 1 };
  await assert.rejects(linesOf({ ...one, settings: poor, baskets: [everything] }), /refused/);
  for (const choice of [['999'], ['1*1'], ['2', '1'], ['1', '1'], 'all']) await assert.rejects(linesOf({ ...one, baskets: [choice] }), /refused/);
});

test('fractions are told apart exactly, however long they are', () => {
  const [long, short] = [BigInt(10) ** BigInt(309) + BigInt(1), BigInt(10) ** BigInt(300)];
  const [milliard, milliardth] = [fraction(long, short), fraction(short, long)]; // one part is too great for a number
  for (const [less, more] of [[milliard, fraction(BigInt(5e9), ONE)], [fraction(ONE, BigInt(1e12)), milliardth], [milliardth, milliard]]) {
    assert.ok(compare(less, more) < 0);
    assert.ok(compare(more, less) > 0);
  }
  assert.equal(compare(milliard, fraction(long, short)), 0);
});

const ports = (changes = {}) => ({
  say: (word, values) => [word, ...Object.values(values || {})].join(' '),
  lang: 'fr',
  pause: async () => {},
  progress: () => {},
  counters: { budget: ofBudgets },
  read: async (path) => {
    const data = path in site.files ? Buffer.from(site.files[path], 'base64') : null;
    return data && new Uint8Array(path in changes ? Buffer.from(changes[path](data.toString())) : data);
  },
});

test('a published budget is recounted from its signed baskets to its winners', async () => {
  const outcome = await recount(ports(), site.space, site.slug);
  assert.ok(outcome.isSame && outcome.isClosed && outcome.isSigned);
  const told = Object.fromEntries(outcome.lines.map((one) => [one.head, one.counted]));
  assert.deepEqual([told['recount.ballots.basket Le bourg'], told['recount.ballots.basket Les hameaux']], [11, 12]);
  assert.equal(told['recount.decision.basket 1'], 'recount.won.basket');
});

test('a phone that knows no such kind says so, and calls nobody a liar', async () => {
  const failing = recount({ ...ports(), counters: {} }, site.space, site.slug);
  await assert.rejects(failing, (error) => error instanceof RecountStop && error.word === 'kind' && !error.isFalse);
});

test('a winner that the town made up is no result that the log has', async () => {
  const path = `${site.slug}/donnees/results.json`;
  const failing = recount(ports({ [path]: (text) => text.replace('"won":false', '"won":true') }), site.space, site.slug);
  await assert.rejects(failing, (error) => error instanceof RecountStop && error.word === 'close.false' && error.isFalse);
});

test('Toulouse 2024, 7,260 ballots over 183 projects, has the winners that Python names', { skip: existsSync(TOULOUSE) ? false : `no ${TOULOUSE}` }, async () => {
  const lines = readFileSync(TOULOUSE, 'utf8').split(/\r?\n/);
  const [projects, votes] = ['PROJECTS', 'VOTES'].map((name) => lines.indexOf(name));
  const offered = lines.slice(projects + 2, votes).map((line) => line.split(';')).map(([id, cost]) => ({ id, cost: Number(cost) }));
  const places = new Map(offered.map(({ id }, place) => [id, place]));
  const column = lines[votes + 1].split(';').indexOf('vote');
  const baskets = new Map();
  for (const line of lines.slice(votes + 2).filter(Boolean)) {
    const weights = line.split(';')[column].split(',').filter(Boolean).map((id) => [places.get(id), 1]).sort(([one], [other]) => one - other);
    const basket = baskets.get(weights.join()) || { weights, times: 0 };
    basket.times++;
    baskets.set(weights.join(), basket);
  }
  const election = makeElection(8000000, offered, [...baskets.values()], 'cost');
  for (const [name, winners] of Object.entries(toulouse)) {
    assert.deepEqual((await decide(election, ...name.split('/'), async () => {})).winners, winners, name);
  }
});
