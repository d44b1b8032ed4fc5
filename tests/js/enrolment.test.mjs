import assert from 'node:assert/strict';
import test from 'node:test';
import { readLink } from '../../themes/town/static/js/confirm_page.mjs';
import { readCensusCode } from '../../themes/town/static/js/census_code.mjs';
import {
  confirmEnrolment, finishEnrolment, pendingEnrolment, startEnrolment, veiled,
} from '../../themes/town/static/js/enrolment.mjs';
import { makeGrant } from '../../themes/town/static/js/grants.mjs';
import { ballotKey } from '../../themes/town/static/js/keys.mjs';
import { askAsDevice, dropForeignKeys, forgetAll, readHeld } from '../../themes/town/static/js/person_requests.mjs';
import { addAct } from '../../themes/town/static/js/outbox.mjs';
import { thumbprint } from '../../themes/town/static/js/public_key.mjs';
import { factsOf, mayTakePart } from '../../themes/town/static/js/person_view.mjs';
import { makeDoors, makePeople, opened } from './people.mjs';
import { draft } from './town.mjs';

const begun = async () => {
  const people = makePeople();
  const doors = makeDoors(people);
  await startEnrolment(doors, 'email', 'anne@exemple.fr');
  return { people, doors };
};
const known = async () => {
  const both = await begun();
  await finishEnrolment(both.doors, both.people.code);
  return both;
};
const person = (doors) => doors.store.get('state', 'person');
const named = async (doors, more = {}) => draft('vote', { mode: 'named', grant: await makeGrant(doors, 'filature', (await ballotKey(doors.store, 'filature')).jwk), wait: 'not_granted', ...more });

test('an enrolment is asked for with the key in a pinned header, simply', async () => {
  const { people } = await begun();
  const [{ path, init, body }] = people.requests;
  assert.equal(path, 'enrol/start');
  assert.deepEqual([init.method, init.credentials, init.headers['Content-Type']], ['POST', 'omit', 'text/plain;charset=UTF-8']);
  assert.deepEqual(Object.keys(body), ['v', 'space', 'jws', 'lang', 'to']);
  const { header, headerText, payload } = await opened(body.jws);
  const { x, y } = header.jwk;
  assert.equal(headerText, `{"alg":"ES256","typ":"preau-enrol+jws","jwk":{"crv":"P-256","kty":"EC","x":"${x}","y":"${y}"}}`);
  assert.deepEqual(payload, { v: 1, aud: 'valbrume', method: 'email', ks: 'hard', nonce: payload.nonce, iat: 1_790_000_100 });
  assert.match(payload.nonce, /^[\w-]{22}$/);
});

test('what was begun survives the page, and the phone keeps no whole address', async () => {
  const { doors } = await begun();
  const pending = await pendingEnrolment(makeDoorsAgain(doors));
  assert.deepEqual([pending.method, pending.to], ['email', 'a…\u2060@exemple.fr']);
  assert.equal(JSON.stringify(pending).includes('anne'), false);
  assert.equal(veiled('é@b.fr'), 'é…\u2060@b.fr');
});

const makeDoorsAgain = (doors) => ({ ...doors });

test('the code, typed where one began, makes the phone known', async () => {
  const { people, doors } = await begun();
  assert.equal((await finishEnrolment(doors, people.code)).status, 200);
  assert.deepEqual(await person(doors), { level: 'email', methods: ['email'], since: 1_790_000_100.5 });
  assert.equal(await pendingEnrolment(doors), undefined);
});

test('a wrong code leaves everything as it was', async () => {
  const { doors } = await begun();
  assert.equal((await finishEnrolment(doors, '00000000')).status, 400);
  assert.ok(await pendingEnrolment(doors));
  assert.equal(await person(doors), undefined);
});

test('the link, opened in another browser, is found by asking', async () => {
  const { people, doors } = await begun();
  assert.equal((await finishEnrolment(doors, '')).status, 202);
  const { enrol } = await pendingEnrolment(doors);
  const other = makeDoors(people);
  assert.equal((await confirmEnrolment(other, enrol, 'T'.repeat(22))).status, 200);
  assert.equal(await person(other), undefined);
  assert.equal((await finishEnrolment(doors, '')).status, 200);
  assert.equal((await person(doors)).level, 'email');
});

test('an enrolment that has ended at the town ends here', async () => {
  const { people, doors } = await begun();
  people.enrolments.clear();
  assert.equal((await finishEnrolment(doors, people.code)).status, 410);
  assert.equal(await pendingEnrolment(doors), undefined);
  assert.equal((await finishEnrolment(doors, people.code)).status, 410);
});

