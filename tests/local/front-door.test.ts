import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { startStack } from '../../src/local/stack.ts';
import { ask, IAM_ROUTE, JWT_ROUTE, startApi } from './gateway/sample-api.ts';
import { cleanUp, clientOptions, startSample } from './sample-stack.ts';

afterEach(cleanUp);

test('one address is all that clients of every service need', async () => {
  const stack = await startSample({
    resources: { News: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'news' } } },
  });
  const options = clientOptions(stack);
  const { Topics } = await new SNSClient(options).send(new ListTopicsCommand({}));
  expect(Topics).toEqual([{ TopicArn: 'arn:aws:sns:eu-central-1:123456789012:news' }]);
  expect((await new SQSClient(options).send(new ListQueuesCommand({}))).QueueUrls ?? []).toEqual([]);
  expect((await new DynamoDBClient(options).send(new ListTablesCommand({}))).TableNames).toEqual([]);
  const { Account } = await new STSClient(options).send(new GetCallerIdentityCommand({}));
  expect(Account).toBe('123456789012');
});

test('the local Kinesis Video answers for its two service names when there is one', async () => {
  const seen: string[] = [];
  const video = {
    handle: (request: { url?: string | undefined }, response: { end(body: string): void }) => {
      seen.push(request.url ?? '');
      response.end('{}');
    },
  };
  const stack = await startSample({ functions: { env: { body: 'return process.env;' } } }, { video });
  for (const service of ['kinesisvideo', 'account', 'ssm']) {
    const authorization = `AWS4-HMAC-SHA256 Credential=a/20261120/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=b`;
    await fetch(`${stack.url}/${service}`, { method: 'POST', headers: { authorization } });
  }
  expect(seen).toEqual(['/kinesisvideo', '/account', '/ssm']);
  expect(await stack.invoke('EnvLambdaFunction', {})).toMatchObject({
    AWS_ENDPOINT_URL_KINESIS_VIDEO: stack.url,
    AWS_ENDPOINT_URL_ACCOUNT: stack.url,
    AWS_ENDPOINT_URL_SSM: stack.url,
  });
});

test.each([
  ['JSON', 'application/json', 'UnknownService'],
  ['XML', 'application/x-www-form-urlencoded', '<Code>UnknownService</Code>'],
])('a service that is not there is refused by name, in %s', async (_, contentType, expected) => {
  const stack = await startSample({});
  const authorization =
    'AWS4-HMAC-SHA256 Credential=a/20261120/eu-west-1/ec2/aws4_request, SignedHeaders=host, Signature=b';
  const answer = await fetch(stack.url, {
    method: 'POST',
    headers: { authorization, 'content-type': contentType },
    body: 'x',
  });
  const body = await answer.text();
  expect(answer.status).toBe(400);
  expect(body).toContain(expected);
  expect(body).toContain(
    'The local stack has no service ec2; it has dynamodb, iam, lambda, monitoring, scheduler, sns, sqs, sts.',
  );
});

test('an operation that a small service does not know is refused by name', async () => {
  const options = clientOptions(await startSample({}));
  await expect(new LambdaClient(options).send(new ListFunctionsCommand({}))).rejects.toThrow(
    /knows only Invoke, not GET/,
  );
  await expect(new STSClient(options).send(new GetSessionTokenCommand({}))).rejects.toThrow(/not GetSessionToken/);
});

test('a browser is handed to whoever serves pages, and to nothing otherwise', async () => {
  const without = await startSample({});
  expect((await fetch(without.url)).status).toBe(404);
  const served = await startSample({}, { onPage: (request, response) => void response.end(`page ${request.url}`) });
  expect(await (await fetch(`${served.url}/runs`)).text()).toBe('page /runs');
});

test('a request that is neither signed nor a browser’s is refused', async () => {
  const { url } = await startSample({});
  const answer = await fetch(url, { method: 'POST', body: 'Action=ListTopics' });
  expect(answer.status).toBe(403);
});

test('a port in use is one clear sentence', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const outcome = await startSample({}, { port }).catch((error: Error) => error.message);
  other.close();
  expect(outcome).toBe(`Port ${port} is in use: choose another one, or 0 for any that is free.`);
});

test.each([
  [{ timeScale: 0 }, 'The time scale is 0; expected a number above 0.'],
  [{ accountId: '12' }, 'The account id is 12; expected twelve digits.'],
])('%j is refused in one sentence', async (options, expected) => {
  await expect(startSample({}, options)).rejects.toThrow(expected);
});

