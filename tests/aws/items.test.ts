import { marshall } from '@aws-sdk/util-dynamodb';
import * as items from '../../src/aws/items.ts';
import { isExpired, isRunItem, readLastKnown, readMemory, readRecord, readRun } from '../../src/aws/read-items.ts';
import { InvalidInputError } from '../../src/census/errors.ts';
import {
  ACCOUNT,
  aRun,
  aStoredTotal,
  attempted,
  counted,
  EXPIRES_AT,
  failed,
  MEMORY,
  OFF,
  RUN_ID,
  SOURCES_OF_PLAN,
} from '../census/examples.ts';

const REGION = 'eu-west-1';
const RUN = aRun([REGION]);
const RUN_KEY = { pk: { S: `RUN#${ACCOUNT}#${RUN_ID}` }, sk: { S: 'RUN' } };

describe('the item of a run', () => {
  test('holds its keys, its fields, and when it expires', () => {
    expect(items.runItem(aRun([REGION, 'us-east-1']))).toEqual({
      ...RUN_KEY,
      timePk: { S: `RUNS#${ACCOUNT}` },
      timeSk: { S: RUN_ID },
      version: { N: '1' },
      accountId: { S: ACCOUNT },
      runId: { S: RUN_ID },
      openedAt: { S: '2026-11-20T06:00:03.000Z' },
      deadlineAt: { S: '2026-11-20T07:30:03.000Z' },
      round: { N: '0' },
      plan: { L: [{ S: REGION }, { S: 'us-east-1' }] },
      rev: { N: '0' },
      pending: { SS: [REGION, 'us-east-1'] },
      sweep: { S: 'OPEN' },
      expiresAt: { N: String(EXPIRES_AT) },
    });
  });

  test('that waits for nothing and is settled has neither of these attributes', () => {
    const { sweep: _, ...settled } = aRun([REGION], { pending: [] });
    const item = items.runItem(settled);
    expect(item).not.toHaveProperty('pending');
    expect(item).not.toHaveProperty('sweep');
  });

  test('reads back as the run, total and all', () => {
    const lastKnown = { runId: '2026-11-20T00:00:00Z', streams: 5, countedAt: '2026-11-20T00:00:09.000Z' };
    const gap = {
      region: REGION,
      reason: 'throttled',
      lastKnown,
      since: RUN_ID,
      runs: 3,
      lost: true,
      dark: 2,
    } as const;
    const total = aStoredTotal({
      missing: [gap],
      before: {
        runId: '2026-11-20T00:00:00Z',
        streams: 5,
        newlyMissing: [REGION],
        newlyCounted: [],
        newlyPlanned: [],
        noLongerPlanned: ['us-west-2'],
        comparable: { runId: '2026-11-19T18:00:00Z', streams: 5 },
        unseenAbove: [REGION],
        partialRuns: 3,
      },
      quota: { alarmPercent: 80, highest: { region: 'us-east-1', percent: 91.25 }, above: ['us-east-1'], unknown: [] },
    });
    for (const run of [
      aRun([REGION, 'us-east-1']),
      aRun([REGION], { pending: [], sweep: 'PARTIAL', dispatchedRound: 0, announcedRev: 1, total }),
      aRun([REGION, 'af-south-1'], { off: OFF, excluded: ['eu-west-2'], sources: SOURCES_OF_PLAN }),
    ])
      expect(readRun(items.runItem(run))).toEqual(run);
  });

  test('leaves out what is undefined', () => {
    const undecided = { ...aRun([]), dispatchedRound: undefined } as unknown as ReturnType<typeof aRun>;
    expect(items.runItem(undecided)).not.toHaveProperty('dispatchedRound');
  });
});

describe('the item of what is remembered of regions', () => {
  const item = items.memoryItem(ACCOUNT, MEMORY);

  test('belongs to the account, is of no run, and never expires', () => {
    expect(item).toMatchObject({ pk: { S: `REGIONS#${ACCOUNT}` }, sk: { S: 'REGIONS' }, version: { N: '1' } });
    for (const name of ['timePk', 'timeSk', 'sweep', 'expiresAt']) expect(item).not.toHaveProperty(name);
  });

  test('reads back as it was, a region without any count included', () => {
    expect(readMemory(item)).toStrictEqual(MEMORY);
    expect(readMemory(items.memoryItem(ACCOUNT, { lastCounts: {} }))).toStrictEqual({ lastCounts: {} });
  });

  test.each<[string, items.Item]>([
    ['of no known version', { ...item, version: { N: '4' } }],
    ['of no list', { ...item, live: { S: 'everywhere' } }],
    ['of no instant', marshall({ ...MEMORY, version: 1, off: { regions: [], askedAt: 'yesterday' } })],
    ['of no counts', { ...item, lastCounts: { M: { 'af-south-1': { N: '12' } } } }],
    ['of a number that no computer holds exactly', { ...item, lastCounts: { N: '9007199254740993' } }],
    ['nothing', {}],
  ])('is as good as none where it is %s', (_what, damaged) => {
    expect(readMemory(damaged)).toBeUndefined();
  });
});

