/** Who may talk to the servers of this machine. Requests go over a socket, byte for byte, as no client library would. */

import { connect } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, PurgeQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { openLedgerFolder } from '../../src/cli/source/ledger-folder.ts';
import { parseWorld } from '../../src/local/parse-world.ts';
import { listen, makeVideoService } from '../../src/local/video-service.ts';
import { cleanUp, clientOptions, startSample, temporaryFolder } from './sample-stack.ts';

const SAMPLE = {
  functions: { echo: { body: 'return event;' } },
  resources: {
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'heard' } },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'news' } },
    Subscription: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        TopicArn: { Ref: 'Topic' },
        Protocol: 'sqs',
        Endpoint: { 'Fn::GetAtt': ['Queue', 'Arn'] },
        RawMessageDelivery: true,
      },
    },
  },
};

type Server = { url: string; service: string };
const servers: Record<string, Server> = {};
const closers: (() => Promise<unknown>)[] = [];
let stack: Awaited<ReturnType<typeof startSample>>;
let sqs: SQSClient;

beforeAll(async () => {
  stack = await startSample(SAMPLE, { onPage: (_request, response) => void response.end('the page') });
  sqs = new SQSClient(clientOptions(stack));
  const video = await listen(makeVideoService(parseWorld({ regions: { 'eu-west-1': { streams: 3 } } }, 'this test')));
  const ledger = await openLedgerFolder(path.join(await temporaryFolder(), 'ledger'));
  closers.push(video.close, ledger.close);
  servers['the stack'] = { url: stack.url, service: 'sqs' };
  servers['the local Kinesis Video'] = { url: video.url, service: 'kinesisvideo' };
  servers['the ledger folder'] = { url: ledger.endpoint, service: 'dynamodb' };
});
afterAll(async () => {
  sqs.destroy();
  for (const close of closers) await close();
  await cleanUp();
});

const NAMES = ['the stack', 'the local Kinesis Video', 'the ledger folder'];
const serverOf = (name: string) => servers[name] as Server;
const signed = (service: string) =>
  `Authorization: AWS4-HMAC-SHA256 Credential=a/20261120/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=b`;

/** Sends the lines as they are, then the body; what comes back until the server closes. */
async function send(url: string, lines: readonly string[], body = ''): Promise<{ status: number; answer: string }> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  socket.write(`${[...lines, ...length, 'Connection: close'].join('\r\n')}\r\n\r\n${body}`);
  const answer = await text(socket);
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]), answer };
}

const NOT_OUR_NAME = 'This server answers only under the names 127.0.0.1, localhost and [::1].';
const ANOTHER_PAGE = 'This server answers no other web page; to open its own page, enter its address by hand.';

describe.each(NAMES)('%s refuses', (name) => {
  const request = (...lines: string[]) => {
    const { url, service } = serverOf(name);
    return send(url, ['POST / HTTP/1.1', ...lines, signed(service)]);
  };

  test.each([
    'evil.example',
    'evil.example:80',
    'localhost.evil.example',
    '127.0.0.1.nip.io',
    'evil.example#localhost',
    'localhost@evil.example',
    'evil.localhost',
    'localhost.',
    '10.0.0.7',
    '0.0.0.0',
    '127.0.0.1:http',
    '',
  ])('a request for the host "%s": that name points here by somebody else’s doing', async (host) => {
    const { status, answer } = await request(`Host: ${host}`);
    expect(status).toBe(403);
    expect(answer).toContain(NOT_OUR_NAME);
  });

  test.each([
    ['no host', ['POST / HTTP/1.0']],
    ['two hosts', ['POST / HTTP/1.1', 'Host: localhost', 'Host: evil.example']],
    ['a host in the request line', ['POST http://evil.example/ HTTP/1.1', 'Host: localhost']],
    ['a forwarded host that is ours', ['POST / HTTP/1.1', 'Host: evil.example', 'X-Forwarded-Host: localhost']],
  ])('a request with %s', async (_, lines) => {
    const { url, service } = serverOf(name);
    const { status, answer } = await send(url, [...lines, signed(service)]);
    // Node itself refuses some of them.
    expect([400, 403]).toContain(status);
    expect(answer).not.toContain('200 OK');
  });

  test.each([
    ['Origin: https://evil.example'],
    ['Origin: null'],
    ['Origin: http://localhost'],
    ['Origin: http://localhost:1'],
    ['Sec-Fetch-Site: cross-site'],
    ['Sec-Fetch-Site: same-site'],
    ['Sec-Fetch-Site: whatever comes next'],
  ])('what another page causes: %s', async (header) => {
    const { status, answer } = await request(`Host: ${new URL(serverOf(name).url).host}`, header);
    expect(status).toBe(403);
    expect(answer).toContain(ANOTHER_PAGE);
    expect(answer.toLowerCase()).not.toContain('access-control-allow');
  });

  test('the question that a browser asks before a request of another page', async () => {
    const { url } = serverOf(name);
    const lines = ['OPTIONS / HTTP/1.1', `Host: ${new URL(url).host}`, 'Origin: https://evil.example'];
    const { status, answer } = await send(url, [...lines, 'Access-Control-Request-Headers: authorization']);
    expect(status).toBe(403);
    expect(answer.toLowerCase()).not.toContain('access-control-allow');
  });

  test('a web socket of another page', async () => {
    const { url } = serverOf(name);
    const lines = [
      'GET / HTTP/1.1',
      `Host: ${new URL(url).host}`,
      'Origin: https://evil.example',
      'Upgrade: websocket',
    ];
    expect((await send(url, lines)).status).toBe(403);
  });
});

