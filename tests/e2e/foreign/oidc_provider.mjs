// One tenant's face of Entra, made by an engine that is not ours: npm `oidc-provider`.
//
// Arguments: the folder with its packages, and what it serves as JSON (`tenant`, `people`, `api`,
// `assistant`, `tokenSeconds`, `graphTokens`). Prints one JSON object a line: where it listens, then every grant.
// Ends when its standard input does.
import { createHash, generateKeyPairSync, randomUUID, X509Certificate } from 'node:crypto';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const [folder, given] = process.argv.slice(2);
const packages = createRequire(`${folder}/`);
const { default: Provider, errors } = packages('oidc-provider');
const jose = packages('jose');
const { tenant, people, api, assistant, tokenSeconds, graphTokens } = JSON.parse(given);

const GRAPH = 'https://graph.microsoft.com/';
const ON_BEHALF_OF = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const resource = `api://${api.clientId}`;
const scope = `${resource}/access`;

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
// Its advice to whoever runs it would stand between our lines.
console.info = console.error;
console.log = console.error;

const server = createServer();
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const base = `http://127.0.0.1:${server.address().port}`;
const issuer = `${base}/${tenant}/v2.0`;

const key = (alg, type, options) => {
  const { privateKey } = generateKeyPairSync(type, options);
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg };
};
const rsa = key('RS256', 'rsa', { modulusLength: 2048 });
// A key that Entra's clients cannot use: they have to pass it over.
const jwks = { keys: [key('ES256', 'ec', { namedCurve: 'P-256' }), rsa] };
const publicKeys = jose.createLocalJWKSet({
  keys: [{ kty: rsa.kty, n: rsa.n, e: rsa.e, kid: rsa.kid, use: rsa.use, alg: rsa.alg }],
});

const certificate = api.certificate && new X509Certificate(api.certificate);
const thumbprint = certificate && createHash('sha256').update(certificate.raw).digest('base64url');
const credential = certificate
  ? {
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'PS256',
      jwks: { keys: [{ ...certificate.publicKey.export({ format: 'jwk' }), use: 'sig', alg: 'PS256' }] },
    }
  : { token_endpoint_auth_method: 'client_secret_post', client_secret: api.secret };

const person = (name) => people.find(({ key, oid }) => key === name || oid === name);
const pairwise = (oid) => createHash('sha256').update(`${oid} ${api.clientId}`).digest('base64url');

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: api.clientId,
      redirect_uris: api.redirectUris,
      grant_types: ['authorization_code', 'refresh_token', ON_BEHALF_OF],
      application_type: 'native',
      ...credential,
    },
    {
      client_id: assistant.clientId,
      redirect_uris: assistant.redirectUris,
      grant_types: ['authorization_code', 'refresh_token'],
      application_type: 'native',
      token_endpoint_auth_method: 'none',
    },
  ],
  jwks,
  cookies: { keys: [randomUUID()] },
  pkce: { required: () => true },
  routes: {
    authorization: `/${tenant}/oauth2/v2.0/authorize`,
    token: `/${tenant}/oauth2/v2.0/token`,
    jwks: `/${tenant}/discovery/v2.0/keys`,
  },
  rotateRefreshToken: true,
  findAccount: (_, oid) => person(oid) && { accountId: oid, claims: () => ({ sub: pairwise(oid) }) },
  interactions: { url: (_, { uid }) => `/sign-in/${uid}` },
  ttl: { AccessToken: tokenSeconds, Grant: 86400, Interaction: 600, RefreshToken: 86400, Session: 86400 },
  features: {
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => resource,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope,
        audience: api.clientId,
        accessTokenFormat: 'jwt',
        accessTokenTTL: tokenSeconds,
        jwt: { sign: { alg: 'RS256', kid: rsa.kid } },
      }),
    },
  },
  formats: {
    customizers: {
      // Entra's claims in the place of RFC 9068's.
      jwt: (_, token, parts) => {
        const { oid, name, upn } = person(token.accountId);
        const { aud, iat, exp, iss, jti } = parts.payload;
        parts.header = { typ: 'JWT' };
        parts.payload = {
          aud, iss, iat, nbf: iat, exp, name, oid, preferred_username: upn,
          azp: token.clientId, azpacr: token.clientId === api.clientId ? '1' : '0',
          scp: 'access', sub: pairwise(oid), tid: tenant, uti: jti, ver: '2.0',
        };
      },
    },
  },
  assertJwtClientAuthClaimsAndHeader: (_, claims, header) => {
    if (header['x5t#S256'] !== thumbprint) {
      throw new errors.InvalidClientAuth('the header names another certificate');
    }
    if (claims.exp - claims.iat > 600) {
      throw new errors.InvalidClientAuth('an assertion lives for ten minutes at most');
    }
  },
});

