// What a phone asks the town to tell it (docs/formats.md §31): signed by the device key, known to the town or not.
import { jwkMember, seal } from './envelope.mjs';
import { ballotKey, DEVICE } from './keys.mjs';
import { post } from './sync.mjs';

/**
 * A request over a fresh number of the town's; status 0 where the town can't be reached.
 * @param {Doors} doors
 * @param {'follow' | 'followed'} what
 * @param {object} body
 * @returns {Promise<Answer>}
 */
export async function askToFollow(doors, what, body = {}) {
  const { store, site, fetch, now } = doors;
  const address = `${site.sync.replace(/\/$/, '')}/v1/nonce/${site.space}`;
  const fresh = await fetch(address, { credentials: 'omit', cache: 'no-store' }).catch(() => null);
  if (!fresh || !fresh.ok) return { status: fresh ? fresh.status : 0, body: {} };
  const { nonce } = await fresh.json();
  const key = await ballotKey(store, DEVICE);
  const payload = { v: 1, aud: site.space, do: what, nonce, iat: Math.floor(now()), body };
  const response = await post(doors, 'follows', { jws: await seal(payload, key, jwkMember(key.jwk), 'follow') });
  if (!response) return { status: 0, body: {} };
  return { status: response.status, body: (await response.json().catch(() => null)) || {} };
}

/**
 * A subscription as the town takes it.
 * @param {PushSubscription} subscription
 */
export function writtenSubscription(subscription) {
  const { endpoint, keys = {} } = subscription.toJSON();
  return { endpoint, p256dh: keys.p256dh, auth: keys.auth };
}
