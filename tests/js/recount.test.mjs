// The recount on a phone, on the published site that Python is tested on too; then the same site, lying.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { recount as ofIdeas } from '../../civic/modules/ideas/recount/recount.mjs';
import { recount as ofQuestions } from '../../civic/modules/question/recount/recount.mjs';
import { newKeyRing, openBallot } from '../../themes/town/static/js/recount_ballots.mjs';
import { recount, RecountStop } from '../../themes/town/static/js/recount.mjs';
import { bundlePath, isNoteSigned, newRoot, parseBundle, parseNote } from '../../themes/town/static/js/recount_log.mjs';
import { newStanding } from '../../themes/town/static/js/standing.mjs';

const read = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'));
const site = read('recount');
const secret = read('recount_secret');
const ROWS = 'filature/donnees/rows.jsonl';
const RESULTS = 'filature/donnees/results.json';

function portsOf(changes = {}, { files } = site) {
  const told = [];
  return {
    told,
    progress: (what, done, all) => told.push([what, done, all]),
    say: (word, values) => [word, ...Object.values(values || {})].join(' '),
    lang: 'fr',
    pause: async () => {},
    counters: { ideas: ofIdeas, question: ofQuestions, comments: null },
    read: async (path) => {
      if (path in changes && changes[path] === null) return null;
      if (!(path in files)) return null;
      const data = Buffer.from(files[path], 'base64');
      return new Uint8Array(path in changes ? Buffer.from(changes[path](data.toString('latin1')), 'latin1') : data);
    },
  };
}

const counted = (changes) => recount(portsOf(changes), site.space, site.slug);
const stops = (changes, word, isFalse) =>
  assert.rejects(counted(changes), (error) => error instanceof RecountStop && error.word === word && error.isFalse === isFalse);

for (const [place, one] of read('standing').cases.entries()) {
  test(`the greatest revision stands: history ${place}`, () => {
    const standing = newStanding();
    for (const act of one.acts) standing.take(act);
    const { items, rights, acts, ...figures } = standing.figures();
    assert.equal(acts.length, figures.ballots);
    assert.equal(rights, 0);
    assert.deepEqual({ ...figures, items: Object.fromEntries(items) }, { ballots: one.ballots, voters: one.voters, unsigned: one.unsigned, items: one.items });
  });
}

test('a co-signature is nobody\'s ballot', () => {
  const standing = newStanding();
  const act = { kind: 'cosign', slot: 'cosign:x', rev: 1, secret: false };
  standing.take({ ...act, voter: 'a', id: '1', choice: '+1' });
  standing.take({ ...act, slot: 'vote:x', voter: 'b', id: '2', choice: 'for' });
  const { items, ballots, voters } = standing.figures();
  assert.deepEqual([ballots, voters, Object.fromEntries(items)], [1, 1, { x: { for: 1 } }]);
});

test('an honest site is recounted to its published result', async () => {
  const ports = portsOf();
  const outcome = await recount(ports, site.space, site.slug);
  assert.ok(outcome.isSame && outcome.isClosed && outcome.isSigned);
  assert.equal(outcome.acts, site.acts);
  assert.equal(outcome.withheld, 1);
  assert.deepEqual(ports.told.at(-1), ['ballots', site.acts, site.acts]);
});

test('a secret vote is recounted, answer by answer', async () => {
  const outcome = await recount(portsOf({}, secret), secret.space, secret.slug);
  assert.ok(outcome.isSame && outcome.isClosed && outcome.isSigned);
  assert.equal(outcome.acts, secret.acts);
  const [people] = outcome.lines.filter((one) => one.head === 'recount.voters');
  assert.deepEqual([people.published, people.counted], [12, 12]);
  const answers = outcome.lines.filter((one) => one.head.startsWith('recount.question '));
  assert.ok(answers.length >= 2 && answers.some((one) => one.counted > 0));
});

test('a number that would tell when a secret ballot came is told', async () => {
  const lie = (text) => text.replace('"jws":', '"no":1,"rx":1,"jws":');
  const failing = recount(portsOf({ [ROWS]: lie }, secret), secret.space, secret.slug);
  await assert.rejects(failing, (error) => error instanceof RecountStop && error.word === 'rows.false' && error.isFalse);
});

test('a secret ballot counts with a right to vote alone: of this question, under its key', async () => {
  const text = (path) => Buffer.from(secret.files[path], 'base64').toString();
  const row = JSON.parse(text(ROWS).split('\n').find((one) => one && !one.includes('"rules"')));
  const { issuer } = JSON.parse(text('filature/manifest.json')).keys;
  const [[question, key]] = Object.entries(issuer);
  const scope = { space: secret.space, slug: secret.slug, rules: { has: () => true }, isNamed: true, issuers: issuer };
  const open = (changes) => openBallot(row, { ...scope, ...changes }, newKeyRing());
  assert.ok((await open({})).counted.secret);
  await assert.rejects(open({ issuers: { other: key } }), /right/);
  await assert.rejects(open({ issuers: { [question]: { ...key, n: key.n.replace(/^./, (sign) => (sign === 'z' ? 'y' : 'z')) } } }), /right/);
  await assert.rejects(openBallot({ ...row, no: 1, p: 'somebody' }, scope, newKeyRing()), /right/);
});

