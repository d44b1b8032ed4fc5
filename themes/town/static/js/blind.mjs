// Blind signatures, the phone's half (RFC 9474, RSABSSA-SHA384-PSS-Randomized). Twin of civic/blind.py and civic/token.py.
// Only pages with a secret question load this: it needs BigInt (Safari 14, Chrome 67, Firefox 68).
import { b64u, unb64u } from './canonical.mjs';
import { isTokenSigned } from './token.mjs';

const HASH_BYTES = 48; // and as many of salt
const BITS = 2048;
const EXPONENT = 65537;
const DRAWS = 128; // each succeeds at least every other time

/** @param {number} size */
const chance = (size) => crypto.getRandomValues(new Uint8Array(size));

/** @param {Uint8Array} bytes */
function toNumber(bytes) {
  let hex = '0x0';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return BigInt(hex);
}

/**
 * @param {bigint} number
 * @param {number} size
 */
function toBytes(number, size) {
  const hex = number.toString(16).padStart(2 * size, '0');
  return Uint8Array.from({ length: size }, (_, place) => parseInt(hex.substr(2 * place, 2), 16));
}

/** @param {...Uint8Array} parts */
function join(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function sha384(bytes) {
  return new Uint8Array(await crypto.subtle.digest('SHA-384', bytes));
}

/**
 * base^65537, by sixteen squarings: nothing here depends on a secret exponent.
 * @param {bigint} base
 * @param {bigint} n
 */
function raise(base, n) {
  let power = base;
  for (let bit = EXPONENT >> 1; bit; bit >>= 1) power = (power * power) % n;
  return (power * base) % n;
}

/**
 * The inverse modulo n; throws where there is none.
 * @param {bigint} number
 * @param {bigint} n
 */
function invert(number, n) {
  let [rest, next, one, other] = [n, number % n, 0n, 1n];
  while (next) {
    const times = rest / next;
    [rest, next, one, other] = [next, rest - times * next, other, one - times * other];
  }
  if (rest !== 1n) throw new Error('a factor of the modulus');
  return one < 0n ? one + n : one;
}

/**
 * EMSA-PSS (RFC 8017 §9.1.1) for a modulus of `size` whole bytes.
 * @param {Uint8Array<ArrayBuffer>} message
 * @param {number} size
 * @param {Uint8Array} salt
 */
async function encode(message, size, salt) {
  const digest = await sha384(join(new Uint8Array(8), await sha384(message), salt));
  const block = new Uint8Array(size - HASH_BYTES - 1);
  block.set([1, ...salt], block.length - salt.length - 1);
  for (let number = 0; number * HASH_BYTES < block.length; number++) {
    const mask = await sha384(join(digest, new Uint8Array([0, 0, 0, number])));
    mask.forEach((byte, place) => { block[number * HASH_BYTES + place] ^= byte; }); // past its end nothing is kept
  }
  block[0] &= 127;
  return join(block, digest, new Uint8Array([0xbc]));
}

/**
 * The modulus of a key, whose size must be a multiple of eight bits; throws for another exponent.
 * @param {IssuerJwk} jwk
 */
function modulus(jwk) {
  const bytes = unb64u(jwk.n);
  if (jwk.kty !== 'RSA' || jwk.e !== 'AQAB' || bytes.length < BITS / 8 || bytes[0] < 128) throw new Error('not an issuer key');
  return { n: toNumber(bytes), size: bytes.length };
}

/**
 * The message to be signed: the text behind 32 random bytes.
 * @param {Uint8Array} text
 * @param {(size: number) => Uint8Array} random
 */
export function prepareToken(text, random = chance) {
  return join(random(32), text);
}

/**
 * What is sent to the town, and the inverse, which stays on this phone until the answer has come.
 * @param {IssuerJwk} jwk
 * @param {Uint8Array<ArrayBuffer>} message
 * @param {(size: number) => Uint8Array} random asked for the salt first, then for the blinding number
 */
export async function blindToken(jwk, message, random = chance) {
  const { n, size } = modulus(jwk);
  const number = toNumber(await encode(message, size, random(HASH_BYTES)));
  invert(number, n);
  for (let draw = 0; draw < DRAWS; draw++) {
    const factor = toNumber(random(size));
    if (factor > 0n && factor < n) {
      const inverse = toBytes(invert(factor, n), size);
      return { blinded: toBytes((number * raise(factor, n)) % n, size), inverse };
    }
  }
  throw new Error('no randomness');
}

/**
 * The signature of the message, checked; throws if the town's answer does not give one.
 * @param {IssuerJwk} jwk
 * @param {Uint8Array<ArrayBuffer>} message
 * @param {Uint8Array} blindSignature
 * @param {Uint8Array} inverse
 */
export async function finalizeToken(jwk, message, blindSignature, inverse) {
  const { n, size } = modulus(jwk);
  const number = toNumber(blindSignature);
  if (blindSignature.length !== size || number >= n) throw new Error('not a blind signature');
  const signature = toBytes((number * toNumber(inverse)) % n, size);
  if (!(await isTokenSigned(jwk, message, signature))) throw new Error('bad signature');
  return signature;
}

/**
 * The token as it stands in an envelope.
 * @param {Uint8Array} message
 * @param {Uint8Array} signature
 */
export function tokenMembers(message, signature) {
  return { m: b64u(message), s: b64u(signature) };
}
