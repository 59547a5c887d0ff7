/** What becomes of a task: the worker's body on the simulated ledger, in virtual time. */
import { CountError } from '../../src/census/errors.ts';
import { hashOf, printHash } from '../../src/census/fingerprint.ts';
import type { Access } from '../../src/census/organization/ports.ts';
import type { AskQuota } from '../../src/census/ports.ts';
import type { CountedRecord } from '../../src/census/region.ts';
import { type WorkerDeps, worker } from '../../src/functions/worker.ts';
import { aRun, aTask, attempted, counted, DEADLINE_MS, failed, KEY, OPENED_MS, RUN_ID } from '../census/examples.ts';
import { denied, type Listed, serve, throttled, truthOf, unreachable } from '../census/listing/listing.ts';
import { WORKER_CONFIG } from '../judging/numbers.ts';
import {
  contextOf,
  eventOf,
  failing,
  ledgerError,
  makeWorld,
  messageOf,
  type World,
  type WorldLedger,
} from './world.ts';

const IRELAND = 'eu-west-1';
const VIRGINIA = 'us-east-1';
const TASK = aTask(IRELAND);
const RUN = aRun([IRELAND]);
const REMAINING_MS = 300_000;
const LEASE: [string, number] = ['handle-m-1', WORKER_CONFIG.leaseMs];
const BACK = { batchItemFailures: [{ itemIdentifier: 'm-1' }] };
const DONE = { batchItemFailures: [] };
const isoAt = (ms: number) => new Date(ms).toISOString();

const NAMES = Array.from({ length: 25 }, (_, index) => `camera-${index + 10}`);
const calm: Listed = { names: NAMES, order: 'name', pageCaps: [10], latencyMs: () => 80 };

function open(listed: Partial<Listed> = {}, startMs = OPENED_MS) {
  const world = makeWorld(startMs);
  const { listPage, calls } = serve(world.clock, { ...calm, ...listed });
  const regions: string[] = [];
  const clients: ReturnType<WorkerDeps['clientsOf']> = {
    listPageOf(_kind, region) {
      regions.push(region);
      return listPage;
    },
    askQuota: async () => ({ value: 10_000 }),
  };
  const deps: WorkerDeps = {
    ...world,
    clientsOf: () => clients,
    askAccess: () => Promise.reject(new Error('Nobody asks whether another account lets itself be counted.')),
    every: () => () => {},
    random: () => 0.5,
    config: WORKER_CONFIG,
  };
  return { ...world, deps, clients, calls, regions };
}

type Opened = ReturnType<typeof open>;

/** Hands the worker these messages. */
function work(
  { clock, deps }: { clock: World['clock']; deps: WorkerDeps },
  messages = [messageOf(TASK)],
  remainingMs = REMAINING_MS,
) {
  return clock.run(worker(deps)(eventOf(...messages), contextOf('worker', remainingMs)));
}

const recordsOf = ({ ledger }: Opened) => ledger.readRecords(KEY);
const pendingOf = async ({ ledger }: Opened) => (await ledger.readRun(KEY))?.pending;

