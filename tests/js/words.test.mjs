import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { languages, scripts, wordsOf } from './words_of.mjs';

const all = Object.fromEntries(languages().map((lang) => [lang, wordsOf(lang)]));
const { fr } = all;
const script = scripts();
const formats = readFileSync(new URL('../../docs/formats.md', import.meta.url), 'utf8');
const table = formats.slice(formats.indexOf('## 5. Refusals'), formats.indexOf('## 6.'));

test('all languages say the same things, but for the hour that English leaves to the browser', () => {
  const common = (words) => Object.keys(words).filter((key) => !['hour', 'hour.minute'].includes(key)).sort();
  assert.ok(['de', 'en', 'fr', 'nl'].every((lang) => lang in all));
  for (const [lang, words] of Object.entries(all)) assert.deepEqual(common(words), common(fr), lang);
});

test('all languages name the same values', () => {
  const names = (text) => [...new Set(text.match(/\{\w+\}/g))].sort();
  for (const [lang, words] of Object.entries(all)) {
    for (const [key, text] of Object.entries(words)) assert.deepEqual(names(text), names(fr[key]), `${lang} ${key}`);
  }
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
  const everywhere = 'hash|synchroni|\\bcache|token|offline|\\bmodul|session|\\bbugs?\\b|\\bserver|!';
  const never = {
    fr: 'enveloppe|empreinte|cache|jeton|serveur|hors ligne|erreur|veuillez',
    en: 'envelope|fingerprint|\\berror',
    nl: 'envelop|vingerafdruk|sessie|\\bfout|gelieve|valide',
    de: 'umschlag|fingerabdruck|sitzung|fehler|validier',
  };
  for (const [lang, words] of Object.entries(all)) {
    const unkind = new RegExp(`${everywhere}|${never[lang]}`, 'i');
    for (const [key, text] of Object.entries(words)) assert.doesNotMatch(text.replace(/\{\w+\}/g, ''), unkind, `${lang} ${key}`);
  }
});

test('French signs have their no-break space', () => {
  for (const [key, text] of Object.entries(fr)) assert.doesNotMatch(text, / [:;?»]|n° |[^\u00a0 ][;?»]/u, key);
});