describe('the item of a region record', () => {
  test('lies beside its run, and in the line of its region through time', () => {
    expect(items.recordItem(failed(REGION, { round: 2 }), RUN)).toEqual({
      pk: RUN_KEY.pk,
      sk: { S: `REGION#${REGION}` },
      timePk: { S: `REGION#${ACCOUNT}#${REGION}` },
      timeSk: { S: RUN_ID },
      version: { N: '1' },
      accountId: { S: ACCOUNT },
      runId: { S: RUN_ID },
      region: { S: REGION },
      round: { N: '2' },
      recordedAt: { S: '2026-11-20T06:00:09.000Z' },
      status: { S: 'failed' },
      reason: { S: 'throttled' },
      rank: { N: '1' },
      expiresAt: { N: String(EXPIRES_AT) },
    });
  });

  test.each([
    attempted(REGION),
    attempted(REGION, { effort: { pages: 1, calls: 2, ms: 3 } }),
    failed(REGION, { effort: { pages: 1, calls: 2, ms: 3 } }),
    counted(REGION, 7),
    counted(REGION, 7, { quota: { from: 'documented', limit: 10_000 } }),
    counted(REGION, 7, { quota: { from: 'unknown', because: 'timed-out' } }),
  ])('reads back as the record ($status)', (record) => {
    expect(readRecord(items.recordItem(record, RUN))).toEqual(record);
  });

  test('ranks attempted below failed below counted', () => {
    const ranks = [attempted(REGION), failed(REGION), counted(REGION, 1)].map(
      (record) => items.recordItem(record, RUN).rank,
    );
    expect(ranks).toEqual([{ N: '0' }, { N: '1' }, { N: '2' }]);
  });
});

describe('reading', () => {
  const damaged = (changes: object) => ({ ...items.runItem(aRun([REGION])), ...marshall(changes) });

  test('refuses an item of a newer version, and says which', () => {
    expect(() => readRun(damaged({ version: 4 }))).toThrow(
      new InvalidInputError(
        `The ledger's item RUN#${ACCOUNT}#${RUN_ID} RUN was written by a newer kvs-census (item version 4, this one reads up to 3); update this one.`,
      ),
    );
  });

  test('names the item that was damaged and what is wrong with it', () => {
    expect(() => readRun(damaged({ rev: 'many' }))).toThrow(/^The ledger's item RUN#.* RUN is damaged: rev: .*\.$/);
    expect(() => readRun(damaged({ rev: -1 }))).toThrow('is damaged: rev');
    expect(() => readRecord(marshall({ pk: 'p', sk: 's', status: 'lost' }))).toThrow(
      "The ledger's item p s is damaged",
    );
  });

  test('knows the last count of a region only from a counted record', () => {
    expect(readLastKnown(items.recordItem(counted(REGION, 7), RUN))).toEqual({
      runId: RUN_ID,
      streams: 7,
      countedAt: '2026-11-20T06:00:09.000Z',
    });
    expect(readLastKnown(items.recordItem(failed(REGION), RUN))).toBeUndefined();
  });

  test('tells runs from records', () => {
    expect(isRunItem(items.runItem(aRun([REGION])))).toBe(true);
    expect(isRunItem(items.recordItem(failed(REGION), RUN))).toBe(false);
    expect(isRunItem({})).toBe(false);
  });

  test('treats an item as absent from the second in which it expires', () => {
    const item = items.runItem(aRun([REGION]));
    const expiresMs = EXPIRES_AT * 1000;
    expect(isExpired(item, expiresMs - 1)).toBe(false);
    expect(isExpired(item, expiresMs)).toBe(true);
    expect(isExpired({}, expiresMs)).toBe(false);
  });
});

/** Each request whole, so that nothing in it changes unseen. What it does to a table: tests/contract. */
