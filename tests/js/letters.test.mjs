// A phone's letters and the answers to them, on tests/vectors/letters.json, which tests/civic/test_sealed_letter.py reads
// too: `letters` were sealed here, `answer` by Python.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { b64u, unb64u, utf8 } from '../../themes/town/static/js/canonical.mjs';
import { ECDH, openSealed } from '../../themes/town/static/js/hpke.mjs';
import { askReplies, openAnswer, sealLetter } from '../../themes/town/static/js/letters.mjs';
import { memoryStore } from '../../themes/town/static/js/outbox_memory.mjs';

const known = JSON.parse(readFileSync(new URL('../vectors/letters.json', import.meta.url), 'utf8'));
const { space, consultation, thread, to } = known;

async function ownOf({ d, point }) {
  const bytes = unb64u(point);
  const jwk = { kty: 'EC', crv: 'P-256', d, x: b64u(bytes.slice(1, 33)), y: b64u(bytes.slice(33)) };
  return { key: await crypto.subtle.importKey('jwk', jwk, ECDH, false, ['deriveBits']), point: bytes };
}

async function pageOf(phone) {
  const store = memoryStore();
  if (phone) await store.edit('keys', [`${consultation} replies`], () => ({ key: phone.key, point: b64u(phone.point) }));
  return { store, site: { space, sync: 'https://sync.example/' } };
}

const letter = { consultation, to, point: known.town.point, thread: '' };
const words = { subject: 'Le banc', text: 'Il est cassé depuis lundi.', lang: 'fr' };

test('what Python seals opens on the phone it is for, as the answer that it is', async () => {
  const page = await pageOf(await ownOf(known.phone));
  assert.deepEqual(await openAnswer(page, consultation, thread, known.answer), known.answer.words);
  assert.equal(await openAnswer(page, consultation, thread, { ...known.answer, n: 2 }), null);
  assert.equal(await openAnswer(page, 'ailleurs', thread, known.answer), null);
  assert.equal(await openAnswer(await pageOf(), consultation, thread, known.answer), null);
});

test('a letter opens with the key of the town, for this talk and this phone alone, and its length says little', async () => {
  const page = await pageOf();
  const body = await sealLetter(page, letter, words);
  const plain = (info) => ownOf(known.town).then((own) => openSealed(own, utf8(info), unb64u(body.sealed)));
  const info = `preau-letter-v1|town|${space}|${consultation}||${body.reply}`;
  const opened = await plain(info);
  assert.equal(opened.length, 512);
  assert.deepEqual(JSON.parse(new TextDecoder().decode(opened)), { ...words, name: '' });
  await assert.rejects(plain(info.replace('||', `|${thread}|`)));
  const longer = await sealLetter(page, letter, { ...words, text: words.text.repeat(10) });
  assert.equal(longer.sealed.length, body.sealed.length);
  assert.equal(longer.reply, body.reply);
  assert.equal(await sealLetter(page, letter, { ...words, text: '😀'.repeat(4000) }), null);
});

test('a phone asks for answers under the key that signed its letters, with a number of the town', async () => {
  const page = await pageOf();
  const asked = [];
  const fetch = async (url, init) => {
    asked.push({ url, init });
    return Response.json(url.includes('/nonce/') ? { nonce: 'n'.repeat(22) } : { v: 1, threads: [] });
  };
  const answer = await askReplies({ ...page, fetch, now: () => 5.5 }, consultation, [thread]);
  assert.deepEqual(answer, { status: 200, body: { v: 1, threads: [] } });
  assert.deepEqual(asked.map((one) => one.url), ['https://sync.example/v1/nonce/valbrume', 'https://sync.example/v1/replies']);
  const [header, payload] = JSON.parse(asked[1].init.body).jws.split('.').slice(0, 2).map((part) => JSON.parse(new TextDecoder().decode(unb64u(part))));
  const kept = await page.store.get('keys', `${consultation} words`);
  assert.deepEqual([header.typ, header.jwk], ['preau-replies+jws', kept.jwk]);
  assert.deepEqual(payload, { v: 1, aud: space, a: consultation, nonce: 'n'.repeat(22), iat: 5, threads: [thread] });
});
