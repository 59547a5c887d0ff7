/** Whom the local issuer gives a token, and who may ask it. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { decodeJwt } from 'jose';
import { type Issuer, startIssuer } from '../../src/local/issuer.ts';

const PAGE = 'http://127.0.0.1:4000';
let issuer: Issuer;
beforeAll(async () => {
  issuer = await startIssuer({ clientId: 'page', audience: 'api' });
});
beforeEach(() => issuer.welcome(PAGE));
afterAll(() => issuer.close());

const verifier = randomBytes(32).toString('base64url');
const challenge = createHash('sha256').update(verifier).digest('base64url');
const ASKED = {
  response_type: 'code',
  client_id: 'page',
  redirect_uri: `${PAGE}/`,
  scope: 'openid',
  state: 'a state',
  code_challenge: challenge,
  code_challenge_method: 'S256',
};

type Fields = Readonly<Record<string, string | undefined>>;
const form = (fields: Fields) => {
  const filled = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) filled.set(name, value);
  return filled;
};

/** As a browser goes there. */
async function authorize(changes: Fields = {}) {
  const address = `${issuer.url}/authorize?${form({ ...ASKED, ...changes })}`;
  const answer = await fetch(address, { redirect: 'manual' });
  const location = answer.headers.get('location');
  return { status: answer.status, body: await answer.text(), back: location === null ? undefined : new URL(location) };
}

async function tokenFor(fields: Fields) {
  const answer = await fetch(`${issuer.url}/token`, { method: 'POST', body: form(fields) });
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
}

async function exchange(changes: Fields = {}) {
  const { back } = await authorize();
  const code = back?.searchParams.get('code') ?? '';
  const own = { grant_type: 'authorization_code', code, code_verifier: verifier };
  return await tokenFor({ ...own, client_id: 'page', redirect_uri: `${PAGE}/`, ...changes });
}

test('a page signs somebody in, and has a token for the API', async () => {
  const { status, back } = await authorize();
  expect([status, back?.origin, back?.pathname]).toEqual([302, PAGE, '/']);
  expect(back?.searchParams.get('state')).toBe('a state');
  const { status: given, body } = await exchange();
  expect(given).toBe(200);
  expect(decodeJwt(body.access_token!)).toMatchObject({ iss: issuer.url, aud: 'api', client_id: 'page', sub: 'local' });
  expect(decodeJwt(body.id_token!)).toMatchObject({ iss: issuer.url, aud: 'page', sub: 'local' });
});

test('a token can be had again by the one that refreshes it, once', async () => {
  const { body } = await exchange();
  const again = { grant_type: 'refresh_token', refresh_token: body.refresh_token, client_id: 'page' };
  const { status, body: next } = await tokenFor(again);
  expect(status).toBe(200);
  expect((await tokenFor(again)).status).toBe(400);
  expect((await tokenFor({ ...again, refresh_token: next.refresh_token })).status).toBe(200);
});

describe('Nobody is signed in', () => {
  test.each<[string, Fields]>([
    ['without a challenge', { code_challenge: undefined }],
    ['by a challenge that is its own answer', { code_challenge_method: 'plain' }],
    ['by a method that is not said', { code_challenge_method: undefined }],
    ['by a challenge that is none', { code_challenge: 'short' }],
    ['for another client', { client_id: 'else' }],
    ['to another page', { redirect_uri: 'https://evil.example/' }],
    ['to another path of the page', { redirect_uri: `${PAGE}/else` }],
    ['to another port', { redirect_uri: 'http://127.0.0.1:4001/' }],
    ['to nowhere', { redirect_uri: undefined }],
    ['by a token in the address', { response_type: 'token' }],
  ])('%s', async (_, changes) => {
    const { status, back } = await authorize(changes);
    expect([status, back]).toEqual([400, undefined]);
  });

  test('before there is a page', async () => {
    const alone = await startIssuer({ clientId: 'page', audience: 'api' });
    const answer = await fetch(`${alone.url}/authorize?${form(ASKED)}`, { redirect: 'manual' });
    await alone.close();
    expect(answer.status).toBe(400);
  });
});

describe('Somebody who signs out', () => {
  const leave = async (changes: Fields = {}) => {
    const asked = { client_id: 'page', post_logout_redirect_uri: `${PAGE}/`, ...changes };
    const answer = await fetch(`${issuer.url}/endsession?${form(asked)}`, { redirect: 'manual' });
    return [answer.status, answer.headers.get('location')];
  };

  test('comes back to the page', async () => {
    expect(await leave()).toEqual([302, `${PAGE}/`]);
  });

  test.each([[{ post_logout_redirect_uri: 'https://evil.example/' }], [{ client_id: 'else' }]])(
    'is sent nowhere else: %j',
    async (changes) => {
      expect(await leave(changes)).toEqual([400, null]);
    },
  );
});

