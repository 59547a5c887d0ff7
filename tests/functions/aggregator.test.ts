/** How runs are settled and totals announced: the aggregator's body on the simulated ledger. */
import { GaveUpError, InvalidInputError, NotMailedError } from '../../src/census/errors.ts';
import type { RegionRecord } from '../../src/census/region.ts';
import type { RunKey, SweepList } from '../../src/census/run.ts';
import { type AggregatorDeps, aggregator } from '../../src/functions/aggregator.ts';
import { aRun, aTotal, counted, DEADLINE_MS, failed, KEY, OPENED_MS, tallyOf } from '../census/examples.ts';
import { AGGREGATOR_CONFIG, METRICS } from '../judging/numbers.ts';
import { contextOf, failing, ledgerError, makeWorld, type WorldLedger } from './world.ts';

const IRELAND = 'eu-west-1';
const VIRGINIA = 'us-east-1';
const OTHER = { ...KEY, runId: '2026-11-20T05:00:00Z' };
const NOW = new Date(OPENED_MS).toISOString();

function open(startMs = OPENED_MS) {
  const world = makeWorld(startMs);
  const deps: AggregatorDeps = { ...world, config: { ...AGGREGATOR_CONFIG, metrics: METRICS } };
  return { ...world, deps };
}

type Opened = ReturnType<typeof open>;

/** A run of which these records are there; those that are counted or failed are struck off. */
async function runWith({ ledger }: Opened, records: readonly RegionRecord[], key = KEY) {
  await ledger.openRun(aRun([IRELAND, VIRGINIA], key));
  for (const record of records) await conclude({ ledger }, { ...record, ...key });
}

async function conclude({ ledger }: Pick<Opened, 'ledger'>, record: RegionRecord) {
  await ledger.writeRecord(record, aRun([]));
  if (record.status !== 'attempted') await ledger.strike(record);
}

const nudgeFor = (...keys: { censusId?: string; runId?: string; version?: number }[]) => ({
  Records: keys.map((key) => ({ Sns: { Message: JSON.stringify({ version: 1, accountId: key.censusId, ...key }) } })),
});
const nudge = (
  { deps }: { deps: AggregatorDeps },
  ...keys: { censusId?: string; runId?: string; version?: number }[]
) => aggregator(deps)(nudgeFor(...(keys.length > 0 ? keys : [KEY])), contextOf('aggregator'));
const sweep = ({ deps }: { deps: AggregatorDeps }) => aggregator(deps)({ sweep: true }, contextOf('aggregator'));
const told = ({ announced }: Opened) =>
  announced.map(([{ runId }, { rev, verdict, streams }]) => ({ runId, rev, verdict, streams }));

/** What the sweep will look at. */
async function forSweep({ ledger }: Opened) {
  const lists: Record<SweepList, string[]> = { OPEN: [], PARTIAL: [] };
  for (const list of ['OPEN', 'PARTIAL'] as const) {
    for await (const { runId } of ledger.runsForSweep(list)) lists[list].push(runId);
  }
  return lists;
}

/** The ledger, and which runs were looked at in it. */
function watched(ledger: WorldLedger) {
  const looked: string[] = [];
  return {
    looked,
    ledger: {
      ...ledger,
      readRun(key: RunKey) {
        looked.push(key.runId);
        return ledger.readRun(key);
      },
    },
  };
}

const NOTHING = { OPEN: [], PARTIAL: [] };
const BOTH = [counted(IRELAND, 5), counted(VIRGINIA, 7)];
const HALF = [counted(IRELAND, 5), failed(VIRGINIA, { reason: 'denied' })];

