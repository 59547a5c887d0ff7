/** What is new in an organisation's total, against the runs before. */
import { lookBackOrganization } from '../../../src/census/organization/look-back.ts';
import { sameOrganizationTotal } from '../../../src/census/organization/settle.ts';
import { type OrganizationSummary, plannedOf } from '../../../src/census/organization/summary.ts';
import type { OrganizationTotal } from '../../../src/census/organization/total.ts';
import {
  accountIdOf,
  accountsOf,
  anOrganizationRun,
  anOrganizationTotal,
  aStoredOrganizationTotal,
} from './examples.ts';

const RUN = anOrganizationRun(accountsOf(2));
const COMPLETE = anOrganizationTotal({ streams: 12, expected: 2, counted: 2 });
const PARTIAL = anOrganizationTotal({
  verdict: 'partial',
  streams: 5,
  expected: 2,
  counted: 1,
  missing: [{ accountId: accountIdOf(1), reason: 'no-access' }],
});

/** A run so many hours before. */
function earlier(hours: number, total: OrganizationTotal | undefined, accounts = RUN.accounts): OrganizationSummary {
  const {
    accounts: _,
    pending: _pending,
    ...run
  } = anOrganizationRun(accounts, {
    runId: `2026-11-20T0${6 - hours}:00:00Z`,
    ...(total && { total: aStoredOrganizationTotal(total) }),
  });
  return { ...run, planned: plannedOf({ accounts }), pending: 0 };
}
const before = (total: OrganizationTotal, ...runs: OrganizationSummary[]) =>
  lookBackOrganization(RUN, total, runs).before;

test('A total with no run before it, or of which nothing can be read, says of itself alone', () => {
  for (const runs of [undefined, [], [earlier(1, undefined)]])
    expect(lookBackOrganization(RUN, COMPLETE, runs)).toEqual(COMPLETE);
});

test('A complete total names the run before, and the last complete one of the same accounts', () => {
  const other = earlier(1, { ...COMPLETE, streams: 3 }, accountsOf(3));
  const runs = [earlier(1, undefined), other, earlier(2, PARTIAL), earlier(3, { ...COMPLETE, streams: 14 })];
  expect(before(COMPLETE, ...runs)).toEqual({
    runId: '2026-11-20T05:00:00Z',
    streams: 3,
    comparable: { runId: '2026-11-20T03:00:00Z', streams: 14 },
  });
});

test('As many accounts, but others, are not the same', () => {
  const others = [{ accountId: accountIdOf(0) }, { accountId: accountIdOf(9) }];
  expect(before(COMPLETE, earlier(1, COMPLETE, others))).not.toHaveProperty('comparable');
});

test('The same accounts in fewer or more regions are compared with no complete run: what is not planned is no drop', () => {
  const wider = { ...COMPLETE, streams: 40, regions: { expected: 40, counted: 40 } };
  expect(before(COMPLETE, earlier(1, wider))).toEqual({ runId: '2026-11-20T05:00:00Z', streams: 40 });
  expect(before(COMPLETE, earlier(1, wider), earlier(2, COMPLETE))).toMatchObject({ comparable: { streams: 12 } });
});

test('A partial total says how many runs in a row are', () => {
  expect(before(PARTIAL, earlier(1, COMPLETE))).toMatchObject({ partialRuns: 1 });
  expect(before(PARTIAL, earlier(1, PARTIAL), earlier(2, PARTIAL), earlier(3, COMPLETE))).toMatchObject({
    partialRuns: 3,
  });
  const long = { ...PARTIAL, before: { runId: '2026-11-19T06:00:00Z', streams: 5, partialRuns: 40 } };
  expect(before(PARTIAL, earlier(1, long))).toMatchObject({ partialRuns: 41 });
});

test('A total that says what the one before says is unchanged, and any other is not', () => {
  expect(before(PARTIAL, earlier(1, PARTIAL))).toMatchObject({ unchanged: true });
  expect(before(COMPLETE, earlier(1, COMPLETE))).toMatchObject({ unchanged: true });
  const named = { ...PARTIAL, missing: [{ ...PARTIAL.missing[0]!, name: 'Bert' }] };
  expect(before(named, earlier(1, PARTIAL))).toMatchObject({ unchanged: true });
  for (const other of [
    earlier(1, COMPLETE),
    earlier(1, { ...PARTIAL, streams: 6 }),
    earlier(1, { ...PARTIAL, missing: [{ accountId: accountIdOf(0), reason: 'no-access' }] }),
    earlier(1, { ...PARTIAL, regions: { expected: 19, counted: 18 } }),
    earlier(1, PARTIAL, accountsOf(3)),
  ])
    expect(before(PARTIAL, other)).not.toHaveProperty('unchanged');
});

test('Where not all that is missing is named, nobody says that nothing has changed', () => {
  const someRegions = { accountId: accountIdOf(1), regions: { missing: 1, expected: 19 }, reasons: { denied: 1 } };
  for (const total of [
    { ...PARTIAL, missing: [someRegions] },
    { ...PARTIAL, expected: 30, counted: 1 },
  ])
    expect(before(total, earlier(1, total))).not.toHaveProperty('unchanged');
});

test('A total without an account is compared with a complete run of all: nobody knows how many regions are missing', () => {
  const fewer = { ...PARTIAL, accountReasons: { 'no-access': 1 }, regions: { expected: 19, counted: 19 } };
  const wider = { ...COMPLETE, regions: { expected: 38, counted: 38 } };
  expect(before(fewer, earlier(1, wider))).toMatchObject({ comparable: { streams: 12 } });
});

test('Regions that were nearly full stay so until all are seen, or one is seen that is', () => {
  const quota = { alarmPercent: 80, above: [], aboveRegions: 0, unknownRegions: 0 };
  const full = earlier(1, { ...COMPLETE, quota: { ...quota, aboveRegions: 2 } });
  const blind = earlier(1, { ...PARTIAL, before: { runId: '2026-11-20T01:00:00Z', streams: 5, unseenAbove: true } });
  for (const run of [full, blind]) {
    expect(before({ ...PARTIAL, quota }, run)).toMatchObject({ unseenAbove: true });
    expect(before({ ...COMPLETE, quota: { ...quota, unknownRegions: 1 } }, run)).toMatchObject({ unseenAbove: true });
    expect(before({ ...COMPLETE, quota }, run)).not.toHaveProperty('unseenAbove');
    expect(before({ ...PARTIAL, quota: { ...quota, aboveRegions: 1 } }, run)).not.toHaveProperty('unseenAbove');
  }
  expect(before({ ...PARTIAL, quota }, earlier(1, COMPLETE))).not.toHaveProperty('unseenAbove');
});

test('What earlier runs say is no part of what a total says', () => {
  expect(sameOrganizationTotal(lookBackOrganization(RUN, PARTIAL, [earlier(1, COMPLETE)]), PARTIAL)).toBe(true);
});
