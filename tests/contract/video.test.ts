/**
 * What is promised of one page of a region: of the adapter (src/aws/list-page.ts) on the client of the simulated Kinesis Video,
 * and on the SDK's own client and the local one. What the adapter makes of answers that neither gives: tests/aws.
 */
import { KinesisVideoClient } from '@aws-sdk/client-kinesis-video';
import { streamsLister } from '../../src/aws/kinds/streams.ts';
import { makeListPage } from '../../src/aws/list-page.ts';
import type { ListPage, PageRequest } from '../../src/census/ports.ts';
import { parseWorld } from '../../src/local/parse-world.ts';
import { listen, makeVideoService } from '../../src/local/video-service.ts';
import { nameOf } from '../judging/fleet.ts';
import { makeHistory } from '../judging/history.ts';
import type { RegionWorld, Trouble, VideoTrouble } from '../judging/region-world.ts';
import { makeFaults } from '../simulation/faults.ts';
import { type Process, startProcess } from '../simulation/process.ts';
import { START_MS } from '../simulation/simulate.ts';
import { makeVideo } from '../simulation/video.ts';
import { makeVideoPorts } from '../simulation/video-client.ts';
import { makeVirtualTime, useVirtualTimers } from '../simulation/virtual-time.ts';

const REGION = 'eu-west-1';
const CALL_LIMIT_MS = 10_000;

type Region = { names: readonly string[]; pageSizes: readonly number[]; trouble?: Trouble };
type World = { listPage: ListPage; close(): Promise<void> };

async function simulatedWorld({ names, pageSizes, trouble }: Region): Promise<World> {
  const world: RegionWorld = {
    region: REGION,
    streams: names.length,
    pageSizes,
    ...(trouble && { troubles: [{ how: trouble, until: 'never' }] }),
  };
  const time = makeVirtualTime(START_MS);
  const surroundings = {
    time,
    history: makeHistory(START_MS, START_MS),
    faults: makeFaults([], 0, () => 0),
    seed: 1,
    nth: () => 1,
  };
  const video = makeVideo(world, START_MS);
  const restore = useVirtualTimers(time);
  return {
    listPage: (request) =>
      new Promise((resolve, reject) => {
        let isOver = false;
        const body = async (process: Process) => {
          const { client, readOptIn } = makeVideoPorts(world, 0, video, process, surroundings);
          await makeListPage(streamsLister(client), REGION, CALL_LIMIT_MS, readOptIn)(request).then(resolve, reject);
          isOver = true;
        };
        startProcess(surroundings, { of: 'worker', nth: 1, startedAtMs: START_MS }, 60_000, () => {}, body);
        // Time that went on beside the next call's would not let it come to its end.
        void time.run(() => isOver);
      }),
    close: async () => restore(),
  };
}

async function localWorld({ names, pageSizes, trouble }: Region): Promise<World> {
  const region = {
    streams: names.length,
    names: { kind: 'list', names },
    order: 'name',
    pageCap: pageSizes,
    ...(trouble && { fault: trouble }),
  };
  const service = makeVideoService(parseWorld({ seed: 'contract', regions: { [REGION]: region } }, 'this test'));
  const server = await listen(service);
  const client = new KinesisVideoClient({
    region: REGION,
    endpoint: server.url,
    credentials: { accessKeyId: 'anybody', secretAccessKey: 'anything' },
    maxAttempts: 1,
  });
  const readOptIn = async () => (trouble === 'not-enabled' ? 'disabled' : 'enabled') as 'disabled' | 'enabled';
  return {
    listPage: makeListPage(streamsLister(client), REGION, CALL_LIMIT_MS, readOptIn),
    async close() {
      client.destroy();
      await server.close();
    },
  };
}

const WORLDS = {
  'the adapter and the simulated Kinesis Video': simulatedWorld,
  'the adapter and the local Kinesis Video': localWorld,
};

