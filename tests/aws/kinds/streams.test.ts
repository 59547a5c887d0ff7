/** Answers of Kinesis Video in which single fields are odd, through an unmodified SDK client. */
import { KinesisVideoClient } from '@aws-sdk/client-kinesis-video';
import { streamsLister } from '../../../src/aws/kinds/streams.ts';
import { makeListPage } from '../../../src/aws/list-page.ts';
import { streams as kind } from '../../../src/census/kinds/streams.ts';
import type { ListPage, PageRequest } from '../../../src/census/ports.ts';
import { classesOf, makeTallier } from '../../../src/census/tally.ts';
import { type Service, startService } from '../service.ts';

const RUN_MS = Date.parse('2026-11-20T06:00:00Z');

let service: Service;
let client: KinesisVideoClient;
let listPage: ListPage;

beforeAll(async () => {
  service = await startService();
  client = new KinesisVideoClient({ ...service.options, maxAttempts: 1 });
  listPage = makeListPage(streamsLister(client), 'eu-west-1', 10_000, async () => 'enabled');
});
afterAll(async () => {
  client.destroy();
  await service.close();
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
  service.answer({ body: print({ StreamInfoList: list, ...rest }) });
  return await listPage(request);
}

async function facetsOf(list: readonly unknown[]) {
  const tallier = makeTallier(RUN_MS, kind.facets);
  for (const stream of (await ask(list)).streams) tallier.add(stream);
  const { streams, facets } = tallier.tally();
  const { created, status, mediaType, kmsKey, retention } = facets ? classesOf(facets) : {};
  return { streams, created, status, mediaType, kmsKey, retention };
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

describe('an answer that does not say what there is is a bad answer, and asked for again', () => {
  const bad = (message: string) => ({ name: 'CountError', reason: 'bad-answer', retryable: true, message });
  const NO_ARN = bad('The answer holds an entry without an ARN.');
  const NO_LIST = bad('The answer holds no list.');

  test.each([...ODD_TEXTS, undefined])('with a stream whose ARN is %p', async (StreamARN) => {
    await expect(ask([WHOLE, { ...WHOLE, StreamARN }])).rejects.toMatchObject(NO_ARN);
    await expect(ask([{ ...WHOLE, StreamARN, CreationTime: 'abc' }])).rejects.toMatchObject(NO_ARN);
  });

  test.each([null, 5, 'text', {}])('with an entry that is %p', async (entry) => {
    await expect(ask([WHOLE, entry])).rejects.toMatchObject(NO_ARN);
  });

  test.each([5, true, {}, []])('with a page token that is %p', async (NextToken) => {
    await expect(ask([WHOLE], { NextToken })).rejects.toMatchObject(
      bad('The answer holds a page token that is no text.'),
    );
  });

  test.each(['{}', '{"StreamInfoList":null}', '{"NextToken":"next"}', '{"StreamInfoList":{"length":0}}'])(
    'that is %s, and above all no empty region',
    async (body) => {
      service.answer({ body });
      await expect(listPage({})).rejects.toMatchObject(NO_LIST);
    },
  );

  test.each(['null', '5', '[]', '', 'text', '<html>A proxy speaks.</html>', '{"StreamInfoList":"abc"}'])(
    'that is %s',
    async (body) => {
      service.answer({ body });
      await expect(listPage({})).rejects.toMatchObject({ reason: 'bad-answer', retryable: true });
    },
  );

  test.each(['{}', '{"StreamInfo":null}', '{"StreamInfo":{}}', '{"StreamInfo":{"CreationTime":"abc"}}'])(
    'that is %s, where one stream was asked for: it is not gone',
    async (body) => {
      service.answer({ body });
      await expect(listPage({ name: 'b' })).rejects.toMatchObject(NO_ARN);
    },
  );
});

test.each([undefined, null, ''])('a page token that is %p ends the list', async (NextToken) => {
  for (const CreationTime of [WHOLE.CreationTime, 'abc']) {
    expect(await ask([{ ...WHOLE, CreationTime }], { NextToken })).not.toHaveProperty('nextToken');
  }
});

test('beside a date that cannot be read the others are what they are, to the millisecond', async () => {
  const { streams } = await ask([
    { ...WHOLE, CreationTime: 'abc' },
    { ...WHOLE, CreationTime: 1_700_000_000.25 },
  ]);
  expect(streams.map(({ createdAtMs }) => createdAtMs)).toEqual([undefined, 1_700_000_000_250]);
});

test('the answer of one stream may be odd in the same ways', async () => {
  service.answer({ body: JSON.stringify({ StreamInfo: { ...WHOLE, CreationTime: 'abc', MediaType: {} } }) });
  expect((await listPage({ name: 'b' })).streams).toMatchObject([{ name: 'b', arn: arnOf('b') }]);
});