describe('A run that has heard from all of its regions', () => {
  test('gets its total, which is stored, announced and put down as announced', async () => {
    const world = open();
    await runWith(world, BOTH);
    await nudge(world);
    const total = {
      verdict: 'complete',
      streams: 12,
      expected: 2,
      counted: 2,
      missing: [],
      tally: tallyOf(12),
      firstCountedAt: '2026-11-20T06:00:09.000Z',
      lastCountedAt: '2026-11-20T06:00:09.000Z',
      rev: 3,
      settledAt: NOW,
    };
    expect(await world.ledger.readRun(KEY)).toMatchObject({ total, announcedRev: 3 });
    expect(world.announced).toEqual([[KEY, total]]);
    expect(world.said).toEqual([
      { level: 'info', message: 'total announced', ...KEY, rev: 3, verdict: 'complete', streams: 12, missing: 0 },
    ]);
  });

  test('names the regions that have reached the alarm of their quotas, to programs, to people and to CloudWatch', async () => {
    const world = open();
    const full = counted(IRELAND, 5, { quota: { from: 'applied', limit: 6 } });
    const records = [full, counted(VIRGINIA, 7, { quota: { from: 'unknown', because: 'denied' } })];
    await runWith(world, records);
    const told: unknown[] = [];
    const announceTotal: AggregatorDeps['announceTotal'] = async (...given) => void told.push(given);
    await nudge({ deps: { ...world.deps, announceTotal } });
    const quota = {
      alarmPercent: 80,
      highest: { region: IRELAND, percent: 83.33 },
      above: [IRELAND],
      unknown: [VIRGINIA],
    };
    expect(told).toMatchObject([[KEY, { quota }, records]]);
    expect(world.printed[0]).toMatchObject({ QuotaPercent: 83.33 });
    expect(await world.ledger.readRun(KEY)).toMatchObject({ total: { quota } });
  });

  test('is settled, and the sweep forgets it', async () => {
    const world = open();
    await runWith(world, BOTH);
    expect(await forSweep(world)).toEqual({ OPEN: [KEY.runId], PARTIAL: [] });
    await nudge(world);
    expect(await world.ledger.readRun(KEY)).not.toHaveProperty('sweep');
    expect(await forSweep(world)).toEqual(NOTHING);
  });

  test('tells CloudWatch its number, once, and that of each of its regions', async () => {
    const world = open();
    await runWith(world, BOTH);
    for (let look = 0; look < 3; look++) await nudge(world);
    await sweep(world);
    expect(world.printed).toMatchObject([
      { ...KEY, rev: 3, stage: 'dev', Streams: 12, RegionsCounted: 2, RegionsMissing: 0, RegionsLost: 0 },
      { ...KEY, rev: 3, stage: 'dev', region: IRELAND, Streams: 5 },
      { ...KEY, rev: 3, stage: 'dev', region: VIRGINIA, Streams: 7 },
    ]);
  });

  test('is announced once, however often somebody looks', async () => {
    const world = open();
    await runWith(world, BOTH);
    for (let look = 0; look < 3; look++) await nudge(world);
    await sweep(world);
    expect(told(world)).toHaveLength(1);
  });
});