describe('A region that answers', () => {
  test('is counted, and the record says what, when, and at what cost', async () => {
    const world = open();
    await world.ledger.openRun(aRun([IRELAND, VIRGINIA]));
    await expect(work(world)).resolves.toEqual(DONE);
    const endedAt = isoAt(OPENED_MS + 240);
    expect(await recordsOf(world)).toEqual([
      {
        ...KEY,
        region: IRELAND,
        round: 0,
        status: 'counted',
        tally: truthOf(NAMES),
        prefixes: { length: 60, counts: [{ prefix: 'camer', streams: 25 }] },
        effort: { pages: 3, calls: 3, ms: 240 },
        young: { since: isoAt(OPENED_MS - 300_000), hashes: [] },
        startedAt: isoAt(OPENED_MS),
        endedAt,
        recordedAt: endedAt,
        quota: { from: 'applied', limit: 10_000 },
      },
    ]);
    expect(world.regions).toEqual([IRELAND]);
    expect(world.said).toEqual([
      { level: 'info', message: 'region counted', ...KEY, region: IRELAND, streams: 25, pages: 3, calls: 3, ms: 240 },
    ]);
  });

  test('is counted without prefixes of names where nobody wants them kept', async () => {
    const world = open();
    await world.ledger.openRun(RUN);
    await work({ ...world, deps: { ...world.deps, config: { ...WORKER_CONFIG, namePrefixes: false } } });
    const [record] = await recordsOf(world);
    expect(record).toMatchObject({ status: 'counted' });
    expect(JSON.stringify(record)).not.toContain('camer');
  });

  test('is struck off, and nobody is nudged while another is awaited', async () => {
    const world = open();
    await world.ledger.openRun(aRun([IRELAND, VIRGINIA]));
    await work(world);
    expect(await pendingOf(world)).toEqual([VIRGINIA]);
    expect(world.nudged).toEqual([]);
  });

  test('is the last one, and nudges', async () => {
    const world = open();
    await world.ledger.openRun(RUN);
    await work(world);
    expect(world.nudged).toEqual([KEY]);
  });

  test('has streams whose ages are counted from the instant of the run', async () => {
    const world = open();
    await world.ledger.openRun(RUN);
    const stream = (name: string, ageMs: number) => ({
      name,
      arn: `arn:${name}`,
      createdAtMs: Date.parse(RUN_ID) - ageMs,
    });
    const dayMs = 86_400_000;
    const streams = [stream('camera-1', dayMs), stream('camera-2', dayMs + 1)];
    const clientsOf = () => ({ ...world.clients, listPageOf: () => async () => ({ streams }) });
    await work({ ...world, deps: { ...world.deps, clientsOf } });
    expect(await recordsOf(world)).toMatchObject([{ tally: { facets: { created: { day: 1, week: 1 } } } }]);
  });

  test('and repeats itself is counted once, and the record says how often it did', async () => {
    const world = open({ names: [...NAMES, ...NAMES.slice(0, 3)] });
    await world.ledger.openRun(RUN);
    await work(world);
    expect(await recordsOf(world)).toMatchObject([{ status: 'counted', tally: truthOf(NAMES), repeated: 3 }]);
  });

  test('and was counted in the run before tells what came and what went since', async () => {
    const world = open({ names: NAMES.slice(1) });
    const previous = '2026-11-20T05:00:00Z';
    const at = (minute: number) => `2026-11-20T05:${minute}:00.000Z`;
    const before = counted(IRELAND, 0, {
      runId: previous,
      tally: truthOf(NAMES),
      young: { since: at(10), hashes: [] },
      startedAt: at(15),
      endedAt: at(16),
    });
    await world.ledger.openRun(RUN);
    await world.ledger.writeRecord(before, RUN);
    await work(world, [messageOf(aTask(IRELAND, { previous }))]);
    expect(await recordsOf(world)).toMatchObject([{ churn: { against: previous, created: 0, gone: 1 } }]);
  });

  test('and was counted in the run before is counted sooner: which branches it has is known', async () => {
    const letters = [...'abcdefghij'];
    const names = letters.flatMap((letter) => Array.from({ length: 60 }, (_, nth) => `${letter}-camera-${nth}`));
    const previous = '2026-11-20T05:00:00Z';
    const counts = letters.map((prefix) => ({ prefix, streams: 60 }));
    const before = counted(IRELAND, 0, {
      runId: previous,
      tally: truthOf(names),
      prefixes: { length: 1, counts },
    });
    const effortOf = async (task: ReturnType<typeof aTask>) => {
      const world = open({ names });
      await world.ledger.openRun(RUN);
      await world.ledger.writeRecord(before, RUN);
      await work(world, [messageOf(task)]);
      const [record] = await recordsOf(world);
      expect(record).toMatchObject({ status: 'counted', tally: { streams: 600 } });
      return record!.effort!.ms;
    };
    const first = await effortOf(aTask(IRELAND));
    expect(await effortOf(aTask(IRELAND, { previous }))).toBeLessThan(first);
  });

  test('keeps the hashes of the streams that were made just before, unless one does not tell', async () => {
    const world = open();
    await world.ledger.openRun(RUN);
    const arns = ['arn:camera-1', 'arn:camera-2'];
    const ages = [60_000, 400_000, undefined];
    const youngOf = async (count: number) => {
      const streams = ages.slice(0, count).map((ageMs, nth) => ({
        name: `camera-${nth + 1}`,
        arn: `arn:camera-${nth + 1}`,
        ...(ageMs !== undefined && { createdAtMs: OPENED_MS - ageMs }),
      }));
      const round = 3 - count;
      await world.ledger.openRun(aRun([IRELAND], { runId: `2026-11-20T0${round}:00:00Z` }));
      const task = aTask(IRELAND, { runId: `2026-11-20T0${round}:00:00Z` });
      const clientsOf = () => ({ ...world.clients, listPageOf: () => async () => ({ streams }) });
      await work({ ...world, deps: { ...world.deps, clientsOf } }, [messageOf(task)]);
      const [record] = await world.ledger.readRecords(task);
      return record?.status === 'counted' ? record.young : undefined;
    };
    expect(await youngOf(2)).toEqual({
      since: isoAt(OPENED_MS - 300_000),
      hashes: [printHash(hashOf(arns[0]!))],
    });
    expect(await youngOf(3)).toBeUndefined();
  });

  test('in a later round is recorded as of that round', async () => {
    const world = open();
    await world.ledger.openRun(aRun([IRELAND], { round: 2 }));
    await work(world, [messageOf(aTask(IRELAND, { round: 2 }))]);
    expect(await recordsOf(world)).toMatchObject([{ status: 'counted', round: 2 }]);
  });

  test.each([
    [2, 5000, 7000],
    [20, 500, 700],
  ])('is asked at the rate that is configured: %i calls a second', async (callsPerSecond, leastMs, mostMs) => {
    const world = open({ pageCaps: [2], latencyMs: () => 1 });
    await world.ledger.openRun(RUN);
    await work({ ...world, deps: { ...world.deps, config: { ...WORKER_CONFIG, callsPerSecond } } });
    expect(world.calls).toHaveLength(13);
    expect(world.clock.nowMs() - OPENED_MS).toBeGreaterThan(leastMs);
    expect(world.clock.nowMs() - OPENED_MS).toBeLessThan(mostMs);
  });
});

