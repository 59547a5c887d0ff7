/** What CloudWatch is told of an organisation's total. */
import type { MetricsWanted } from '../../../src/census/metrics.ts';
import { organizationMetricLines } from '../../../src/census/organization/metrics.ts';
import type { StoredOrganizationTotal } from '../../../src/census/organization/total.ts';
import { RUN_ID } from '../examples.ts';
import {
  accountIdOf,
  accountsOf,
  anOrganizationRun,
  aStoredOrganizationTotal,
  failedAccount,
  settledAccount,
} from './examples.ts';

const RUN = anOrganizationRun(accountsOf(3));
const NOW_MS = Date.parse(RUN_ID) + 42_000;
const ALL: MetricsWanted = { of: 'totals', stage: 'prod', dropAlarmPercent: 20, partialAlarmRuns: 3 };
const RECORDS = [settledAccount(accountIdOf(0), 7, { counted: 18 }), failedAccount(accountIdOf(1))];
const read = (total: StoredOrganizationTotal, wanted = ALL, run = RUN) =>
  organizationMetricLines(run, total, RECORDS, wanted, NOW_MS).map((line) => JSON.parse(line));

const BEFORE = {
  runId: '2026-11-20T00:00:00Z',
  streams: 10,
  comparable: { runId: '2026-11-20T00:00:00Z', streams: 10 },
};
const COMPLETE = aStoredOrganizationTotal({ streams: 7, expected: 3, counted: 3, before: BEFORE });
const PARTIAL = aStoredOrganizationTotal({
  verdict: 'partial',
  streams: 7,
  expected: 3,
  counted: 1,
  before: { ...BEFORE, partialRuns: 2 },
});

test('A complete total is one line, in the dimension of its stage, under the names that an account has', () => {
  const [line, ...more] = read(COMPLETE);
  expect(more).toEqual([]);
  expect(line).toMatchObject({
    censusId: 'organization',
    runId: RUN_ID,
    stage: 'prod',
    Streams: 7,
    AccountsCounted: 3,
    AccountsMissing: 0,
    RunAge: 42,
    DropPercent: 30,
    PartialRuns: 0,
  });
  const { Dimensions, Metrics } = line._aws.CloudWatchMetrics[0];
  expect(Dimensions).toEqual([['stage']]);
  expect(Metrics.map(({ Name }: { Name: string }) => Name).sort()).toEqual([
    'AccountsCounted',
    'AccountsMissing',
    'DropPercent',
    'PartialRuns',
    'RunAge',
    'Streams',
  ]);
});

test('A partial total is compared with nothing, and says how many in a row are', () => {
  const [line] = read(PARTIAL);
  expect(line).toMatchObject({ AccountsCounted: 1, AccountsMissing: 2, PartialRuns: 2 });
  expect(line).not.toHaveProperty('DropPercent');
});

test('Of how many accounts something is lost is said where it is known: a zero would end an alarm', () => {
  expect(read({ ...PARTIAL, lost: 1 })[0]).toMatchObject({ AccountsLost: 1 });
  expect(read({ ...COMPLETE, lost: 0 })[0]).toMatchObject({ AccountsLost: 0 });
  expect(read(PARTIAL)[0]).not.toHaveProperty('AccountsLost');
});

test('Of a partial total that could not look back nobody says how many in a row are: one would end an alarm', () => {
  const { before: _, ...blind } = PARTIAL;
  expect(read(blind)[0]).not.toHaveProperty('PartialRuns');
});

test('What nobody wants is not said', () => {
  const [line] = read(COMPLETE, { ...ALL, dropAlarmPercent: 0, partialAlarmRuns: 0 });
  expect(line).not.toHaveProperty('DropPercent');
  expect(line).not.toHaveProperty('PartialRuns');
  expect(read(COMPLETE, { ...ALL, of: 'off' })).toEqual([]);
});

test('Another kind has a dimension of its own', () => {
  const run = { ...RUN, censusId: 'organization/channels' };
  expect(read(COMPLETE, ALL, run)[0]).toMatchObject({ stage: 'prod', kind: 'channels' });
});

test('Each account has a line only where that is wanted, and only if it has a number', () => {
  expect(read(COMPLETE, { ...ALL, of: 'regions' })).toHaveLength(1);
  const [, ...accounts] = read(COMPLETE, { ...ALL, of: 'accounts' });
  expect(accounts).toMatchObject([{ stage: 'prod', account: accountIdOf(0), Streams: 7, RegionsMissing: 1 }]);
});

describe('How full the fullest region is', () => {
  const quota = { alarmPercent: 80, above: [], aboveRegions: 0, unknownRegions: 0 };
  const highest = { accountId: accountIdOf(0), region: 'eu-west-1', percent: 61.5 };

  test('is said of what is seen', () => {
    for (const total of [COMPLETE, PARTIAL])
      expect(read({ ...total, quota: { ...quota, highest } })[0]).toMatchObject({ QuotaPercent: 61.5 });
  });

  test('is not said where one that was above the alarm is not seen, unless another is above', () => {
    const before = { ...BEFORE, unseenAbove: true as const };
    const blind = { ...PARTIAL, before, quota: { ...quota, highest } };
    expect(read(blind)[0]).not.toHaveProperty('QuotaPercent');
    const above = { ...blind, quota: { ...quota, highest, aboveRegions: 1 } };
    expect(read(above)[0]).toMatchObject({ QuotaPercent: 61.5 });
  });

  test('is not said where that cannot be known', () => {
    const { before: _, ...blind } = PARTIAL;
    expect(read({ ...blind, quota: { ...quota, highest } })[0]).not.toHaveProperty('QuotaPercent');
    const { before: _before, ...seen } = COMPLETE;
    expect(read({ ...seen, quota: { ...quota, highest } })[0]).toMatchObject({ QuotaPercent: 61.5 });
    const unknown = { ...seen, quota: { ...quota, highest, unknownRegions: 1 } };
    expect(read(unknown)[0]).not.toHaveProperty('QuotaPercent');
  });
});