describe('A run that misses a region', () => {
  const earlier = '2026-11-19T06:00:00Z';

  test('says which, why, and what was last counted there: in that region, in this account', async () => {
    const world = open();
    await runWith(world, HALF);
    for (const [region, streams] of [
      [IRELAND, 50],
      [VIRGINIA, 70],
    ] as const) {
      await world.ledger.writeRecord({ ...counted(region, streams), runId: earlier }, aRun([]));
      await world.ledger.writeRecord({ ...counted(region, 999), runId: earlier, censusId: '999999999999' }, aRun([]));
    }
    await nudge(world);
    const lastKnown = { runId: earlier, streams: 70, countedAt: '2026-11-20T06:00:09.000Z' };
    expect(world.announced[0]?.[1]).toMatchObject({
      verdict: 'partial',
      streams: 5,
      missing: [{ region: VIRGINIA, reason: 'denied', lastKnown }],
    });
    expect(world.said.at(-1)).toMatchObject({ message: 'total announced', verdict: 'partial', missing: 1 });
  });

  test('says of a region that is off what the run knew of it when it opened, where no count is that old any more', async () => {
    const world = open();
    const lastKnown = { runId: '2024-01-02T06:00:00Z', streams: 12, countedAt: '2024-01-02T06:00:09.000Z' };
    await world.ledger.openRun(aRun([VIRGINIA], { off: [{ region: VIRGINIA, lastKnown }], pending: [] }));
    await world.ledger.writeRecord(failed(VIRGINIA), aRun([]));
    await nudge(world);
    expect(world.announced[0]?.[1]).toMatchObject({ missing: [{ region: VIRGINIA, lastKnown }] });
  });

  test('says nothing of an earlier count where there is none', async () => {
    const world = open();
    await runWith(world, HALF);
    await nudge(world);
    expect(world.announced[0]?.[1].missing).toStrictEqual([
      { region: VIRGINIA, reason: 'denied', since: KEY.runId, runs: 1 },
    ]);
  });

  test('gets its total though the earlier count cannot be read', async () => {
    const world = open();
    await runWith(world, HALF);
    await nudge({ deps: { ...world.deps, ledger: failing(world.ledger, 'lastKnown', ledgerError()) } });
    expect(told(world)).toMatchObject([{ verdict: 'partial', streams: 5 }]);
    expect(world.said[0]).toEqual({
      level: 'warn',
      message: 'an earlier count cannot be read',
      ...KEY,
      region: VIRGINIA,
      error: 'ProvisionedThroughputExceededException',
      httpStatus: 400,
      refusedRequestId: 'request-1',
    });
  });

  test('says what is new against the run before, which is the one that was told of last', async () => {
    const world = open();
    await runWith(world, BOTH, OTHER);
    await nudge(world, OTHER);
    await runWith(world, HALF);
    await nudge(world);
    const [, total] = world.announced.at(-1)!;
    expect(total.missing).toEqual([
      expect.objectContaining({ region: VIRGINIA, since: KEY.runId, runs: 1, lost: true }),
    ]);
    expect(total.before).toEqual({
      runId: OTHER.runId,
      streams: 12,
      newlyMissing: [VIRGINIA],
      newlyCounted: [],
      newlyPlanned: [],
      noLongerPlanned: [],
      comparable: { runId: OTHER.runId, streams: 12 },
      partialRuns: 1,
    });
    expect((await world.ledger.readRun(KEY))?.total).toEqual(total);
  });

  test('gets the same total though the earlier runs cannot be read, and that is told of', async () => {
    const world = open();
    await runWith(world, HALF);
    await nudge({ deps: { ...world.deps, ledger: failing(world.ledger, 'earlierRuns', ledgerError()) } });
    expect(world.announced[0]?.[1].missing).toStrictEqual([{ region: VIRGINIA, reason: 'denied' }]);
    expect(told(world)).toMatchObject([{ verdict: 'partial', streams: 5 }]);
    expect(world.said[0]).toEqual({
      level: 'warn',
      message: 'earlier runs cannot be read',
      ...KEY,
      error: 'ProvisionedThroughputExceededException',
      httpStatus: 400,
      refusedRequestId: 'request-1',
    });
  });

  test('waits a second for what earlier runs knew, and no longer', async () => {
    const world = open();
    await runWith(world, HALF);
    const silent = () => new Promise<never>(() => {});
    const ledger = { ...world.ledger, earlierRuns: silent, lastKnown: silent };
    const startedMs = world.clock.nowMs();
    await world.clock.run(nudge({ deps: { ...world.deps, ledger } }));
    expect(told(world)).toMatchObject([{ verdict: 'partial', streams: 5 }]);
    expect(world.clock.nowMs() - startedMs).toBe(AGGREGATOR_CONFIG.lookBackMs);
    expect(world.said.map(({ message, error }) => ({ message, error })).slice(0, 2)).toEqual([
      { message: 'earlier runs cannot be read', error: 'GaveUpError' },
      { message: 'an earlier count cannot be read', error: 'GaveUpError' },
    ]);
  });

  test('is settled, and the sweep keeps looking at it: a count that nobody struck off reaches the total', async () => {
    const world = open();
    await runWith(world, HALF);
    await nudge(world);
    expect(await world.ledger.readRun(KEY)).toMatchObject({ sweep: 'PARTIAL' });
    expect(await forSweep(world)).toEqual({ OPEN: [], PARTIAL: [KEY.runId] });
    await world.ledger.writeRecord(counted(VIRGINIA, 7), aRun([]));
    await sweep(world);
    expect(told(world)).toMatchObject([
      { verdict: 'partial', streams: 5 },
      { verdict: 'complete', streams: 12 },
    ]);
    expect(await forSweep(world)).toEqual(NOTHING);
  });

  test('is looked at until a day after its deadline, and then no more', async () => {
    const world = open();
    await runWith(world, HALF);
    await nudge(world);
    const lastMs = DEADLINE_MS + AGGREGATOR_CONFIG.partialSweepMs;
    world.clock.step(lastMs - 1 - OPENED_MS);
    await sweep(world);
    expect(await forSweep(world)).toEqual({ OPEN: [], PARTIAL: [KEY.runId] });
    world.clock.step(1);
    await sweep(world);
    expect(await forSweep(world)).toEqual(NOTHING);
    expect(told(world)).toHaveLength(1);
  });
});