describe('The quota of a region', () => {
  const HANGS: AskQuota = () => new Promise(() => {});
  const answering = async (askQuota: AskQuota) => {
    const world = open();
    await world.ledger.openRun(RUN);
    const clientsOf = () => ({ ...world.clients, askQuota });
    await expect(work({ ...world, deps: { ...world.deps, clientsOf } })).resolves.toEqual(DONE);
    const [record] = await recordsOf(world);
    return { ...world, record: record as CountedRecord };
  };

  test('is asked for beside the list, of the region of the task', async () => {
    const asked: unknown[] = [];
    const { calls } = await answering(async ({ code }, region, question) => {
      asked.push([code, region, question]);
      return { value: 10_000 };
    });
    expect(asked).toEqual([['L-F06528A6', IRELAND, 'applied']]);
    expect(calls).toHaveLength(3);
  });

  test.each<[string, AskQuota, object]>([
    ['is denied', async () => ({ because: 'denied' }), { from: 'unknown', because: 'denied' }],
    ['is throttled', async () => ({ because: 'throttled' }), { from: 'unknown', because: 'throttled' }],
    ['never comes', HANGS, { from: 'unknown', because: 'timed-out' }],
    ['fails', () => Promise.reject(new Error('no')), { from: 'unknown', because: 'bad-answer' }],
    ['is 0', async () => ({ value: 0 }), { from: 'unknown', because: 'bad-answer' }],
    ['is below 0', async () => ({ value: -1 }), { from: 'unknown', because: 'bad-answer' }],
    ['is less than there is', async () => ({ value: 24 }), { from: 'unknown', because: 'bad-answer' }],
    [
      'is a number that the ledger cannot hold',
      async () => ({ value: 1e300 }),
      { from: 'unknown', because: 'bad-answer' },
    ],
    ['is no number', async () => ({ value: 'many' }), { from: 'unknown', because: 'bad-answer' }],
    ['is none', async () => 'none', { from: 'documented', limit: 10_000 }],
    ['is all that there is', async () => ({ value: 25 }), { from: 'applied', limit: 25 }],
  ])('that %s changes nothing of the record but itself', async (_what, askQuota, expected) => {
    const { record: known } = await answering(async () => ({ value: 10_000 }));
    const { record } = await answering(askQuota);
    expect(record).toEqual({ ...known, quota: expected });
  });

  test('that never comes is waited for a second after the list, and the record says when the list ended', async () => {
    const { record, clock } = await answering(HANGS);
    expect(record).toMatchObject({ endedAt: isoAt(OPENED_MS + 240), recordedAt: isoAt(OPENED_MS + 240) });
    expect(clock.nowMs()).toBe(OPENED_MS + 240 + WORKER_CONFIG.quotaWaitMs);
  });

  test('is not waited for where the region is not counted, and nobody waits for it any more', async () => {
    const world = open({ trouble: denied });
    await world.ledger.openRun(RUN);
    let signal: AbortSignal | undefined;
    const askQuota: AskQuota = (_quota, _region, _question, given) => {
      signal = given;
      return new Promise(() => {});
    };
    const clientsOf = () => ({ ...world.clients, askQuota });
    await work({ ...world, deps: { ...world.deps, clientsOf } });
    expect(world.clock.nowMs()).toBe(OPENED_MS + 80);
    expect(signal?.aborted).toBe(true);
    expect(await recordsOf(world)).not.toMatchObject([{ quota: expect.anything() }]);
  });

  test('is told of in the log where it is not known: why, and by the name that AWS gave it', async () => {
    const cause = Object.assign(new Error('no'), { name: 'AccessDeniedException', $metadata: { httpStatusCode: 400 } });
    const { said } = await answering(async () => ({ because: 'denied', cause }));
    expect(said[0]).toEqual({
      level: 'warn',
      message: 'quota is not known',
      ...KEY,
      region: IRELAND,
      reason: 'denied',
      error: 'AccessDeniedException',
      httpStatus: 400,
    });
  });
});

describe('A region that is counted already', () => {
  test('is not listed again; it is struck off, and the last one nudges', async () => {
    const world = open();
    await world.ledger.openRun(RUN);
    const record = counted(IRELAND, 7);
    await world.ledger.writeRecord(record, RUN);
    await expect(work(world)).resolves.toEqual(DONE);
    expect(world.calls).toEqual([]);
    expect(await recordsOf(world)).toEqual([record]);
    expect(await pendingOf(world)).toEqual([]);
    expect(world.nudged).toEqual([KEY]);
  });

  test.each([attempted(IRELAND), failed(IRELAND)])(
    'is not one of which only a failure is known ($status)',
    async (record) => {
      const world = open();
      await world.ledger.openRun(RUN);
      await world.ledger.writeRecord(record, RUN);
      await work(world);
      expect(await recordsOf(world)).toMatchObject([{ status: 'counted', tally: { streams: 25 } }]);
    },
  );
});

