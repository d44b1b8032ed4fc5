// The phone's half of a blind signature, on the vectors that Python is tested on too, and beside another implementation.
import { RSABSSA } from '@cloudflare/blindrsa-ts';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'node:test';
import { blindToken, finalizeToken, prepareToken, tokenMembers } from '../../themes/town/static/js/blind.mjs';
import { isTokenSigned, tokenText } from '../../themes/town/static/js/token.mjs';
import { b64u, unb64u, utf8 } from '../../themes/town/static/js/canonical.mjs';

const read = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'));
const appendix = read('rfc9474_randomized');
const { issuers, token } = read('tokens');
const [{ p, q, jwk }, other] = issuers;
const hex = (text) => Uint8Array.from(text.match(/../g), (byte) => parseInt(byte, 16));
const toHex = (bytes) => Buffer.from(bytes).toString('hex');
const message = unb64u(token.members.m);

/** A source that gives exactly these, one a question. */
function pieces(...given) {
  return (size) => {
    const piece = given.shift();
    assert.equal(piece.length, size);
    return piece;
  };
}

function inverseOf(value, n) {
  let [rest, next, one, more] = [n, value, 0n, 1n];
  while (next) [rest, next, one, more] = [next, rest % next, more, one - (rest / next) * more];
  return ((one % n) + n) % n;
}

