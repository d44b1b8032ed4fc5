// Sealing for one reader, on the vector of RFC 9180 A.3.1.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { b64u } from '../../themes/town/static/js/canonical.mjs';
import { ECDH, openSealed, sealTo } from '../../themes/town/static/js/hpke.mjs';

const read = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'));
const bytes = (hex) => new Uint8Array(Buffer.from(hex, 'hex'));

async function privateOf(d, point) {
  const jwk = { kty: 'EC', crv: 'P-256', d: b64u(d), x: b64u(point.slice(1, 33)), y: b64u(point.slice(33)) };
  return crypto.subtle.importKey('jwk', jwk, ECDH, false, ['deriveBits']);
}

test('the vector of RFC 9180 A.3.1, both ways', async () => {
  const one = Object.fromEntries(Object.entries(read('hpke_p256')).map(([name, hex]) => [name, name === 'source' ? hex : bytes(hex)]));
  const once = {
    privateKey: await privateOf(one.skEm, one.pkEm),
    publicKey: await crypto.subtle.importKey('raw', one.pkEm, ECDH, true, []),
  };
  const sealed = await sealTo(one.pkRm, one.info, one.pt, one.aad, once);
  assert.equal(Buffer.from(sealed).toString('hex'), Buffer.from(one.pkEm).toString('hex') + Buffer.from(one.ct).toString('hex'));
  const own = { key: await privateOf(one.skRm, one.pkRm), point: one.pkRm };
  assert.deepEqual(await openSealed(own, one.info, sealed, one.aad), one.pt);
  await assert.rejects(openSealed(own, one.info, sealed));
  await assert.rejects(openSealed(own, one.aad, sealed, one.aad));
});
