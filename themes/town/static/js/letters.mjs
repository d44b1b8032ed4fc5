// Letters that the town alone can open, and its answers, which this phone alone can (docs/formats.md §24). Twin of
// civic/sealed_letter.py.
import { b64u, unb64u, utf8 } from './canonical.mjs';
import { seal } from './envelope.mjs';
import { ECDH, openSealed, sealTo } from './hpke.mjs';
import { ballotKey, keyName } from './keys.mjs';
import { ask } from './town_answers.mjs';

const STEP = 512;
const MOST = 16 * STEP;

/**
 * @param {string} way
 * @param {...(string | number)} parts
 */
function infoOf(way, ...parts) {
  return utf8(['preau-letter-v1', way, ...parts].join('|'));
}

/** @param {any} kept */
async function usable(kept) {
  const key = kept.soft ? await crypto.subtle.importKey('jwk', kept.soft, ECDH, false, ['deriveBits']) : kept.key;
  return { key, point: unb64u(kept.point) };
}

/**
 * The key of this phone to which answers are sealed, made at its first letter. It never leaves the phone.
 * @param {Store} store
 * @param {string} consultation
 */
async function replyKey(store, consultation) {
  const name = `${consultation} replies`;
  for (const soft of [false, true]) {
    const known = await store.get('keys', name);
    if (known) return usable(known);
    const pair = await crypto.subtle.generateKey(ECDH, soft, ['deriveBits']);
    const point = b64u(new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)));
    const made = soft ? { soft: await crypto.subtle.exportKey('jwk', pair.privateKey), point } : { key: pair.privateKey, point };
    // Some iPhones store no key that can't be copied: the second time it is one that can.
    const [kept] = await store.edit('keys', [name], (old) => old || made).catch(() => []);
    if (kept) return usable(kept);
  }
  throw new Error('no key can be kept');
}

/**
 * The body of the act; null where the words are too many to be sealed.
 * @param {Pick<Page, 'site' | 'store'>} page
 * @param {{ consultation: string, to: string, point: string, thread: string }} letter
 * @param {{ subject: string, text: string, lang: string }} words
 */
export async function sealLetter({ site, store }, { consultation, to, point, thread }, words) {
  const plain = utf8(JSON.stringify({ ...words, name: '' }));
  const size = Math.ceil(plain.length / STEP) * STEP;
  if (size > MOST) return null;
  const padded = new Uint8Array(size).fill(32);
  padded.set(plain);
  const reply = b64u((await replyKey(store, consultation)).point);
  const info = infoOf('town', site.space, consultation, thread, reply);
  return { thread, to, reply, sealed: b64u(await sealTo(unb64u(point), info, padded)) };
}

/**
 * What the town has answered to letters of this phone: `body.threads`.
 * @param {Doors} ports
 * @param {string} consultation
 * @param {string[]} threads
 * @returns {Promise<Answer>}
 */
export async function askReplies(ports, consultation, threads) {
  const { store, site, fetch, now } = ports;
  const address = `${site.sync.replace(/\/$/, '')}/v1/nonce/${site.space}`;
  const fresh = await fetch(address, { credentials: 'omit', cache: 'no-store' }).catch(() => null);
  if (!fresh || !fresh.ok) return { status: fresh ? fresh.status : 0, body: {} };
  const { nonce } = await fresh.json();
  const payload = { v: 1, aud: site.space, a: consultation, nonce, iat: Math.floor(now()), threads };
  const key = await ballotKey(store, keyName(consultation, false));
  return ask(ports, 'replies', { jws: await seal(payload, key, undefined, 'replies') });
}

/**
 * The words of an answer; null where this phone can't open it.
 * @param {Pick<Page, 'site' | 'store'>} page
 * @param {string} consultation
 * @param {string} thread
 * @param {{ n: number, sealed: string }} answer
 * @returns {Promise<{ text: string, lang: string, name: string } | null>}
 */
export async function openAnswer({ site, store }, consultation, thread, { n, sealed }) {
  try {
    const own = await replyKey(store, consultation);
    const plain = await openSealed(own, infoOf('phone', site.space, consultation, thread, n), unb64u(sealed));
    return JSON.parse(new TextDecoder().decode(plain));
  } catch {
    return null;
  }
}
