// A grant: this phone tells the town that a ballot key acts for the person it knows (docs/formats.md §14). It is made
// without network, before or after the town knows that person, and travels with the act.
import { unb64u } from './canonical.mjs';
import { seal } from './envelope.mjs';
import { ballotKey, DEVICE } from './keys.mjs';
import { thumbprint } from './public_key.mjs';

const LEVELS = ['device', 'email', 'social', 'identity', 'census'];

/**
 * Whether what the town knows of a person is as good as what is asked.
 * @param {{ level: string } | undefined} person
 * @param {string | undefined} assurance
 */
export function isEnough(person, assurance) {
  return LEVELS.indexOf(person ? person.level : 'device') >= LEVELS.indexOf(assurance || 'device');
}

/**
 * What a device known to the town signs: a grant, a request about its person, or one for a right to a secret vote.
 * @param {Store} store
 * @param {'grant' | 'device' | 'token'} typ
 * @param {object} payload
 */
export async function sealAsDevice(store, typ, payload) {
  const key = await ballotKey(store, DEVICE);
  return seal(payload, key, `"kid":"${await thumbprint(key.jwk)}"`, typ);
}

/**
 * @param {Pick<Ports, 'store' | 'site' | 'now'>} ports
 * @param {string} consultation
 * @param {PublicJwk} jwk the ballot key
 */
export async function makeGrant({ store, site, now }, consultation, jwk) {
  const payload = { v: 1, aud: site.space, a: consultation, jkt: await thumbprint(jwk), iat: Math.floor(now()) };
  return sealAsDevice(store, 'grant', payload);
}

/**
 * Vouches anew for acts of this phone, for the keys that they were signed with: the device key may be another one now.
 * @param {Pick<Ports, 'store' | 'site' | 'now'>} ports
 * @param {(act: Act) => boolean} isMeant
 */
export async function grantActs(ports, isMeant) {
  const acts = /** @type {Act[]} */ (await ports.store.all('acts'));
  for (const { id, consultation, jws } of acts.filter((act) => act.mode === 'named' && !act.carried && isMeant(act))) {
    const header = JSON.parse(new TextDecoder().decode(unb64u(jws.split('.')[0])));
    const grant = await makeGrant(ports, consultation, header.jwk);
    await ports.store.edit('acts', [id], (old) => old && { ...old, grant, ...(old.state === 'waiting' ? { code: '', next: 0 } : {}) });
  }
}
