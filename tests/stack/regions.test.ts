/**
 * Which regions the packaged functions count, by what AWS says of them: whatever its two services answer, or do not, with
 * and without something remembered.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KINESIS_VIDEO_REGIONS } from '../../src/census/kinds/kinesis-video.ts';
import type { Run } from '../../src/census/run.ts';
import { signedScope } from '../../src/local/front-door.ts';
import { parseWorld } from '../../src/local/parse-world.ts';
import { makeVideoService, type VideoService } from '../../src/local/video-service.ts';
import { ACCOUNT, ASKING, type Harness, startHarness } from './harness.ts';

jest.setTimeout(120_000);

const FLOOR = KINESIS_VIDEO_REGIONS.filter((region) => !/^(cn|us-gov)-/.test(region));
/** An account that nobody has touched has not switched these on. */
const LATE = ['af-south-1', 'ap-east-1', 'ap-southeast-5', 'eu-south-2', 'me-south-1'];
const ON = FLOOR.filter((region) => !LATE.includes(region));

type World = { regions?: Record<string, object>; sources?: object };

let harness: Harness;
let video: VideoService;
/** Answers in place of the local services, where a test says so. */
let instead: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;

beforeAll(async () => {
  use({});
  harness = await startHarness(
    { regions: { 'us-east-1': { streams: 0 } } },
    {
      ...ASKING,
      video: {
        handle: (request: IncomingMessage, response: ServerResponse) =>
          instead?.(request, response) || video.handle(request, response),
      } as VideoService,
    },
  );
});
afterAll(async () => {
  await harness?.stop();
  video.close();
});
beforeEach(async () => {
  instead = undefined;
  use({});
  await forget();
});

/** A stream in each region, and the late ones off; but for what is said here. */
function use({ regions = {}, sources = {} }: World): void {
  const one = (region: string) => [region, { streams: 1, ...(LATE.includes(region) && { fault: 'not-enabled' }) }];
  const world = { accountId: ACCOUNT, regions: { ...Object.fromEntries(FLOOR.map(one)), ...regions }, sources };
  video?.close();
  video = makeVideoService(parseWorld(world, 'the test world'));
}

const AT_HOME = { pk: { S: `REGIONS#${ACCOUNT}` }, sk: { S: 'REGIONS' } };

async function forget(): Promise<void> {
  const { url, resource } = harness.stack;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new DynamoDBClient({ endpoint: url, region: 'us-east-1', credentials });
  await client.send(new DeleteItemCommand({ TableName: resource('LedgerTable').name, Key: AT_HOME }));
  client.destroy();
}

/** As if AWS had said so that many hours ago, and nothing had ever been counted where it is off. */
async function remember(hoursAgo: number, live: readonly string[] = FLOOR): Promise<void> {
  const askedAt = new Date(Date.now() - hoursAgo * 3_600_000).toISOString();
  await harness.ledger.writeMemory(ACCOUNT, {
    live: { regions: live, askedAt },
    off: { regions: LATE, askedAt },
    lastCounts: Object.fromEntries(LATE.map((region) => [region, null])),
  });
}

const count = async (): Promise<Run> => harness.settled(await harness.open());

const missingOf = ({ total }: Run) =>
  Object.fromEntries((total?.missing ?? []).map(({ region, reason }) => [region, reason]));
const NOT_ENABLED = Object.fromEntries(LATE.map((region) => [region, 'not-enabled']));
const NAMED = LATE.map((region) => ({ region }));

describe('an account that nobody has touched', () => {
  test('is complete on its first run, and names the regions that are off', async () => {
    const run = await count();
    expect(run.plan).toEqual(ON);
    expect(run.off).toEqual(NAMED);
    expect(run.sources).toMatchObject({ regions: { from: 'asked' }, optIn: { from: 'asked' } });
    expect(run.total).toMatchObject({ verdict: 'complete', streams: ON.length, expected: 14, missing: [] });
  });

  test('is asked for its list of regions once a day', async () => {
    await count();
    expect((await count()).sources).toEqual({
      regions: { from: 'cache', askedAt: expect.any(String) },
      optIn: { from: 'asked', askedAt: expect.any(String) },
    });
  });
});

const FAILURES = [
  ['denied', 'denied'],
  ['throttled', 'throttled'],
  ['hang', 'timed-out'],
  ['empty', 'empty'],
  ['bad-answer', 'bad-answer'],
] as const;

