/**
 * The API as it is deployed: the template's gateway in front of the packaged function. Whoever may not ask is told so, and nothing
 * else; whoever may is answered as the description of the API says (src/answers/openapi).
 */
import { generateKeyPairSync } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, SignJWT, UnsecuredJWT } from 'jose';
import { startIssuer } from '../../src/local/issuer.ts';
import { ACCOUNT } from '../cli/history.ts';
import { type Answer, DESCRIPTION, strangersIn, strangersTo } from '../openapi/validator.ts';
import { type ApiHarness, AUDIENCE, bearer, MEMBER, startApiHarness } from './api-harness.ts';

jest.setTimeout(120_000);

let iam: ApiHarness;
let jwt: ApiHarness;
beforeAll(async () => {
  iam = await startApiHarness('iam');
  jwt = await startApiHarness('jwt');
});
afterAll(async () => {
  for (const api of [iam, jwt]) await api?.stop();
});

const MINUTE_MS = 60_000;
const PROBLEM = { $ref: '#/components/schemas/problem' };

/** Each described request, its path filled in. */
const PLACES: Readonly<Record<string, string>> = { run: 'latest', a: 'previous', b: 'latest', region: 'eu-west-1' };
const REQUESTS = Object.entries(DESCRIPTION.paths).map(([path, { get }]) => ({
  operationId: get.operationId,
  path: path.replace(/\{(\w+)\}/g, (_, name: string) => PLACES[name] ?? name),
}));
const whose = (account: string) => (request: (typeof REQUESTS)[number]) =>
  request.operationId === 'openapi' ? request : { ...request, path: `${request.path}?account=${account}` };
/** A list of accounts is of all, and the history of a region of one. */
const OF_ONE_ACCOUNT = REQUESTS.filter(({ operationId }) => operationId !== 'accounts').map(whose(ACCOUNT));
const OF_ALL_ACCOUNTS = REQUESTS.filter(({ operationId }) => operationId !== 'region').map(whose('organization'));
const ANSWERED = [
  ...new Map([...OF_ONE_ACCOUNT, ...OF_ALL_ACCOUNTS].map((request) => [request.path, request])).values(),
];

/** What only the ledger knows, or where it is, or how the code that reads it looks. */
const INSIDE =
  /\d{12}|20\d\d-\d\d-\d\d|[a-z]{2}-[a-z]+-\d|streams|arn:|kvs-census|complete|partial|dynamo|\.[cm]?[jt]s\b|\n +at /i;

const everythingOf = ({ status, headers, body }: Answer) => `${status}\n${[...headers].join('\n')}\n${body}`;

/** It is described, tells nothing, and the function has not even been invoked. */
async function expectRefusal(api: ApiHarness, status: 401 | 403, asked: () => Promise<Answer>): Promise<void> {
  const before = api.invocations();
  const answer = await asked();
  expect(answer.status).toBe(status);
  expect(everythingOf(answer)).not.toMatch(INSIDE);
  expect(strangersIn('latest', answer)).toEqual([]);
  expect(api.invocations()).toBe(before);
}

const WAYS = [
  { closedBy: 'iam', status: 403, api: () => iam },
  { closedBy: 'jwt', status: 401, api: () => jwt },
] as const;