describe('A region that does not answer', () => {
  const refusal = () =>
    new CountError('denied', 'Not allowed.', {
      cause: Object.assign(new Error('no'), { name: 'AccessDeniedException', $metadata: { httpStatusCode: 403 } }),
    });

  test('is put on record as attempted, is not struck off, and its task comes back', async () => {
    const world = open({ trouble: denied });
    await world.ledger.openRun(RUN);
    await expect(work(world)).resolves.toEqual(BACK);
    expect(await recordsOf(world)).toEqual([
      {
        ...KEY,
        region: IRELAND,
        round: 0,
        status: 'attempted',
        reason: 'denied',
        effort: { pages: 0, calls: 1, ms: 80 },
        recordedAt: isoAt(OPENED_MS + 80),
      },
    ]);
    expect(await pendingOf(world)).toEqual([IRELAND]);
    expect(world.nudged).toEqual([]);
  });

  test('and cannot get better, is failed for good: recorded, struck off, and its task is done', async () => {
    const world = open({ trouble: () => new CountError('not-enabled', 'Off.') });
    await world.ledger.openRun(RUN);
    await expect(work(world)).resolves.toEqual(DONE);
    expect(await recordsOf(world)).toEqual([
      {
        ...KEY,
        region: IRELAND,
        round: 0,
        status: 'failed',
        reason: 'not-enabled',
        effort: { pages: 0, calls: 1, ms: 80 },
        recordedAt: isoAt(OPENED_MS + 80),
      },
    ]);
    expect(await pendingOf(world)).toEqual([]);
    expect(world.nudged).toEqual([KEY]);
    expect(world.held).toEqual([LEASE]);
  });

  test('and tells who denied, has that on record, and in the log', async () => {
    const trouble = () => new CountError('denied', 'Not allowed.', { deniedBy: 'organisation-policy' });
    const world = open({ trouble });
    await world.ledger.openRun(RUN);
    await work(world);
    const told = { reason: 'denied', deniedBy: 'organisation-policy' };
    expect(await recordsOf(world)).toMatchObject([{ status: 'attempted', ...told }]);
    expect(world.said).toContainEqual(expect.objectContaining({ message: 'region not counted', ...told }));
  });

  test('and denies a second time, is failed', async () => {
    const world = open({ trouble: denied });
    await world.ledger.openRun(RUN);
    await expect(work(world, [messageOf(TASK, 2)])).resolves.toEqual(DONE);
    expect(await recordsOf(world)).toMatchObject([{ status: 'failed', reason: 'denied' }]);
  });

  test('is told of in the log by the reason, and by the name that AWS gave it', async () => {
    const world = open({ trouble: refusal });
    await world.ledger.openRun(RUN);
    await work(world);
    expect(world.said).toEqual([
      {
        level: 'warn',
        message: 'region not counted',
        ...KEY,
        region: IRELAND,
        round: 0,
        receives: 1,
        reason: 'denied',
        pages: 0,
        calls: 1,
        ms: 80,
        error: 'AccessDeniedException',
        httpStatus: 403,
      },
    ]);
  });

  test('and gives an answer that cannot be true is told of in the log by what is wrong with it', async () => {
    const why = 'The answer holds an entry of another account.';
    const world = open({ trouble: () => new CountError('bad-answer', why, { retryable: true }) });
    await world.ledger.openRun(RUN);
    await work(world);
    expect(world.said[0]).toMatchObject({ message: 'region not counted', reason: 'bad-answer', problem: why });
  });

  test('is asked again four times, after waits that double up to their limit', async () => {
    const world = open({ trouble: throttled, latencyMs: () => 0 });
    await world.ledger.openRun(RUN);
    const config = { ...WORKER_CONFIG, pageBackoffMs: 8000, pageBackoffLimitMs: 10_000, callsPerSecond: 1000 };
    await work({ ...world, deps: { ...world.deps, config } });
    const [first = 0, ...rest] = world.calls.map(({ atMs }) => atMs);
    const waits = rest.map((atMs, index) => atMs - (rest[index - 1] ?? first));
    // Half of 8, 16 and 32 s, the last two cut to 10 s.
    expect(waits.map((ms) => Math.round(ms / 1000))).toEqual([4, 5, 5]);
  });

  test('is given up in time to say so: what is left of the invocation, less what recording takes', async () => {
    const world = open({ pageCaps: [1], latencyMs: () => 1000 });
    await world.ledger.openRun(RUN);
    const config = { ...WORKER_CONFIG, closingTimeMs: 5000 };
    await work({ ...world, deps: { ...world.deps, config } }, [messageOf(TASK)], 10_000);
    expect(await recordsOf(world)).toMatchObject([
      { status: 'attempted', reason: 'timed-out', recordedAt: isoAt(OPENED_MS + 5000), effort: { pages: 5, ms: 5000 } },
    ]);
  });
});

