import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { scripts, wordsOf } from './words_of.mjs';

const [fr, en] = [wordsOf('fr'), wordsOf('en')];
const script = scripts();
const formats = readFileSync(new URL('../../docs/formats.md', import.meta.url), 'utf8');
const table = formats.slice(formats.indexOf('## 5. Refusals'), formats.indexOf('## 6.'));

test('both languages say the same things, but for the hour that French writes its own way', () => {
  const own = ['hour', 'hour.minute'];
  assert.deepEqual(Object.keys(fr).filter((key) => !own.includes(key)).sort(), Object.keys(en).sort());
});

test('both languages name the same values', () => {
  const names = (text) => [...new Set(text.match(/\{\w+\}/g))].sort();
  for (const key of Object.keys(en)) assert.deepEqual(names(fr[key]), names(en[key]), key);
});

test('every refusal of the formats has its sentence', () => {
  for (const [, code, when] of table.matchAll(/^\| `(\w+)` \| (yes|retry) /gm)) {
    assert.ok(`${when === 'retry' ? 'wait' : 'refused'}.${code}` in fr, code);
  }
});

test('every sentence that the scripts say exists', () => {
  for (const [, key] of script.matchAll(/\bsay(?:Of|For|Count)?\(\s*'([\w.]+)'/g)) {
    assert.ok(key in fr || `${key}.other` in fr, key);
  }
});

test('no technical word reaches a citizen', () => {
  const never = /enveloppe|hash|empreinte|synchroni|cache|jeton|serveur|hors ligne|module|session|\bbug|envelope|\bserver|token|offline|\berror|erreur|veuillez|!/i;
  for (const [lang, all] of Object.entries({ fr, en })) {
    for (const [key, text] of Object.entries(all)) assert.doesNotMatch(text.replace(/\{\w+\}/g, ''), never, `${lang} ${key}`);
  }
});

test('French signs have their no-break space', () => {
  for (const [key, text] of Object.entries(fr)) assert.doesNotMatch(text, / [:;?»]|n° |[^\u00a0 ][;?»]/u, key);
});
