import assert from 'node:assert/strict';
import test from 'node:test';
import { unsentPhotos } from '../../themes/town/static/js/act_photos.mjs';
import { b64u, sha256 } from '../../themes/town/static/js/canonical.mjs';
import { addAct, withdrawAct } from '../../themes/town/static/js/outbox.mjs';
import { sendPhotos } from '../../themes/town/static/js/photo_sending.mjs';
import { flush } from '../../themes/town/static/js/sync.mjs';
import { draft, makeTown } from './town.mjs';

// An open channel would keep this process alive; nobody listens here.
delete globalThis.BroadcastChannel;

/** A town that takes photos as docs/formats.md §18 says, over a link that does what `link` gives for each request. */
async function townWith(sizes, link = () => 'good') {
  const town = await makeTown();
  const photos = [];
  const held = {};
  for (const [n, size] of sizes.entries()) {
    const bytes = new Uint8Array(size).map((_, at) => (at * 7 + n) % 251);
    const name = b64u(await sha256(bytes));
    photos.push({ sha256: name, alt: '' });
    held[name] = { bytes: bytes.buffer, at: town.clock };
  }
  const here = new Map();
  const seen = [];
  const fetch = async (url, init) => {
    if (!url.includes('/v1/photos/')) return town.fetch(url, init);
    const fate = link(seen.length);
    seen.push(`${init.method} ${fate}`);
    if (fate === 'lost') throw new TypeError('network');
    const answer = await take(url.split('/').pop(), init);
    if (fate === 'unanswered') throw new TypeError('network');
    return typeof fate === 'number' ? new Response(null, { status: fate }) : answer;
  };
  const take = async (name, { method, headers, body }) => {
    const done = (status) => new Response(null, { status, headers: { ETag: `"${name}"` } });
    const part = here.get(name) || new Uint8Array(0);
    if (part.done) return done(200);
    const at = { 'Upload-Offset': String(part.length) };
    if (method === 'HEAD') return new Response(null, { status: 204, headers: at });
    if (Number(headers['Upload-Offset']) !== part.length) return new Response('{}', { status: 409, headers: at });
    const grown = new Uint8Array([...part, ...new Uint8Array(body)]);
    here.set(name, grown);
    if (grown.length < Number(headers['Upload-Length'])) return new Response(null, { status: 204, headers: { 'Upload-Offset': String(grown.length) } });
    if (b64u(await sha256(grown)) !== name) return here.delete(name), new Response('{}', { status: 422 });
    grown.done = true;
    return done(201);
  };
  const { act } = await addAct(town.store, town.site, draft('proposal', { body: { title: 'Un banc', photos } }), 1);
  await town.store.edit('state', ['photos'], () => held);
  const ports = { ...town.ports, fetch };
  return { ...town, act, ports, photos, here, seen, now: async () => town.store.get('acts', act.id) };
}

const kept = async (town) => Object.keys((await town.store.get('state', 'photos')) || {}).length;

test('nothing leaves before the town has the act, then everything does, and the phone forgets it', async () => {
  const town = await townWith([100_000, 5]);
  assert.deepEqual(await sendPhotos(town.ports), { left: 0, changed: 0 });
  assert.deepEqual([town.seen.length, await kept(town)], [0, 2]);
  await flush(town.ports, true);
  assert.equal(unsentPhotos(await town.now()).length, 2);
  assert.deepEqual(await sendPhotos(town.ports), { left: 0, changed: 2 });
  assert.deepEqual(town.seen.map((one) => one.split(' ')[0]), ['HEAD', 'PATCH', 'PATCH', 'PATCH', 'PATCH', 'HEAD', 'PATCH']);
  assert.deepEqual((await town.now()).photos, Object.fromEntries(town.photos.map((one) => [one.sha256, 'sent'])));
  assert.equal(await town.store.get('state', 'photos'), undefined);
});

test('a link that drops a third of what goes either way costs pieces, never bytes', async () => {
  let seed = 7;
  const luck = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
  const town = await townWith([150_000, 149_999, 90_000], () => (luck() < 0.17 ? 'lost' : luck() < 0.17 ? 'unanswered' : 'good'));
  await flush(town.ports, true);
  for (let turn = 0; turn < 5 && (await sendPhotos(town.ports)).left; turn += 1);
  assert.deepEqual(Object.values((await town.now()).photos), ['sent', 'sent', 'sent']);
  assert.ok(town.seen.some((one) => one.endsWith('lost')) && town.seen.some((one) => one.endsWith('unanswered')));
  for (const { sha256: name } of town.photos) assert.equal(b64u(await sha256(town.here.get(name))), name);
});

test('without a network the photo stays, and the next time goes on where it ended', async () => {
  const town = await townWith([100_000], (n) => (n < 3 ? 'good' : n < 20 ? 'lost' : 'good'));
  await flush(town.ports, true);
  assert.deepEqual([await sendPhotos(town.ports), await kept(town)], [{ left: 1, changed: 0 }, 1]);
  while ((await sendPhotos(town.ports)).left);
  assert.deepEqual([town.seen.filter((one) => one === 'PATCH good').length, await kept(town)], [4, 0]);
});

test('somebody between who says yes to everything gets no photo forgotten', async () => {
  for (const status of [200, 201]) {
    const town = await townWith([10], () => status);
    await flush(town.ports, true);
    assert.deepEqual([await sendPhotos(town.ports), await kept(town)], [{ left: 1, changed: 0 }, 1]);
  }
});

test('a refusal is final, is kept to be said, and takes no bytes before the citizen has seen it', async () => {
  for (const status of [404, 413, 415]) {
    const town = await townWith([10], () => status);
    await flush(town.ports, true);
    assert.deepEqual(await sendPhotos(town.ports), { left: 0, changed: 1 });
    assert.deepEqual([Object.values((await town.now()).photos), await kept(town)], [['refused'], 1]);
  }
});

test('a town that asks to wait is asked once', async () => {
  for (const status of [429, 503]) {
    const town = await townWith([10], () => status);
    await flush(town.ports, true);
    await sendPhotos(town.ports);
    assert.deepEqual([town.seen.length, await kept(town)], [1, 1]);
  }
});

test('bytes that this phone has lost or that have changed here are never sent', async () => {
  for (const spoil of [() => undefined, (held, name) => ({ [name]: { bytes: new ArrayBuffer(3), at: 0 } })]) {
    const town = await townWith([10]);
    await flush(town.ports, true);
    await town.store.edit('state', ['photos'], (held) => spoil(held, town.photos[0].sha256) || null);
    await sendPhotos(town.ports);
    assert.deepEqual([Object.values((await town.now()).photos), town.seen], [['lost'], ['HEAD good']]);
  }
});

test('a piece that is spoilt on the way is sent again from the start', async () => {
  const town = await townWith([40_000]);
  await flush(town.ports, true);
  town.here.set(town.photos[0].sha256, new Uint8Array(32_768)); // not what was signed
  assert.deepEqual(await sendPhotos(town.ports), { left: 0, changed: 1 });
  assert.equal(b64u(await sha256(town.here.get(town.photos[0].sha256))), town.photos[0].sha256);
});

test('an idea that is taken back sends no photo', async () => {
  const town = await townWith([10]);
  await withdrawAct(town.store, town.site, town.act, 2);
  await flush(town.ports, true);
  assert.deepEqual([await sendPhotos(town.ports), town.seen], [{ left: 0, changed: 0 }, []]);
});