describe('A task with a quick try', () => {
  const QUICK = aTask(IRELAND, { quick: true });
  const { quickTryMs } = WORKER_CONFIG;
  const quick = (world: Opened, receives = 1) => work(world, [messageOf(QUICK, receives)]);

  test('of a region that does not answer is over after seconds: failed, struck off, and nobody asks again', async () => {
    const world = open({ latencyMs: () => 60_000 });
    await world.ledger.openRun(RUN);
    await expect(quick(world)).resolves.toEqual(DONE);
    expect(await recordsOf(world)).toEqual([
      {
        ...KEY,
        region: IRELAND,
        round: 0,
        status: 'failed',
        reason: 'timed-out',
        effort: { pages: 0, calls: 1, ms: quickTryMs },
        recordedAt: isoAt(OPENED_MS + quickTryMs),
      },
    ]);
    expect(world.calls).toHaveLength(1);
    expect(await pendingOf(world)).toEqual([]);
    expect(world.nudged).toEqual([KEY]);
    expect(world.held).toEqual([LEASE]);
  });

  test('of a region that cannot be reached is over at once', async () => {
    const world = open({ trouble: unreachable });
    await world.ledger.openRun(RUN);
    await expect(quick(world)).resolves.toEqual(DONE);
    expect(await recordsOf(world)).toMatchObject([{ status: 'failed', reason: 'unreachable', effort: { calls: 1 } }]);
    expect(await pendingOf(world)).toEqual([]);
  });

  test('of a region that answers again counts it', async () => {
    const world = open();
    await world.ledger.openRun(RUN);
    await expect(quick(world)).resolves.toEqual(DONE);
    expect(await recordsOf(world)).toMatchObject([{ status: 'counted', tally: { streams: NAMES.length } }]);
  });

  test('gives a region all of its time once a page has come in time', async () => {
    const world = open({ latencyMs: (call) => (call === 0 ? quickTryMs - 1 : quickTryMs + 1000) });
    await world.ledger.openRun(RUN);
    await expect(quick(world)).resolves.toEqual(DONE);
    expect(await recordsOf(world)).toMatchObject([{ status: 'counted', tally: { streams: NAMES.length } }]);
  });

  test('comes back like any other if later pages fail, and is asked for them again', async () => {
    const world = open({ trouble: (call) => (call === 0 ? undefined : unreachable()) });
    await world.ledger.openRun(RUN);
    await expect(quick(world)).resolves.toEqual(BACK);
    expect(await recordsOf(world)).toMatchObject([{ status: 'attempted', effort: { pages: 1, calls: 5 } }]);
  });

  test('that is throttled at first is tried again like any other', async () => {
    const world = open({ trouble: (call) => (call === 0 ? throttled() : undefined) });
    await world.ledger.openRun(RUN);
    await expect(quick(world)).resolves.toEqual(DONE);
    expect(await recordsOf(world)).toMatchObject([{ status: 'counted', effort: { calls: 4 } }]);
  });

  test('that is denied is denied twice, like any other', async () => {
    const world = open({ trouble: denied });
    await world.ledger.openRun(RUN);
    await expect(quick(world)).resolves.toEqual(BACK);
    await expect(quick(world, 2)).resolves.toEqual(DONE);
    expect(await recordsOf(world)).toMatchObject([{ status: 'failed', reason: 'denied' }]);
  });

  test('is told of in the log like any failure', async () => {
    const cause = Object.assign(new Error('no'), { name: 'ConnectionRefused' });
    const world = open({ trouble: () => new CountError('unreachable', 'Why.', { retryable: true, cause }) });
    await world.ledger.openRun(RUN);
    await quick(world);
    expect(world.said[0]).toMatchObject({ message: 'region not counted', reason: 'unreachable', error: cause.name });
  });
});

describe('A task that comes back', () => {
  const receivesAndWaits: [receives: number, longestMs: number][] = [
    [1, 30_000],
    [2, 120_000],
    [3, 480_000],
    [4, 1_200_000],
    [5, 0],
    [6, 0],
  ];
  test.each(receivesAndWaits)(
    'after receive no. %i does so within %i ms, and not before half of that',
    async (receives, longestMs) => {
      for (const drawn of [0, 0.5]) {
        const world = open({ trouble: () => new CountError('bad-answer', 'Odd.') });
        await world.ledger.openRun(RUN);
        const deps = { ...world.deps, random: () => drawn };
        await expect(work({ ...world, deps }, [messageOf(TASK, receives)])).resolves.toEqual(BACK);
        expect(world.held).toEqual([LEASE, ['handle-m-1', longestMs * (0.5 + drawn / 2)]]);
      }
    },
  );

  test('more often than there are waits waits as long as the last time', async () => {
    const world = open({ trouble: () => new CountError('bad-answer', 'Odd.') });
    await world.ledger.openRun(RUN);
    const config = { ...WORKER_CONFIG, maxReceives: 9, taskBackoffMs: [10, 20, 40] };
    await work({ ...world, deps: { ...world.deps, config, random: () => 0 } }, [messageOf(TASK, 7)]);
    expect(world.held.at(-1)).toEqual(['handle-m-1', 20]);
  });

  test('because the ledger does not answer is told of, and nothing was counted in vain', async () => {
    const world = open();
    const deps = { ...world.deps, ledger: failing(world.ledger, 'readRunAndRecord', ledgerError()) };
    await expect(work({ ...world, deps })).resolves.toEqual(BACK);
    expect(world.held).toEqual([LEASE, ['handle-m-1', 22_500]]);
    expect(world.calls).toEqual([]);
    expect(world.said).toEqual([
      {
        level: 'error',
        message: 'task failed',
        ...KEY,
        region: IRELAND,
        receives: 1,
        error: 'ProvisionedThroughputExceededException',
        httpStatus: 400,
        refusedRequestId: 'request-1',
      },
    ]);
  });

  test.each(['writeRecord', 'strike'] as const)('because the ledger refused the %s comes back', async (verb) => {
    const world = open();
    await world.ledger.openRun(RUN);
    const deps = { ...world.deps, ledger: failing(world.ledger, verb, ledgerError()) };
    await expect(work({ ...world, deps })).resolves.toEqual(BACK);
    expect(world.nudged).toEqual([]);
  });
});