describe.each(WAYS)('Closed by $closedBy', ({ closedBy, status, api }) => {
  const ask = async (path: string, more: Record<string, string> = {}) =>
    await api().send(path, { headers: { ...(await api().authorised(path)), ...more } });

  describe('whoever may ask', () => {
    test.each(ANSWERED)('$path is answered as described', async ({ operationId, path }) => {
      const answer = await ask(path);
      expect(answer.status).toBe(200);
      expect(strangersIn(operationId, answer)).toEqual([]);
    });

    test('a partial number says so, and how much is missing, in headers as well', async () => {
      const { headers, body } = await ask(`/v1/latest?account=${ACCOUNT}`);
      expect(['census-verdict', 'census-missing', 'census-run'].map((name) => headers.get(name))).toEqual([
        'partial',
        '1',
        JSON.parse(body).run.runId,
      ]);
    });

    test.each(ANSWERED)('$path: who has the answer is not sent it again', async ({ operationId, path }) => {
      const etag = (await ask(path)).headers.get('etag') ?? '';
      const again = await ask(path, { 'if-none-match': etag });
      expect([again.status, again.body]).toEqual([304, '']);
      expect(strangersIn(operationId, again)).toEqual([]);
    });

    test.each([
      ['latest', '/v1/latest?kind=cameras', 400],
      ['latest', '/v1/latest?kind=streams&kind=channels', 400],
      ['latest', '/v1/latest?colour=red', 400],
      ['latest', '/v1/latest?account=999999999999', 404],
      ['run', '/v1/runs/2020-01-01T00:00:00Z', 404],
      ['run', '/v1/runs/newest', 400],
      ['region', '/v1/regions/eu-west-9?account=123456789012', 404],
    ])('of %s, %s is %i, with a sentence', async (operationId, path, expected) => {
      const answer = await ask(path);
      expect(answer.status).toBe(expected);
      expect(strangersIn(operationId, answer)).toEqual([]);
    });

    test.each(['/v1', '/v2/latest', '/v1/latest/', '/v1/openapi.yaml', '/V1/latest', '/latest'])(
      '%s is nothing that can be asked',
      async (path) => {
        const answer = await ask(path);
        expect([answer.status, strangersTo(PROBLEM, JSON.parse(answer.body))]).toEqual([404, []]);
      },
    );

    test('the description that is served names the one way in', async () => {
      const served = JSON.parse((await ask('/v1/openapi.json')).body);
      expect([served.security, Object.keys(served.components.securitySchemes)]).toEqual([
        [{ [closedBy]: [] }],
        [closedBy],
      ]);
      expect(served.paths).toEqual(DESCRIPTION.paths);
    });
  });

  test.each([
    ...REQUESTS.map(({ path }) => path),
    '/data/newest',
    '/data/run/latest',
    '/anything',
    '/v1/../v1/latest',
    '/v1/%6Catest',
  ])(
    'nobody in particular is refused: %s',
    async (path) => await expectRefusal(api(), status, async () => await api().send(path)),
  );

  test.each(['HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE'])(
    'nobody in particular is refused: %s /v1/latest',
    async (method) => {
      const before = api().invocations();
      const answer = await api().send('/v1/latest', { method });
      expect([answer.status, api().invocations()]).toEqual([status, before]);
      expect(everythingOf(answer)).not.toMatch(INSIDE);
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    },
  );

  test('a refusal is in the access log, without the query', async () => {
    const before = api().lines.length;
    await api().send('/v1/latest?account=123456789012');
    const own = api()
      .lines.slice(before)
      .filter((line) => line.includes('/v1/latest'));
    expect(own).toHaveLength(1);
    expect(JSON.parse(own[0] ?? '')).toMatchObject({ path: '/v1/latest', status: String(status) });
    expect(own[0]).not.toContain('account');
  });
});

