// What a phone that the town knows may ask about its person (docs/formats.md §14), and what it then forgets itself.
import { sealAsDevice } from './grants.mjs';
import { ballotKey, DEVICE, keyName } from './keys.mjs';
import { isUnsent } from './outbox.mjs';
import { thumbprint } from './public_key.mjs';
import { ask } from './town_answers.mjs';

/**
 * A request about the person behind this phone, signed by its device key over a fresh number of the town's.
 * @param {Doors} ports
 * @param {'me' | 'grants' | 'revoke' | 'erase' | 'consent' | 'profile' | 'read'} what
 * @param {object} body
 * @returns {Promise<Answer>}
 */
export async function askAsDevice(ports, what, body = {}) {
  const { store, site, fetch, now } = ports;
  const address = `${site.sync.replace(/\/$/, '')}/v1/nonce/${site.space}`;
  const fresh = await fetch(address, { credentials: 'omit', cache: 'no-store' }).catch(() => null);
  if (!fresh || !fresh.ok) return { status: fresh ? fresh.status : 0, body: {} };
  const { nonce } = await fresh.json();
  const payload = { v: 1, aud: site.space, do: what, nonce, iat: Math.floor(now()), body };
  const answer = await ask(ports, 'me', { jws: await sealAsDevice(store, 'device', payload) });
  if (['unknown_key', 'revoked'].includes(answer.body.code)) await forgetPerson(ports);
  return answer;
}

/**
 * What the town holds, and what this phone remembers of it from now on.
 * @param {Doors} ports
 */
export async function readHeld(ports) {
  const answer = await askAsDevice(ports, 'me');
  if (answer.status !== 200) return answer;
  const { person, identities } = /** @type {Held} */ (answer.body);
  const methods = identities.map((one) => one.method);
  await ports.store.edit('state', ['person'], () => ({ ...person, methods }));
  return answer;
}

/**
 * A ballot key that acted for one person never acts for another (docs/formats.md §14). Where this phone has just become
 * somebody else's, the keys that have acted make room: the next act makes new ones.
 * @param {Doors} ports
 */
export async function dropForeignKeys(ports) {
  const acts = /** @type {Act[]} */ (await ports.store.all('acts'));
  const acted = acts.filter((act) => act.mode === 'named' && act.no && !act.carried).map((act) => act.signer || keyName(act.consultation, act.counts));
  if (!acted.length) return;
  const { status, body } = await askAsDevice(ports, 'grants');
  if (status !== 200) return;
  const own = body.grants.map((/** @type {{ jkt: string }} */ grant) => grant.jkt);
  for (const name of new Set(acted)) {
    const { jwk } = await ballotKey(ports.store, name);
    if (!own.includes(await thumbprint(jwk))) await ports.store.edit('keys', [name], () => null);
  }
}

/**
 * The town does not know this phone any more: the next time it makes itself known, it is with another key.
 * @param {Doors} ports
 */
async function forgetPerson({ store }) {
  await store.edit('state', ['person', 'reading'], () => null);
  await store.edit('keys', [DEVICE], () => null);
}

/**
 * After the town has erased the person: what it no longer holds would look lost here, so it goes too, with the keys.
 * @param {Doors} ports
 */
export async function forgetAll(ports) {
  const acts = /** @type {Act[]} */ (await ports.store.all('acts'));
  const gone = acts.filter((act) => act.mode === 'named');
  // Of secret ballots the town holds what it holds: those that have left stay to be checked, the others never leave.
  const unsent = acts.filter((act) => act.token && isUnsent(act));
  await ports.store.edit('acts', unsent.map((act) => act.id), (old) => (old && isUnsent(old) ? null : undefined));
  await ports.store.edit('acts', gone.map((act) => act.id), () => null);
  await ports.store.edit('keys', gone.map((act) => act.signer || keyName(act.consultation, act.counts)), () => null);
  await forgetPerson(ports);
}