test('a question with several answers counts each, and an empty ballot as blank', () => {
  const standing = newStanding();
  const act = { kind: 'ballot', slot: 'ballot:q', rev: 1 };
  standing.take({ ...act, voter: 'a', id: '1', choice: ['bus', 'velo'] });
  standing.take({ ...act, voter: 'b', id: '2', choice: [] });
  const { items, ballots, voters } = standing.figures();
  assert.deepEqual([items.get('q'), ballots, voters], [{ bus: 1, velo: 1, blank: 1 }, 2, 2]);
});

test('a total that was changed stands beside the true one', async () => {
  const lie = (text) => text.replace('"for":', '"for":9');
  await stops({ [RESULTS]: lie }, 'close.false', true);
});

const line = (text, number) => text.split('\n')[number];
const lies = {
  'a row that was removed': [(text) => text.replace(`${line(text, 5)}\n`, ''), 'rows.false'],
  'a row that is there twice': [(text) => text.replace(line(text, 5), `${line(text, 5)}\n${line(text, 5)}`), 'rows.false'],
  'a salt that does not open the entry': [(text) => text.replace(/"salt":"./, '"salt":"_'), 'rows.false'],
  'a signature that does not check': [(text) => text.replace(/\.[\w-]{6}([\w-]{80})"/, '.AAAAAA$1"'), 'rows.false'],
  'a person where nobody is named': [(text) => text.replace('"no":5,', '"no":5,"p":"x",'), 'rows.false'],
};
for (const [what, [lie, word]] of Object.entries(lies)) test(what, () => stops({ [ROWS]: lie }, word, true));

test('rules that are not those of the vote', () =>
  stops({ 'filature/manifest.json': (text) => text.replace('"counts":"open"', '"counts":"hidden"') }, 'rules.false', true));

test('one changed bit of the log', async () => {
  const [path] = Object.keys(site.files).filter((one) => one.startsWith('log/tile/entries'));
  await stops({ [path]: (text) => text.replace('"c":"', '"c":"').replace(/"c":"./, '"c":"-') }, 'log.false', true);
});

test('a checkpoint that another key signed', () =>
  stops({ 'log/checkpoint': (text) => text.replace(/(.{8})\n$/, 'AAAAAAAA\n') }, 'log.false', true));

test('what is missing is not called false', async () => {
  await stops({ [ROWS]: null }, 'missing', false);
  await stops({ 'log/checkpoint': null }, 'missing', false);
  await stops({ 'filature/manifest.json': (text) => text.replace('"publish_rows":true', '"publish_rows":false') }, 'unpublished', false);
  await stops({ 'filature/manifest.json': (text) => text.replace('"k_min":10', '"k_min":99') }, 'few', false);
  await stops({ 'filature/manifest.json': (text) => text.replace('"mode":"open"', '"mode":"other"') }, 'kind', false);
});

test('paths of bundles are those of tlog-tiles', () => {
  assert.equal(bundlePath(0, 256), 'tile/entries/000');
  assert.equal(bundlePath(1234067, 3), 'tile/entries/x001/x234/067.p/3');
});

test('roots of any size are those of RFC 6962', async () => {
  // Roots of the entries "0", "1", … as civic.log.tree gives them.
  const roots = read('roots').roots;
  for (const [size, root] of roots) {
    const tree = newRoot();
    await tree.add(Array.from({ length: size }, (_, at) => new TextEncoder().encode(String(at))));
    assert.equal(await tree.value(), root, String(size));
  }
});

test('a bundle that goes on, or is cut, is refused', () => {
  assert.throws(() => parseBundle(Uint8Array.of(0, 1, 65, 0), 1));
  assert.throws(() => parseBundle(Uint8Array.of(0, 2, 65), 1));
  assert.throws(() => parseNote('not a note'));
});

test('a key of another log signs nothing here', async () => {
  const note = parseNote(Buffer.from(site.files['log/checkpoint'], 'base64').toString());
  const vkey = Buffer.from(site.files['log/vkey'], 'base64').toString();
  assert.equal(await isNoteSigned(note, vkey), true);
  assert.equal(await isNoteSigned(note, vkey.replace('participer', 'autre')), false);
  assert.equal(await isNoteSigned(note, 'nothing'), false);
});
