// Rules that Python and the browser share, on the vectors that Python is tested on too.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { readCensusCode } from '../../themes/town/static/js/census_code.mjs';
import { gist, likeness } from '../../themes/town/static/js/likeness.mjs';
import { phaseAt } from '../../themes/town/static/js/phases.mjs';
import { stemsOf } from '../../themes/town/static/js/stems.mjs';
import { lengthOf, normalise } from '../../themes/town/static/js/text.mjs';

const read = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8')).cases;

for (const one of read('phases')) {
  test(`phase at ${one.now} of ${one.opens}..${one.closes}..${one.until}`, () => assert.equal(phaseAt(one, one.now), one.phase));
}
for (const one of read('text')) {
  test(`text: ${one.why}`, () => assert.equal(normalise(one.in, one.lines), one.out));
}

test('a form that names no times is open', () => {
  assert.equal(phaseAt({ opens: 0, closes: 0, until: 0 }, 5), 'open');
});

test('lengths count characters, not halves of them', () => {
  assert.equal(lengthOf('a👨‍👩‍👧é'), 7);
});

test('lone surrogates go', () => {
  assert.equal(normalise('a\ud800b', false), 'ab');
});

test('the codes of letters', () => {
  const { codes, none } = JSON.parse(readFileSync(new URL('../vectors/census_codes.json', import.meta.url), 'utf8'));
  for (const { written, code } of codes) assert.equal(readCensusCode(written), code, written);
  for (const written of none) assert.equal(readCensusCode(written), '', written);
});

test('stems, and how alike texts are', () => {
  const { words, texts, likeness: pairs } = JSON.parse(readFileSync(new URL('../vectors/stems.json', import.meta.url), 'utf8'));
  for (const { lang, alike, stem } of words) for (const one of alike) assert.deepEqual(stemsOf(one, lang), [stem], one);
  for (const { lang, text, stems } of texts) assert.deepEqual(stemsOf(text, lang), stems, text);
  for (const { one, other, likeness: n } of pairs) assert.equal(likeness(gist(...one), gist(...other)), n, one[0]);
});
