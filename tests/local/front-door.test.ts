import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { startStack } from '../../src/local/stack.ts';
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
