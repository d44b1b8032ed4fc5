import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { b64u, sha256, unb64u, utf8 } from '../../themes/town/static/js/canonical.mjs';
import { envelopeId, jwkMember, newJti, seal, signingInput } from '../../themes/town/static/js/envelope.mjs';
import { openEnvelope } from '../../themes/town/static/js/opened_envelope.mjs';
import { ECDSA, thumbprint } from '../../themes/town/static/js/public_key.mjs';

const vectors = JSON.parse(readFileSync(new URL('../vectors/envelopes.json', import.meta.url), 'utf8'));
const { jwk } = vectors;
const publicJwk = { crv: 'P-256', kty: 'EC', x: jwk.x, y: jwk.y };

test('the thumbprint of the key of RFC 7515 A.3 is as hashed by hand', async () => {
  const text = `{"crv":"P-256","kty":"EC","x":"${jwk.x}","y":"${jwk.y}"}`;
  assert.equal(b64u(await sha256(utf8(text))), vectors.voter);
  assert.equal(await thumbprint(publicJwk), vectors.voter);
});

for (const one of vectors.envelopes) {
  test(`${one.what}: signing input and id`, async () => {
    assert.equal(signingInput(one.payload, jwkMember(publicJwk)), one.signing_input);
    assert.equal(await envelopeId(one.jws), one.id);
    assert.deepEqual(openEnvelope(one.jws), one.payload);
  });
  test(`${one.what}: the signature checks`, async () => {
    const key = await crypto.subtle.importKey('jwk', publicJwk, ECDSA, false, ['verify']);
    const signature = unb64u(one.jws.split('.')[2]);
    assert.equal(signature.length, 64);
    assert.ok(await crypto.subtle.verify(ECDSA, key, signature, utf8(one.signing_input)));
  });
}

test('a sealed envelope opens again and its id does not depend on the signature', async () => {
  const key = await crypto.subtle.importKey('jwk', jwk, ECDSA, false, ['sign']);
  const payload = vectors.envelopes[0].payload;
  const one = await seal(payload, { key, jwk: publicJwk });
  const other = await seal(payload, { key, jwk: publicJwk });
  assert.notEqual(one, other);
  assert.equal(await envelopeId(one), await envelopeId(other));
});

test('base64url that is not canonical is refused', () => {
  for (const text of ['YW=', 'YW!Jj', 'YWJ', 'A', 'YWI+', 'YQ==']) assert.throws(() => unb64u(text));
  assert.deepEqual([...unb64u('_-8')], [255, 239]);
});

test('a new jti is 22 canonical characters', () => {
  assert.match(newJti(), /^[A-Za-z0-9_-]{21}[AQgw]$/);
});