test('a key that was taken away is given up, so that the phone can be made known again', async () => {
  const { people, doors } = await begun();
  const { jwk } = await doors.store.get('keys', ':device');
  people.tricks.push(Response.json({ code: 'revoked', retry: false }, { status: 403 }));
  await finishEnrolment(doors, people.code);
  assert.equal(await pendingEnrolment(doors), undefined);
  await startEnrolment(doors, 'email', 'anne@exemple.fr');
  assert.notEqual((await doors.store.get('keys', ':device')).jwk.x, jwk.x);
});

test('without network nothing is lost', async () => {
  const { people, doors } = await begun();
  people.tricks.push(null);
  assert.equal((await finishEnrolment(doors, people.code)).status, 0);
  assert.ok(await pendingEnrolment(doors));
  people.tricks.push(null);
  const fresh = makeDoors(people);
  assert.equal((await startEnrolment(fresh, 'email', 'a@b.fr')).status, 0);
  assert.equal(await pendingEnrolment(fresh), undefined);
});

test('an answer that is no JSON is no answer', async () => {
  const people = makePeople();
  people.tricks.push(new Response('<html>', { status: 200 }));
  const doors = makeDoors(people);
  assert.deepEqual(await startEnrolment(doors, 'email', 'a@b.fr'), { status: 200, body: {} });
  assert.equal(await pendingEnrolment(doors), undefined);
});

test('a request about the person is signed over the number that the town gave', async () => {
  const { people, doors } = await known();
  assert.equal((await readHeld(doors)).status, 200);
  const { payload } = { payload: people.asked };
  assert.deepEqual(payload, { v: 1, aud: 'valbrume', do: 'me', nonce: 'N'.repeat(22), iat: 1_790_000_100, body: {} });
  assert.deepEqual(await person(doors), { level: 'email', since: 1_790_000_000, methods: ['email'] });
  const { init } = people.requests.find(({ path }) => path === 'nonce/valbrume');
  assert.deepEqual(init, { credentials: 'omit', cache: 'no-store' });
});

test('a phone that the town does not know any more forgets who it was and takes another key', async () => {
  const { people, doors } = await known();
  const before = people.enrolments.size + people.devices.size;
  assert.equal(before, 1);
  const [kid] = people.devices.keys();
  people.devices.clear();
  assert.equal((await askAsDevice(doors, 'me')).status, 401);
  assert.equal(await person(doors), undefined);
  await startEnrolment(doors, 'email', 'anne@exemple.fr');
  assert.notEqual([...people.enrolments.values()][0].kid, kid);
});

test('a named act carries a grant of the device key for its ballot key, made without network', async () => {
  const doors = makeDoors(makePeople());
  const { act } = await addAct(doors.store, doors.site, await named(doors), 1);
  const { header: { jwk: ballot } } = await opened(act.jws);
  const device = (await doors.store.get('keys', ':device')).jwk;
  const { headerText, payload } = await opened(act.grant, device);
  assert.equal(headerText, `{"alg":"ES256","typ":"preau-grant+jws","kid":"${await thumbprint(device)}"}`);
  assert.deepEqual(payload, { v: 1, aud: 'valbrume', a: 'filature', jkt: await thumbprint(ballot), iat: 1_790_000_100 });
  assert.notEqual(ballot.x, device.x);
  assert.deepEqual([act.state, act.code], ['waiting', 'not_granted']);
});

test('an open act carries no grant and waits for nobody', async () => {
  const doors = makeDoors(makePeople());
  const { act } = await addAct(doors.store, doors.site, draft('vote'), 1);
  assert.deepEqual([act.grant, act.code, await doors.store.get('keys', ':device')], [undefined, '', undefined]);
});

test('what waited before is vouched for anew, with the key that the town now knows', async () => {
  const people = makePeople();
  const doors = makeDoors(people);
  const { act } = await addAct(doors.store, doors.site, await named(doors), 1);
  await doors.store.edit('keys', [':device'], () => null);
  await startEnrolment(doors, 'email', 'anne@exemple.fr');
  await finishEnrolment(doors, people.code);
  const now = await doors.store.get('acts', act.id);
  assert.deepEqual([now.jws, now.code, now.next], [act.jws, '', 0]);
  const { payload } = await opened(now.grant, (await doors.store.get('keys', ':device')).jwk);
  assert.equal(payload.jkt, await thumbprint((await opened(act.jws)).header.jwk));
});