describe('A run that misses two regions', () => {
  const OREGON = 'us-west-2';
  async function openWith() {
    const world = open();
    await world.ledger.openRun(aRun([IRELAND, VIRGINIA, OREGON]));
    for (const record of [...HALF, failed(OREGON)]) await conclude(world, record);
    await nudge(world);
    return world;
  }

  test('and gets a count of one that nobody struck off, is settled again, as partial', async () => {
    const world = await openWith();
    await world.ledger.writeRecord(counted(OREGON, 9), aRun([]));
    await sweep(world);
    expect(told(world)).toMatchObject([{ streams: 5 }, { streams: 14 }]);
    expect(await forSweep(world)).toEqual({ OPEN: [], PARTIAL: [KEY.runId] });
  });

  test('and gets nothing new by another strike, is settled again, and nobody is told', async () => {
    const world = await openWith();
    await conclude(world, failed(OREGON));
    expect(await world.ledger.readRun(KEY)).toMatchObject({ sweep: 'OPEN' });
    await nudge(world);
    expect(await forSweep(world)).toEqual({ OPEN: [], PARTIAL: [KEY.runId] });
    expect(told(world)).toHaveLength(1);
  });

  test('and gets a count while its total is being announced, looks again for whoever left it alone', async () => {
    const world = await openWith();
    await world.ledger.openRound(KEY, [VIRGINIA, OREGON], 1, new Date(DEADLINE_MS).toISOString());
    await world.ledger.writeRecord(failed(OREGON, { round: 1, reason: 'denied' }), aRun([]));
    const announceTotal: AggregatorDeps['announceTotal'] = async (key, total) => {
      if (total.streams === 5) {
        await conclude(world, counted(OREGON, 9, { round: 1 }));
        await nudge(world);
      }
      await world.announceTotal(key, total);
    };
    await nudge({ deps: { ...world.deps, announceTotal } });
    expect(told(world)).toMatchObject([{ streams: 5 }, { streams: 5 }, { streams: 14 }]);
  });
});

describe('A run that still waits for a region', () => {
  test('stays open, whoever nudges', async () => {
    const world = open();
    await runWith(world, [counted(IRELAND, 5)]);
    const before = await world.ledger.readRun(KEY);
    await nudge(world);
    expect(await world.ledger.readRun(KEY)).toEqual(before);
    expect(world.announced).toEqual([]);
  });

  test('gets a total of what there is once its deadline has come', async () => {
    const world = open();
    await runWith(world, [counted(IRELAND, 5)]);
    world.clock.step(DEADLINE_MS - OPENED_MS);
    await sweep(world);
    expect(world.announced[0]?.[1]).toMatchObject({
      verdict: 'partial',
      streams: 5,
      missing: [{ region: VIRGINIA, reason: 'unanswered' }],
    });
  });

  test('in a later round keeps its total, and is not settled', async () => {
    const world = open();
    await runWith(world, HALF);
    await nudge(world);
    await world.ledger.openRound(KEY, [VIRGINIA], 1, new Date(DEADLINE_MS).toISOString());
    await sweep(world);
    expect(await world.ledger.readRun(KEY)).toMatchObject({ sweep: 'OPEN', pending: [VIRGINIA] });
    expect(world.said).toMatchObject([{ message: 'total announced' }]);
    await conclude(world, counted(VIRGINIA, 7, { round: 1 }));
    await nudge(world);
    expect(await world.ledger.readRun(KEY)).toMatchObject({ total: { verdict: 'complete' } });
    expect(await forSweep(world)).toEqual(NOTHING);
    expect(told(world)).toMatchObject([{ verdict: 'partial' }, { verdict: 'complete' }]);
  });
});