describe('Closed by iam, refused is', () => {
  const PATH = '/v1/runs?kind=streams&last=2';
  const BODY = '{"a":1}';

  test('nothing of what is changed below, as long as nothing is changed', async () => {
    expect((await iam.send(PATH, { headers: await iam.sign(PATH) })).status).toBe(200);
    const post = { method: 'POST', body: BODY };
    expect((await iam.send(PATH, { ...post, headers: await iam.sign(PATH, post) })).status).toBe(405);
  });

  test.each<[string, () => Parameters<ApiHarness['sign']>[1]]>([
    ['what was signed six minutes ago', () => ({ signingDate: new Date(Date.now() - 6 * MINUTE_MS) })],
    ['what will be signed in six minutes', () => ({ signingDate: new Date(Date.now() + 6 * MINUTE_MS) })],
    ['another secret', () => ({ credentials: { accessKeyId: 'local', secretAccessKey: 'guessed' } })],
    ['another region', () => ({ region: 'eu-west-1' })],
    ['a session of another account', () => ({ credentials: iam.session(MEMBER, Date.now() + MINUTE_MS) })],
    ['a session that is over', () => ({ credentials: iam.session(ACCOUNT, Date.now() - 1000) })],
    [
      "a session's key with a secret that is not its own",
      () => ({ credentials: { ...iam.session(ACCOUNT, Date.now() + MINUTE_MS), secretAccessKey: 'local' } }),
    ],
    [
      'a token that was changed',
      () => {
        const { sessionToken, ...keys } = iam.session(ACCOUNT, Date.now() + MINUTE_MS);
        return { credentials: { ...keys, sessionToken: `${sessionToken.slice(0, -4)}AAAA` } };
      },
    ],
  ])('%s', async (_, signing) => {
    await expectRefusal(iam, 403, async () => await iam.send(PATH, { headers: await iam.sign(PATH, signing()) }));
  });

  test("a session of the API's own account is not", async () => {
    const headers = await iam.sign(PATH, { credentials: iam.session(ACCOUNT, Date.now() + MINUTE_MS) });
    expect((await iam.send(PATH, { headers })).status).toBe(200);
  });

  type Change = {
    path?: string;
    method?: string;
    body?: string;
    headers?: (signed: Record<string, string>) => Record<string, string>;
  };
  const authorization = (from: string | RegExp, to: string) => ({
    headers: (signed: Record<string, string>) => ({
      ...signed,
      authorization: signed.authorization?.replace(from, to) ?? '',
    }),
  });

  const withKey = (signed: Record<string, string>, key: string) => ({
    ...signed,
    authorization: signed.authorization?.replace('Credential=local/', `Credential=${key}/`) ?? '',
  });

  test.each<[string, Change]>([
    ['another path', { path: '/v1/latest?kind=streams&last=2' }],
    ['a longer path', { path: '/v1/runs/latest?kind=streams&last=2' }],
    ['another value in its query', { path: '/v1/runs?kind=streams&last=9' }],
    ['a parameter more', { path: `${PATH}&account=organization` }],
    ['a parameter less', { path: '/v1/runs?kind=streams' }],
    ['another method', { method: 'PUT' }],
    ['another body', { body: '{"a":2}' }],
    ['no body', { body: '' }],
    ['another value of a signed header', { headers: (signed) => ({ ...signed, 'x-census': 'two' }) }],
    ['a signed header less', { headers: ({ 'x-census': _, ...signed }) => signed }],
    ['another day', authorization(/\/\d{8}\//, '/20200101/')],
    [
      'the key of a session',
      { headers: (signed) => withKey(signed, iam.session(ACCOUNT, Date.now() + MINUTE_MS).accessKeyId) },
    ],
    ['another signature', authorization(/Signature=./, 'Signature=x')],
    ['a header less among those that are signed', authorization(/;x-census/, '')],
    ['no signature', authorization(/, Signature=.*/, '')],
  ])(
    'a request that has %s',
    async (_, { path = PATH, method = 'POST', body = BODY, headers = (signed) => signed }) => {
      const signed = await iam.sign(PATH, { method: 'POST', body: BODY, headers: { 'x-census': 'one' } });
      await expectRefusal(iam, 403, async () => await iam.send(path, { method, body, headers: headers(signed) }));
    },
  );

  test('a presigned address, which a link of any page could be', async () => {
    const { authorization: header = '', 'x-amz-date': date = '' } = await iam.sign('/v1/latest');
    const part = (name: string) => new RegExp(`${name}=([^,]+)`).exec(header)?.[1] ?? '';
    const query = new URLSearchParams({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': part('Credential'),
      'X-Amz-Date': date,
      'X-Amz-Expires': '300',
      'X-Amz-SignedHeaders': part('SignedHeaders'),
      'X-Amz-Signature': part('Signature'),
    });
    await expectRefusal(iam, 403, async () => await iam.send(`/v1/latest?${query}`));
  });

  test('a token, for nobody was to bring one', async () => {
    await expectRefusal(
      iam,
      403,
      async () => await iam.send('/v1/latest', { headers: bearer(await iam.issuer.token()) }),
    );
  });
});

describe('Closed by jwt, refused is', () => {
  const SECONDS = () => Math.floor(Date.now() / 1000);

  test.each<[string, () => Record<string, unknown>]>([
    ['expired', () => ({ exp: SECONDS() - 1 })],
    ['without an end', () => ({ exp: undefined })],
    ['not yet valid', () => ({ nbf: SECONDS() + 600 })],
    ['for another audience', () => ({ aud: 'somebody-else' })],
    ['for nobody', () => ({ aud: undefined, client_id: undefined })],
    ['for a longer audience', () => ({ aud: `${AUDIENCE}-dev` })],
    ['of another issuer, by its own word', () => ({ iss: 'https://issuer.example' })],
  ])('a token that is %s', async (_, claims) => {
    await expectRefusal(
      jwt,
      401,
      async () => await jwt.send('/v1/latest', { headers: bearer(await jwt.issuer.token(claims())) }),
    );
  });

  test('a token of another issuer, which says that it is this one', async () => {
    const other = await startIssuer({ clientId: 'kvs-census-page', audience: AUDIENCE });
    try {
      const token = await other.token({ iss: jwt.issuer.url });
      await expectRefusal(jwt, 401, async () => await jwt.send('/v1/latest', { headers: bearer(token) }));
    } finally {
      await other.close();
    }
  });

  const flipped = (text: string) => `${text.slice(0, 10)}${text[10] === 'A' ? 'B' : 'A'}${text.slice(11)}`;
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

  test.each<[string, (token: string) => Promise<string> | string]>([
    ['another subject', (token) => withPayload(token, { sub: 'admin' })],
    ['another end', (token) => withPayload(token, { exp: SECONDS() + 86_400 })],
    ['another audience', (token) => withPayload(token, { aud: [AUDIENCE, 'more'] })],
    [
      'another header',
      (token) => `${encoded({ ...decodeProtectedHeader(token), typ: 'other' })}.${token.split('.').slice(1).join('.')}`,
    ],
    ['another signature', (token) => token.replace(/[^.]+$/, flipped)],
    ['no signature', (token) => token.replace(/[^.]+$/, '')],
    ['no algorithm', (token) => new UnsecuredJWT(decodeJwt(token)).encode()],
    [
      'a secret for a signature',
      async (token) => await signedBy(token, 'HS256', new TextEncoder().encode('x'.repeat(32))),
    ],
    [
      'a key of its own',
      async (token) => await signedBy(token, 'RS256', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey),
    ],
    [
      'another kind of key',
      async (token) => await signedBy(token, 'ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
    ],
    ['a part more', (token) => `${token}.${token}`],
  ])('a token that was given %s', async (_, change) => {
    const token = await change(await jwt.issuer.token());
    await expectRefusal(jwt, 401, async () => await jwt.send('/v1/latest', { headers: bearer(token) }));
  });

  function withPayload(token: string, claims: object): string {
    const [header, , signature] = token.split('.');
    return [header, encoded({ ...decodeJwt(token), ...claims }), signature].join('.');
  }

  async function signedBy(token: string, alg: string, key: Parameters<SignJWT['sign']>[0]): Promise<string> {
    return await new SignJWT(decodeJwt(token)).setProtectedHeader({ ...decodeProtectedHeader(token), alg }).sign(key);
  }

  test('a token that stands where none is looked for', async () => {
    const token = await jwt.issuer.token();
    await expectRefusal(jwt, 401, async () => await jwt.send(`/v1/latest?access_token=${token}`));
    await expectRefusal(jwt, 401, async () => await jwt.send('/v1/latest', { headers: { cookie: `token=${token}` } }));
    await expectRefusal(
      jwt,
      401,
      async () => await jwt.send('/v1/latest', { headers: { authorization: `Basic ${token}` } }),
    );
  });

  test('a signature, for nobody was to sign', async () => {
    await expectRefusal(jwt, 401, async () => await jwt.send('/v1/latest', { headers: await jwt.sign('/v1/latest') }));
  });

  test('not the page by which people sign in, which knows nothing of the ledger', async () => {
    const shell = await jwt.send('/');
    expect([shell.status, shell.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(everythingOf(shell)).not.toMatch(
      new RegExp(`${ACCOUNT}|${MEMBER}|2026-11-|Stores Europe|arn:|kvs-census-dev\\b`),
    );
    for (const path of ['//', '/index.html', '/data', '/%2F'])
      await expectRefusal(jwt, 401, async () => await jwt.send(path));
  });
});
