/** Who is let in by a token, over HTTP: tokens of a local issuer, and others. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { type Issuer, startIssuer } from '../../../src/local/issuer.ts';
import { listenLocally } from '../../../src/local/listen.ts';
import { cleanUp, type Recorded } from '../sample-stack.ts';
import { AUDIENCE, ask, JWT_ROUTE, startApi } from './sample-api.ts';

const CLIENT = { clientId: 'page', audience: AUDIENCE };
const SCOPED = { ...JWT_ROUTE, AuthorizationScopes: ['census/read', 'census/all'] };

let issuer: Issuer;
let foreign: Issuer;
let stack: Recorded;
beforeAll(async () => {
  issuer = await startIssuer(CLIENT);
  foreign = await startIssuer(CLIENT);
  const routes = { $default: JWT_ROUTE, 'GET /v1/scoped': SCOPED, 'GET /': {} };
  stack = await startApi({ routes, issuer: issuer.url });
});
afterAll(async () => {
  await issuer.close();
  await foreign.close();
  await cleanUp();
});

async function asked(authorization: string | undefined, path = '/v1/latest', url = stack.url) {
  const answer = await fetch(`${url}${path}`, { headers: authorization === undefined ? {} : { authorization } });
  const { status, headers } = answer;
  return { status, body: await answer.text(), challenge: headers.get('www-authenticate') };
}

const seconds = () => Math.floor(Date.now() / 1000);
const unauthorized = (why: string) => ({
  status: 401,
  body: '{"message":"Unauthorized"}',
  challenge: `Bearer scope="" error="invalid_token" error_description="${why}"`,
});

describe('Let in is', () => {
  test('whoever has a token, and the function is told its claims as texts', async () => {
    const exp = seconds() + 60;
    const token = await issuer.token({ exp, groups: ['a', 'b'], admin: true, at: { b: 1, a: null } });
    const { status, body } = await asked(`Bearer ${token}`);
    expect(status).toBe(200);
    const { authorizer } = (JSON.parse(body) as { requestContext: { authorizer: object } }).requestContext;
    expect(authorizer).toEqual({
      jwt: {
        scopes: null,
        claims: {
          ...{ iss: issuer.url, aud: AUDIENCE, client_id: 'page', sub: 'local', scope: 'openid', exp: String(exp) },
          ...{ iat: expect.stringMatching(/^\d+$/), nbf: expect.stringMatching(/^\d+$/) },
          ...{ groups: '[a b]', admin: 'true', at: 'map[a:<nil> b:1]' },
        },
      },
    });
  });

  test.each([
    ['one of the audiences', { aud: ['x', 'another'] }],
    ['a client in the place of an audience', { aud: undefined, client_id: AUDIENCE }],
  ])('a token for %s', async (_, claims) => {
    expect(await asked(`Bearer ${await issuer.token(claims)}`)).toMatchObject({ status: 200 });
  });

  test('a token whose word Bearer is in small letters', async () => {
    expect(await asked(`bearer ${await issuer.token()}`)).toMatchObject({ status: 200 });
  });

  test.each([
    ['scope', 'openid census/read'],
    ['scp', ['census/read', 'openid']],
  ])('a token with a scope of the route, as %s', async (name, value) => {
    const { status, body } = await asked(
      `Bearer ${await issuer.token({ scope: undefined, [name]: value })}`,
      '/v1/scoped',
    );
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ requestContext: { authorizer: { jwt: { scopes: ['census/read'] } } } });
  });

  test('anybody, to a route that asks nobody', async () => {
    expect(await asked(undefined, '/')).toMatchObject({ status: 200 });
  });
});

describe('Refused is', () => {
  test('whoever has no token', async () => {
    const none = { status: 401, body: '{"message":"Unauthorized"}', challenge: 'Bearer' };
    expect(await asked(undefined)).toEqual(none);
    expect(await asked('Bearer ')).toMatchObject({ status: 401 });
  });

  test('whoever signs instead', async () => {
    expect((await ask(`${stack.url}/v1/latest`)).status).toBe(401);
  });

  test.each([
    ['is over', { exp: seconds() - 1 }, 'the token has expired'],
    ['never ends', { exp: undefined }, 'the token has no valid exp'],
    ['is not yet', { nbf: seconds() + 3600 }, 'the token has no valid nbf'],
    ['was given in the future', { iat: seconds() + 3600 }, 'the token is of the future'],
    ['is for somebody else', { aud: 'else' }, 'the token does not have a valid audience'],
    [
      'is for somebody else, whatever its client',
      { aud: 'else', client_id: AUDIENCE },
      'the token does not have a valid audience',
    ],
    ['is for nobody', { aud: undefined, client_id: undefined }, 'the token does not have a valid audience'],
    ['names another issuer', { iss: 'https://example.com' }, 'the token has no valid iss'],
    ['names no issuer', { iss: undefined }, 'the token has no valid iss'],
  ])('a token that %s', async (_, claims, why) => {
    expect(await asked(`Bearer ${await issuer.token(claims)}`)).toEqual(unauthorized(why));
  });

  test('a token without a scope of the route', async () => {
    expect(await asked(`Bearer ${await issuer.token({ scope: 'openid census/reading' })}`, '/v1/scoped')).toEqual({
      status: 403,
      body: '{"message":"Forbidden"}',
      challenge:
        'Bearer scope="census/read census/all" error="insufficient_scope" error_description="the token has none of the scopes that are needed"',
    });
  });

  const NOT_THEIRS = unauthorized('the token is not signed by a key of the issuer');

  test('a token of another issuer, also where it names this one', async () => {
    const names = await foreign.token({ iss: issuer.url });
    expect(await asked(`Bearer ${names}`)).toEqual(NOT_THEIRS);
    const { status } = await asked(`Bearer ${await foreign.token()}`);
    expect(status).toBe(401);
  });

  test('whoever brings two, though the first is good', async () => {
    const Authorization = [`Bearer ${await issuer.token()}`, 'Bearer another'];
    const asking = request(`${stack.url}/v1/latest`, { headers: { Authorization } });
    asking.end();
    const [answer] = (await once(asking, 'response')) as [IncomingMessage];
    answer.resume();
    expect(answer.statusCode).toBe(401);
  });

  const parts = async () => (await issuer.token()).split('.') as [string, string, string];
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const decoded = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object;

  test('a token whose claims were changed', async () => {
    const [header, payload, signature] = await parts();
    const changed = encoded({ ...decoded(payload), sub: 'root' });
    expect(await asked(`Bearer ${header}.${changed}.${signature}`)).toEqual(NOT_THEIRS);
  });

  test('a token that says it is not signed', async () => {
    const [, payload] = await parts();
    expect(await asked(`Bearer ${encoded({ alg: 'none' })}.${payload}.`)).toEqual(
      unauthorized('the token is not signed by RSA'),
    );
  });

  test('a token that is signed with the public key as if it were a secret', async () => {
    const [header, payload] = await parts();
    const { keys } = (await (await fetch(`${issuer.url}/jwks`)).json()) as { keys: { n: string; kid: string }[] };
    const forged = await new SignJWT(decoded(payload) as Record<string, unknown>)
      .setProtectedHeader({ ...decoded(header), alg: 'HS256' })
      .sign(Buffer.from(keys[0]!.n, 'base64url'));
    expect(await asked(`Bearer ${forged}`)).toEqual(unauthorized('the token is not signed by RSA'));
  });

  test.each(['abc', 'a.b', 'a.b.c', `${'a'.repeat(4000)}.b.c`, 'Basic bG9jYWw6bG9jYWw='])(
    'what is no token: %s',
    async (token) => {
      expect(await asked(`Bearer ${token}`)).toMatchObject({ status: 401, body: '{"message":"Unauthorized"}' });
    },
  );
});

describe('Of an issuer', () => {
  /** An issuer that answers with these keys. */
  async function withKeys(jwks: object) {
    const server = await listenLocally((request, response) => {
      const isKeys = request.url === '/keys';
      response.end(JSON.stringify(isKeys ? jwks : { issuer: server.url, jwks_uri: `${server.url}/keys` }));
    });
    return server;
  }

  test('a key of another kind than RSA is none', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const server = await withKeys({ keys: [{ ...(await exportJWK(publicKey)), kid: 'a', alg: 'ES256' }] });
    const api = await startApi({ routes: { $default: JWT_ROUTE }, issuer: server.url });
    const token = await new SignJWT({ iss: server.url, aud: AUDIENCE, exp: seconds() + 60 })
      .setProtectedHeader({ alg: 'ES256', kid: 'a' })
      .sign(privateKey);
    expect(await asked(`Bearer ${token}`, '/v1', api.url)).toEqual(unauthorized('the token is not signed by RSA'));
    await server.close();
  });

  test('a token must name its key', async () => {
    const { publicKey, privateKey } = await generateKeyPair('RS256');
    const server = await withKeys({ keys: [{ ...(await exportJWK(publicKey)), kid: 'a', alg: 'RS256' }] });
    const api = await startApi({ routes: { $default: JWT_ROUTE }, issuer: server.url });
    const token = (header: object) =>
      new SignJWT({ iss: server.url, aud: AUDIENCE, exp: seconds() + 60 })
        .setProtectedHeader({ alg: 'RS256', ...header })
        .sign(privateKey);
    expect(await asked(`Bearer ${await token({ kid: 'a' })}`, '/v1', api.url)).toMatchObject({ status: 200 });
    const nameless = unauthorized('the token does not name its key');
    expect(await asked(`Bearer ${await token({})}`, '/v1', api.url)).toEqual(nameless);
    await server.close();
  });

  test('that cannot be reached no token is good, and all are once it answers', async () => {
    const gone = await startIssuer(CLIENT);
    const port = Number(new URL(gone.url).port);
    await gone.close();
    const api = await startApi({ routes: { $default: JWT_ROUTE }, issuer: gone.url });
    const token = await gone.token();
    const why = 'OIDC discovery endpoint communication error';
    expect(await asked(`Bearer ${token}`, '/v1', api.url)).toEqual(unauthorized(why));
    const back = await startIssuer(CLIENT, port);
    expect(await asked(`Bearer ${await back.token()}`, '/v1', api.url)).toMatchObject({ status: 200 });
    await back.close();
  });

  test('that leads elsewhere nobody is asked there', async () => {
    const server = await listenLocally((_request, response) => {
      response.writeHead(302, { location: `${issuer.url}/.well-known/openid-configuration` }).end();
    });
    const api = await startApi({ routes: { $default: JWT_ROUTE }, issuer: server.url });
    const answer = await asked(`Bearer ${await issuer.token({ iss: server.url })}`, '/v1', api.url);
    await server.close();
    expect(answer).toEqual(unauthorized('OIDC discovery endpoint communication error'));
  });

  test('that never answers no request waits long', async () => {
    const silent = await listenLocally(() => {});
    const api = await startApi({ routes: { $default: JWT_ROUTE }, issuer: silent.url });
    const answer = await asked(`Bearer ${await issuer.token()}`, '/v1', api.url);
    await silent.close();
    expect(answer).toEqual(unauthorized('OIDC discovery endpoint communication error'));
  });
});
