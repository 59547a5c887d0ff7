import { makeDamage } from '../../src/answers/damage.ts';
import { readDiff } from '../../src/answers/diff.ts';
import { wholeRuns } from '../../src/answers/history.ts';
import { readLatest } from '../../src/answers/latest.ts';
import { readRegion } from '../../src/answers/region.ts';
import { readRuns } from '../../src/answers/runs.ts';
import { accountRecordItem, organizationItem, planItems } from '../../src/aws/organization-items.ts';
import type { Run } from '../../src/census/run.ts';
import { accountsOf, anOrganizationRun, settledAccount } from '../census/organization/examples.ts';
import { ACCOUNT, counted, history, type Past, settled } from '../cli/history.ts';
import { cleanUp, NOW_MS, startLedger, type TestLedger } from '../cli/world.ts';

const past = [...history({ runs: 120 })];
const newest = past.at(-1) as Past;
let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
  await ledger.fill(past);
}, 120_000);
beforeEach(() => void ledger.requests.splice(0));
afterAll(cleanUp);

const source = () => ({ reader: ledger.reader, censusId: ACCOUNT, description: 'the test ledger' });

async function all<T>(from: AsyncIterable<T>): Promise<T[]> {
  const found = [];
  for await (const one of from) found.push(one);
  return found;
}

describe('What a reading costs', () => {
  test('latest is one Query and one BatchGetItem, with both runs and all of their regions', async () => {
    const { answer } = await readLatest(source(), NOW_MS);
    expect(ledger.requests).toEqual(['Query', 'BatchGetItem']);
    expect(answer.run.runId).toBe(newest.run.runId);
    expect(answer.regions).toHaveLength(19);
    expect(answer.comparison?.changed.regions.length).toBeGreaterThan(0);
  });

  test('runs --last 100 is one Query', async () => {
    const { runs } = await readRuns(source(), { limit: 100 }, NOW_MS);
    expect(ledger.requests).toEqual(['Query']);
    expect(runs.map(({ runId }) => runId)).toEqual(
      past
        .slice(20)
        .map(({ run }) => run.runId)
        .reverse(),
    );
  });

  test('region --last 100 is two Queries', async () => {
    const { points } = await readRegion(source(), 'eu-west-2', { limit: 100 }, NOW_MS);
    expect(ledger.requests).toEqual(['Query', 'Query']);
    expect(points).toHaveLength(100);
  });

  test('diff is two Queries', async () => {
    await readDiff(source(), (past[3] as Past).run.runId, newest.run.runId, NOW_MS);
    expect(ledger.requests).toEqual(['Query', 'Query']);
  });

  test('one run with all of its regions is one Query', async () => {
    const whole = await ledger.reader.wholeRun(newest.run);
    expect(ledger.requests).toEqual(['Query']);
    expect(whole).toEqual({ run: newest.run, records: newest.records });
  });

  test('120 runs with all of their regions are one Query for the runs and one for each region', async () => {
    await all(wholeRuns(source(), {}, makeDamage()));
    expect(ledger.requests).toEqual(Array(20).fill('Query'));
  });
});

describe('What reading the organisation costs', () => {
  const runId = '2026-11-20T06:00:00Z';
  const accounts = accountsOf(400);
  const run = anOrganizationRun(accounts);
  const records = accounts.map(({ accountId }, nth) => settledAccount(accountId, nth));

  test('one run with all of its accounts is one Query, and the list of runs is one more', async () => {
    const own = await startLedger();
    const items = [...planItems(run), organizationItem(run), ...records.map((each) => accountRecordItem(each, run))];
    await Promise.all(items.map(own.put));
    own.requests.splice(0);
    expect(await own.reader.wholeOrganization({ censusId: 'organization', runId })).toEqual({ run, records });
    expect(own.requests).toEqual(['Query']);
    const [first] = await all(own.reader.organizationRuns('organization', { limit: 10 }));
    expect(first).toMatchObject({ runId, pending: 400, planned: { accounts: 400 } });
    expect(own.requests).toEqual(['Query', 'Query']);
  });
});

describe('What is in memory', () => {
  test('of a long history, at most 250 items of each list', async () => {
    const own = await startLedger();
    await own.fill(history({ runs: 300, regions: ['eu-west-1', 'us-east-1'] }));
    own.requests.splice(0);
    await all(wholeRuns({ ...source(), reader: own.reader }, {}, makeDamage()));
    expect(own.requests).toEqual(Array(6).fill('Query'));
  });
});

describe('What a reading gives', () => {
  test('a history with its regions is what was written, newest first', async () => {
    const found = await all(wholeRuns(source(), {}, makeDamage()));
    expect(found.map(({ run, records }) => ({ run, records: [...records].sort(byRegion) }))).toEqual(
      [...past].reverse(),
    );
  });

  test.each([
    ['since', { since: past[110]?.run.runId }, 10],
    ['until', { until: past[9]?.run.runId }, 10],
    ['since and until', { since: past[50]?.run.runId, until: past[59]?.run.runId }, 10],
    ['between two runs', { since: '2026-11-20T05:30:01Z', until: '2026-11-20T05:59:59Z' }, 0],
    ['limit', { limit: 7 }, 7],
    ['many small pages', { perRequest: 3, limit: 20 }, 20],
  ])('%s gives exactly the runs that it names, newest first', async (_name, reading, count) => {
    const defined = Object.fromEntries(Object.entries(reading).filter(([, value]) => value !== undefined));
    const runs: Run[] = await all(ledger.reader.runs(ACCOUNT, defined));
    const inRange = past
      .map(({ run }) => run)
      .filter(
        ({ runId }) =>
          runId >= ((reading as { since?: string }).since ?? '') &&
          runId <= ((reading as { until?: string }).until ?? '9'),
      )
      .reverse();
    expect(runs).toEqual(inRange.slice(0, count));
    expect(runs).toHaveLength(count);
  });

  test('an item that has expired is absent, although the table still holds it', async () => {
    const own = await startLedger();
    const key = { censusId: ACCOUNT, runId: '2026-11-19T06:00:00Z' };
    const records = [counted(key, 'eu-west-1', 5), counted(key, 'us-east-1', 6)];
    await own.fill([{ run: settled(key, records), records }]);
    const past = { ':past': { N: String(Date.parse('2026-11-20T07:59:59Z') / 1000) } };
    for (const region of [undefined, 'us-east-1']) {
      await own.damage(
        { ...key, ...(region && { region }) },
        { UpdateExpression: 'SET expiresAt = :past', ExpressionAttributeValues: past },
      );
    }
    expect(await own.reader.newestRuns(ACCOUNT)).toEqual([]);
    expect(await own.reader.wholeRun(key)).toBeUndefined();
    expect(await own.reader.wholeRuns([settled(key, records)])).toEqual([]);
    expect(await all(own.reader.regionRecords(ACCOUNT, 'us-east-1'))).toEqual([]);
    expect(await all(own.reader.regionRecords(ACCOUNT, 'eu-west-1'))).toEqual([records[0]]);
  });

  test('runs of another account are not there', async () => {
    expect(await ledger.reader.newestRuns('999999999999')).toEqual([]);
  });
});

function byRegion(a: { region: string }, b: { region: string }): number {
  return a.region < b.region ? -1 : 1;
}
