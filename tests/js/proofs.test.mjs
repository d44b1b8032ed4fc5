import assert from 'node:assert/strict';
import test from 'node:test';
import { unb64u } from '../../themes/town/static/js/canonical.mjs';
import { makeVerify, NobodyCanSay } from '../../themes/town/static/js/ed25519.mjs';
import { forgetLog, keptLog } from '../../themes/town/static/js/log_head.mjs';
import { parseProof } from '../../themes/town/static/js/log_proof.mjs';
import { rootOf } from '../../themes/town/static/js/log_tree.mjs';
import { addAct, withdrawAct } from '../../themes/town/static/js/outbox.mjs';
import { collectProofs, isProved } from '../../themes/town/static/js/proofs.mjs';
import { flush } from '../../themes/town/static/js/sync.mjs';
import { makeLog, verify } from './register.mjs';
import { draft, makeTown } from './town.mjs';

/** A town with a log, in which `kinds` of act are received and published; `look` is what the phone does. */
async function published(kinds = ['vote'], others = 0) {
  const [town, log] = [await makeTown(), await makeLog()];
  town.site.log = log.vkey;
  await log.append(...Array.from({ length: others }, (_, index) => `other ${index}`));
  for (const kind of kinds) await addAct(town.store, town.site, draft(kind), 1);
  await flush(town.ports, false);
  await log.append(...town.entries);
  const answers = new Map();
  const fetch = async (url) => (url.startsWith('/log/') ? log.fetch(url) : answers.get(url) || new Response('', { status: 404 }));
  const ports = { store: town.store, site: town.site, fetch, now: () => town.clock, verify };
  return { town, log, answers, ports, look: () => collectProofs(ports), acts: () => town.store.all('acts') };
}
const check = (act, { town, log }) => isProved(act, town.site, log.vkey, verify);

test('a received act becomes a proof that checks without any network', async () => {
  for (const others of [0, 1, 255, 300]) {
    const all = await published(['vote'], others);
    assert.equal(await all.look(), true);
    const [act] = await all.acts();
    assert.equal(act.line, others + 1);
    all.log.isDead = true;
    assert.ok(await check(act, all));
  }
});

test('a second look changes nothing and asks for the checkpoint alone', async () => {
  const all = await published();
  await all.look();
  all.log.requests.length = 0;
  assert.equal(await all.look(), false);
  assert.deepEqual(all.log.requests, ['checkpoint']);
});

test('a kept proof that is altered anywhere is refused', async () => {
  const all = await published(['vote', 'proposal'], 20);
  await all.look();
  const [act, other] = await all.acts();
  const bend = (text, at) => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
  const bent = [
    { jws: bend(act.jws, 200) }, { receipt: bend(act.receipt, 200) }, { receipt: '' }, { consultation: 'autre' }, { line: act.line + 1 },
    { proof: other.proof }, { receipt: 'a.b' }, { proof: '' },
    ...[30, act.proof.indexOf('index') + 8, act.proof.indexOf('\n\n') - 10, act.proof.indexOf('/log') + 8, act.proof.length - 10].map(
      (at) => ({ proof: bend(act.proof, at) })).slice(1),
  ];
  assert.ok(await check(act, all));
  for (const news of bent) assert.equal(await check({ ...act, ...news }, all), false, JSON.stringify(news).slice(0, 300));
});

test('a proof signed by another log is refused', async () => {
  const [mine, theirs] = [await published(), await published()];
  await mine.look();
  const [act] = await mine.acts();
  assert.equal(await isProved(act, mine.town.site, theirs.log.vkey, verify), false);
});

test('an act not yet published waits, and is missing only once the promise is broken', async () => {
  const all = await published();
  all.log.leaves = [];
  await all.log.append('something else');
  assert.equal(await all.look(), true); // the log itself is kept
  assert.ok(!(await all.acts())[0].absent);
  all.town.clock += 1261 + 200;
  assert.equal(await all.look(), true);
  assert.equal((await all.acts())[0].absent, all.town.clock);
  assert.equal(await all.look(), false);
  await all.log.append(...all.town.entries);
  await all.look();
  const [act] = await all.acts();
  assert.deepEqual([act.absent, act.line], [0, 2]);
});

test('without network nothing is said, even after the promise', async () => {
  const all = await published();
  all.town.clock += 9999;
  all.log.isDead = true;
  await assert.rejects(all.look());
  assert.ok(!(await all.acts())[0].absent);
  assert.equal(await keptLog(all.town.store), undefined);
});

test('a list of places that lies proves nothing', async () => {
  const all = await published(['vote'], 30);
  for (const [path, file] of all.log.files) {
    if (path.startsWith('find/')) all.log.files.set(path, JSON.stringify(Object.fromEntries(Object.keys(JSON.parse(file)).map((leaf) => [leaf, 3]))));
  }
  await all.look();
  assert.ok(!(await all.acts())[0].proof);
});