describe('A message that is no task of a run', () => {
  test.each([
    ['that nobody can read', 'not a task', { level: 'warn', message: 'task is unreadable', receives: 2 }],
    [
      'whose run nobody opened',
      TASK,
      { level: 'warn', message: 'task is refused', ...KEY, region: IRELAND, receives: 2, reason: 'no-such-run' },
    ],
  ])('%s goes back at once, and nothing is counted', async (_what, body, line) => {
    const world = open();
    await expect(work(world, [messageOf(body, 2)])).resolves.toEqual(BACK);
    expect(world.held).toEqual([LEASE, ['handle-m-1', 0]]);
    expect(world.calls).toEqual([]);
    expect(await recordsOf(world)).toEqual([]);
    expect(world.said).toEqual([line]);
  });
});

describe('A task that no run asked for', () => {
  test.each([
    ['of another account', aTask(IRELAND, { censusId: '999999999999' }), 'other-account'],
    ['of a region outside the plan', aTask(VIRGINIA), 'not-planned'],
    ['of a round that nobody opened', aTask(IRELAND, { round: 1 }), 'no-such-round'],
  ])('%s goes back at once, and nothing is counted', async (_what, task, reason) => {
    const world = open();
    await world.ledger.openRun(RUN);
    const items = world.table.items();
    await expect(work(world, [messageOf(task)])).resolves.toEqual(BACK);
    expect(world.held).toEqual([LEASE, ['handle-m-1', 0]]);
    expect(world.calls).toEqual([]);
    expect(world.table.items()).toEqual(items);
    const { censusId, runId, region } = task;
    expect(world.said).toEqual([
      { level: 'warn', message: 'task is refused', censusId, runId, region, receives: 1, reason },
    ]);
  });
});

describe('A task that is received a day after its deadline', () => {
  const LATE = {
    level: 'warn',
    message: 'task is too late and was let go',
    ...KEY,
    region: IRELAND,
    round: 0,
    receives: 3,
  };
  const overMs = DEADLINE_MS + WORKER_CONFIG.partialSweepMs;

  test('is let go: nothing is counted, and its region stays missing', async () => {
    const world = open({}, overMs);
    await world.ledger.openRun(RUN);
    await expect(work(world, [messageOf(TASK, 3)])).resolves.toEqual(DONE);
    expect(world.calls).toEqual([]);
    expect(await recordsOf(world)).toEqual([]);
    expect(await pendingOf(world)).toEqual([IRELAND]);
    expect(world.said).toEqual([LATE]);
  });

  test('is let go though it was received in time, if its count comes too late', async () => {
    const world = open({}, overMs - 240);
    await world.ledger.openRun(RUN);
    await expect(work(world, [messageOf(TASK, 3)])).resolves.toEqual(DONE);
    expect(world.calls).toHaveLength(3);
    expect(await recordsOf(world)).toEqual([]);
    expect(world.said).toEqual([LATE]);
  });

  test('is obeyed if its count comes in the last moment', async () => {
    const world = open({}, overMs - 241);
    await world.ledger.openRun(RUN);
    await work(world);
    expect(await recordsOf(world)).toMatchObject([{ status: 'counted' }]);
  });
});

describe('Several messages at once', () => {
  test('are each dealt with, and only those that failed come back', async () => {
    const world = open();
    await world.ledger.openRun(aRun([IRELAND, VIRGINIA]));
    const messages = [
      messageOf('not a task', 1, 'm-1'),
      messageOf(TASK, 1, 'm-2'),
      messageOf(aTask(VIRGINIA), 1, 'm-3'),
    ];
    await expect(work(world, messages)).resolves.toEqual(BACK);
    expect((await recordsOf(world)).map(({ region }) => region)).toEqual([IRELAND, VIRGINIA]);
    expect(world.held.map(([handle]) => handle)).toEqual(['handle-m-1', 'handle-m-1', 'handle-m-2', 'handle-m-3']);
  });
});

