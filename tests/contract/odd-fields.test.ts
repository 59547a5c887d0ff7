/** Answers of Kinesis Video in which single fields are odd, through an unmodified SDK client. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KinesisVideoClient } from '@aws-sdk/client-kinesis-video';
import { makeListPage } from '../../src/aws/video.ts';
import type { ListPage, PageRequest } from '../../src/census/ports.ts';
import { makeTallier } from '../../src/census/tally.ts';

const RUN_MS = Date.parse('2026-11-20T06:00:00Z');

let server: Server;
let client: KinesisVideoClient;
let listPage: ListPage;
let answer = '';

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json').end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = new KinesisVideoClient({
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'anybody', secretAccessKey: 'anything' },
    maxAttempts: 1,
  });
  listPage = makeListPage(client, 'eu-west-1', 10_000, async () => 'enabled');
});

afterAll(() => {
  client.destroy();
  server.close();
});

const arnOf = (name: string) => `arn:aws:kinesisvideo:eu-west-1:123456789012:stream/${name}/1700000000000`;
const WHOLE = {
  StreamName: 'b',
  StreamARN: arnOf('b'),
  Status: 'ACTIVE',
  MediaType: 'video/h264',
  KmsKeyId: 'arn:aws:kms:eu-west-1:1:alias/aws/kinesisvideo',
  Version: '1',
  CreationTime: 1_700_000_000,
  DataRetentionInHours: 24,
};

/** JSON in which numbers may be too large for one. */
const print = (value: unknown) => JSON.stringify(value).replaceAll('"1e400"', '1e400');

async function ask(list: readonly unknown[], rest: object = {}, request: PageRequest = {}) {
  answer = print({ StreamInfoList: list, ...rest });
  return await listPage(request);
}

async function facetsOf(list: readonly unknown[]) {
  const tallier = makeTallier(RUN_MS);
  for (const stream of (await ask(list)).streams) tallier.add(stream);
  const { streams, facets } = tallier.tally();
  return { streams, ...facets };
}

const ODD_TEXTS = [5, true, {}, [], null, ''];

describe('a stream of which one field cannot be read is counted', () => {
  test.each(['abc', '2026-01-01T00:00:00Z', {}, [], true, null, '1e400', 1e20, -5])(
    'by CreationTime %p as one of unknown age, and the others by theirs',
    async (CreationTime) => {
      const { streams, created } = await facetsOf([
        { ...WHOLE, StreamName: 'a', StreamARN: arnOf('a'), CreationTime },
        WHOLE,
      ]);
      expect({ streams, created }).toEqual({
        streams: 2,
        created: { day: 0, week: 0, month: 0, older: 1, unknown: 1 },
      });
    },
  );

  test.each(ODD_TEXTS)('by Status %p as one of another status', async (Status) => {
    const { streams, status } = await facetsOf([{ ...WHOLE, Status }]);
    expect({ streams, other: status?.other }).toEqual({ streams: 1, other: 1 });
  });

  test.each(ODD_TEXTS)('by MediaType %p as one without a type', async (MediaType) => {
    const { streams, mediaType } = await facetsOf([{ ...WHOLE, MediaType }]);
    expect({ streams, mediaType }).toEqual({ streams: 1, mediaType: { none: 1 } });
  });

  test.each(ODD_TEXTS)('by KmsKeyId %p as one of an unknown key', async (KmsKeyId) => {
    const { streams, kmsKey } = await facetsOf([{ ...WHOLE, KmsKeyId }]);
    expect({ streams, unknown: kmsKey?.unknown }).toEqual({ streams: 1, unknown: 1 });
  });

  test.each(['24', {}, [], true, null, -1, '1e400'])(
    'by DataRetentionInHours %p as one of unknown retention',
    async (DataRetentionInHours) => {
      const { streams, retention } = await facetsOf([{ ...WHOLE, DataRetentionInHours }]);
      expect(streams).toBe(1);
      expect(DataRetentionInHours === '1e400' ? retention?.longer : retention?.unknown).toBe(1);
    },
  );

  test.each(ODD_TEXTS)('by StreamName %p under no name', async (StreamName) => {
    expect((await ask([{ ...WHOLE, StreamName }])).streams).toMatchObject([{ name: '', arn: arnOf('b') }]);
  });

  test('by fields that nobody knows', async () => {
    expect((await facetsOf([{ ...WHOLE, Version: 5, DeviceName: {}, Tier: ['x'] }])).streams).toBe(1);
  });
});

describe('an answer that does not say what there is is a bad answer', () => {
  const BAD = { reason: 'bad-answer', retryable: true };

  test.each(ODD_TEXTS)('with a stream whose ARN is %p', async (StreamARN) => {
    await expect(ask([WHOLE, { ...WHOLE, StreamARN }])).rejects.toMatchObject(BAD);
    await expect(ask([{ ...WHOLE, StreamARN, CreationTime: 'abc' }])).rejects.toMatchObject(BAD);
  });

  test.each([null, 5, 'text', {}])('with an entry that is %p', async (entry) => {
    await expect(ask([WHOLE, entry])).rejects.toMatchObject(BAD);
  });

  test.each([5, true, {}, []])('with a page token that is %p', async (NextToken) => {
    await expect(ask([WHOLE], { NextToken })).rejects.toMatchObject(BAD);
  });

  test.each(['null', '5', '[]', '{}', '', 'text', '{"StreamInfoList":{"length":0}}', '{"StreamInfoList":"abc"}'])(
    'that is %s',
    async (text) => {
      answer = text;
      await expect(listPage({})).rejects.toMatchObject(BAD);
    },
  );
});

test.each([undefined, null, ''])('a page token that is %p ends the list', async (NextToken) => {
  expect(await ask([WHOLE], { NextToken })).not.toHaveProperty('nextToken');
});

test('the answer of one stream may be odd in the same ways', async () => {
  answer = JSON.stringify({ StreamInfo: { ...WHOLE, CreationTime: 'abc', MediaType: {} } });
  expect((await listPage({ name: 'b' })).streams).toMatchObject([{ name: 'b', arn: arnOf('b') }]);
  answer = JSON.stringify({ StreamInfo: null });
  await expect(listPage({ name: 'b' })).rejects.toMatchObject({ reason: 'bad-answer' });
});