/** Blind signatures of the town's own signer, in Python. */
function townSigns(...blinded) {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const python = process.env.PYTHON ?? (existsSync(`${root}.venv/bin/python`) ? `${root}.venv/bin/python` : 'python3');
  const input = [`${p} ${q}`, ...blinded.map(toHex)].join('\n');
  const { status, stdout, stderr } = spawnSync(python, ['-m', 'tests.civic.sign_lines'], { cwd: root, input, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout.trim().split('\n').map(hex);
}

test('the appendix of RFC 9474: every value', async () => {
  const key = { kty: 'RSA', e: 'AQAB', n: b64u(hex(appendix.n)) };
  const prepared = prepareToken(hex(appendix.msg), pieces(hex(appendix.msg_prefix)));
  assert.equal(toHex(prepared), appendix.input_msg);
  const factor = inverseOf(BigInt(`0x${appendix.inv}`), BigInt(`0x${appendix.n}`));
  const { blinded, inverse } = await blindToken(key, prepared, pieces(hex(appendix.salt), hex(factor.toString(16).padStart(1024, '0'))));
  assert.equal(toHex(blinded), appendix.blinded_msg);
  assert.equal(toHex(inverse), appendix.inv.padStart(1024, '0'));
  const signature = await finalizeToken(key, prepared, hex(appendix.blind_sig), inverse);
  assert.equal(toHex(signature), appendix.sig);
});

test('a token is made to the very bytes that Python makes', async () => {
  const { space, consultation, question, jkt } = token.scope;
  const text = tokenText(space, consultation, question, jkt);
  assert.deepEqual(text, utf8(token.text));
  const prepared = prepareToken(text, pieces(hex(token.prefix)));
  const { blinded, inverse } = await blindToken(jwk, prepared, pieces(hex(token.salt), hex(token.factor)));
  assert.deepEqual([toHex(blinded), toHex(inverse)], [token.blinded, token.inverse]);
  const signature = await finalizeToken(jwk, prepared, hex(token.blind_signature), inverse);
  assert.deepEqual(tokenMembers(prepared, signature), token.members);
});

test('a number that is not below the modulus is drawn again, and a source that gives none is given up', async () => {
  const zero = new Uint8Array(256);
  const draws = pieces(hex(token.salt), zero, new Uint8Array(256).fill(255), unb64u(jwk.n), hex(token.factor));
  assert.equal(toHex((await blindToken(jwk, message, draws)).blinded), token.blinded);
  await assert.rejects(blindToken(jwk, message, (size) => new Uint8Array(size)), /no randomness/);
});

test('a flipped bit anywhere is refused', async () => {
  const signature = unb64u(token.members.s);
  const given = { message, signature, blind: hex(token.blind_signature), inverse: hex(token.inverse) };
  assert.ok(await isTokenSigned(jwk, message, signature));
  for (const part of Object.keys(given)) {
    for (let at = 0; at < given[part].length; at += 19) {
      const altered = { ...given, [part]: given[part].map((byte, place) => (place === at ? byte ^ (1 << at % 8) : byte)) };
      if (part === 'signature') assert.equal(await isTokenSigned(jwk, message, altered.signature), false);
      else await assert.rejects(finalizeToken(jwk, altered.message, altered.blind, altered.inverse), /signature/, `${part} ${at}`);
    }
  }
});

test('an answer of another length, or not below the modulus, is refused', async () => {
  const inverse = hex(token.inverse);
  for (const answer of [new Uint8Array(0), new Uint8Array(255), new Uint8Array(257), unb64u(jwk.n), new Uint8Array(256).fill(255)]) {
    await assert.rejects(finalizeToken(jwk, message, answer, inverse), /not a blind signature/);
  }
  await assert.rejects(finalizeToken(other.jwk, message, hex(token.blind_signature), inverse), /bad signature/);
});

test('a key of another kind or size is refused', async () => {
  const half = { ...jwk, n: b64u(unb64u(jwk.n).slice(0, 128)) };
  for (const key of [{ ...jwk, e: 'Aw' }, { ...jwk, kty: 'EC' }, half, { ...jwk, n: `AA${jwk.n}` }]) {
    await assert.rejects(blindToken(key, message), /issuer key|base64url/);
  }
});

const suite = RSABSSA.SHA384.PSS.Randomized();
const theirKey = () => crypto.subtle.importKey('jwk', jwk, { name: 'RSA-PSS', hash: 'SHA-384' }, true, ['verify']);

test('the client of blindrsa-ts takes what our town signs, and our check agrees', async () => {
  const key = await theirKey();
  const prepared = suite.prepare(utf8(token.text));
  const asked = await Promise.all(Array.from({ length: 3 }, () => suite.blind(key, prepared)));
  const answers = townSigns(...asked.map((one) => one.blindedMsg));
  for (const [place, { inv }] of asked.entries()) {
    const signature = await suite.finalize(key, prepared, answers[place], inv);
    assert.deepEqual(await finalizeToken(jwk, prepared, answers[place], inv), signature);
    assert.ok(await isTokenSigned(jwk, prepared, signature));
  }
});

test('our client with our town makes what blindrsa-ts verifies', async () => {
  const key = await theirKey();
  const asked = await Promise.all(Array.from({ length: 3 }, async () => {
    const prepared = prepareToken(utf8(token.text));
    return { prepared, ...(await blindToken(jwk, prepared)) };
  }));
  const answers = townSigns(...asked.map((one) => one.blinded));
  for (const [place, { prepared, inverse }] of asked.entries()) {
    const signature = await finalizeToken(jwk, prepared, answers[place], inverse);
    assert.ok(await suite.verify(key, signature, prepared));
    assert.equal(await suite.verify(key, signature, message), false);
  }
});

test('the town of blindrsa-ts answers our client as our town does', async () => {
  const d = inverseOf(65537n, (BigInt(`0x${p}`) - 1n) * (BigInt(`0x${q}`) - 1n));
  const { blinded } = await blindToken(jwk, message);
  const [ours] = townSigns(blinded);
  assert.deepEqual(await suite.blindSign(await privateHalf(d), blinded), ours);
});

/** Our key as WebCrypto wants it, with the numbers for the remainder theorem. */
async function privateHalf(d) {
  const [first, second] = [BigInt(`0x${p}`), BigInt(`0x${q}`)];
  const text = (value, size) => b64u(hex(value.toString(16).padStart(2 * size, '0')));
  const members = {
    ...jwk, d: text(d, 256), p: text(first, 128), q: text(second, 128), dp: text(d % (first - 1n), 128),
    dq: text(d % (second - 1n), 128), qi: text(inverseOf(second % first, first), 128),
  };
  return crypto.subtle.importKey('jwk', members, { name: 'RSA-PSS', hash: 'SHA-384' }, true, ['sign']);
}