test('a key that acted for somebody else makes room for another, one of one\'s own stays', async () => {
  for (const isOwn of [true, false]) {
    const { people, doors } = await known();
    const { act } = await addAct(doors.store, doors.site, await named(doors), 1);
    await doors.store.edit('acts', [act.id], (old) => ({ ...old, state: 'received', no: 7 }));
    const { jwk } = await doors.store.get('keys', 'filature');
    people.grants = isOwn ? [{ consultation: 'filature', jkt: await thumbprint(jwk) }] : [];
    await dropForeignKeys(doors);
    assert.equal(Boolean(await doors.store.get('keys', 'filature')), isOwn);
  }
});

test('an act that waits keeps its key, whoever the phone is known as', async () => {
  const { people, doors } = await known();
  await addAct(doors.store, doors.site, await named(doors), 1);
  const asked = people.requests.length;
  await dropForeignKeys(doors);
  assert.ok(await doors.store.get('keys', 'filature'));
  assert.equal(people.requests.length, asked);
});

test('after erasure this phone keeps nothing that the town no longer holds', async () => {
  const { doors } = await known();
  await addAct(doors.store, doors.site, await named(doors), 1);
  const { act } = await addAct(doors.store, doors.site, draft('vote', { consultation: 'ecole' }), 1);
  await forgetAll(doors);
  assert.deepEqual((await doors.store.all('acts')).map((one) => one.id), [act.id]);
  assert.equal((await doors.store.all('keys')).length, 1);
  assert.equal(await person(doors), undefined);
});

test('the link is read whole or not at all', () => {
  const [e, t] = ['e'.repeat(22), 't'.repeat(22)];
  assert.deepEqual(readLink(`#e=${e}&t=${t}`), { enrol: e, token: t });
  for (const wrong of ['', '#e=x&t=y', `#t=${t}&e=${e}`, `#e=${e}&t=${t}x`]) assert.equal(readLink(wrong), null);
});

test('the code of a letter is read as people write it, and a slip of the pen is seen', () => {
  // 1234567890 in base 32 is 34,630,288,520,480 + …: the check sign follows from the number modulo 37.
  const value = [...'0123456789'].reduce((sum, sign) => sum * 32 + Number(sign), 0);
  const check = '0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U'[value % 37];
  const whole = `0123456789${check}`;
  for (const written of [whole, whole.toLowerCase(), `O1234 56789 ${check}`, `oI23-4567-89${check}`, `0l23 4567 89${check}`]) {
    assert.equal(readCensusCode(written), whole, written);
  }
  for (const wrong of ['', '0123456789', `0123456788${check}`, `1023456789${check}`, `U123456789${check}`, `${whole}0`]) {
    assert.equal(readCensusCode(wrong), '', wrong);
  }
});

test('what holds is said in words that the page asks for', () => {
  assert.deepEqual([...factsOf(undefined, undefined, ['email'])], ['unknown']);
  assert.deepEqual([...factsOf(undefined, undefined, [])], ['unknown']);
  assert.ok(factsOf(undefined, { method: 'oidc:itsme' }, ['email']).has('to-provider'));
  const me = { level: 'identity', methods: ['email', 'oidc:itsme'], since: 1 };
  const both = factsOf(me, { method: 'census' }, ['email', 'census']);
  assert.deepEqual([...both], ['known', 'identity', 'by-email', 'by-oidc:itsme', 'to-census']);
  assert.ok(factsOf(me, undefined, ['email']).has('complete'));
});

test('who may take part: the level, and the one way that tells people apart', () => {
  const me = { level: 'identity', methods: ['email', 'oidc:itsme'], since: 1 };
  assert.equal(mayTakePart(undefined, { assurance: 'device', unique: '' }), true);
  assert.equal(mayTakePart(undefined, { assurance: 'email', unique: 'email', methods: 'email' }), false);
  assert.equal(mayTakePart(me, { assurance: 'email', unique: 'email', methods: 'email' }), true);
  assert.equal(mayTakePart(me, { assurance: 'identity', unique: 'oidc', methods: 'oidc' }), true);
  assert.equal(mayTakePart(me, { assurance: 'identity', unique: 'oidc', methods: 'email oidc:itsme' }), true);
  assert.equal(mayTakePart(me, { assurance: 'identity', unique: 'oidc', methods: 'oidc:franceconnect' }), false);
  assert.equal(mayTakePart(me, { assurance: 'email', unique: 'census', methods: 'census' }), false);
  assert.equal(mayTakePart(me, { assurance: 'census', unique: 'census', methods: 'census' }), false);
});
