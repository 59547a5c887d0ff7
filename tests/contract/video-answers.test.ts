/** What the adapter (src/aws/video.ts) makes of answers: the SDK's own client, and a server that says what it is told to. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KinesisVideoClient } from '@aws-sdk/client-kinesis-video';
import { makeListPage } from '../../src/aws/video.ts';
import type { ListPage } from '../../src/census/ports.ts';

const REGION = 'eu-west-1';

type Answer = { status?: number; error?: string; body: string };

let answer: Answer;
let asked: { path: string | undefined; body: unknown }[];
let ask: ListPage;

const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  asked.push({ path: request.url, body: JSON.parse(body) });
  const { status = 200, error } = answer;
  response.writeHead(status, { 'content-type': 'application/json', ...(error && { 'x-amzn-errortype': error }) });
  response.end(answer.body);
});
let client: KinesisVideoClient;

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  client = new KinesisVideoClient({
    region: REGION,
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'anybody', secretAccessKey: 'anything' },
    maxAttempts: 1,
  });
  ask = makeListPage(client, REGION, 10_000, async () => 'enabled');
});
afterAll(() => {
  client.destroy();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
});

function answers(body: unknown): void {
  answer = { body: JSON.stringify(body) };
}

const STREAM = {
  StreamName: 'camera',
  StreamARN: 'arn:aws:kinesisvideo:eu-west-1:123456789012:stream/camera/1700000000000',
  KmsKeyId: 'key',
  Status: 'ACTIVE',
  DataRetentionInHours: 24,
  MediaType: 'video/h264',
  CreationTime: 1_700_000_000,
};

describe('Of a list', () => {
  test.each([{}, { StreamInfoList: null }, { NextToken: 'more' }, { StreamInfoList: null, NextToken: 'more' }])(
    '%j is a bad answer: an empty region answers with an empty list',
    async (body) => {
      answers(body);
      await expect(ask({})).rejects.toThrow(expect.objectContaining({ reason: 'bad-answer', retryable: true }));
    },
  );

  test.each(['cam', 'CAM', 'Cam-1.x_Y', 'z'.repeat(256)])(
    'a prefix is asked for letter by letter: %s',
    async (prefix) => {
      answers({ StreamInfoList: [] });
      await ask({ prefix });
      const StreamNameCondition = { ComparisonOperator: 'BEGINS_WITH', ComparisonValue: prefix };
      expect(asked).toEqual([{ path: '/listStreams', body: { MaxResults: 1000, StreamNameCondition } }]);
    },
  );
});

describe('Asked for one name', () => {
  test('the name is asked for as it is', async () => {
    answers({ StreamInfo: STREAM });
    expect((await ask({ name: 'Cam-1.x_Y' })).streams).toHaveLength(1);
    expect(asked).toEqual([{ path: '/describeStream', body: { StreamName: 'Cam-1.x_Y' } }]);
  });

  test('only a stream that is not found is not there', async () => {
    answer = { status: 404, error: 'ResourceNotFoundException', body: '{}' };
    expect(await ask({ name: 'camera' })).toEqual({ streams: [] });
  });

  test.each([
    [400, 'ClientLimitExceededException', 'throttled'],
    [401, 'NotAuthorizedException', 'denied'],
    [403, 'AccessDeniedException', 'denied'],
    [400, 'InvalidArgumentException', 'bad-answer'],
    [404, 'UnknownOperationException', 'bad-answer'],
    [500, 'InternalFailure', 'unreachable'],
    [503, 'ServiceUnavailable', 'unreachable'],
  ])('%d %s says nothing of whether it is there', async (status, error, reason) => {
    answer = { status, error, body: '{}' };
    await expect(ask({ name: 'camera' })).rejects.toThrow(expect.objectContaining({ reason }));
  });

  test.each([{}, { StreamInfo: null }, { StreamInfo: {} }])('%j says nothing of whether it is there', async (body) => {
    answers(body);
    await expect(ask({ name: 'camera' })).rejects.toThrow(expect.objectContaining({ reason: 'bad-answer' }));
  });
});