describe('A crash', () => {
  test('between storing a total and announcing it is made up for by whoever looks next', async () => {
    const world = open();
    await runWith(world, BOTH);
    const announceTotal = () => Promise.reject(new Error('The topic is gone.'));
    await expect(nudge({ deps: { ...world.deps, announceTotal } })).rejects.toThrow('The topic is gone.');
    expect(world.announced).toEqual([]);
    await sweep(world);
    expect(told(world)).toEqual([{ runId: KEY.runId, rev: 3, verdict: 'complete', streams: 12 }]);
    expect(world.printed[0]).toMatchObject({ rev: 3, Streams: 12 });
    expect(await world.ledger.readRun(KEY)).toMatchObject({ announcedRev: 3 });
    expect(await forSweep(world)).toEqual(NOTHING);
  });

  test('between announcing and putting that down announces again: told twice rather than never', async () => {
    const world = open();
    await runWith(world, BOTH);
    const ledger = failing(world.ledger, 'markAnnounced', ledgerError());
    await expect(nudge({ deps: { ...world.deps, ledger } })).rejects.toThrow('The table is busy.');
    await sweep(world);
    expect(told(world)).toMatchObject([{ rev: 3 }, { rev: 3 }]);
  });

  test('between storing a better total and announcing it is made up for like any other', async () => {
    const world = open();
    await runWith(world, HALF);
    await nudge(world);
    await conclude(world, counted(VIRGINIA, 7));
    const announceTotal = () => Promise.reject(new Error('The topic is gone.'));
    await expect(nudge({ deps: { ...world.deps, announceTotal } })).rejects.toThrow('The topic is gone.');
    await sweep(world);
    expect(told(world)).toMatchObject([{ verdict: 'partial' }, { verdict: 'complete' }]);
  });

  test('before a total was announced does not let a better one pass over it', async () => {
    const world = open();
    await runWith(world, HALF);
    const announceTotal = () => Promise.reject(new Error('The topic is gone.'));
    await expect(nudge({ deps: { ...world.deps, announceTotal } })).rejects.toThrow('The topic is gone.');
    await conclude(world, counted(VIRGINIA, 7));
    await sweep(world);
    expect(told(world)).toMatchObject([{ verdict: 'partial' }, { verdict: 'complete' }]);
  });
});

describe('A topic that takes no mail', () => {
  /** Programs are told each time. */
  const mailless = (world: Opened, error: () => Error): Pick<Opened, 'deps'> => ({
    deps: {
      ...world.deps,
      announceTotal: async (run, total) => {
        await world.announceTotal(run, total);
        throw error();
      },
    },
  });
  const unmailed = () => new NotMailedError('The topic for people did not take the total.');

  test('has programs told again for an hour, and then costs people their mail, and nothing else', async () => {
    const world = open();
    await runWith(world, BOTH);
    await expect(nudge(mailless(world, unmailed))).rejects.toThrow(NotMailedError);
    world.clock.step(3_599_000);
    await expect(sweep(mailless(world, unmailed))).rejects.toThrow('The topic for people');
    expect(world.printed).toEqual([]);
    world.clock.step(1000);
    await sweep(mailless(world, unmailed));
    expect(told(world)).toHaveLength(3);
    expect(world.said).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'people are not told of a total', error: 'NotMailedError' }),
    );
    expect(world.printed[0]).toMatchObject({ rev: 3, Streams: 12 });
    expect(await world.ledger.readRun(KEY)).toMatchObject({ announcedRev: 3 });
    expect(await forSweep(world)).toEqual(NOTHING);
  });

  test('is no excuse for programs: they are told however late', async () => {
    const world = open();
    await runWith(world, BOTH);
    await expect(nudge(mailless(world, () => new Error('Busy.')))).rejects.toThrow('Busy.');
    world.clock.step(36_000_000);
    await expect(sweep(mailless(world, () => new Error('Busy.')))).rejects.toThrow();
    expect(await world.ledger.readRun(KEY)).not.toHaveProperty('announcedRev');
  });
});

describe('A total that somebody else has stored and not yet announced', () => {
  test('is left to him by whoever is nudged, and so is what came since', async () => {
    const world = open();
    await runWith(world, HALF);
    await world.ledger.storeTotal(KEY, aTotal({ verdict: 'partial' }), 2, NOW);
    await conclude(world, counted(VIRGINIA, 7));
    const before = await world.ledger.readRun(KEY);
    await nudge(world);
    expect(await world.ledger.readRun(KEY)).toEqual(before);
    expect(world.announced).toEqual([]);
  });
});

