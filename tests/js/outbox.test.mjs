import assert from 'node:assert/strict';
import test from 'node:test';
import { openEnvelope } from '../../themes/town/static/js/opened_envelope.mjs';
import { carryAct } from '../../themes/town/static/js/outbox_carried.mjs';
import { addAct, dismissAct, standingAct, standingActs, withdrawAct } from '../../themes/town/static/js/outbox.mjs';
import { memoryStore, spareStore } from '../../themes/town/static/js/outbox_memory.mjs';
import { flush } from '../../themes/town/static/js/sync.mjs';
import { draft, makeTown } from './town.mjs';

const vote = (choice) => draft('vote', { body: { choice } });

test('an act is stored as signed, for its slot', async () => {
  const town = await makeTown();
  const { act } = await addAct(town.store, town.site, vote('for'), 1.9);
  const payload = openEnvelope(act.jws);
  assert.deepEqual(Object.keys(payload), ['v', 'aud', 'a', 'mh', 'kind', 'slot', 'jti', 'rev', 'prev', 'iat', 'body']);
  assert.deepEqual([payload.rev, payload.prev, payload.iat, payload.slot], [1, null, 1, 'vote:AAAAAAAAAAAAAAAAAAAAAA']);
  assert.equal((await town.store.all('acts')).length, 1);
});

test('the first revision of a proposal is named by its own jti', async () => {
  const town = await makeTown();
  const payload = openEnvelope((await addAct(town.store, town.site, draft('proposal'), 1)).act.jws);
  assert.equal(payload.slot, `proposal:${payload.jti}`);
});

test('one key signs for a consultation, another for the next', async () => {
  const town = await makeTown();
  const key = async (consultation) =>
    (await addAct(town.store, town.site, draft('proposal', { consultation }), 1)).act.jws.split('.')[0];
  assert.equal(await key('filature'), await key('filature'));
  assert.notEqual(await key('filature'), await key('marche'));
});

test('changing a vote that never left makes one envelope of it', async () => {
  const town = await makeTown();
  await addAct(town.store, town.site, vote('for'), 1);
  const { act } = await addAct(town.store, town.site, vote('blank'), 2);
  assert.deepEqual((await town.store.all('acts')).map((one) => one.id), [act.id]);
  assert.equal(act.prev, null);
});

test('changing a received vote names the one it replaces', async () => {
  const town = await makeTown();
  const { act: first } = await addAct(town.store, town.site, vote('for'), 1);
  await flush(town.ports, false);
  const { act } = await addAct(town.store, town.site, vote('against'), 2);
  assert.deepEqual([act.rev, act.prev], [2, first.id]);
  const standing = standingActs(await town.store.all('acts'));
  assert.deepEqual(standing.map((one) => one.id), [act.id]);
});

test('an act that never left is taken back by deleting it, and the earlier one stands again', async () => {
  const town = await makeTown();
  const { act: first } = await addAct(town.store, town.site, vote('for'), 1);
  await flush(town.ports, false);
  const { act } = await addAct(town.store, town.site, vote('against'), 2);
  assert.equal(await withdrawAct(town.store, town.site, act, 3), null);
  assert.equal(standingAct(await town.store.all('acts'), act).id, first.id);
});

test('an act that may have arrived is withdrawn by a new revision', async () => {
  const town = await makeTown();
  town.tricks.push(() => null);
  await addAct(town.store, town.site, vote('for'), 1);
  await flush(town.ports, false);
  const [act] = await town.store.all('acts');
  const { act: withdrawal } = await withdrawAct(town.store, town.site, act, 2);
  const payload = openEnvelope(withdrawal.jws);
  assert.deepEqual([payload.kind, payload.slot, payload.rev, payload.prev, payload.body], ['withdraw', act.slot, 2, act.id, {}]);
  await flush(town.ports, true);
  assert.equal(town.records.size, 2);
});