test('a receipt whose commitment does not open is a broken promise at once', async () => {
  const all = await published();
  const [act] = await all.acts();
  const items = [{ ...all.town.records.get(act.id), c: 'c'.repeat(43) }];
  const receipt = await all.town.receipt(items);
  await all.town.store.edit('acts', [act.id], (old) => ({ ...old, receipt }));
  await all.look();
  assert.ok((await all.acts())[0].absent);
});

test('a receipt from before the log promises nothing', async () => {
  const all = await published();
  const [act] = await all.acts();
  const receipt = await all.town.receipt([{ id: act.id, no: 1, rx: 1, c: 'c'.repeat(43) }], 'valbrume', undefined, { by: undefined });
  await all.town.store.edit('acts', [act.id], (old) => ({ ...old, receipt }));
  all.town.clock += 1e6;
  await all.look();
  assert.ok(!(await all.acts())[0].absent);
});

test('the proof of one act carries a receipt that tells of no other', async () => {
  const all = await published(['vote', 'proposal']);
  const acts = await all.acts();
  const alone = await all.town.receipt([all.town.records.get(acts[0].id)]);
  all.answers.set(`https://sync.example/v1/receipts/${acts[0].id}`, Response.json({ receipt: alone }));
  all.answers.set(`https://sync.example/v1/receipts/${acts[1].id}`, Response.json({ receipt: alone }));
  await all.look();
  const [vote, proposal] = await all.acts();
  assert.equal(vote.receipt, alone);
  assert.equal(new TextDecoder().decode(parseProof(vote.proof).extra), alone);
  assert.ok(await check(vote, all));
  // An answer for another act is not taken; the receipt shared with others still proves.
  assert.equal(JSON.parse(new TextDecoder().decode(unb64u(proposal.receipt.split('.')[1]))).items.length, 2);
  assert.ok(await check(proposal, all));
});

test('a receipt that tells of others is not taken in the place of the one that came with the act', async () => {
  const all = await published(['vote', 'proposal']);
  const [{ id, receipt }] = await all.acts();
  all.answers.set(`https://sync.example/v1/receipts/${id}`, Response.json({ receipt: await all.town.receipt([...all.town.records.values()]) }));
  await all.look();
  assert.equal((await all.acts())[0].receipt, receipt);
});

test('a secret ballot is found under a kind of its own, and nobody is asked for a receipt of it alone', async () => {
  const all = await published(['vote', 'proposal']);
  const [{ id }] = await all.acts();
  await all.town.store.edit('acts', [id], (old) => ({ ...old, box: true }));
  const asked = [];
  const look = () => collectProofs({ ...all.ports, fetch: (url) => (asked.push(url), all.ports.fetch(url)) });
  await look();
  assert.equal((await all.acts())[0].proof, '');
  await all.log.append(all.town.entries[0].replace('"env"', '"ballot"'));
  await look();
  const [act] = await all.acts();
  assert.equal(act.line, 3);
  assert.ok(await check(act, all));
  assert.ok(!asked.some((url) => url.endsWith(`/v1/receipts/${id}`)));
});

test('a withdrawal does not inherit the proof of what it takes back', async () => {
  const all = await published();
  await all.look();
  const [act] = await all.acts();
  const { act: withdrawal } = await withdrawAct(all.town.store, all.town.site, act, 2);
  assert.deepEqual([withdrawal.proof, withdrawal.line, withdrawal.absent], ['', 0, 0]);
});

test('a log that grows by the rules is followed', async () => {
  const all = await published(['vote'], 3);
  await all.look();
  for (const size of [252, 1, 255, 30]) {
    await all.log.append(...Array.from({ length: size }, (_, index) => `more ${size} ${index}`));
    await all.look();
    const kept = await keptLog(all.town.store);
    assert.deepEqual([kept.alarm, kept.note], ['', all.log.files.get('checkpoint')]);
  }
});

const lies = {
  'an entry was changed before the log grew': async (log) => {
    log.leaves[1] = log.leaves[2];
    await log.append('more');
  },
  'the log was cut and grew another way': async (log) => {
    log.leaves.length = 2;
    await log.append('another', 'and more', 'and more');
  },
  'another log of the same size': async (log) => {
    log.leaves[0] = log.leaves[1];
    await log.publish();
  },
};
for (const [name, lie] of Object.entries(lies)) {
  test(`a fork is noticed and never forgotten by itself: ${name}`, async () => {
    const all = await published(['vote'], 3);
    await all.look();
    const { note } = await keptLog(all.town.store);
    const honest = [...all.log.leaves];
    await lie(all.log);
    assert.equal(await all.look(), true);
    const kept = await keptLog(all.town.store);
    assert.deepEqual([kept.alarm, kept.note, kept.other], ['forked', note, all.log.files.get('checkpoint')]);
    all.log.leaves = honest;
    await all.log.append('as if nothing had happened');
    assert.equal(await all.look(), false);
    assert.equal((await keptLog(all.town.store)).alarm, 'forked');
    assert.ok(await check((await all.acts())[0], all));
    await forgetLog(all.town.store);
    await all.look();
    assert.equal((await keptLog(all.town.store)).alarm, '');
  });
}