describe('News while a run is being settled', () => {
  test('is in the total: what was read too early is read again', async () => {
    const world = open();
    await runWith(world, HALF);
    let reads = 0;
    const ledger = {
      ...world.ledger,
      async readRecords(key: typeof KEY) {
        const records = await world.ledger.readRecords(key);
        reads += 1;
        if (reads === 1) await conclude(world, counted(VIRGINIA, 7));
        return records;
      },
    };
    await nudge({ deps: { ...world.deps, ledger } });
    expect(told(world)).toMatchObject([{ verdict: 'complete', streams: 12 }]);
    expect(reads).toBe(2);
  });

  test('that comes between its total and the end is in the next one', async () => {
    const world = open();
    await runWith(world, HALF);
    let marks = 0;
    const ledger: AggregatorDeps['ledger'] = {
      ...world.ledger,
      async markSettled(...how) {
        marks += 1;
        if (marks === 1) await conclude(world, counted(VIRGINIA, 7));
        return await world.ledger.markSettled(...how);
      },
    };
    await nudge({ deps: { ...world.deps, ledger } });
    expect(told(world)).toMatchObject([{ verdict: 'partial' }, { verdict: 'complete' }]);
    expect(await world.ledger.readRun(KEY)).not.toHaveProperty('sweep');
  });

  test('of one region reaches the total at once, though another is awaited', async () => {
    const world = open();
    const third = 'us-west-2';
    await world.ledger.openRun(aRun([IRELAND, VIRGINIA, third]));
    for (const record of [...HALF, failed(third)]) await conclude(world, record);
    await nudge(world);
    await world.ledger.openRound(KEY, [VIRGINIA, third], 1, new Date(DEADLINE_MS).toISOString());
    await conclude(world, counted(third, 9, { round: 1 }));
    await nudge(world);
    expect(told(world)).toMatchObject([{ streams: 5 }, { streams: 14 }]);
    expect(await world.ledger.readRun(KEY)).toMatchObject({ sweep: 'OPEN', pending: [VIRGINIA] });
  });

  test('that comes ten times on end is left to whoever brings it', async () => {
    const world = open();
    await runWith(world, HALF);
    const { looked, ledger } = watched(world.ledger);
    const restless: WorldLedger = {
      ...ledger,
      async storeTotal() {
        return 'refused' as const;
      },
    };
    await nudge({ deps: { ...world.deps, ledger: restless } });
    expect(looked).toHaveLength(10);
    expect(world.announced).toEqual([]);
    expect(world.said).toEqual([{ level: 'info', message: 'run changes while it is being settled', ...KEY }]);
  });
});