describe('No token is given', () => {
  test.each<[string, Fields]>([
    ['without the verifier', { code_verifier: undefined }],
    ['for another verifier', { code_verifier: randomBytes(32).toString('base64url') }],
    ['for a code that nobody was given', { code: 'abc' }],
    ['to another client', { client_id: 'else' }],
    ['to no client', { client_id: undefined }],
    ['for another address', { redirect_uri: 'http://127.0.0.1:4001/' }],
    ['for a password', { grant_type: 'password', username: 'me', password: 'x' }],
    ['for being a client', { grant_type: 'client_credentials' }],
    ['for an assertion', { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: 'a.e30.b' }],
    ['for a refresh token that nobody was given', { grant_type: 'refresh_token', refresh_token: 'abc' }],
  ])('%s', async (_, changes) => {
    const { status, body } = await exchange(changes);
    expect(status).toBe(400);
    expect(JSON.stringify(body)).not.toContain('access_token');
  });

  test('twice for one code', async () => {
    const { back } = await authorize();
    const code = back?.searchParams.get('code') ?? '';
    const own = { grant_type: 'authorization_code', code, code_verifier: verifier };
    const ask = () => tokenFor({ ...own, client_id: 'page', redirect_uri: `${PAGE}/` });
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 400]);
  });
});

describe('A browser', () => {
  /** `fetch` would say for itself how it came. */
  async function get(path: string, headers: Record<string, string>, method = 'GET') {
    const asked = request(`${issuer.url}${path}`, { method, headers });
    asked.end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
  }
  const WELL_KNOWN = '/.well-known/openid-configuration';

  test('lets the page read the answers, and no other one', async () => {
    const own = await get(WELL_KNOWN, { origin: PAGE, 'sec-fetch-site': 'same-site' });
    expect([own.status, own.headers['access-control-allow-origin']]).toEqual([200, PAGE]);
    expect(own.headers.vary).toBe('origin');
    expect(JSON.parse(own.body)).toMatchObject({
      issuer: issuer.url,
      code_challenge_methods_supported: ['S256'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
    });
    for (const origin of ['http://127.0.0.1:4001', 'https://evil.example', 'null']) {
      const foreign = await get(WELL_KNOWN, { origin, 'sec-fetch-site': 'same-site' });
      expect([foreign.status, foreign.headers['access-control-allow-origin']]).toEqual([403, undefined]);
    }
  });

  test('may ask for the page beforehand, and for no other one', async () => {
    const before = await get('/token', { origin: PAGE, 'access-control-request-method': 'POST' }, 'OPTIONS');
    expect([before.status, before.headers['access-control-allow-origin']]).toEqual([204, PAGE]);
    expect((await get('/token', { origin: 'https://evil.example' }, 'OPTIONS')).status).toBe(403);
  });

  const VISIT = { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

  test('comes from the page with its whole window', async () => {
    expect((await get(`/authorize?${form(ASKED)}`, VISIT)).status).toBe(302);
    const left = `client_id=page&post_logout_redirect_uri=${PAGE}/`;
    expect((await get(`/endsession?${left}`, VISIT)).status).toBe(302);
  });

  test.each([
    ['from a page of another machine', '/authorize', { ...VISIT, 'sec-fetch-site': 'cross-site' }],
    ['in a frame', '/authorize', { ...VISIT, 'sec-fetch-dest': 'iframe' }],
    ['to read', '/authorize', { ...VISIT, 'sec-fetch-mode': 'cors' }],
    ['to another path', '/userinfo', VISIT],
  ])('does not come %s', async (_, path, headers) => {
    expect((await get(`${path}?${form(ASKED)}`, headers)).status).toBe(403);
  });

  test('is told nothing under another name', async () => {
    const { status } = await fetch(`${issuer.url}${WELL_KNOWN}`, {
      headers: { origin: PAGE.replace('127.0.0.1', 'localhost') },
    });
    expect(status).toBe(403);
  });
});

test('whatever is no browser needs no origin, and reads no permission for one', async () => {
  const answer = await fetch(`${issuer.url}/jwks`);
  const { keys } = (await answer.json()) as { keys: Record<string, unknown>[] };
  expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  expect(keys).toEqual([{ kty: 'RSA', alg: 'RS256', n: expect.any(String), e: 'AQAB', kid: expect.any(String) }]);
});
