import assert from 'node:assert/strict';
import test from 'node:test';
import { say, sayCount, sayDeadline, sayMoment, sayNumber, tellTimesOf } from '../../themes/town/static/js/words.mjs';
import { sayStanding } from '../../themes/town/static/js/act_standing.mjs';
import { choiceWord } from '../../themes/town/static/js/act_view.mjs';
import { wordsOf } from './words_of.mjs';

const at = (lang) => {
  globalThis.WORDS = wordsOf(lang);
};
const plain = (text) => text.replace(/[\u00a0\u202f]/g, ' ');
tellTimesOf('Europe/Paris');
const CLOSING = Date.UTC(2026, 5, 18, 18) / 1000;

test('French dates are as a town writes them', () => {
  at('fr');
  assert.equal(plain(sayDeadline(CLOSING)), 'jeudi 18 juin à 20 h');
  assert.equal(plain(sayMoment(CLOSING + 125)), '18 juin à 20 h 02');
});

test('English dates', () => {
  at('en');
  assert.equal(plain(sayDeadline(CLOSING)).replace(',', ''), 'Thursday 18 June at 8 pm');
  assert.equal(plain(sayMoment(CLOSING + 125)), '18 June at 8:02 pm');
});

test('Dutch and German dates', () => {
  at('nl');
  assert.equal(plain(sayDeadline(CLOSING)), 'donderdag 18 juni om 20 uur');
  assert.equal(plain(sayMoment(CLOSING + 125)), '18 juni om 20.02 uur');
  at('de');
  assert.equal(plain(sayDeadline(CLOSING)), 'Donnerstag, 18. Juni um 20 Uhr');
  assert.equal(plain(sayMoment(CLOSING + 125)), '18. Juni um 20:02 Uhr');
});

test('numbers and plurals', () => {
  at('fr');
  assert.equal(plain(sayNumber(4127)), '4 127');
  assert.equal(plain(sayCount('waiting', 1)), 'Un envoi attend sur ce téléphone.');
  assert.equal(plain(sayCount('waiting', 2)), '2 envois attendent sur ce téléphone.');
});

test('the fixed phrases of the design', () => {
  at('fr');
  const act = { kind: 'vote', slot: 'vote:x', state: 'waiting', code: '', no: 4127, until: CLOSING, results: CLOSING, closes: CLOSING, body: {}, counts: true, chosen: '' };
  const says = (more) => plain(sayStanding({ ...act, ...more }));
  assert.equal(says({}), 'Votre vote est gardé. Il partira tout seul dès que le réseau revient. Vous pouvez fermer cette page.');
  assert.equal(says({ state: 'received' }), 'Votre vote est reçu, n° 4 127. Il sera compté après le 18 juin.');
  assert.equal(says({ state: 'refused', code: 'closed' }), 'Trop tard : le vote a fermé le 18 juin à 20 h. Votre vote n’est pas arrivé à temps.');
  assert.equal(plain(say('outbox.missing.vote', { no: '4 127' })), 'Votre vote reçu n° 4 127 n’est pas dans le résultat. Si vous avez choisi ensuite sur un autre appareil, c’est ce choix-là qui compte. Sinon, montrez ce reçu à la mairie ou à un observateur.');
  assert.equal(plain(say('unkept')), 'Ce téléphone ne peut pas garder votre vote : envoyez-le maintenant.');
  assert.match(says({ state: 'refused', code: 'from_the_future' }), /^Refusé pour une raison/);
});

test('a kind that brings no words is spoken of in those of every kind', () => {
  at('fr');
  const act = { kind: 'signature', slot: 'signature:x', state: 'waiting', code: '', no: 7, results: 0, closes: 0, body: {}, counts: false };
  assert.match(plain(sayStanding(act)), /^Votre envoi est gardé/);
  assert.equal(plain(sayStanding({ ...act, state: 'received' })), 'Votre envoi est reçu, n° 7.');
});

test('a choice is said in the language of the page, or as its form said it', () => {
  at('en');
  const act = { kind: 'vote', body: { choice: 'against' }, counts: true, chosen: 'contre', carried: false };
  assert.equal(choiceWord(act), 'against');
  assert.equal(choiceWord({ ...act, kind: 'ballot', body: { choice: ['samedi'] }, chosen: 'Samedi matin' }), 'Samedi matin');
  assert.equal(choiceWord({ ...act, counts: false }), '');
});

test('what the town has answered is not said to be to come', () => {
  at('fr');
  const act = { kind: 'missive', slot: '', state: 'received', code: '', no: 7, results: 0, closes: 0, body: {}, counts: false };
  const says = (more) => plain(sayStanding({ ...act, ...more }));
  assert.match(says({ replies: { status: 'new', answers: [] } }), /La réponse paraîtra/);
  assert.match(says({ replies: { status: 'answered', answers: [{}] } }), /La réponse est arrivée/);
});