describe('A sweep', () => {
  test('settles every run of the ledger that waits for it', async () => {
    const world = open();
    await runWith(world, BOTH);
    await runWith(world, HALF, OTHER);
    await sweep(world);
    expect(told(world)).toMatchObject([{ runId: KEY.runId }, { runId: OTHER.runId }]);
  });

  test('that finds nothing new writes nothing', async () => {
    const world = open();
    await runWith(world, HALF);
    await nudge(world);
    const items = world.table.items();
    await sweep(world);
    expect(world.table.items()).toEqual(items);
    const ledger = failing(failing(world.ledger, 'markSettled', ledgerError()), 'storeTotal', ledgerError());
    await expect(sweep({ deps: { ...world.deps, ledger } })).resolves.toBeUndefined();
  });

  test('that finds a damaged run settles the others, and then says so', async () => {
    const world = open();
    await runWith(world, BOTH);
    await runWith(world, BOTH, OTHER);
    const ledger = {
      ...world.ledger,
      async readRun(key: typeof KEY) {
        if (key.runId === KEY.runId) throw ledgerError();
        return await world.ledger.readRun(key);
      },
    };
    const error = await sweep({ deps: { ...world.deps, ledger } }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(GaveUpError);
    const why = 'It failed with ProvisionedThroughputExceededException (HTTP 400).';
    expect((error as Error).message).toBe(`1 runs could not be settled; the first: ${why}`);
    expect(told(world)).toMatchObject([{ runId: OTHER.runId }]);
    expect(world.said).toContainEqual({
      level: 'error',
      message: 'run could not be settled',
      ...KEY,
      error: 'ProvisionedThroughputExceededException',
      httpStatus: 400,
      refusedRequestId: 'request-1',
    });
  });

  const hourOf = (hour: number) => `2026-11-20T0${hour}:00:00Z`;
  const { closingTimeMs } = AGGREGATOR_CONFIG;

  /** Sweeps, with time for so many runs and not a millisecond more. */
  async function sweepFor(world: Opened, runs: number) {
    const { looked, ledger } = watched(world.ledger);
    const getRemainingTimeInMillis = () => (looked.length < runs ? closingTimeMs + 1 : closingTimeMs);
    await aggregator({ ...world.deps, ledger })({ sweep: true }, { getRemainingTimeInMillis });
    return looked;
  }

  test('whose time is over goes on there the next time, and from the newest again after that', async () => {
    const world = open();
    for (const hour of [1, 2, 3]) await runWith(world, [counted(IRELAND, 5)], { ...KEY, runId: hourOf(hour) });
    expect(await sweepFor(world, 2)).toEqual([hourOf(3), hourOf(2)]);
    expect(world.said).toEqual([
      { level: 'warn', message: 'the sweep goes on here the next time', ...KEY, runId: hourOf(2), list: 'OPEN' },
    ]);
    expect(await sweepFor(world, 9)).toEqual([hourOf(1)]);
    expect(await sweepFor(world, 9)).toEqual([hourOf(3), hourOf(2), hourOf(1)]);
  });

  test('whose time is over before it began stays where it was', async () => {
    const world = open();
    for (const hour of [1, 2, 3]) await runWith(world, [counted(IRELAND, 5)], { ...KEY, runId: hourOf(hour) });
    await sweepFor(world, 2);
    expect(await sweepFor(world, 0)).toEqual([]);
    expect(await sweepFor(world, 9)).toEqual([hourOf(1)]);
  });

  test('looks at runs that are awaited first, and at partial ones only if there is time for all of those', async () => {
    const world = open();
    for (const hour of [4, 5]) {
      await runWith(world, HALF, { ...KEY, runId: hourOf(hour) });
      await nudge(world, { ...KEY, runId: hourOf(hour) });
    }
    for (const hour of [1, 2]) await runWith(world, [counted(IRELAND, 5)], { ...KEY, runId: hourOf(hour) });
    world.said.length = 0;
    expect(await sweepFor(world, 1)).toEqual([hourOf(2)]);
    expect(world.said).toMatchObject([{ message: 'the sweep goes on here the next time', list: 'OPEN' }]);
    expect(await sweepFor(world, 2)).toEqual([hourOf(1), hourOf(5)]);
    expect(await sweepFor(world, 9)).toEqual([hourOf(2), hourOf(1), hourOf(4)]);
  });
});

describe('What comes', () => {
  test('may be several nudges at once', async () => {
    const world = open();
    await runWith(world, BOTH);
    await runWith(world, HALF, OTHER);
    await nudge(world, KEY, OTHER);
    expect(told(world)).toMatchObject([{ runId: KEY.runId }, { runId: OTHER.runId }]);
  });

  test('may be a nudge for a run that is not there: that is told of, and no more', async () => {
    const world = open();
    await nudge(world);
    expect(world.said).toEqual([{ level: 'warn', message: 'nudge for no run', ...KEY }]);
    expect(world.table.items()).toEqual([]);
  });

  test.each([
    ['nothing', null],
    ['an event of something else', { sweep: 'yes' }],
    ['no records', { Records: [] }],
    ['records that are none', { Records: 'many' }],
  ])('is refused if it is %s', async (_what, event) => {
    const world = open();
    const error = await aggregator(world.deps)(event, contextOf('aggregator')).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InvalidInputError);
    expect((error as Error).message).toBe('The event is neither a nudge from SNS nor {"sweep": true}.');
  });

  test('is refused if it is a nudge that cannot be read', async () => {
    const world = open();
    await expect(nudge(world, { version: 3 })).rejects.toThrow('The nudge has no version that is known here');
  });
});