test('a withdrawn vote can be given again', async () => {
  const town = await makeTown();
  const { act } = await addAct(town.store, town.site, vote('for'), 1);
  await flush(town.ports, false);
  await withdrawAct(town.store, town.site, act, 2);
  await flush(town.ports, false);
  assert.equal((await addAct(town.store, town.site, vote('for'), 3)).act.rev, 3);
});

test('a refused revision leaves the earlier one standing, and stays until dismissed', async () => {
  const town = await makeTown();
  const { act: first } = await addAct(town.store, town.site, vote('for'), 1);
  await flush(town.ports, false);
  const { act } = await addAct(town.store, town.site, vote('against'), 2);
  town.refusals.set(act.id, { code: 'closed', retry: false });
  await flush(town.ports, false);
  const shown = standingActs(await town.store.all('acts'));
  assert.deepEqual(shown.map((one) => [one.id, one.state]), [[act.id, 'refused'], [first.id, 'received']]);
  await dismissAct(town.store, first.id);
  await dismissAct(town.store, act.id);
  assert.deepEqual((await town.store.all('acts')).map((one) => one.id), [first.id]);
});

test('a carried act is sent as it came and replaces nothing of this phone', async () => {
  const [mine, theirs] = [await makeTown(), await makeTown()];
  await addAct(mine.store, mine.site, vote('for'), 1);
  const { act } = await addAct(theirs.store, theirs.site, vote('against'), 1);
  await carryAct(mine.store, mine.site, act.jws, 2);
  await carryAct(mine.store, mine.site, act.jws, 3);
  await flush(mine.ports, false);
  assert.ok(mine.records.has(act.id));
  assert.equal(standingActs(await mine.store.all('acts')).length, 2);
});

test('a code for another town is not carried', async () => {
  const town = await makeTown();
  const { act } = await addAct(memoryStore(), { ...town.site, space: 'ailleurs' }, vote('for'), 1);
  await assert.rejects(carryAct(town.store, town.site, act.jws, 2));
});

test('a store that refuses CryptoKeys gets a key it can copy', async () => {
  const store = memoryStore();
  const whole = store.edit;
  store.lasting = true;
  store.edit = async (table, keys, change) => {
    const probe = table === 'keys' && change(undefined, keys[0]);
    if (probe && probe.key) throw new DOMException('no', 'DataCloneError');
    return whole(table, keys, change);
  };
  const { site } = await makeTown();
  const { lasting } = await addAct(store, site, draft('vote', { consultation: 'mou' }), 1);
  assert.equal(lasting, true);
  assert.equal((await store.get('keys', 'mou')).soft.kty, 'EC');
  const again = await addAct(store, site, draft('vote', { consultation: 'mou' }), 2);
  assert.equal(again.act.jws.split('.')[0], (await store.all('acts'))[0].jws.split('.')[0]);
});

test('a store that keeps no key at all says so', async () => {
  const store = memoryStore();
  const whole = store.edit;
  store.lasting = true;
  store.edit = async (table, keys, change) => {
    if (table === 'keys') throw new DOMException('full', 'QuotaExceededError');
    return whole(table, keys, change);
  };
  const { site } = await makeTown();
  const one = await addAct(store, site, draft('vote', { consultation: 'plein' }), 1);
  assert.equal(one.lasting, false);
  const other = await addAct(store, site, draft('vote', { consultation: 'plein' }), 2);
  assert.equal(other.act.jws.split('.')[0], one.act.jws.split('.')[0]);
});

test('a spare store goes on from what the full one still reads', async () => {
  const town = await makeTown();
  const { act } = await addAct(town.store, town.site, vote('for'), 1);
  await flush(town.ports, false);
  const spare = await spareStore(town.store);
  const { act: change } = await addAct(spare, town.site, vote('blank'), 2);
  assert.deepEqual([change.rev, change.prev, change.jws.split('.')[0]], [2, act.id, act.jws.split('.')[0]]);
});