describe.each(FAILURES)('a list of regions that cannot be had (%s)', (fault, because) => {
  const sources = { regions: { fault } };

  test('is that of the code where nothing is remembered', async () => {
    use({ sources });
    const run = await count();
    expect(run.sources).toMatchObject({ regions: { from: 'floor', because }, optIn: { from: 'asked' } });
    expect(run.plan).toEqual(ON);
    expect(run.total?.verdict).toBe('complete');
  });

  test('is the one that is remembered, however old', async () => {
    await remember(1000, [...FLOOR, 'eu-central-2']);
    use({ regions: { 'eu-central-2': { streams: 5 } }, sources });
    const run = await count();
    expect(run.sources).toMatchObject({ regions: { from: 'cache', because }, optIn: { from: 'asked' } });
    expect(run.plan).toEqual([...ON, 'eu-central-2'].sort());
    expect(run.total?.verdict).toBe('complete');
  });
});

describe.each(FAILURES)('opt-in states that cannot be had (%s)', (fault, because) => {
  const sources = { optIn: { fault } };

  test('leave every region planned where nothing is remembered', async () => {
    use({ sources });
    const run = await count();
    expect(run.sources).toMatchObject({ regions: { from: 'asked' }, optIn: { from: 'nowhere', because } });
    expect(run.plan).toEqual(FLOOR);
    expect(run.off).toBeUndefined();
    expect(missingOf(run)).toEqual(NOT_ENABLED);
  });

  test('are those of a moment ago, so that a complete account stays complete', async () => {
    await remember(12);
    use({ sources });
    const run = await count();
    expect(run.sources).toMatchObject({ optIn: { from: 'cache', because } });
    expect(run.off).toEqual(NAMED);
    expect(run.total).toMatchObject({ verdict: 'complete', streams: ON.length });
  });
});

test('opt-in states of two days ago say nothing of today', async () => {
  await remember(49);
  use({ sources: { optIn: { fault: 'denied' } } });
  const run = await count();
  expect(run.plan).toEqual(FLOOR);
  expect(missingOf(run)).toEqual(NOT_ENABLED);
});

test('a region that AWS lists and the code does not know is counted without a release', async () => {
  use({ regions: { 'eu-central-2': { streams: 9 } } });
  const run = await count();
  expect(run.plan).toContain('eu-central-2');
  expect(run.total).toMatchObject({ verdict: 'complete', streams: ON.length + 9 });
});

test('a list that leaves a region out does not make the plan smaller', async () => {
  use({ sources: { regions: { list: ['us-east-1'] } } });
  expect((await count()).plan).toEqual(ON);
});

// What is counted from here on, the ledger goes on knowing.

describe('a region that was counted, and is off now', () => {
  const THERE = { 'me-south-1': { streams: 41 } };

  test('is missing from the start, with what it held, and nobody is asked', async () => {
    use({ regions: THERE });
    const before = await count();
    expect(before.total).toMatchObject({ verdict: 'complete', streams: ON.length + 41 });
    use({});
    const run = await count();
    expect(run.total).toMatchObject({ verdict: 'partial', streams: ON.length, expected: ON.length + 1 });
    const lastKnown = expect.objectContaining({ runId: before.runId, streams: 41 });
    expect(run.total?.missing).toMatchObject([{ region: 'me-south-1', reason: 'not-enabled', lastKnown }]);
    expect(run.off).toContainEqual({ region: 'me-south-1', lastKnown });
    expect(video.stats()['me-south-1']?.calls).toBe(0);
  });

  test('is counted again once it is on', async () => {
    use({ regions: THERE });
    await count();
    use({});
    await count();
    use({ regions: THERE });
    const run = await count();
    expect(run.total).toMatchObject({ verdict: 'complete', streams: ON.length + 41 });
    expect(run.off?.map(({ region }) => region)).not.toContain('me-south-1');
  });
});

test('where Account Management is not there, as in some emulators, every region is asked', async () => {
  instead = (request, response) => {
    if (signedScope(request)?.service !== 'account') return false;
    response.writeHead(404, { 'content-type': 'text/html' }).end('<!doctype html><title>404 Not Found</title>');
    return true;
  };
  use({ regions: Object.fromEntries(LATE.map((region) => [region, { streams: 2 }])) });
  const run = await count();
  expect(run.sources).toMatchObject({ regions: { from: 'asked' }, optIn: { from: 'nowhere' } });
  expect(run.total).toMatchObject({ verdict: 'complete', streams: ON.length + 2 * LATE.length });
});