describe('The lease', () => {
  /** A timer that goes off when the test says so. */
  function makeTimer() {
    const timer = { everyMs: 0, isRunning: false, tick: () => {} };
    const every: WorkerDeps['every'] = (ms, task) => {
      Object.assign(timer, { everyMs: ms, isRunning: true, tick: task });
      return () => {
        timer.isRunning = false;
      };
    };
    return { timer, every };
  }

  test('is taken before anything is asked, and renewed for as long as the work lasts', async () => {
    const { timer, every } = makeTimer();
    const heldAtCall: number[] = [];
    const world = open({
      trouble() {
        heldAtCall.push(world.held.length);
        timer.tick();
        return undefined;
      },
    });
    await world.ledger.openRun(RUN);
    await work({ ...world, deps: { ...world.deps, every } });
    expect(timer).toMatchObject({ everyMs: WORKER_CONFIG.leaseRenewMs, isRunning: false });
    expect(heldAtCall).toEqual([1, 2, 3]);
    expect(world.held).toEqual([LEASE, LEASE, LEASE, LEASE]);
  });

  test('is given up if the work breaks off', async () => {
    const { timer, every } = makeTimer();
    const world = open();
    const deps = {
      ...world.deps,
      every,
      log: {
        ...world.log,
        warn() {
          throw new Error('The log is full.');
        },
      },
    };
    await expect(work({ ...world, deps }, [messageOf('not a task')])).rejects.toThrow('The log is full.');
    expect(timer.isRunning).toBe(false);
  });

  test('is not being renewed any more when the task is answered for', async () => {
    const { timer, every } = makeTimer();
    const world = open();
    await world.ledger.openRun(RUN);
    const order: string[] = [];
    const deps: WorkerDeps = {
      ...world.deps,
      every,
      async delayMessage(_handle, ms) {
        order.push(`asked for ${ms}`);
        await world.clock.sleep(1000);
        order.push('held');
      },
      sendNudge: async () => timer.tick(),
    };
    await work({ ...world, deps });
    expect(order).toEqual(['asked for 120000', 'held', 'asked for 120000', 'held']);
  });

  test('that cannot be had is told of, and the region is counted all the same', async () => {
    const world = open();
    await world.ledger.openRun(RUN);
    const delayMessage = () => Promise.reject(Object.assign(new Error('gone'), { name: 'ReceiptHandleIsInvalid' }));
    await expect(work({ ...world, deps: { ...world.deps, delayMessage } })).resolves.toEqual(DONE);
    expect(await recordsOf(world)).toMatchObject([{ status: 'counted' }]);
    expect(world.said[0]).toEqual({
      level: 'warn',
      message: 'visibility could not be changed',
      error: 'ReceiptHandleIsInvalid',
    });
  });
});