test('a folder without a compiled template is one clear sentence', async () => {
  const options = { packageDir: '/nowhere', timeScale: 1, accountId: '123456789012', region: 'eu-west-1' };
  await expect(startStack(options)).rejects.toThrow(
    /The compiled template .*nowhere.* cannot be read; package the functions first/,
  );
});

test('what a person exports is enough for a client that is told nothing else', async () => {
  const stack = await startSample({});
  expect(stack.environment).toEqual({
    AWS_ENDPOINT_URL: stack.url,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
});

describe('Where there is an API,', () => {
  const page = (request: { url?: string | undefined }, response: { end(body: string): void }) => {
    if (request.url !== '/ours' && request.url !== '/') return false;
    response.end('the local page');
    return true;
  };
  const ROUTES = { $default: IAM_ROUTE, 'GET /': {} };
  const BODY = "return { statusCode: 200, body: 'the API' };";
  const FORBIDDEN = '{"message":"Forbidden"}';
  const asked = async (url: string, init?: RequestInit) => (await fetch(url, init)).text();

  test('it is asked by whoever signs for it, or has a token, and by everybody below its path', async () => {
    const { url } = await startApi({ routes: ROUTES, body: BODY }, { onPage: page });
    expect(await (await ask(`${url}/anything`)).text()).toBe('the API');
    expect(await asked(`${url}/anything`, { headers: { authorization: 'Bearer a' } })).toBe(FORBIDDEN);
    for (const path of ['/v1', '/v1/latest', '/v1?kind=streams']) expect(await asked(`${url}${path}`)).toBe(FORBIDDEN);
    expect(await asked(`${url}/v1/latest`, { method: 'POST' })).toBe(FORBIDDEN);
  });

  test('a page of this machine is shown before the API’s own, which is shown where there is none', async () => {
    const { url } = await startApi({ routes: ROUTES, body: BODY }, { onPage: page });
    expect([await asked(url), await asked(`${url}/ours`)]).toEqual(['the local page', 'the local page']);
    expect(await asked(`${url}/data/newest`)).toBe(FORBIDDEN);
    const alone = await startApi({ routes: ROUTES, body: BODY });
    expect([await asked(alone.url), await asked(`${alone.url}/data/newest`)]).toEqual(['the API', FORBIDDEN]);
  });

  test('services are asked as before, and nothing else is answered without a signature', async () => {
    const stack = await startApi({ routes: ROUTES, body: BODY });
    const { Account } = await new STSClient(clientOptions(stack)).send(new GetCallerIdentityCommand({}));
    expect(Account).toBe('123456789012');
    expect(await asked(stack.url, { method: 'POST', body: 'Action=ListTopics' })).toContain(
      'MissingAuthenticationToken',
    );
    expect(await asked(`${stack.url}/v10`, { method: 'POST' })).toContain('MissingAuthenticationToken');
  });

  const VISIT = { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  /** `fetch` would say for itself how it came. */
  async function visit(url: string, path: string, changes: Record<string, string> = {}) {
    const [answer] = await once(get(`${url}${path}`, { headers: { ...VISIT, ...changes } }), 'response');
    answer.resume();
    return answer.statusCode as number;
  }

  test('whoever was signed in elsewhere on this machine comes back to its page, and to nothing else', async () => {
    const routes = { $default: JWT_ROUTE, 'GET /': {} };
    const { url } = await startApi({ routes, body: BODY, issuer: 'http://127.0.0.1:1' });
    expect(await visit(url, '/?code=a&state=b')).toBe(200);
    expect(await visit(url, '/v1/latest')).toBe(403);
    for (const [name, value] of [
      ['site', 'cross-site'],
      ['dest', 'iframe'],
      ['mode', 'cors'],
    ])
      expect(await visit(url, '/', { [`sec-fetch-${name}`]: value! })).toBe(403);
    expect(await visit(url, '/', { origin: 'http://127.0.0.1:1' })).toBe(403);
    expect(await visit(url, '/', { host: 'evil.example' })).toBe(403);
  });

  test('nobody comes from elsewhere to one that asks for signatures', async () => {
    const { url } = await startApi({ routes: ROUTES, body: BODY });
    expect(await visit(url, '/')).toBe(403);
  });
});

test('without an API its path is nobody’s', async () => {
  const { url } = await startSample({});
  expect((await fetch(`${url}/v1/latest`)).status).toBe(404);
  const answer = await ask(`${url}/v1/latest`);
  expect([answer.status, (await answer.text()).includes('UnknownService')]).toEqual([400, true]);
});
