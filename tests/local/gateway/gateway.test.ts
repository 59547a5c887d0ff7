/** What API Gateway does with a request, its event and its answer, seen over HTTP. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { cleanUp, eventually } from '../sample-stack.ts';
import { ACCOUNT, ask, IAM_ROUTE, REGION, startApi } from './sample-api.ts';

afterEach(cleanUp);

describe('The event', () => {
  test('has every field of the payload format 2.0', async () => {
    const { url } = await startApi({ routes: { $default: {} } });
    const before = Date.now();
    const answer = await fetch(`${url}/v1/regions/eu-west-1?kind=streams&kind=channels&name=a%20b`, {
      headers: { Cookie: 'one=1; two=2', 'X-Own': 'Yes', 'user-agent': 'a test' },
    });
    const event = (await answer.json()) as Record<string, unknown> & { requestContext: Record<string, unknown> };
    const port = new URL(url).port;
    expect(event).toEqual({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/v1/regions/eu-west-1',
      rawQueryString: 'kind=streams&kind=channels&name=a%20b',
      cookies: ['one=1', 'two=2'],
      headers: expect.objectContaining({
        host: `127.0.0.1:${port}`,
        'x-own': 'Yes',
        'content-length': '0',
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-port': port,
        'x-forwarded-proto': 'http',
        'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
      }),
      queryStringParameters: { kind: 'streams,channels', name: 'a b' },
      requestContext: {
        accountId: ACCOUNT,
        apiId: expect.stringMatching(/^[a-z0-9]{10}$/),
        domainName: '127.0.0.1',
        domainPrefix: event.requestContext.apiId,
        http: {
          method: 'GET',
          path: '/v1/regions/eu-west-1',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'a test',
        },
        requestId: answer.headers.get('apigw-requestid'),
        routeKey: '$default',
        stage: '$default',
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        timeEpoch: expect.any(Number),
      },
      isBase64Encoded: false,
    });
    expect(Object.keys(event.headers as object)).not.toContain('cookie');
    expect(event.requestContext.timeEpoch).toBeGreaterThanOrEqual(before);
  });

  test('has a decoded path, which ends at a question mark that was encoded', async () => {
    const { url } = await startApi({});
    const rawPath = async (path: string) =>
      ((await (await fetch(`${url}${path}`)).json()) as { rawPath: string; rawQueryString: string }).rawPath;
    expect(await rawPath('/v1/a%2Fb%20c/%C3%BC')).toBe('/v1/a/b c/ü');
    expect(await rawPath('/v1/a%3Fb/c?d=%3F')).toBe('/v1/a');
  });

  test.each([
    ['text/plain', 'Grüße', 'Grüße', false],
    ['application/json; charset=utf-8', '{"a":1}', '{"a":1}', false],
    ['application/problem+json', '{}', '{}', false],
    ['application/x-www-form-urlencoded', 'a=b', 'YT1i', true],
    ['application/octet-stream', 'abc', 'YWJj', true],
  ])('has a body of the type %s as %s', async (type, sent, body, isBase64Encoded) => {
    const { url } = await startApi({ routes: { $default: IAM_ROUTE } });
    const answer = await ask(`${url}/x`, { method: 'POST', body: sent, headers: { 'content-type': type } });
    expect(await answer.json()).toMatchObject({ body, isBase64Encoded });
  });

  test('says which route was taken, and what stood in its places', async () => {
    const { url } = await startApi({
      routes: {
        ...{ 'GET /v1/runs/{run}': {}, 'ANY /v1/{rest+}': {}, 'GET /v1/runs/latest': {} },
        ...{ 'ANY /v1/x': {}, 'GET /v1/x': {} },
      },
    });
    const taken = async (path: string, method = 'GET') => {
      const { routeKey, pathParameters } = (await (await fetch(`${url}${path}`, { method })).json()) as never;
      return { routeKey, pathParameters };
    };
    expect(await taken('/v1/runs/latest')).toEqual({ routeKey: 'GET /v1/runs/latest' });
    expect(await taken('/v1/runs/a')).toEqual({ routeKey: 'GET /v1/runs/{run}', pathParameters: { run: 'a' } });
    const rest = { routeKey: 'ANY /v1/{rest+}' };
    expect(await taken('/v1/runs/a/b')).toEqual({ ...rest, pathParameters: { rest: 'runs/a/b' } });
    expect(await taken('/v1/runs/a', 'DELETE')).toEqual({ ...rest, pathParameters: { rest: 'runs/a' } });
    expect(await taken('/v1/x')).toEqual({ routeKey: 'GET /v1/x' });
    expect(await taken('/v1/x', 'DELETE')).toEqual({ routeKey: 'ANY /v1/x' });
    expect((await fetch(`${url}/v1`)).status).toBe(404);
  });
});

describe('The answer', () => {
  const answerOf = async (body: string) => {
    const { url } = await startApi({ body });
    const answer = await fetch(`${url}/v1/x`);
    const { status, headers } = answer;
    return { status, type: headers.get('content-type'), headers, body: await answer.text() };
  };
  const JSON_TYPE = 'application/json';

  test.each([
    ["return { message: 'hi' };", '{"message":"hi"}'],
    ["return 'hi';", 'hi'],
    ['return [1, 2];', '[1,2]'],
    ['return;', 'null'],
  ])('is inferred of %s', async (body, expected) => {
    expect(await answerOf(body)).toMatchObject({ status: 200, type: JSON_TYPE, body: expected });
  });

  test('is what a function says of status, headers, cookies and body', async () => {
    const said = `{ statusCode: 418, headers: { 'Content-Type': 'text/html', ETag: '"a"', 'x-number': 1 }, cookies: ['a=1', 'b=2; Secure'], body: 'tea' }`;
    const { headers, ...answer } = await answerOf(`return ${said};`);
    expect(answer).toEqual({ status: 418, type: 'text/html', body: 'tea' });
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2; Secure']);
    expect([headers.get('etag'), headers.get('x-number')]).toEqual(['"a"', '1']);
    expect(headers.get('apigw-requestid')).toMatch(/^[\w+/]{15}=$/);
  });

  test('is decoded where its body is in base 64', async () => {
    const said = "return { statusCode: 200, isBase64Encoded: true, body: Buffer.from('Grüße').toString('base64') };";
    expect(await answerOf(said)).toMatchObject({ status: 200, type: 'text/plain;charset=UTF-8', body: 'Grüße' });
  });

  test.each([204, 304])('with %i has no body', async (status) => {
    const { headers, ...answer } = await answerOf(
      `return { statusCode: ${status}, headers: { etag: '"a"' }, body: '' };`,
    );
    expect(answer).toEqual({ status, type: null, body: '' });
    expect(headers.get('etag')).toBe('"a"');
  });

  test('to a HEAD has its length, and no body', async () => {
    const { url } = await startApi({ body: "return { statusCode: 200, body: 'four' };" });
    const answer = await fetch(`${url}/v1`, { method: 'HEAD' });
    expect([answer.headers.get('content-length'), await answer.text()]).toEqual(['4', '']);
  });

  test.each([
    ['throws', "throw new Error('secret');"],
    ['ends', 'process.exit(1);'],
    ['has no such status', "return { statusCode: 'soon' };"],
    ['has a body that is no text', 'return { statusCode: 200, body: { a: 1 } };'],
    ['has a header of several values', "return { statusCode: 200, headers: { a: ['1', '2'] } };"],
    ['has a header that cannot be sent', "return { statusCode: 200, headers: { a: 'b\\r\\nc: d' } };"],
    ['answers with more than 6 MB', "return { statusCode: 200, body: 'x'.repeat(6_291_556) };"],
  ])('of a function that %s is an internal error, and says no more', async (_, body) => {
    const answer = await answerOf(body);
    expect(answer).toMatchObject({ status: 500, type: JSON_TYPE, body: '{"message":"Internal Server Error"}' });
    expect(answer.headers.get('apigw-requestid')).not.toBeNull();
  });

  test('may have almost 6 MB', async () => {
    const { status, body } = await answerOf("return { statusCode: 200, body: 'x'.repeat(6_200_000) };");
    expect([status, body.length]).toEqual([200, 6_200_000]);
  });

  test('of a function that takes longer than its integration is 503', async () => {
    const { url } = await startApi({
      body: 'await new Promise(() => setInterval(() => {}, 1000));',
      integration: { TimeoutInMillis: 50 },
    });
    const answer = await fetch(`${url}/v1`);
    expect([answer.status, await answer.text()]).toEqual([503, '{"message":"Service Unavailable"}']);
  });

  test('of a function that is busy with all that it may do is an internal error', async () => {
    const { url, environments } = await startApi({
      body: "if (event.rawPath === '/v1/slow') await new Promise(() => setInterval(() => {}, 1000));",
      properties: { ReservedConcurrentExecutions: 1 },
      integration: { TimeoutInMillis: 30_000 },
    });
    const slow = fetch(`${url}/v1/slow`).catch((error: Error) => error);
    await eventually('the function to be busy', () => environments().some(({ busy }) => busy) || undefined);
    expect((await fetch(`${url}/v1`)).status).toBe(500);
    await cleanUp();
    await slow;
  });

  test.each([
    ['larger than 6 MB is refused by Lambda', 5_000_000, 500, 'Internal Server Error'],
    ['larger than 10 MB is refused', 10_485_761, 413, 'Request Entity Too Large'],
  ])('to a body that is %s', async (_, bytes, status, message) => {
    const { url } = await startApi({ routes: { $default: IAM_ROUTE } });
    // In base 64 it is a third larger.
    const answer = await ask(`${url}/v1`, { method: 'POST', body: 'x'.repeat(bytes), headers: OCTETS });
    expect([answer.status, await answer.text()]).toEqual([status, JSON.stringify({ message })]);
  });

  test('to a path that cannot be decoded is 400', async () => {
    const { url } = await startApi({});
    const answer = await fetch(`${url}/v1/%E0%A4%A`);
    expect([answer.status, await answer.text()]).toEqual([400, '{"message":"Bad Request"}']);
  });

  test('to a path that no route has is 404', async () => {
    const { url } = await startApi({ routes: { 'GET /': {} } });
    const answer = await fetch(`${url}/v1/latest`);
    expect([answer.status, await answer.text()]).toEqual([404, '{"message":"Not Found"}']);
    expect((await fetch(`${url}/`)).status).toBe(200);
  });
});

test('whoever goes away in the middle of his request is not answered, and harms nobody', async () => {
  const { url } = await startApi({});
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write('POST /v1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer a\r\nContent-Length: 100\r\n\r\nabc');
  await once(socket, 'connect');
  socket.destroy();
  expect((await fetch(`${url}/v1`)).status).toBe(200);
});

const OCTETS = { 'content-type': 'application/octet-stream' };

describe('Too many requests', () => {
  const stage = { DefaultRouteSettings: { ThrottlingBurstLimit: 3, ThrottlingRateLimit: 0.001 } };

  test('are refused when the burst is used up', async () => {
    const { url } = await startApi({ stage });
    const statuses = [];
    for (let count = 0; count < 5; count += 1) statuses.push((await fetch(`${url}/v1`)).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    expect(await (await fetch(`${url}/v1`)).text()).toBe('{"message":"Too Many Requests"}');
  });

  test('of one route are none of another', async () => {
    const { url } = await startApi({
      stage: { ...stage, RouteSettings: { 'GET /v1/free': { ThrottlingBurstLimit: 100 } } },
      routes: { $default: {}, 'GET /v1/free': {} },
    });
    const free = [];
    for (let count = 0; count < 5; count += 1) free.push((await fetch(`${url}/v1/free`)).status);
    expect(free).toEqual([200, 200, 200, 200, 200]);
  });
});

describe('The access log', () => {
  const Format = JSON.stringify({
    id: '$context.requestId',
    route: '$context.routeKey',
    path: '$context.path',
    status: '$context.status',
    length: '$context.responseLength',
    who: '$context.identity.userArn',
    why: '$context.authorizer.error',
    error: '$context.integrationErrorMessage',
    type: '$context.error.responseType',
  });
  const stage = { AccessLogSettings: { DestinationArn: 'arn:aws:logs:::log-group:x', Format } };

  test('has a line of each request, in the format of the stage, with the id that the caller and the function are told', async () => {
    const { url, lines } = await startApi({
      stage,
      body: 'console.log(event.requestContext.requestId); return 1;',
      routes: { $default: IAM_ROUTE },
    });
    const signed = await ask(`${url}/v1/x?secret=yes`);
    const unsigned = await fetch(`${url}/v1/%22quoted%22`);
    const own = await eventually('two lines', () => {
      const found = lines.filter(({ function: name }) => name === 'Stage');
      return found.length === 2 ? found.map(({ line }) => JSON.parse(line) as object) : undefined;
    });
    expect(own).toEqual([
      {
        ...{ id: signed.headers.get('apigw-requestid'), route: '$default', path: '/v1/x', status: '200', length: '1' },
        ...{ who: `arn:aws:iam::${ACCOUNT}:root`, why: '-', error: '-', type: '-' },
      },
      {
        ...{ id: unsigned.headers.get('apigw-requestid'), route: '$default', path: '/v1/"quoted"', status: '403' },
        ...{ length: '23', who: '-', error: '-', type: 'ACCESS_DENIED' },
        why: 'The request has no signature of version 4 in its Authorization header.',
      },
    ]);
    const printed = await eventually('its line', () => lines.find(({ function: name }) => name !== 'Stage'));
    expect(printed.line).toContain(signed.headers.get('apigw-requestid'));
  });

  test('tells why a function failed', async () => {
    const { url, lines } = await startApi({ stage, body: "throw new TypeError('no');" });
    await fetch(`${url}/v1`);
    const { line } = await eventually('a line', () => lines.find(({ function: name }) => name === 'Stage'));
    expect(JSON.parse(line)).toMatchObject({ status: '500', error: 'TypeError: no', type: 'INTEGRATION_FAILURE' });
  });

  test('whose format has a variable that nobody knows is an error that names it', async () => {
    const AccessLogSettings = { Format: '$context.requestId $context.colour' };
    await expect(startApi({ stage: { AccessLogSettings } })).rejects.toThrow(
      'Stage: its access log has $context.colour, a variable that the local stack does not know.',
    );
  });
});

test('a function behind an API has the time of its template, and the durations that its template says', async () => {
  const { url } = await startApi(
    {
      body: 'return { left: context.getRemainingTimeInMillis(), wait: process.env.WAIT_MS };',
      properties: { Timeout: 10, Environment: { Variables: { WAIT_MS: '3000' } } },
    },
    { timeScale: 1000 },
  );
  const { left, wait } = (await (await fetch(`${url}/v1`)).json()) as { left: number; wait: string };
  expect(left).toBeGreaterThan(5000);
  expect(wait).toBe('3000');
});

describe('A template is refused, with a sentence,', () => {
  test.each([
    [
      'where a route goes nowhere',
      { routes: { $default: { Target: 'integrations/abc' } } },
      /Route0: its API has no integration integrations\/abc\./,
    ],
    [
      'where a route asks for an authorizer that is not there',
      { routes: { $default: { AuthorizationType: 'JWT', AuthorizerId: 'abc' } } },
      /Route0: its API has no authorizer abc\./,
    ],
    [
      'where its integration is no function',
      { integration: { IntegrationUri: 'https://example.com' } },
      /Integration: https:\/\/example\.com is no function\./,
    ],
    [
      'where its stage has a name',
      { stage: { StageName: 'prod' } },
      /Stage .*StageName is not what the local stack understands/,
    ],
    [
      'where its stage is not deployed',
      { stage: { AutoDeploy: false } },
      /Stage .*AutoDeploy is not what the local stack understands/,
    ],
    [
      'where it takes another payload',
      { integration: { PayloadFormatVersion: '1.0' } },
      /PayloadFormatVersion is not what/,
    ],
    [
      'where it sets what is not emulated',
      { stage: { StageVariables: { a: 'b' } } },
      /Stage .* sets StageVariables, which the local stack does not emulate/,
    ],
  ])('%s', async (_, sample, sentence) => {
    await expect(startApi(sample)).rejects.toThrow(sentence);
  });
});

test('what an API is called is what Ref and Fn::GetAtt give', async () => {
  const { url } = await startApi({
    body: 'return [process.env.ID, process.env.ENDPOINT, event.requestContext.apiId];',
    properties: {
      Environment: { Variables: { ID: { Ref: 'Api' }, ENDPOINT: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] } } },
    },
  });
  const [id, endpoint, told] = (await (await fetch(`${url}/v1`)).json()) as string[];
  expect([id, endpoint]).toEqual([told, url]);
});

test('a request that curl signs is let in', async () => {
  const { url } = await startApi({ routes: { $default: IAM_ROUTE } });
  const args = ['-sS', '--aws-sigv4', `aws:amz:${REGION}:execute-api`, '--user', 'local:local', `${url}/v1/latest`];
  const { stdout } = await promisify(execFile)('curl', args).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    console.warn('There is no curl here: what it signs is not tried.');
    return { stdout: undefined };
  });
  const iam = { accessKey: 'local', accountId: ACCOUNT };
  if (stdout !== undefined) expect(JSON.parse(stdout)).toMatchObject({ requestContext: { authorizer: { iam } } });
});
