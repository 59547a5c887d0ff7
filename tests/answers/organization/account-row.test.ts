import { type AccountRow, accountRows, isCountedAlike } from '../../../src/answers/organization/account-row.ts';
import type { SettledAccount } from '../../../src/census/organization/account-record.ts';
import { NOW_MS } from '../../cli/world.ts';
import { MEMBER, manyAccounts, type OrganizationPast, organizationStory } from '../../fixtures/organization.ts';

const past = organizationStory({ isOneUnderWay: true });
const [first, second, , newest, open] = past as [
  OrganizationPast,
  OrganizationPast,
  OrganizationPast,
  OrganizationPast,
  OrganizationPast,
];

const rowsOf = ({ run, records }: OrganizationPast, before?: OrganizationPast) =>
  accountRows(run, records, before?.records ?? [], NOW_MS);
const rowOf = (rows: readonly AccountRow[], accountId: string) => rows.find((row) => row.accountId === accountId);

test('trouble comes first, and what holds more before what holds less', () => {
  const rows = rowsOf(newest, second);
  expect(rows.map(({ name, accountId, state }) => `${name ?? accountId}: ${state}`)).toEqual([
    'Doorbells: failed',
    'Lab: failed',
    'Stores Europe: partial',
    'Factories: partial',
    'Stores America: complete',
    'Warehouses: complete',
    'Platform: complete',
    '888899990000: complete',
    'Sandbox (old): set-aside',
  ]);
});

test('an account that misses a region says its number, how many it misses, and why', () => {
  expect(rowOf(rowsOf(newest, second), MEMBER.factories)).toMatchObject({
    streams: 4_253,
    expected: 3,
    counted: 2,
    missing: 1,
    reason: null,
    reasons: { denied: 1 },
    regions: [{ region: 'eu-west-1', reason: 'denied' }],
  });
});

test('there is no number of an account that nobody was let into, and none of one that is suspended', () => {
  const rows = rowsOf(newest, second);
  expect(rowOf(rows, MEMBER.doorbells)).toMatchObject({ streams: null, missing: null, reason: 'no-access' });
  expect(rowOf(rows, MEMBER.lab)).toMatchObject({
    streams: null,
    reason: 'suspended',
    setAside: 'suspended',
    lastKnown: { streams: 64 },
  });
  expect(rowOf(rows, MEMBER.sandbox)).toMatchObject({ state: 'set-aside', setAside: 'closed', streams: null });
});

test('a change is told of accounts that both runs counted alike, and of no other', () => {
  const rows = rowsOf(newest, second);
  expect(rows.map(({ change }) => change)).toEqual([null, null, null, null, -12, null, 0, 1, null]);
  expect(rowOf(rowsOf(second, first), MEMBER.storesAmerica)?.change).toBe(40);
});

test('the same gaps before and now are counted alike; others, or more than the records name, are not', () => {
  const record = newest.records.find(({ accountId }) => accountId === MEMBER.factories) as SettledAccount;
  const gaps = (...regions: string[]) => ({
    ...record,
    expected: 10,
    counted: 10 - regions.length,
    missing: regions.slice(0, 5).map((region) => ({ region, reason: 'denied' as const })),
  });
  expect(isCountedAlike(gaps('eu-west-1'), gaps('eu-west-1'))).toBe(true);
  expect(isCountedAlike(gaps('eu-west-1'), gaps('us-east-1'))).toBe(false);
  expect(isCountedAlike(gaps('a', 'b', 'c', 'd', 'e', 'f'), gaps('a', 'b', 'c', 'd', 'e', 'f'))).toBe(false);
});

test('what is complete of more regions than before is not counted alike', () => {
  const record = newest.records.find(({ accountId }) => accountId === MEMBER.hub) as SettledAccount;
  const wider = { ...record, expected: record.expected + 1, counted: record.counted + 1 };
  expect([isCountedAlike(record, record), isCountedAlike(record, wider)]).toEqual([true, false]);
});

test('of a run that is under way what was not heard of is waited for; after its deadline it is unanswered', () => {
  expect(rowsOf(open).map(({ state }) => state)).toEqual([
    'failed',
    'partial',
    'waiting',
    'waiting',
    'waiting',
    'waiting',
    'complete',
    'complete',
    'set-aside',
  ]);
  const late = accountRows(open.run, open.records, [], Date.parse(open.run.deadlineAt));
  expect(rowOf(late, MEMBER.warehouses)).toMatchObject({ state: 'failed', reason: 'unanswered' });
});

test('a thousand accounts are rows at once', () => {
  const [before, now] = manyAccounts(1_000) as [OrganizationPast, OrganizationPast];
  const rows = rowsOf(now, before);
  expect(rows).toHaveLength(1_000);
  expect(rows.slice(0, 12).map(({ state }) => state)).toEqual(['failed', ...Array(10).fill('partial'), 'complete']);
});