describe('A task of an account of an organisation', () => {
  const OTHERS = ['100000000001', '100000000002', '100000000003', '100000000004'] as const;
  const [ANNE] = OTHERS;
  const ORGANIZATION = { censusId: 'organization', runId: RUN_ID };
  const keyOf = (accountId: string) => ({ censusId: accountId, runId: RUN_ID });
  const { quickTryMs } = WORKER_CONFIG;

  function openAll(listed: Partial<Listed> = {}, access: Access = 'granted') {
    const world = open(listed);
    const counted: (string | undefined)[] = [];
    const deps: WorkerDeps = {
      ...world.deps,
      clientsOf(accountId) {
        counted.push(accountId);
        return world.clients;
      },
      askAccess: async () => access,
      config: { ...WORKER_CONFIG, accounts: 'organization' },
    };
    return { ...world, deps, counted };
  }
  type All = ReturnType<typeof openAll>;

  const openRunOf = (
    { ledger }: All,
    accountId: string,
    parent = { position: 0, round: 0, expiresAt: 1_800_000_000 },
  ) => ledger.openRun(aRun([IRELAND], { ...keyOf(accountId), parent }));
  const workFor = (world: All, accountId: string, receives = 1) =>
    work(world, [messageOf(aTask(IRELAND, keyOf(accountId)), receives)]);
  const darkFor = async ({ ledger }: All) =>
    (await ledger.readRunAndRecord(keyOf(ANNE), IRELAND, undefined, ORGANIZATION)).dark ?? [];
  const allRecordsOf = ({ ledger }: All, accountId: string) => ledger.readRecords(keyOf(accountId));

  test('is counted with what that account is counted with, and its own with the worker’s own', async () => {
    const world = openAll();
    for (const accountId of [ANNE, KEY.censusId]) {
      await openRunOf(world, accountId);
      await expect(workFor(world, accountId)).resolves.toEqual(DONE);
      expect(await allRecordsOf(world, accountId)).toMatchObject([{ status: 'counted' }]);
    }
    expect(world.counted).toEqual([ANNE, undefined]);
  });

  test('is refused unless the ledger says that its run is part of an organisation’s', async () => {
    const world = openAll();
    await world.ledger.openRun(aRun([IRELAND], keyOf(ANNE)));
    await expect(workFor(world, ANNE)).resolves.toEqual(BACK);
    expect(world.counted).toEqual([]);
    expect(world.said).toMatchObject([{ message: 'task is refused', censusId: ANNE, reason: 'other-account' }]);
  });

  test('whose session is refused is tried twice, and is then missing for want of access', async () => {
    const world = openAll({ trouble: () => new CountError('no-access', 'The member role cannot be assumed.') });
    await openRunOf(world, ANNE);
    await expect(workFor(world, ANNE)).resolves.toEqual(BACK);
    await expect(workFor(world, ANNE, 2)).resolves.toEqual(DONE);
    expect(await allRecordsOf(world, ANNE)).toMatchObject([{ status: 'failed', reason: 'no-access' }]);
    expect(await darkFor(world)).toEqual([]);
  });

  test('that gets no page tells the others, up to three of them', async () => {
    const world = openAll({ trouble: unreachable });
    for (const accountId of OTHERS.slice(0, 2)) {
      await openRunOf(world, accountId);
      await expect(workFor(world, accountId)).resolves.toEqual(BACK);
    }
    expect(await darkFor(world)).toEqual(OTHERS.slice(0, 2));
  });

  test('gives a region that is dark for three others a quick try: it is over after seconds', async () => {
    const world = openAll({ latencyMs: () => 60_000 });
    for (const accountId of OTHERS.slice(0, 3)) await world.ledger.noteDark(ORGANIZATION, IRELAND, accountId, RUN);
    await openRunOf(world, OTHERS[3]);
    await expect(workFor(world, OTHERS[3])).resolves.toEqual(DONE);
    expect(world.clock.nowMs() - OPENED_MS).toBe(quickTryMs);
    expect(await allRecordsOf(world, OTHERS[3])).toMatchObject([
      { status: 'failed', reason: 'timed-out', effort: { calls: 1 } },
    ]);
    expect(await darkFor(world)).toEqual(OTHERS.slice(0, 3));
  });

  test('of one of these three keeps all of its tries', async () => {
    const world = openAll({ trouble: unreachable });
    for (const accountId of OTHERS.slice(0, 3)) await world.ledger.noteDark(ORGANIZATION, IRELAND, accountId, RUN);
    await openRunOf(world, ANNE);
    await expect(workFor(world, ANNE)).resolves.toEqual(BACK);
    expect(await allRecordsOf(world, ANNE)).toMatchObject([{ status: 'attempted', effort: { calls: 4 } }]);
  });

  test('for which a person asked once more is never quick, and tells nobody', async () => {
    const world = openAll({ trouble: unreachable });
    for (const accountId of OTHERS.slice(0, 3)) await world.ledger.noteDark(ORGANIZATION, IRELAND, accountId, RUN);
    await openRunOf(world, OTHERS[3], { position: 3, round: 1, expiresAt: 1_800_000_000 });
    await expect(workFor(world, OTHERS[3])).resolves.toEqual(BACK);
    expect(await allRecordsOf(world, OTHERS[3])).toMatchObject([{ status: 'attempted', effort: { calls: 4 } }]);
  });

  test.each<Access>([{ because: 'unreachable' }, 'refused'])(
    'says nothing of the region where it was access that could not be had (%j)',
    async (access) => {
      const world = openAll({ trouble: unreachable }, access);
      await openRunOf(world, ANNE);
      await expect(workFor(world, ANNE)).resolves.toEqual(BACK);
      expect(await darkFor(world)).toEqual([]);
    },
  );

  test('says nothing of a region of which a page came, or that refuses', async () => {
    for (const trouble of [(call: number) => (call === 0 ? undefined : unreachable()), denied]) {
      const world = openAll({ trouble });
      await openRunOf(world, ANNE);
      await workFor(world, ANNE);
      expect(await darkFor(world)).toEqual([]);
    }
  });

  test('fails in no other way where the others cannot be told', async () => {
    const world = openAll({ trouble: unreachable });
    await openRunOf(world, ANNE);
    const deps = { ...world.deps, ledger: failing(world.ledger, 'noteDark', ledgerError()) };
    await expect(workFor({ ...world, deps }, ANNE)).resolves.toEqual(BACK);
    expect(await allRecordsOf(world, ANNE)).toMatchObject([{ status: 'attempted', reason: 'unreachable' }]);
    expect(world.said).toContainEqual(
      expect.objectContaining({ level: 'warn', message: 'that a region is dark could not be noted', censusId: ANNE }),
    );
  });

  test('asks for nothing of others where the stack counts its own account alone, nor in a later round', async () => {
    for (const [config, round] of [
      [WORKER_CONFIG, 0],
      [{ ...WORKER_CONFIG, accounts: 'organization' as const }, 1],
    ] as const) {
      const world = openAll();
      await openRunOf(world, ANNE);
      const asked: unknown[] = [];
      const ledger: WorldLedger = {
        ...world.ledger,
        readRunAndRecord(...question) {
          asked.push(question[3]);
          return world.ledger.readRunAndRecord(...question);
        },
      };
      await work({ ...world, deps: { ...world.deps, config, ledger } }, [
        messageOf(aTask(IRELAND, { ...keyOf(ANNE), round })),
      ]);
      expect(asked).toEqual([undefined]);
    }
  });
});
