/**
 * What the reader makes of the ledger's answers: pages, batches that are answered in part, expired items. On the
 * simulated table, which can do all of that; what a reading costs on an embedded one: tests/answers/reader.test.ts.
 */
import { BatchGetItemCommand, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { DamagedItem } from '../../src/answers/reader.ts';
import { recordItem, runItem } from '../../src/aws/items.ts';
import { accountRecordItem, organizationItem, planItems } from '../../src/aws/organization-items.ts';
import { makeReader } from '../../src/aws/reader.ts';
import { InvalidInputError } from '../../src/census/errors.ts';
import type { AccountRecord } from '../../src/census/organization/account-record.ts';
import type { OrganizationRun } from '../../src/census/organization/run.ts';
import { plannedOf } from '../../src/census/organization/summary.ts';
import type { RegionRecord } from '../../src/census/region.ts';
import type { Run } from '../../src/census/run.ts';
import { ACCOUNT, aRun, aStoredTotal, counted, EXPIRES_AT, failed, KEY } from '../census/examples.ts';
import {
  accountIdOf,
  accountsOf,
  anOrganizationRun,
  aStoredOrganizationTotal,
  failedAccount,
  ORGANIZATION_KEY,
  settledAccount,
} from '../census/organization/examples.ts';
import { makeTable, type TableOptions } from '../simulation/table.ts';

const NOW_MS = Date.parse('2026-11-30T00:00:00Z');
/** Seconds since 1970: the moment of the tests, at which an item expires. */
const EXPIRED = NOW_MS / 1000;
const REGIONS = ['eu-west-1', 'us-east-1'];
const dayOf = (day: number) => `2026-11-${day}T06:00:00Z`;

/** A ledger that remembers what it was asked, and a reader of it. */
function ledgerOf(options: Partial<TableOptions> = {}) {
  const table = makeTable({ nowMs: () => NOW_MS, ...options });
  const asked: string[] = [];
  const client = {
    async send(command: object) {
      asked.push(command instanceof QueryCommand ? 'Query' : command instanceof BatchGetItemCommand ? 'Batch' : '?');
      return table.carryOut(command);
    },
  } as unknown as DynamoDBClient;
  return {
    asked,
    reader: makeReader({ client, tableName: 'ledger', nowMs: () => NOW_MS }),
    /** As somebody has damaged it by hand. */
    damage(record: Run | RegionRecord) {
      const item = 'plan' in record ? runItem(record) : recordItem(record, { expiresAt: EXPIRES_AT });
      table.slip({ ...item, round: { S: 'the first' } });
    },
    /** An organisation's run with its plan, or one of its account records. */
    slip(of: OrganizationRun | AccountRecord, changes: object = {}) {
      const items =
        'accounts' in of
          ? [...planItems(of), { ...organizationItem(of), ...changes }]
          : [{ ...accountRecordItem(of, { expiresAt: EXPIRES_AT }), ...changes }];
      for (const item of items) table.slip(item);
    },
    put(record: Run | RegionRecord, expiresAt = EXPIRES_AT) {
      table.slip('plan' in record ? runItem({ ...record, expiresAt }) : recordItem(record, { expiresAt }));
    },
  };
}

type Ledger = ReturnType<typeof ledgerOf>;

/** A run each day, in each of which both regions were counted. */
function fill({ put }: Ledger, days: readonly number[]): Run[] {
  return days.map((day) => {
    const run = aRun(REGIONS, { runId: dayOf(day) });
    put(run);
    for (const region of REGIONS) put({ ...counted(region, day), runId: run.runId });
    return run;
  });
}

async function all<T>(from: AsyncIterable<T>): Promise<T[]> {
  const found = [];
  for await (const one of from) found.push(one);
  return found;
}

describe('Runs through time', () => {
  test('are all given, page after page, the newest first', async () => {
    const ledger = ledgerOf({ pageItems: 2 });
    const runs = fill(ledger, [11, 12, 13, 14, 15]);
    expect(await all(ledger.reader.runs(ACCOUNT))).toEqual(runs.reverse());
    expect(ledger.asked).toEqual(['Query', 'Query', 'Query']);
  });

  test('are asked for no longer than somebody takes them', async () => {
    const ledger = ledgerOf({ pageItems: 2 });
    fill(ledger, [11, 12, 13, 14, 15]);
    for await (const run of ledger.reader.runs(ACCOUNT)) if (run.runId === dayOf(14)) break;
    expect(ledger.asked).toEqual(['Query']);
  });

  test('are given up to the limit, and then nothing more is asked', async () => {
    const ledger = ledgerOf();
    const runs = fill(ledger, [11, 12, 13, 14, 15]);
    expect(await ledger.reader.newestRuns(ACCOUNT, { runs: 2 })).toEqual([runs[4], runs[3]]);
    expect(ledger.asked).toEqual(['Query']);
  });

  test('are ten where nobody says how many', async () => {
    const ledger = ledgerOf();
    const runs = fill(ledger, [10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
    expect(await ledger.reader.newestRuns(ACCOUNT)).toEqual(runs.slice(1).reverse());
    expect(ledger.asked).toEqual(['Query']);
  });

  test('not after an instant are the newest of those', async () => {
    const ledger = ledgerOf();
    const runs = fill(ledger, [11, 12, 13]);
    expect(await ledger.reader.newestRuns(ACCOUNT, { until: dayOf(12), runs: 1 })).toEqual([runs[1]]);
  });

  test.each([
    ['behind those that are open, and no further', { runs: 3, totals: 1 }, [16, 15, 14, 13], ['Query', 'Query']],
    ['as often as is wanted', { runs: 2, totals: 2 }, [16, 15, 14, 13, 12], ['Query', 'Query']],
    ['to the end, if it must be', { runs: 2, totals: 9 }, [16, 15, 14, 13, 12, 11], ['Query', 'Query']],
    ['no further if enough have one', { runs: 4, totals: 1 }, [16, 15, 14, 13], ['Query']],
    ['no further if there is nothing behind', { runs: 9, totals: 9 }, [16, 15, 14, 13, 12, 11], ['Query']],
    ['no further if nobody wants one', { runs: 2 }, [16, 15], ['Query']],
  ])('that have a total are looked for %s', async (_how, wanted, days, asked) => {
    const ledger = ledgerOf();
    for (const run of fill(ledger, [11, 12, 13, 14, 15, 16])) {
      if (run.runId < dayOf(14)) ledger.put({ ...run, total: aStoredTotal({ expected: 2, counted: 2 }) });
    }
    const runs = await ledger.reader.newestRuns(ACCOUNT, wanted);
    expect(runs.map(({ runId }) => runId)).toEqual(days.map(dayOf));
    expect(ledger.asked).toEqual(asked);
  });

  test('come as many at a time as are asked for', async () => {
    const ledger = ledgerOf();
    const runs = fill(ledger, [11, 12, 13, 14, 15]);
    expect(await all(ledger.reader.runs(ACCOUNT, { perRequest: 2, limit: 3 }))).toEqual(runs.reverse().slice(0, 3));
    expect(ledger.asked).toEqual(['Query', 'Query']);
  });

  test('those that have expired are passed over, and use up nothing of the limit', async () => {
    const ledger = ledgerOf();
    const [first] = fill(ledger, [11, 12, 13]);
    for (const day of [12, 13]) ledger.put(aRun(REGIONS, { runId: dayOf(day) }), EXPIRED);
    expect(await all(ledger.reader.runs(ACCOUNT, { limit: 1 }))).toEqual([first]);
  });

  test.each([
    ['since', { since: dayOf(13) }, [15, 14, 13]],
    ['until', { until: dayOf(13) }, [13, 12, 11]],
  ])('%s an instant are only those', async (_what, range, days) => {
    const ledger = ledgerOf();
    fill(ledger, [11, 12, 13, 14, 15]);
    const runs = await all(ledger.reader.runs(ACCOUNT, range));
    expect(runs.map(({ runId }) => runId)).toEqual(days.map(dayOf));
  });
});

describe('One region through time', () => {
  test('is its records alone, the newest first', async () => {
    const ledger = ledgerOf({ pageItems: 2 });
    fill(ledger, [11, 12, 13]);
    const records = await all(ledger.reader.regionRecords(ACCOUNT, 'us-east-1'));
    expect(records).toEqual([13, 12, 11].map((day) => ({ ...counted('us-east-1', day), runId: dayOf(day) })));
    expect(ledger.asked).toEqual(['Query', 'Query']);
  });

  test('comes as many records at a time as are asked for', async () => {
    const ledger = ledgerOf();
    fill(ledger, [11, 12, 13, 14]);
    const records = await all(ledger.reader.regionRecords(ACCOUNT, 'us-east-1', { perRequest: 2, limit: 3 }));
    expect(records).toHaveLength(3);
    expect(ledger.asked).toEqual(['Query', 'Query']);
  });

  test.each([
    ['at its limit', { limit: 2 }, [15, 14]],
    ['at its instant', { since: dayOf(14) }, [15, 14]],
    ['where it has any', {}, [15, 14, 13]],
  ])('ends %s', async (_where, reading, days) => {
    const ledger = ledgerOf();
    fill(ledger, [13, 14, 15]);
    const records = await all(ledger.reader.regionRecords(ACCOUNT, 'us-east-1', reading));
    expect(records.map(({ runId }) => runId)).toEqual(days.map(dayOf));
    expect(ledger.asked).toEqual(['Query']);
  });
});

describe('A whole run', () => {
  test('is the run with the records of its plan, and no others', async () => {
    const ledger = ledgerOf({ pageItems: 1 });
    const run = aRun(['eu-west-1', 'us-east-1']);
    ledger.put(run);
    const records = [counted('eu-west-1', 5), failed('us-east-1')];
    for (const record of [...records, counted('ap-east-1', 9)]) ledger.put(record);
    expect(await ledger.reader.wholeRun(KEY)).toEqual({ run, records });
  });

  test('that nobody opened is none, whatever was recorded of it', async () => {
    const ledger = ledgerOf();
    ledger.put(counted('eu-west-1', 5));
    expect(await ledger.reader.wholeRun(KEY)).toBeUndefined();
  });

  test('has no records that have expired', async () => {
    const ledger = ledgerOf();
    ledger.put(aRun(REGIONS));
    ledger.put(counted('eu-west-1', 5), EXPIRED);
    expect(await ledger.reader.wholeRun(KEY)).toMatchObject({ records: [] });
  });
});

describe('Several whole runs', () => {
  test('are read in as few requests as there can be, and given newest first', async () => {
    const ledger = ledgerOf();
    const runs = fill(ledger, [11, 12, 13]);
    const wholes = await ledger.reader.wholeRuns([runs[1]!, runs[2]!, runs[0]!]);
    expect(wholes.map(({ run }) => run)).toEqual([...runs].reverse());
    for (const { run, records } of wholes) {
      expect(records.map(({ region }) => region)).toEqual(REGIONS);
      expect(new Set(records.map(({ runId }) => runId))).toEqual(new Set([run.runId]));
    }
    expect(ledger.asked).toEqual(['Batch']);
  });

  test('are whole though the ledger answers in part', async () => {
    const ledger = ledgerOf({ batchKeys: () => 2 });
    const runs = fill(ledger, [11, 12]);
    const wholes = await ledger.reader.wholeRuns(runs);
    expect(wholes.map(({ records }) => records.length)).toEqual([2, 2]);
    expect(ledger.asked).toEqual(['Batch', 'Batch', 'Batch']);
  });

  test('are an error if the ledger leaves keys unread five times', async () => {
    const ledger = ledgerOf({ batchKeys: () => 0 });
    const runs = fill(ledger, [11]);
    await expect(ledger.reader.wholeRuns(runs)).rejects.toThrow(
      'The ledger left keys unread 5 times; try again later.',
    );
    expect(ledger.asked).toHaveLength(5);
  });

  test('that have expired meanwhile, or were never there, are left out', async () => {
    const ledger = ledgerOf();
    const runs = fill(ledger, [11, 12]);
    ledger.put(runs[0]!, EXPIRED);
    const wholes = await ledger.reader.wholeRuns([...runs, aRun(REGIONS, { runId: dayOf(20) })]);
    expect(wholes.map(({ run }) => run.runId)).toEqual([dayOf(12)]);
  });
});

describe('A damaged item', () => {
  const of = (day: number, region: string | null) => ({
    runId: dayOf(day),
    region,
    problem: expect.stringMatching(/^The ledger's item RUN#.* is damaged: round: .*\.$/),
  });
  const recordOf = (day: number, region: string) => ({ ...counted(region, day), runId: dayOf(day) });

  /** Three runs, of which the second is damaged, and a record of the first. */
  function damaged() {
    const ledger = ledgerOf();
    const runs = fill(ledger, [11, 12, 13]);
    ledger.damage(runs[1]!);
    ledger.damage(recordOf(11, 'us-east-1'));
    const told: DamagedItem[] = [];
    return { ...ledger, runs, told, onDamaged: (item: DamagedItem) => void told.push(item) };
  }

  test('is an error where nobody wants to be told of it', async () => {
    const { reader, runs } = damaged();
    await expect(all(reader.runs(ACCOUNT))).rejects.toThrow(InvalidInputError);
    await expect(all(reader.regionRecords(ACCOUNT, 'us-east-1'))).rejects.toThrow(InvalidInputError);
    await expect(reader.newestRuns(ACCOUNT)).rejects.toThrow(InvalidInputError);
    await expect(reader.wholeRun(runs[0]!)).rejects.toThrow(InvalidInputError);
    await expect(reader.wholeRuns(runs)).rejects.toThrow(InvalidInputError);
  });

  test('among runs is named, and the others are given, up to the limit', async () => {
    const { reader, runs, told, onDamaged } = damaged();
    expect(await all(reader.runs(ACCOUNT, { limit: 2, onDamaged }))).toEqual([runs[2], runs[0]]);
    expect(told).toEqual([of(12, null)]);
    expect(await reader.newestRuns(ACCOUNT, { onDamaged })).toEqual([runs[2], runs[0]]);
    expect(told).toEqual([of(12, null), of(12, null)]);
  });

  test('behind open runs is named, too', async () => {
    const { reader, runs, told, onDamaged } = damaged();
    expect(await reader.newestRuns(ACCOUNT, { runs: 1, totals: 1, onDamaged })).toEqual([runs[2], runs[0]]);
    expect(told).toEqual([of(12, null)]);
  });

  test('among the records of a region is named, and the others are given', async () => {
    const { reader, told, onDamaged } = damaged();
    const records = await all(reader.regionRecords(ACCOUNT, 'us-east-1', { onDamaged }));
    expect(records.map(({ runId }) => runId)).toEqual([dayOf(13), dayOf(12)]);
    expect(told).toEqual([of(11, 'us-east-1')]);
  });

  test('takes its whole run with it, and no other', async () => {
    const { reader, runs, told, onDamaged } = damaged();
    expect(await reader.wholeRuns(runs, onDamaged)).toMatchObject([{ run: runs[2] }]);
    expect(told).toEqual([of(11, 'us-east-1'), of(12, null)]);
  });

  test('that no run asked for is none of anybody', async () => {
    const ledger = ledgerOf();
    const [run] = fill(ledger, [11]);
    ledger.damage(recordOf(11, 'ap-east-1'));
    expect(await ledger.reader.wholeRun(run!)).toMatchObject({ run, records: [{}, {}] });
  });
});

describe('A total that contradicts itself', () => {
  const whole = { expected: 2, counted: 2 };

  test.each([
    { verdict: 'partial' as const },
    { missing: [{ region: 'eu-west-1', reason: 'denied' as const }] },
    { streams: 1 },
    { counted: 3 },
    { counted: 20, expected: 20 },
  ])('is damage also where no record is read: %j', async (changes) => {
    const ledger = ledgerOf();
    const [sound, run] = fill(ledger, [11, 12]);
    ledger.put({ ...run!, total: aStoredTotal({ ...whole, ...changes }) });
    const told: DamagedItem[] = [];
    const onDamaged = (item: DamagedItem) => void told.push(item);
    expect(await all(ledger.reader.runs(ACCOUNT, { onDamaged }))).toEqual([sound]);
    const problem = expect.stringContaining(`The total of the run ${dayOf(12)} cannot be trusted, because it says `);
    expect(told).toEqual([{ runId: dayOf(12), region: null, problem }]);
    await expect(ledger.reader.wholeRun(run!)).rejects.toThrow('cannot be trusted');
  });
});

test('of the runs of another account nothing is given', async () => {
  const ledger = ledgerOf();
  fill(ledger, [11]);
  expect(await ledger.reader.newestRuns('999999999999')).toEqual([]);
});

describe('Runs of the organisation', () => {
  const ORGANIZATION = ORGANIZATION_KEY.censusId;
  const runOf = (day: number, changes: Partial<OrganizationRun> = {}) =>
    anOrganizationRun(accountsOf(3), { runId: dayOf(day), ...changes });

  test('are given newest first, without their accounts, and without the runs of any account', async () => {
    const ledger = ledgerOf({ pageItems: 2 });
    fill(ledger, [12]);
    const total = aStoredOrganizationTotal({ expected: 3, counted: 3 });
    const runs = [runOf(11), runOf(12, { total }), runOf(13, { pending: [] })];
    for (const run of runs) ledger.slip(run);
    const summaries = runs.map(({ accounts, pending, ...rest }) => {
      return { ...rest, pending: pending.length, planned: plannedOf({ accounts }) };
    });
    expect(await all(ledger.reader.organizationRuns(ORGANIZATION))).toEqual(summaries.reverse());
    expect(ledger.asked).toEqual(['Query', 'Query']);
    const range = { since: dayOf(12), until: dayOf(12) };
    expect(await all(ledger.reader.organizationRuns(ORGANIZATION, range))).toEqual([summaries[1]]);
    expect(await all(ledger.reader.organizationRuns(ORGANIZATION, { limit: 1 }))).toEqual([summaries[0]]);
    expect(await all(ledger.reader.organizationRuns('organization/channels'))).toEqual([]);
  });

  test('that are damaged are named, and the others are given', async () => {
    const ledger = ledgerOf();
    for (const day of [11, 13]) ledger.slip(runOf(day));
    ledger.slip(runOf(12), { planned: { S: 'many' } });
    const told: DamagedItem[] = [];
    const onDamaged = (item: DamagedItem) => void told.push(item);
    const found = await all(ledger.reader.organizationRuns(ORGANIZATION, { onDamaged }));
    expect(found.map(({ runId }) => runId)).toEqual([dayOf(13), dayOf(11)]);
    const problem = `The ledger's item RUN#organization#${dayOf(12)} RUN is damaged: planned: `;
    expect(told).toEqual([{ runId: dayOf(12), region: null, problem: expect.stringContaining(problem) }]);
    await expect(all(ledger.reader.organizationRuns(ORGANIZATION))).rejects.toThrow(problem);
  });

  const partial = { verdict: 'partial' as const, counted: 2 };
  const oneRegion = { ...partial, regions: { expected: 3, counted: 2 }, regionReasons: { denied: 1 } };

  test.each([{}, oneRegion, { ...partial, accountReasons: { suspended: 1 } }])(
    'whose total says itself what is missing are sound: %j',
    async (changes) => {
      const ledger = ledgerOf();
      ledger.slip(runOf(12, { total: aStoredOrganizationTotal({ expected: 3, counted: 3, ...changes }) }));
      expect(await all(ledger.reader.organizationRuns(ORGANIZATION))).toHaveLength(1);
    },
  );

  test.each([
    { verdict: 'partial' as const },
    partial,
    { counted: 2, accountReasons: { suspended: 1 } },
    { counted: 4, expected: 4 },
    { counted: 4 },
    { streams: 1 },
    { ...oneRegion, missing: [{ accountId: accountIdOf(0) }, { accountId: accountIdOf(1) }] },
    { ...oneRegion, regionReasons: { denied: 2 } },
    { ...oneRegion, regionReasons: {} },
    { ...oneRegion, counted: 1 },
    { ...oneRegion, accountReasons: { suspended: 1 } },
    { ...partial, accountReasons: { suspended: 2 } },
  ])('whose total contradicts itself are damaged: %j', async (changes) => {
    const ledger = ledgerOf();
    ledger.slip(runOf(12, { total: aStoredOrganizationTotal({ expected: 3, counted: 3, ...changes }) }));
    const because = 'RUN is damaged: its verdict and its numbers contradict each other.';
    await expect(all(ledger.reader.organizationRuns(ORGANIZATION))).rejects.toThrow(because);
    await expect(ledger.reader.wholeOrganization({ ...ORGANIZATION_KEY, runId: dayOf(12) })).rejects.toThrow(because);
  });

  test.each([
    { counted: 18, reasons: { denied: 1 } },
    { verdict: 'partial' as const },
    { verdict: 'partial' as const, counted: 18 },
    { verdict: 'partial' as const, counted: 18, reasons: { denied: 2 } },
    { counted: 20 },
    { missing: [{ region: 'eu-west-1', reason: 'denied' as const }] },
  ])('are an error if what is said of an account contradicts itself: %j', async (changes) => {
    const ledger = ledgerOf();
    ledger.slip(anOrganizationRun(accountsOf(1)));
    ledger.slip(settledAccount(accountIdOf(0), 5, changes));
    await expect(ledger.reader.wholeOrganization(ORGANIZATION_KEY)).rejects.toThrow(
      `ACCOUNT#${accountIdOf(0)} is damaged: its verdict and its numbers contradict each other.`,
    );
  });

  test('are whole with their plan and the records of planned accounts, which are read after the run', async () => {
    const ledger = ledgerOf({ pageItems: 2 });
    const accounts = [...accountsOf(3), { accountId: accountIdOf(4), name: 'gone', setAside: 'left' } as const];
    const run = anOrganizationRun(accounts);
    const records = [settledAccount(accountIdOf(0), 5), failedAccount(accountIdOf(2))];
    ledger.slip(run);
    for (const record of [...records, settledAccount(accountIdOf(4), 9), settledAccount(accountIdOf(7), 9)])
      ledger.slip(record);
    expect(await ledger.reader.wholeOrganization(ORGANIZATION_KEY)).toEqual({ run, records });
    expect(new Set(ledger.asked)).toEqual(new Set(['Query']));
  });

  test('are none where nobody opened them, and where they have expired', async () => {
    const ledger = ledgerOf();
    ledger.slip(settledAccount(accountIdOf(0), 5));
    expect(await ledger.reader.wholeOrganization(ORGANIZATION_KEY)).toBeUndefined();
    ledger.slip(anOrganizationRun(accountsOf(1), { expiresAt: EXPIRED }));
    expect(await ledger.reader.wholeOrganization(ORGANIZATION_KEY)).toBeUndefined();
    expect(await all(ledger.reader.organizationRuns(ORGANIZATION))).toEqual([]);
  });

  test('are an error if the record of a planned account is damaged, and no other', async () => {
    const ledger = ledgerOf();
    ledger.slip(anOrganizationRun(accountsOf(1)));
    ledger.slip(settledAccount(accountIdOf(7), 5), { rev: { S: 'the last' } });
    expect(await ledger.reader.wholeOrganization(ORGANIZATION_KEY)).toMatchObject({ records: [] });
    ledger.slip(settledAccount(accountIdOf(0), 5), { rev: { S: 'the last' } });
    await expect(ledger.reader.wholeOrganization(ORGANIZATION_KEY)).rejects.toThrow(
      `ACCOUNT#${accountIdOf(0)} is damaged: rev: `,
    );
  });

  test('are never taken for those of an account, nor the other way round', async () => {
    const ledger = ledgerOf();
    fill(ledger, [11]);
    ledger.slip(runOf(11));
    const account = { censusId: ACCOUNT, runId: dayOf(11) };
    await expect(ledger.reader.wholeRun({ ...account, censusId: ORGANIZATION })).rejects.toThrow('it is no account');
    await expect(ledger.reader.wholeOrganization(account)).rejects.toThrow(InvalidInputError);
    expect(await ledger.reader.newestRuns(ACCOUNT)).toHaveLength(1);
  });
});
