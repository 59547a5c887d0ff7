/** Who is let in by a signature, over HTTP: requests are signed as an SDK signs them, and then changed. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import fc from 'fast-check';
import { whyNotSigned } from '../../../src/local/gateway/signature.ts';
import { makeVideoService } from '../../../src/local/video-service.ts';
import { accountsWorld, HUB, NORTH } from '../accounts-lab.ts';
import { cleanUp, clientOptions, type Recorded } from '../sample-stack.ts';
import { ACCOUNT, ask, IAM_ROUTE, REGION, signedHeaders, startApi } from './sample-api.ts';

let stack: Recorded;
beforeAll(async () => {
  stack = await startApi({ routes: { $default: IAM_ROUTE } });
});
afterAll(cleanUp);

const FORBIDDEN = { status: 403, body: '{"message":"Forbidden"}' };

async function seen(asked: Promise<Response>) {
  const answer = await asked;
  return { status: answer.status, body: await answer.text() };
}

describe('Let in is', () => {
  test('whoever has the local secret, and the function is told who it is', async () => {
    const answer = await ask(`${stack.url}/v1/latest`, {
      credentials: { accessKeyId: 'somebody', secretAccessKey: 'local' },
    });
    expect(((await answer.json()) as { requestContext: { authorizer: unknown } }).requestContext.authorizer).toEqual({
      iam: {
        ...{ accessKey: 'somebody', accountId: ACCOUNT, callerId: ACCOUNT, userId: ACCOUNT },
        ...{ cognitoIdentity: null, principalOrgId: null, userArn: `arn:aws:iam::${ACCOUNT}:root` },
      },
    });
  });

  test.each([
    ['with a query in any order', '/v1/runs?last=3&kind=channels&account=1&kind=a', {}],
    ['with the names of what every object has', '/v1/runs?constructor=1&toString=2&hasOwnProperty=', {}],
    ['with names and values that are encoded', '/v1/runs/2026-11-20T20%3A18?a%20b=c%26d%2Be&%C3%BC=%E2%82%AC', {}],
    ['with a path of more than letters', "/v1/runs/2026-11-20T20:18:26Z/latest~1/a+b(c)!*'", {}],
    ['with a slash at its end', '/v1/runs/', {}],
    ['for the API’s own page', '/', {}],
    ['with a body', '/v1/x', { method: 'POST', body: '{"a":"ü"}', headers: { 'content-type': 'application/json' } }],
    ['with headers of its own', '/v1/x', { headers: { accept: 'text/html', 'x-two-spaces': 'a  b' } }],
    ['that is four minutes old', '/v1/x', { signingDate: new Date(Date.now() - 4 * 60_000) }],
    ['that is four minutes ahead', '/v1/x', { signingDate: new Date(Date.now() + 4 * 60_000) }],
  ])('a request %s', async (_, path, signing) => {
    expect(await seen(ask(`${stack.url}${path}`, signing))).toMatchObject({ status: 200 });
  });
});

describe('Refused is', () => {
  test('whoever does not sign', async () => {
    expect(await seen(fetch(`${stack.url}/v1/latest`))).toEqual(FORBIDDEN);
  });

  test.each([
    ['with another secret', { credentials: { accessKeyId: 'local', secretAccessKey: 'guessed' } }],
    ['in another region', { region: 'us-east-1' }],
    ['six minutes ago', { signingDate: new Date(Date.now() - 6 * 60_000) }],
    ['six minutes ahead', { signingDate: new Date(Date.now() + 6 * 60_000) }],
    ['without its host', { unsigned: ['host'] }],
  ])('what is signed %s', async (_, signing) => {
    expect(await seen(ask(`${stack.url}/v1/latest`, signing))).toEqual(FORBIDDEN);
  });

  test('what is signed for another service: the API never sees it', async () => {
    const answer = await ask(`${stack.url}/v1/latest`, { service: 'ec2' });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('The local stack has no service ec2');
  });

  const BODY = '{"a":1}';
  const POST = { method: 'POST', body: BODY, headers: { 'content-type': 'application/json', accept: 'text/html' } };

  /** What is signed, and what is then sent. */
  async function tamper(change: {
    path?: string;
    method?: string;
    body?: string;
    headers?: (headers: Record<string, string>) => void;
    /** A second header of that name. */
    again?: string;
  }) {
    const path = '/v1/runs/latest?kind=streams&last=3';
    const { host: _, ...headers } = await signedHeaders(`${stack.url}${path}`, POST);
    change.headers?.(headers);
    const { method = 'POST', body = BODY } = change;
    // As it is: `fetch` would shorten a path.
    const twice = change.again === undefined ? {} : { Authorization: [headers.authorization ?? '', change.again] };
    const asked = request(stack.url, { method, path: change.path ?? path, headers: { ...headers, ...twice } });
    asked.end(body);
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return { status: answer.statusCode, body: await text(answer) };
  }

  test('nothing of the request that is tampered with below', async () => {
    expect(await tamper({})).toMatchObject({ status: 200 });
  });

  const edit = (name: string, change: (value: string) => string) => ({
    headers: (headers: Record<string, string>) => {
      headers[name] = change(headers[name] ?? '');
    },
  });

  test.each([
    ['another path', { path: '/v1/runs/latest~1?kind=streams&last=3' }],
    ['a longer path', { path: '/v1/runs/latest/explain?kind=streams&last=3' }],
    ['a longer way to write the same path', { path: '/v1/accounts/../runs/latest?kind=streams&last=3' }],
    ['one of the same length', { path: '/v1/./runs/latest?kind=streams&last=3' }],
    ['another way to write the same path', { path: '/v1/accounts/%2E%2E/runs/latest?kind=streams&last=3' }],
    ['a path with a hole', { path: '/v1//runs/latest?kind=streams&last=3' }],
    ['another value in the query', { path: '/v1/runs/latest?kind=streams&last=4' }],
    ['a parameter more', { path: '/v1/runs/latest?kind=streams&last=3&account=1' }],
    ['a parameter twice', { path: '/v1/runs/latest?kind=streams&last=3&last=3' }],
    ['a parameter less', { path: '/v1/runs/latest?kind=streams' }],
    ['a parameter that a signer would overlook', { path: '/v1/runs/latest?kind=streams&last=3&x-amz-signature=a' }],
    ['another one', { path: '/v1/runs/latest?kind=streams&last=3&__proto__=a' }],
    ['a query that cannot be decoded', { path: '/v1/runs/latest?kind=streams&last=3&%zz' }],
    ['another method', { method: 'PUT' }],
    ['another body', { body: '{"a":2}' }],
    [
      'another body with its hash',
      {
        body: '',
        ...edit('x-amz-content-sha256', () => 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'),
      },
    ],
    ['a body that is said not to be signed', edit('x-amz-content-sha256', () => 'UNSIGNED-PAYLOAD')],
    ['another value of a signed header', edit('accept', () => 'text/plain')],
    ['a signed header less', { headers: (headers: Record<string, string>) => void delete headers.accept }],
    ['a header of AWS’s own more', edit('x-amz-target', () => 'Anything')],
    ['a token that is not signed', edit('x-amz-security-token', () => 'a')],
    [
      'another instant',
      edit('x-amz-date', (date) =>
        date.replace(/\d\dZ$/, (seconds) => `${(Number.parseInt(seconds, 10) + 1) % 60}Z`.padStart(3, '0')),
      ),
    ],
    ['no instant', { headers: (headers: Record<string, string>) => void delete headers['x-amz-date'] }],
    ['an instant that there is none of', edit('x-amz-date', (date) => `${date.slice(0, 9)}256199Z`)],
    ['another day in its scope', edit('authorization', (value) => value.replace(/\/\d{8}\//, '/20200101/'))],
    ['another region in its scope', edit('authorization', (value) => value.replace(`/${REGION}/`, '/eu-west-1/'))],
    ['fewer signed headers', edit('authorization', (value) => value.replace('accept;', ''))],
    ['no host among those', edit('authorization', (value) => value.replace(';host', ''))],
    ['a header too many among those', edit('authorization', (value) => value.replace(';host', ';host;toString'))],
    ...['constructor', '__proto__', 'tostring'].map((name): [string, object] => [
      `the header ${name} among those, which nobody sent`,
      edit('authorization', (value) => value.replace('SignedHeaders=', `SignedHeaders=${name};`)),
    ]),
    [
      'one letter of the signature changed',
      edit('authorization', (value) => value.replace(/.$/, (last) => (last === '0' ? '1' : '0'))),
    ],
    ['a signature cut short', edit('authorization', (value) => value.slice(0, -1))],
    ['a second signature', { again: 'AWS4-HMAC-SHA256 of somebody else' }],
    ['another algorithm', edit('authorization', (value) => value.replace('AWS4-HMAC-SHA256', 'AWS4-HMAC-SHA1'))],
  ])('a request with %s', async (_, change) => {
    expect(await tamper(change)).toEqual(FORBIDDEN);
  });

  test('a presigned URL', async () => {
    const { authorization = '', 'x-amz-date': date } = await signedHeaders(`${stack.url}/v1/latest`);
    const [, credential, names, signature] = /Credential=(\S+), SignedHeaders=(\S+), Signature=(\S+)/.exec(
      authorization,
    )!;
    const query = new URLSearchParams({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': credential!,
      'X-Amz-Date': date!,
      'X-Amz-Expires': '300',
      'X-Amz-SignedHeaders': names!,
      'X-Amz-Signature': signature!,
    });
    expect(await seen(fetch(`${stack.url}/v1/latest?${query}`))).toEqual(FORBIDDEN);
  });
});

test('whatever a request says of its signature, it is refused and harms nobody', async () => {
  const name = fc.oneof(fc.constantFrom('host', 'x-amz-date', 'constructor', '__proto__', 'date'), fc.string());
  const authorization = fc.oneof(
    fc.string(),
    fc
      .record({
        day: fc.constantFrom('20261120', '00000000'),
        names: fc.array(name),
        signature: fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 }),
      })
      .map(
        ({ day, names, signature }) =>
          `AWS4-HMAC-SHA256 Credential=local/${day}/${REGION}/execute-api/aws4_request, SignedHeaders=${names.join(';')}, Signature=${signature}`,
      ),
  );
  const headers = fc.dictionary(name, fc.array(fc.string(), { minLength: 1 }));
  const request = fc.record({
    authorization,
    headers,
    method: fc.string(),
    rawPath: fc.webPath(),
    rawQuery: fc.string(),
  });
  const verifier = { region: REGION, service: 'execute-api', nowMs: Date.UTC(2026, 10, 20), secretAccessKey: 'local' };
  await fc.assert(
    fc.asyncProperty(request, async ({ authorization: said, headers: own, ...rest }) => {
      const all = { 'x-amz-date': ['20261120T000000Z'], host: ['a'], ...own, authorization: [said] };
      expect(await whyNotSigned({ ...rest, headers: all, body: Buffer.from('') }, verifier)).toEqual(
        expect.any(String),
      );
    }),
    { numRuns: 2000 },
  );
});