test('a shorter log is told, and all is well again when its lines are back', async () => {
  const all = await published(['vote'], 3);
  await all.look();
  const honest = all.log.leaves;
  all.log.leaves = honest.slice(0, 2);
  await all.log.publish();
  await all.look();
  assert.equal((await keptLog(all.town.store)).alarm, 'shrunk');
  all.log.leaves = honest;
  await all.log.publish();
  await all.look();
  assert.equal((await keptLog(all.town.store)).alarm, '');
});

test('a checkpoint that the town did not sign is told', async () => {
  const all = await published(['vote'], 3);
  await all.look();
  const root = await rootOf(all.log.leaves);
  const note = await (await makeLog()).sign(4, root);
  all.log.files.set('checkpoint', note);
  await all.look();
  assert.equal((await keptLog(all.town.store)).alarm, 'unsigned');
});

test('a phone whose first look finds an unsigned log says so, and goes on once it is signed', async () => {
  const all = await published();
  const good = all.log.files.get('checkpoint');
  all.log.files.set('checkpoint', await (await makeLog()).sign(1, await rootOf(all.log.leaves)));
  await all.look();
  assert.equal((await keptLog(all.town.store)).alarm, 'unsigned');
  all.log.files.set('checkpoint', good);
  await all.look();
  assert.ok((await all.acts())[0].proof);
});

test('another key in the place of the one seen first is told, whatever name it has', async () => {
  for (const name of ['valbrume.example/log', 'ailleurs.example/log']) {
    const all = await published();
    await all.look();
    const other = await makeLog(name);
    await other.append('anything', 'at all');
    all.town.site.log = other.vkey;
    all.log.files = other.files;
    await all.look();
    assert.equal((await keptLog(all.town.store)).alarm, 'replaced', name);
    assert.ok(await check((await all.acts())[0], all));
  }
});

test('the page of a captive network is no word of the town', async () => {
  const all = await published();
  await all.look();
  all.log.files.set('checkpoint', '<!doctype html><title>Wi-Fi</title>\n');
  await assert.rejects(all.look());
  assert.equal((await keptLog(all.town.store)).alarm, '');
});

test('tiles that are missing or damaged are no proof against the town', async () => {
  const all = await published(['vote'], 300);
  await all.look();
  await all.log.append('more');
  const whole = all.log.files;
  for (const path of ['tile/0/000', 'tile/0/001.p/46', 'tile/1/000.p/1']) {
    for (const file of [undefined, Buffer.alloc(whole.get(path).length)]) {
      all.log.files = new Map(whole);
      if (file) all.log.files.set(path, file);
      else all.log.files.delete(path);
      // The first full tile is not needed to compare the two sizes.
      if (path !== 'tile/0/000') await assert.rejects(all.look(), path);
      assert.equal((await keptLog(all.town.store)).alarm, '');
    }
  }
});

test('where the browser knows no Ed25519 the library is asked, and without it nobody can say', async () => {
  const all = await published();
  await all.look();
  const [act] = await all.acts();
  const own = crypto.subtle.importKey;
  const asked = [];
  crypto.subtle.importKey = async function (format, key, kind, ...rest) {
    if (kind.name === 'Ed25519') throw new DOMException('no', 'NotSupportedError');
    return own.call(crypto.subtle, format, key, kind, ...rest);
  };
  try {
    const { NOBLE } = await import('../../themes/town/static/js/noble_ed25519.mjs');
    const library = async (key, signature, message) => {
      asked.push(message);
      return NOBLE.verifyAsync(signature, message, key);
    };
    assert.ok(await isProved(act, all.town.site, all.log.vkey, makeVerify(async () => library)));
    const bent = { ...act, proof: act.proof.replace(/\n1\n/, '\n2\n') };
    assert.equal(await isProved(bent, all.town.site, all.log.vkey, makeVerify(async () => library)), false);
    assert.equal(asked.length, 2);
    const gone = makeVerify(() => Promise.reject(new TypeError('network')));
    await assert.rejects(isProved(act, all.town.site, all.log.vkey, gone), NobodyCanSay);
  } finally {
    crypto.subtle.importKey = own;
  }
});
