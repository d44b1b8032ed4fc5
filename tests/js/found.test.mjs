// What search finds, in which order, and the part of a text that it shows.
import assert from 'node:assert/strict';
import test from 'node:test';
import { rank, snippet } from '../../themes/town/static/js/found.mjs';

const doc = (title, text = '', lang = 'fr', at = 0) => ({ path: `/${title}/`, title, text, lang, kind: 'Idée', at });
const found = (docs, query) => rank(docs, query).docs.map(({ title }) => title);
const DOCS = [
  doc('Des bancs au parc', 'Pour s’asseoir à l’ombre des arbres.'),
  doc('Planter des arbres', 'Le long de la rue de l’École.'),
  doc('Une piste cyclable', 'De l’école à la gare. Des arbres aussi, et des bancs.'),
  doc('Mehr Bäume am Spielplatz', 'Für die Kinder.', 'de'),
];

test('a word is found with and without accents, in one and in many', () => {
  for (const query of ['ecole', 'École', 'écoles', 'ÉCOLES']) assert.deepEqual(found(DOCS, query).length, 2, query);
  assert.deepEqual(found(DOCS, 'baum'), ['Mehr Bäume am Spielplatz']);
});

test('what says it in its title comes first', () => {
  assert.equal(found(DOCS, 'arbre')[0], 'Planter des arbres');
});

test('a rare word weighs more than one that everybody writes', () => {
  const many = [...Array(20)].map((_, at) => doc(`Idée ${at}`, 'un banc public'));
  const both = [...many, doc('Une', 'un banc pour la gare'), doc('Autre', 'un banc, un banc, un banc')];
  assert.equal(found(both, 'banc gare')[0], 'Une');
});

test('all words are asked for, and where nothing has all, what has most of them is shown as such', () => {
  assert.deepEqual(found(DOCS, 'arbres bancs gare'), ['Une piste cyclable']);
  const { docs, hasAll } = rank(DOCS, 'arbres piscine');
  assert.equal(hasAll, false);
  assert.equal(docs.length, 3);
  assert.deepEqual(found(DOCS, 'piscine'), []);
  assert.deepEqual(found(DOCS, 'de la'), []);
});

test('a word still being typed, or the first half of a long one, is found by its beginning', () => {
  assert.deepEqual(found(DOCS, 'cycla'), ['Une piste cyclable']);
  assert.deepEqual(found(DOCS, 'Spiel'), ['Mehr Bäume am Spielplatz']);
});

test('of two that say the same, the newer comes first', () => {
  assert.deepEqual(found([doc('Un banc', '', 'fr', 1), doc('Un banc !', '', 'fr', 2)], 'banc'), ['Un banc !', 'Un banc']);
});

test('a snippet is the part that answers, its words marked, cut between words', () => {
  const text = `${'Voici une longue entrée en matière. '.repeat(12)}Et puis des arbres, enfin. ${'Et la suite encore. '.repeat(20)}`;
  const pieces = snippet(text, 'arbre', 'fr');
  assert.deepEqual(pieces.filter(([, isHit]) => isHit), [['arbres', true]]);
  const whole = pieces.map(([piece]) => piece).join('');
  assert.ok(whole.length < 200, whole);
  assert.match(whole, /^…\S.* des arbres, enfin\..*\S…$/);
  assert.ok(text.includes(whole.slice(1, -1)));
});

test('a text without the words is shown from its beginning, a short one whole', () => {
  assert.deepEqual(snippet('Un banc.\n\nAu parc.', 'gare', 'fr'), [['Un banc. Au parc.', false]]);
  assert.deepEqual(snippet('', 'gare', 'fr'), []);
});