describe('Where there are several accounts,', () => {
  const world = accountsWorld({ accounts: [{ accountId: HUB }, { accountId: NORTH }] });

  async function lab() {
    let nowMs = Date.now();
    const video = makeVideoService(world, () => nowMs);
    const { url } = await startApi({ routes: { $default: IAM_ROUTE } }, { video, accountId: HUB });
    const sts = new STSClient({ ...clientOptions(stack), endpoint: url });
    const { memberRole } = world.organization!;
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({
        ...{
          RoleArn: `arn:aws:iam::${NORTH}:role/${memberRole.name}`,
          RoleSessionName: 'a-test',
          DurationSeconds: 900,
        },
        ...(memberRole.externalId !== undefined && { ExternalId: memberRole.externalId }),
      }),
    );
    sts.destroy();
    const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials!;
    const north = { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken! };
    const hub = video.sessions!.issue({
      ...{ accountId: HUB, role: 'reader', name: 'me', expiresAt: Math.floor(nowMs / 1000) + 60 },
    });
    const later = (ms: number) => {
      nowMs += ms;
    };
    return { address: `${url}/v1/latest`, north, hub, later };
  }

  test('a session of the API’s own account is let in, by its own secret', async () => {
    const { address, hub } = await lab();
    const answer = await ask(address, { credentials: hub });
    const { authorizer } = ((await answer.json()) as { requestContext: { authorizer: { iam: object } } })
      .requestContext;
    expect(authorizer.iam).toMatchObject({
      accessKey: hub.accessKeyId,
      accountId: HUB,
      callerId: expect.stringMatching(/^AROA[A-Z2-7]{17}:me$/),
      userArn: `arn:aws:sts::${HUB}:assumed-role/reader/me`,
    });
  });

  test('one of another account is refused, as nobody’s policy can let it in', async () => {
    const { address, north } = await lab();
    expect(await seen(ask(address, { credentials: north }))).toEqual(FORBIDDEN);
  });

  test('refused is also a session with the local secret, one that is over, and a token that nobody was given', async () => {
    const { address, hub, later } = await lab();
    expect(await seen(ask(address, { credentials: { ...hub, secretAccessKey: 'local' } }))).toEqual(FORBIDDEN);
    expect(await seen(ask(address, { credentials: { ...hub, accessKeyId: 'local' } }))).toEqual(FORBIDDEN);
    const forged = { accessKeyId: hub.accessKeyId, secretAccessKey: 'local' };
    expect(await seen(ask(address, { credentials: forged }))).toEqual(FORBIDDEN);
    later(61_000);
    expect(await seen(ask(address, { credentials: hub }))).toEqual(FORBIDDEN);
  });
});