describe.each(Object.keys(WORLDS) as (keyof typeof WORLDS)[])('For %s', (name) => {
  const worlds: World[] = [];
  afterEach(async () => {
    for (const world of worlds.splice(0)) await world.close();
  });

  async function open(streams: number, pageSizes: readonly number[], trouble?: Trouble): Promise<ListPage> {
    const names = Array.from({ length: streams }, (_, index) => nameOf(REGION, index));
    const world = await WORLDS[name]({ names, pageSizes, ...(trouble && { trouble }) });
    worlds.push(world);
    return world.listPage;
  }

  /** The number of streams on each page, and all their names. */
  async function listAll(ask: ListPage, request: PageRequest = {}) {
    const sizes: number[] = [];
    const names: string[] = [];
    let token: string | undefined;
    do {
      const page = await ask({ ...request, ...(token !== undefined && { token }) });
      sizes.push(page.streams.length);
      names.push(...page.streams.map((stream) => stream.name));
      token = page.nextToken;
    } while (token !== undefined);
    return { sizes, names };
  }

  test('a listing names every stream once, page by page, and ends without a token', async () => {
    const { sizes, names } = await listAll(await open(25, [10]));
    expect(sizes).toEqual([10, 10, 5]);
    expect(new Set(names).size).toBe(25);
    expect(names).toContain(nameOf(REGION, 24));
  });

  test('an empty region is one empty page', async () => {
    expect(await listAll(await open(0, [10]))).toEqual({ sizes: [0], names: [] });
  });

  test('an empty page may have a token, and the listing goes on', async () => {
    const { sizes, names } = await listAll(await open(6, [0, 4]));
    expect(sizes).toEqual([0, 4, 0, 2]);
    expect(names).toHaveLength(6);
  });

  test('a page tells of each stream what a tally needs', async () => {
    const { streams } = await (await open(1, [10]))({});
    expect(streams[0]).toMatchObject({
      name: nameOf(REGION, 0),
      arn: expect.stringMatching(`^arn:aws:kinesisvideo:${REGION}:\\d{12}:stream/${nameOf(REGION, 0)}/\\d{13}$`),
      status: expect.stringMatching(/^[A-Z]+$/),
      retentionHours: expect.any(Number),
      createdAtMs: expect.any(Number),
    });
  });

  test('a prefix narrows the listing to the names that begin with it', async () => {
    const ask = await open(25, [10]);
    const prefix = nameOf(REGION, 10).slice(0, -1);
    const { names } = await listAll(ask, { prefix });
    expect(names.sort()).toEqual(Array.from({ length: 10 }, (_, index) => nameOf(REGION, 10 + index)));
    expect(await listAll(ask, { prefix: 'Z' })).toEqual({ sizes: [0], names: [] });
  });

  test('a name asks for the one stream of exactly that name', async () => {
    const ask = await open(25, [10]);
    const page = await ask({ name: nameOf(REGION, 7) });
    expect(page.streams.map((stream) => stream.name)).toEqual([nameOf(REGION, 7)]);
    expect(page.nextToken).toBeUndefined();
    expect((await ask({ name: nameOf(REGION, 7).slice(0, -1) })).streams).toEqual([]);
  });

  test.each<[Exclude<VideoTrouble, 'malformed' | 'token-loop' | 'hang'> | 'not-enabled', string, boolean]>([
    ['throttled', 'throttled', true],
    ['server-error', 'unreachable', true],
    ['drops-connection', 'unreachable', true],
    ['denied', 'denied', false],
    ['not-enabled', 'not-enabled', false],
  ])('a region with the trouble "%s" answers as %s', async (trouble, reason, retryable) => {
    const ask = await open(3, [10], trouble);
    await expect(ask({})).rejects.toThrow(expect.objectContaining({ name: 'CountError', reason, retryable }));
  });

  test('a call that is not answered ends when its time is over', async () => {
    const ask = await open(3, [10], 'hang');
    const answer = ask({ timeLimitMs: 50 });
    await expect(answer).rejects.toThrow(expect.objectContaining({ reason: 'timed-out', retryable: true }));
  });

  test('a call can be ended by whoever made it', async () => {
    const ask = await open(3, [10], 'hang');
    const stop = new AbortController();
    const answer = ask({ signal: stop.signal });
    stop.abort();
    await expect(answer).rejects.toThrow(expect.objectContaining({ reason: 'timed-out' }));
  });

  test('a service that loops repeats its token', async () => {
    const ask = await open(6, [2], 'token-loop');
    const { nextToken } = await ask({});
    expect(nextToken).toBeDefined();
    expect((await ask({ token: nextToken! })).nextToken).toBe(nextToken);
  });
});
