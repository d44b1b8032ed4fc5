// Certified OpenID providers (panva's oidc-provider) that play FranceConnect, itsme and Google on loopback, each with the
// quirks that matter: signed particulars, levels, sealed tokens. Started by house.py with one JSON argument; prints one
// line of JSON once all of them listen. Whoever comes is asked by a page with two buttons, as by the real ones.
import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const { clients, ports } = JSON.parse(process.argv[2]);
const ISSUERS = Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, `http://127.0.0.1:${port}`]));

/** Who may come, by login; a test adds others and changes them through POST /people. */
const people = new Map();

const key = (type, options, more) => ({ ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }), ...more });
const jwks = () => ({
  keys: [
    key('ec', { namedCurve: 'P-256' }, { kid: 'ec', use: 'sig', alg: 'ES256' }),
    key('rsa', { modulusLength: 2048 }, { kid: 'rsa', use: 'sig', alg: 'RS256' }),
  ],
});

const CIVIL = ['given_name', 'family_name', 'birthdate', 'gender', 'birthplace', 'birthcountry'];
const QUIRKS = {
  franceconnect: {
    acrValues: ['eidas1', 'eidas2', 'eidas3', 'low'],
    claims: { openid: ['sub'], ...Object.fromEntries(CIVIL.map((one) => [one, [one]])), email: ['email'] },
    client: {
      token_endpoint_auth_method: 'client_secret_post',
      id_token_signed_response_alg: 'ES256',
      userinfo_signed_response_alg: 'ES256',
    },
  },
  itsme: {
    claims: { openid: ['sub'], profile: CIVIL.slice(0, 4) },
    scopes: ['openid', 'profile', 'service:PREAU_TEST'],
    client: {
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'RS256',
      id_token_signed_response_alg: 'RS256',
      id_token_encrypted_response_alg: 'RSA-OAEP-256',
      id_token_encrypted_response_enc: 'A128CBC-HS256',
      userinfo_signed_response_alg: 'RS256',
      userinfo_encrypted_response_alg: 'RSA-OAEP-256',
      userinfo_encrypted_response_enc: 'A128CBC-HS256',
    },
  },
  google: {
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    client: { token_endpoint_auth_method: 'client_secret_post', id_token_signed_response_alg: 'RS256' },
  },
};

function provider(name) {
  const { client, ...quirks } = QUIRKS[name];
  const made = new Provider(ISSUERS[name], {
    ...quirks,
    jwks: jwks(),
    clients: [{ ...client, ...clients[name] }],
    pkce: { required: () => true },
    conformIdTokenClaims: true,
    // Both FranceConnect and we ask for it: a short nonce is refused before anybody is bothered.
    extraParams: {
      nonce(ctx, value) {
        if (value === undefined || value.length < 32) throw new Error('nonce');
      },
    },
    cookies: { keys: ['a test'], names: { session: `${name}_session`, interaction: `${name}_at`, resume: `${name}_on` } },
    features: {
      devInteractions: { enabled: false },
      jwtUserinfo: { enabled: true },
      encryption: { enabled: true },
      claimsParameter: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource(ctx, form) {
          const yes = '<input type="hidden" name="logout" value="yes" form="op.logoutForm">';
          ctx.body = `<!doctype html><title>Au revoir</title>${form}${yes}<script>document.forms[0].submit()</script>`;
        },
      },
    },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 300, AuthorizationCode: 60 },
    interactions: { url: (ctx, { uid }) => `/who/${uid}` },
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope([...ctx.oidc.requestParamScopes].join(' '));
      grant.addOIDCClaims([...CIVIL, 'email']);
      await grant.save();
      return grant;
    },
    findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ ...people.get(id), sub: people.get(id).sub || id }) }),
    renderError(ctx, out, error) {
      ctx.type = 'text';
      ctx.body = `${out.error}: ${out.error_description} ${error.message}`;
    },
  });
  made.on('server_error', (ctx, error) => console.error(name, error));
  return made;
}

function read(request) {
  return new Promise((done) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => done(body));
  });
}

async function ask(made, request, response) {
  const fields = new URLSearchParams(request.method === 'POST' ? await read(request) : '');
  if (request.method !== 'POST') {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><html lang="fr"><title>Qui êtes-vous ?</title><form method="post"><label>Nom <input name="login"></label>
      <button name="do" value="yes">Continuer</button> <button name="do" value="no">Refuser</button></form></html>`);
    return;
  }
  const said = fields.get('do') === 'no'
    ? { error: 'access_denied', error_description: 'User auth aborted' }
    : { login: { accountId: fields.get('login'), acr: people.get(fields.get('login')).acr || 'eidas1', remember: false } };
  await made.interactionFinished(request, response, said, { mergeWithLastSubmission: false });
}

for (const [name, port] of Object.entries(ports)) {
  const made = provider(name);
  const answer = made.callback();
  const server = createServer(async (request, response) => {
    if (request.url === '/people') {
      for (const [login, claims] of Object.entries(JSON.parse(await read(request)))) people.set(login, claims);
      response.end('{}');
    } else if (request.url.startsWith('/who/')) {
      await ask(made, request, response).catch((error) => {
        console.error(name, error);
        response.statusCode = 500;
        response.end(String(error));
      });
    } else {
      answer(request, response);
    }
  });
  await new Promise((done) => server.listen(port, '127.0.0.1', done));
}
console.log(JSON.stringify(ISSUERS));
