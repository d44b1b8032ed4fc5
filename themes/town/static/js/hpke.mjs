// HPKE (RFC 9180), single shot, base mode: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-128-GCM. Twin of
// sync_server/hpke.py. A sealed text is the 65 bytes of the key it encloses, then the ciphertext.
import { utf8 } from './canonical.mjs';

export const ECDH = { name: 'ECDH', namedCurve: 'P-256' };
const POINT = 65;
const NOTHING = new Uint8Array();
const HMAC = { name: 'HMAC', hash: 'SHA-256' };
const KEM_SUITE = Uint8Array.of(75, 69, 77, 0, 16); // "KEM", DHKEM(P-256, HKDF-SHA256)
const SUITE = Uint8Array.of(72, 80, 75, 69, 0, 16, 0, 1, 0, 1); // "HPKE", the same, HKDF-SHA256, AES-128-GCM

/**
 * @param {...(Uint8Array | number[])} parts
 * @returns {Uint8Array<ArrayBuffer>}
 */
function joined(...parts) {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/**
 * @param {Uint8Array<ArrayBuffer>} key
 * @param {Uint8Array<ArrayBuffer>} text
 */
async function hmac(key, text) {
  // No browser takes an empty key; one of zeros is the same.
  const imported = await crypto.subtle.importKey('raw', key.length ? key : new Uint8Array(32), HMAC, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, text));
}

/**
 * @param {Uint8Array} suite
 * @param {Uint8Array<ArrayBuffer>} salt
 * @param {string} label
 * @param {Uint8Array} secret
 */
function extract(suite, salt, label, secret) {
  return hmac(salt, joined(utf8('HPKE-v1'), suite, utf8(label), secret));
}

/**
 * One block of HKDF: never more than 32 bytes are asked for.
 * @param {Uint8Array} suite
 * @param {Uint8Array<ArrayBuffer>} secret
 * @param {string} label
 * @param {Uint8Array} info
 * @param {number} length
 */
async function expand(suite, secret, label, info, length) {
  const text = joined([0, length], utf8('HPKE-v1'), suite, utf8(label), info, [1]);
  return (await hmac(secret, text)).slice(0, length);
}

/** @param {Uint8Array<ArrayBuffer>} point */
function publicOf(point) {
  return crypto.subtle.importKey('raw', point, ECDH, true, []);
}

/**
 * Key and nonce that both sides come to.
 * @param {CryptoKey} own
 * @param {Uint8Array<ArrayBuffer>} other the other side's point
 * @param {Uint8Array} context enclosed key and recipient's point
 * @param {Uint8Array} info
 */
async function agree(own, other, context, info) {
  const secret = await crypto.subtle.deriveBits({ name: 'ECDH', public: await publicOf(other) }, own, 256);
  const mixed = await extract(KEM_SUITE, NOTHING, 'eae_prk', new Uint8Array(secret));
  const shared = await expand(KEM_SUITE, mixed, 'shared_secret', context, 32);
  const hashes = [await extract(SUITE, NOTHING, 'psk_id_hash', NOTHING), await extract(SUITE, NOTHING, 'info_hash', info)];
  const schedule = joined([0], ...hashes);
  const root = await extract(SUITE, shared, 'secret', NOTHING);
  const raw = await expand(SUITE, root, 'key', schedule, 16);
  const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
  return { key, iv: await expand(SUITE, root, 'base_nonce', schedule, 12) };
}

/**
 * A text for whoever has the private half of `point`.
 * @param {Uint8Array<ArrayBuffer>} point
 * @param {Uint8Array} info what the text is bound to
 * @param {Uint8Array<ArrayBuffer>} plain
 * @param {Uint8Array<ArrayBuffer>} [more] authenticated too, not enclosed
 * @param {CryptoKeyPair} [once] for known answers; drawn anew otherwise
 */
export async function sealTo(point, info, plain, more = NOTHING, once) {
  const pair = once || (await crypto.subtle.generateKey(ECDH, true, ['deriveBits']));
  const enclosed = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const { key, iv } = await agree(pair.privateKey, point, joined(enclosed, point), info);
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: more }, key, plain);
  return joined(enclosed, new Uint8Array(sealed));
}

/**
 * What was sealed to `own` under the same `info`; throws otherwise.
 * @param {{ key: CryptoKey, point: Uint8Array<ArrayBuffer> }} own
 * @param {Uint8Array} info
 * @param {Uint8Array<ArrayBuffer>} sealed
 * @param {Uint8Array<ArrayBuffer>} [more]
 */
export async function openSealed(own, info, sealed, more = NOTHING) {
  const enclosed = sealed.slice(0, POINT);
  const { key, iv } = await agree(own.key, enclosed, joined(enclosed, own.point), info);
  const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: more }, key, sealed.slice(POINT));
  return new Uint8Array(plain);
}