test.each(['localhost', 'LOCALHOST:80', '127.0.0.1:1', '[::1]:8080'])('a page under %s is at home', async (host) => {
  const lines = ['GET / HTTP/1.1', `Host: ${host}`, 'Sec-Fetch-Site: same-origin', `Origin: http://${host}`];
  const { status, answer } = await send(stack.url, lines);
  expect(status).toBe(200);
  expect(answer).toContain('the page');
});

describe('What a request is for is told by its Authorization header alone', () => {
  const topic = () => stack.resource('Topic').arn;
  const publish = () => new URLSearchParams({ Action: 'Publish', TopicArn: topic(), Message: 'hello' }).toString();
  const presigned = 'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a%2F20261120%2Feu-west-1%2Fsns%2Faws4_request';
  const form = 'Content-Type: application/x-www-form-urlencoded';

  beforeEach(async () => void (await sqs.send(new PurgeQueueCommand({ QueueUrl: stack.resource('Queue').url }))));

  test.each<[string, () => [lines: string[], body?: string]]>([
    ['a form', () => [['POST / HTTP/1.1', form], publish()]],
    ['a form that is sent to a presigned URL', () => [[`POST /?${presigned} HTTP/1.1`, form], publish()]],
    ['plain text', () => [[`POST /?${presigned} HTTP/1.1`, 'Content-Type: text/plain'], publish()]],
    ['a link', () => [[`GET /?${publish()}&${presigned} HTTP/1.1`]]],
    ['a target without a signature', () => [['POST / HTTP/1.1', 'X-Amz-Target: AmazonSQS.ListQueues'], '{}']],
    [
      'another kind of authorization',
      () => [
        ['POST / HTTP/1.1', form, 'Authorization: Basic Credential=a/20261120/eu-west-1/sns/aws4_request'],
        publish(),
      ],
    ],
  ])('%s does nothing', async (_, make) => {
    const [lines, body] = make();
    const { answer } = await send(stack.url, [...lines, `Host: ${new URL(stack.url).host}`], body);
    expect(answer).toMatch(/MissingAuthenticationToken|the page/);
    const asked = { QueueUrl: stack.resource('Queue').url, AttributeNames: ['ApproximateNumberOfMessages' as const] };
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand(asked));
    expect(Attributes?.ApproximateNumberOfMessages).toBe('0');
  });

  test.each([
    ['sqs', form, () => publish()],
    ['sns', 'X-Amz-Target: AmazonSQS.ListQueues', () => '{}'],
  ])('what is signed for %s cannot be a request for another service', async (service, header, body) => {
    const lines = ['POST / HTTP/1.1', `Host: ${new URL(stack.url).host}`, header, signed(service)];
    const { status, answer } = await send(stack.url, lines, body());
    expect(status).toBe(403);
    expect(answer).toContain(`signed for ${service}, but has the form of one for`);
  });

  test('no function is invoked by a presigned URL', async () => {
    const presignedInvoke = presigned.replace('sns', 'lambda');
    const { status } = await send(
      stack.url,
      [
        `POST /2015-03-31/functions/sample-echo/invocations?${presignedInvoke} HTTP/1.1`,
        'Content-Type: text/plain',
        `Host: ${new URL(stack.url).host}`,
      ],
      '{}',
    );
    expect(status).toBe(403);
    expect(stack.events).toEqual([]);
  });
});

test('a client that calls the stack by another name is told so in a sentence', async () => {
  const { url } = serverOf('the ledger folder');
  const client = new DynamoDBClient({ ...clientOptions(stack), endpoint: url, maxAttempts: 1 });
  client.middlewareStack.add(
    (next) => (args) => {
      Object.assign((args.request as { headers: Record<string, string> }).headers, { host: 'my-laptop:80' });
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  await expect(client.send(new ListTablesCommand({}))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: NOT_OUR_NAME,
  });
  client.destroy();
});
