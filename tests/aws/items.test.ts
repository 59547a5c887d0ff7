import { marshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import * as items from '../../src/aws/items.ts';
import { isExpired, isRunItem, readLastKnown, readMemory, readRecord, readRun } from '../../src/aws/read-items.ts';
import { InvalidInputError } from '../../src/census/errors.ts';
import {
  ACCOUNT,
  aRun,
  aStoredTotal,
  aTotal,
  attempted,
  counted,
  EXPIRES_AT,
  failed,
  KEY,
  MEMORY,
  OFF,
  RUN_ID,
  SOURCES_OF_PLAN,
} from '../census/examples.ts';

const TABLE = { tableName: 'kvs-census-test' };
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
  const { Item: item = {} } = items.writeMemoryRequest(ACCOUNT, MEMORY, TABLE);

  test('belongs to the account, is of no run, and never expires', () => {
    expect(item).toMatchObject({ pk: { S: `REGIONS#${ACCOUNT}` }, sk: { S: 'REGIONS' }, version: { N: '1' } });
    for (const name of ['timePk', 'timeSk', 'sweep', 'expiresAt']) expect(item).not.toHaveProperty(name);
  });

  test('reads back as it was, a region without any count included', () => {
    expect(readMemory(item)).toStrictEqual(MEMORY);
    const { Item: least = {} } = items.writeMemoryRequest(ACCOUNT, { lastCounts: {} }, TABLE);
    expect(readMemory(least)).toStrictEqual({ lastCounts: {} });
  });

  test.each<[string, items.Item]>([
    ['of no known version', { ...item, version: { N: '3' } }],
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
    expect(() => readRun(damaged({ version: 3 }))).toThrow(
      new InvalidInputError(
        `The ledger's item RUN#${ACCOUNT}#${RUN_ID} RUN was written by a newer kvs-census (item version 3, this one reads up to 2); update this one.`,
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
describe('the requests', () => {
  const requests = {
    'open a run': items.openRunRequest(aRun([REGION]), TABLE),
    'read a run': items.readRunRequest(KEY, TABLE),
    'read a run and a record': items.readRunAndRecordRequest(KEY, REGION, TABLE),
    'read the records of a run': items.readRecordsRequest(KEY, TABLE),
    'mark a round as dispatched': items.markDispatchedRequest(KEY, 1, TABLE),
    'write a counted record': items.writeRecordRequest(counted(REGION, 7), RUN, TABLE),
    'write a failed record': items.writeRecordRequest(failed(REGION, { round: 1 }), RUN, TABLE),
    'strike a counted region': items.strikeRequest(counted(REGION, 7), TABLE),
    'strike a failed region': items.strikeRequest(failed(REGION, { round: 1 }), TABLE),
    'store a total': items.storeTotalRequest(KEY, aTotal({ streams: 7 }), 4, '2026-11-20T06:00:10.000Z', TABLE),
    'mark a total as announced': items.markAnnouncedRequest(KEY, 5, TABLE),
    'mark a run as settled, and keep it for the sweep': items.markSettledRequest(KEY, 5, 'keep', TABLE),
    'mark a run as settled, and take it out of the sweep': items.markSettledRequest(KEY, 5, 'forget', TABLE),
    'list the runs for the sweep': items.runsForSweepRequest('OPEN', undefined, TABLE),
    'list the runs for the sweep, from where it stopped': items.runsForSweepRequest('PARTIAL', KEY, TABLE),
    'read where the sweep stopped': items.readSweepPlaceRequest('OPEN', TABLE),
    'note where the sweep stopped': items.writeSweepPlaceRequest('PARTIAL', KEY, TABLE),
    'note that the sweep came to the end': items.writeSweepPlaceRequest('PARTIAL', undefined, TABLE),
    'find the last count of a region': items.lastKnownRequest(ACCOUNT, REGION, RUN_ID, TABLE),
    'find the runs before one': items.earlierRunsRequest(KEY, TABLE),
    'bring a deadline forward': items.bringDeadlineForwardRequest(KEY, '2026-11-20T06:30:00.000Z', TABLE),
    'open a round': items.openRoundRequest(KEY, [REGION], 2, '2026-11-20T09:00:00.000Z', TABLE),
  };

  test.each(Object.entries(requests))('%s', (_name, request) => {
    expect(request).toMatchSnapshot();
  });

  test.each(Object.entries(requests))(
    '%s: every alias is used, and every alias that is used is there',
    (_name, request) => {
      const {
        ExpressionAttributeNames: names = {},
        ExpressionAttributeValues: values = {},
        ...rest
      } = request as { ExpressionAttributeNames?: object; ExpressionAttributeValues?: object };
      const expressions = Object.entries(rest)
        .filter(([name]) => name.endsWith('Expression'))
        .map(([, text]) => String(text))
        .join(' ');
      const used = (pattern: RegExp) => [...new Set(expressions.match(pattern) ?? [])].sort();
      expect(used(/#\w+/g)).toEqual(Object.keys(names).sort());
      expect(used(/:\w+/g)).toEqual(Object.keys(values).sort());
    },
  );

  test('of any record go to the key of its run and region, in the table that was configured', () => {
    fc.assert(
      fc.property(fc.constantFrom('eu-west-1', 'us-east-1'), fc.nat(5), (region, round) => {
        const request = items.writeRecordRequest(failed(region, { round }), RUN, { tableName: 't' });
        expect(request.TableName).toBe('t');
        expect(request.Item).toMatchObject({ pk: RUN_KEY.pk, sk: { S: `REGION#${region}` } });
      }),
    );
  });
});