async function onBehalfOf(ctx) {
  const { client, params } = ctx.oidc;
  if (params.requested_token_use !== 'on_behalf_of' || !params.assertion || !params.scope) {
    throw new errors.InvalidRequest('an exchange on behalf of a person says so');
  }
  const expected = { issuer, audience: client.clientId, algorithms: ['RS256'] };
  const { payload } = await jose.jwtVerify(params.assertion, publicKeys, expected).catch((cause) => {
    throw new errors.InvalidGrant('the assertion is not ours', { cause });
  });
  const scopes = params.scope.split(' ');
  if (!scopes.every((name) => name.startsWith(GRAPH))) {
    throw new errors.InvalidScope('only Graph is known here', params.scope);
  }
  const order = {
    user: person(payload.oid).key,
    connector: api.name,
    scope: scopes.map((name) => name.slice(GRAPH.length)).join(' '),
  };
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(graphTokens, { method: 'POST', headers, body: JSON.stringify(order) });
  if (!answer.ok) throw new errors.InvalidGrant('Graph gives no token for that');
  const { access_token, expires_in } = await answer.json();
  ctx.body = { token_type: 'Bearer', scope: params.scope, expires_in, access_token };
}
const PARAMETERS = ['assertion', 'requested_token_use', 'scope', 'claims'];
provider.registerGrantType(ON_BEHALF_OF, onBehalfOf, PARAMETERS);

const tell = (outcome) => (ctx) => say({ outcome, fields: ctx.oidc.body ?? {} });
provider.on('grant.success', tell('success'));
provider.on('grant.error', (ctx, error) => tell(`${error.error}: ${error.error_detail ?? error.error_description}`)(ctx));
provider.on('server_error', (_, error) => console.error(error));

/// The page on which a person says who they are, with the buttons of the stand-in for Entra.
async function signIn(request, response) {
  const { uid, params } = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    const buttons = people.map(({ key }) => `<button name="stand_in_user" value="${key}">${key}</button>`);
    response.setHeader('content-type', 'text/html; charset=utf-8');
    return response.end(
      `<!doctype html><html lang="en"><title>Sign in</title><form method="post" action="/sign-in/${uid}">${buttons.join('')}</form></html>`,
    );
  }
  const chunks = await Array.fromAsync(request);
  const { oid } = person(new URLSearchParams(Buffer.concat(chunks).toString()).get('stand_in_user'));
  const grant = new provider.Grant({ accountId: oid, clientId: params.client_id });
  grant.addOIDCScope('openid offline_access');
  grant.addResourceScope(resource, scope);
  const result = { login: { accountId: oid }, consent: { grantId: await grant.save() } };
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

const engine = provider.callback();
server.on('request', (request, response) => {
  const url = new URL(request.url, base);
  if (url.pathname.startsWith('/sign-in/')) {
    return signIn(request, response).catch((error) => response.writeHead(400).end(`${error}`));
  }
  // Entra has its discovery document beside its own paths,
  if (url.pathname === `/${tenant}/v2.0/.well-known/openid-configuration`) {
    request.url = '/.well-known/openid-configuration';
  }
  // and gives refresh tokens without asking again, which OpenID Connect has no parameter for.
  if (url.searchParams.get('scope')?.includes('offline_access')) {
    url.searchParams.set('prompt', 'consent');
    request.url = `${url.pathname}${url.search}`;
  }
  return engine(request, response);
});

process.stdin.on('end', () => process.exit(0)).resume();
say({ listening: base });
