/** When a run of the organisation has a total, and what it then says: whatever its accounts came to. */
import fc from 'fast-check';
import type { Reason } from '../../../src/census/errors.ts';
import type { AccountRecord } from '../../../src/census/organization/account-record.ts';
import { gapsOf, sameOrganizationTotal, settleOrganization } from '../../../src/census/organization/settle.ts';
import { isSoundRecord, isSoundTotal } from '../../../src/census/organization/sound.ts';
import { plannedOf } from '../../../src/census/organization/summary.ts';
import { GAPS_NAMED, type OrganizationTotal } from '../../../src/census/organization/total.ts';
import { DEADLINE_MS, OPENED_MS } from '../examples.ts';
import {
  accountIdOf,
  accountsOf,
  anOrganizationRun,
  anOrganizationTotal,
  aStoredOrganizationTotal,
  failedAccount,
  settledAccount,
} from './examples.ts';

const [ANNE, BERT, CARL] = [accountIdOf(0), accountIdOf(1), accountIdOf(2)] as const;

function totalOf(run: ReturnType<typeof anOrganizationRun>, records: readonly AccountRecord[]): OrganizationTotal {
  const settlement = settleOrganization(run, records, DEADLINE_MS, 80);
  if (settlement.state === 'open') throw new Error('The run is open.');
  return settlement.total;
}

describe('A run of the organisation', () => {
  test('is open while an account is pending, and until its deadline', () => {
    const run = anOrganizationRun(accountsOf(2), { pending: [BERT] });
    expect(settleOrganization(run, [settledAccount(ANNE, 5)], DEADLINE_MS - 1)).toEqual({ state: 'open' });
    expect(settleOrganization(run, [settledAccount(ANNE, 5)], DEADLINE_MS)).toMatchObject({
      state: 'total',
      waiting: false,
      total: { verdict: 'partial', streams: 5, missing: [{ accountId: BERT, reason: 'unanswered' }] },
    });
  });

  test('that has a total has one while it asks again, and waits', () => {
    const run = anOrganizationRun(accountsOf(2), { pending: [BERT], round: 1, total: aStoredOrganizationTotal() });
    expect(settleOrganization(run, [], OPENED_MS)).toMatchObject({ state: 'total', waiting: true });
  });

  test('is complete if every planned account is', () => {
    const run = anOrganizationRun(accountsOf(2), { pending: [] });
    const records = [settledAccount(ANNE, 5, { firstCountedAt: '2', lastCountedAt: '5' }), settledAccount(BERT, 7)];
    expect(totalOf(run, records)).toMatchObject({
      verdict: 'complete',
      streams: 12,
      expected: 2,
      counted: 2,
      regions: { expected: 38, counted: 38 },
      missing: [],
      accountReasons: {},
      firstCountedAt: '2',
      lastCountedAt: '5',
    });
  });

  test('adds each account once, however often it is on record', () => {
    const run = anOrganizationRun(accountsOf(2), { pending: [] });
    const records = [settledAccount(ANNE, 5), settledAccount(BERT, 7), settledAccount(BERT, 7)];
    expect(totalOf(run, records)).toMatchObject({ verdict: 'complete', streams: 12, regions: { expected: 38 } });
  });

  test('says what is missing, worst first: accounts of which there is nothing, then those that miss most', () => {
    const run = anOrganizationRun(
      [{ accountId: ANNE }, { accountId: BERT, name: 'Bert' }, { accountId: CARL }, { accountId: accountIdOf(3) }],
      { pending: [] },
    );
    const partial = { verdict: 'partial', counted: 18, reasons: { denied: 1 } } as const;
    const records = [
      settledAccount(ANNE, 5, partial),
      settledAccount(BERT, 3, { ...partial, counted: 17, reasons: { denied: 1, 'timed-out': 1 } }),
      failedAccount(CARL),
      settledAccount(accountIdOf(3), 1),
    ];
    expect(totalOf(run, records)).toMatchObject({
      verdict: 'partial',
      streams: 9,
      expected: 4,
      counted: 1,
      regions: { expected: 57, counted: 54 },
      accountReasons: { 'no-access': 1 },
      regionReasons: { denied: 2, 'timed-out': 1 },
      missing: [
        { accountId: CARL, reason: 'no-access' },
        { accountId: BERT, name: 'Bert', regions: { missing: 2, expected: 19 } },
        { accountId: ANNE, regions: { missing: 1, expected: 19 } },
      ],
    });
  });

  test('says of how many accounts something is lost that was counted before', () => {
    const known = { runId: '2026-11-19T06:00:00Z', streams: 0, countedAt: '2026-11-19T06:00:00Z' };
    const partial = { verdict: 'partial', counted: 18 } as const;
    const lostIn = (...records: AccountRecord[]) =>
      totalOf(anOrganizationRun(accountsOf(2), { pending: [] }), records).lost;
    expect(lostIn(settledAccount(ANNE, 5), settledAccount(BERT, 7))).toBe(0);
    expect(lostIn(settledAccount(ANNE, 5, { ...partial, lost: 0 }), failedAccount(BERT, { lastKnown: null }))).toBe(0);
    expect(lostIn(settledAccount(ANNE, 5, { ...partial, lost: 3 }), failedAccount(BERT, { lastKnown: known }))).toBe(2);
  });

  test('does not say how many are lost where that is not known of one', () => {
    const lostBeside = (...records: AccountRecord[]) => {
      const run = anOrganizationRun(accountsOf(2), { pending: [] });
      return totalOf(run, [settledAccount(ANNE, 5), ...records]).lost;
    };
    expect(lostBeside()).toBeUndefined();
    expect(lostBeside(failedAccount(BERT))).toBeUndefined();
    expect(lostBeside(settledAccount(BERT, 1, { verdict: 'partial', counted: 18 }))).toBeUndefined();
  });

  test('tells of an account of which there is nothing what was counted there last', () => {
    const lastKnown = { runId: '2026-11-19T06:00:00Z', streams: 9, countedAt: '2026-11-19T06:00:00Z' };
    const run = anOrganizationRun([{ accountId: ANNE }, { accountId: BERT, setAside: 'suspended', lastKnown }], {
      pending: [],
    });
    expect(totalOf(run, [failedAccount(ANNE, { lastKnown }), failedAccount(BERT)])).toMatchObject({
      streams: 0,
      lost: 2,
      missing: [
        { accountId: ANNE, lastKnown },
        { accountId: BERT, lastKnown },
      ],
    });
  });

  test('does not plan accounts that are only named, nor count what is recorded of others', () => {
    const run = anOrganizationRun([{ accountId: ANNE }, { accountId: BERT, setAside: 'closed' }], { pending: [] });
    expect(totalOf(run, [settledAccount(ANNE, 5), settledAccount(BERT, 99), settledAccount(CARL, 99)])).toMatchObject({
      verdict: 'complete',
      streams: 5,
      expected: 1,
    });
  });

  test('names the fullest region of all accounts, and those that are nearly full', () => {
    const run = anOrganizationRun(accountsOf(2), { pending: [] });
    const quotaOf = (percent: number, above: string[]) => ({
      highest: { region: 'eu-west-1', percent },
      above,
      unknown: 1,
    });
    const records = [
      settledAccount(ANNE, 5, { quota: quotaOf(40, []) }),
      settledAccount(BERT, 5, { quota: quotaOf(91, ['eu-west-1']) }),
    ];
    expect(totalOf(run, records).quota).toEqual({
      alarmPercent: 80,
      highest: { accountId: BERT, region: 'eu-west-1', percent: 91 },
      above: [{ accountId: BERT, region: 'eu-west-1' }],
      aboveRegions: 1,
      unknownRegions: 2,
    });
  });

  test('keeps to the alarm that an earlier total of the run went by, whatever is set since', () => {
    const run = anOrganizationRun(accountsOf(1), { pending: [] });
    const records = [settledAccount(ANNE, 5, { quota: { above: [], unknown: 0 } })];
    const total = { ...totalOf(run, records), rev: 1, settledAt: '2026-11-20T07:00:00.000Z' };
    const again = settleOrganization({ ...run, total }, records, DEADLINE_MS, 20);
    expect(again).toMatchObject({ total: { quota: { alarmPercent: 80 } } });
  });

  test('names no more than it has room for, however many are missing', () => {
    const run = anOrganizationRun(accountsOf(5000), { pending: [] });
    const total = totalOf(run, []);
    expect(total.missing).toHaveLength(GAPS_NAMED);
    expect(total).toMatchObject({ expected: 5000, counted: 0, accountReasons: { unanswered: 5000 } });
    expect(JSON.stringify(total).length).toBeLessThan(10_000);
  });
});

const reason = fc.constantFrom<Reason>('denied', 'timed-out');
/** What an account came to; nothing: nobody heard of it. */
const fate = fc.oneof(
  fc.constant(undefined),
  fc.constant('failed' as const),
  fc.record({ streams: fc.nat(9), missing: fc.array(reason, { maxLength: 3 }) }),
);
type Fate = { streams: number; missing: Reason[] } | 'failed' | undefined;

function recordOf(accountId: string, what: Fate): AccountRecord[] {
  if (what === undefined) return [];
  if (what === 'failed') return [failedAccount(accountId)];
  const reasons: Partial<Record<Reason, number>> = {};
  for (const each of what.missing) reasons[each] = (reasons[each] ?? 0) + 1;
  return [
    settledAccount(accountId, what.streams, {
      verdict: what.missing.length > 0 ? 'partial' : 'complete',
      counted: 19 - what.missing.length,
      ...(what.missing.length > 0 && { reasons }),
    }),
  ];
}

test('Whatever its accounts came to, the total is their sum, and complete if and only if all of them are', () => {
  fc.assert(
    fc.property(fc.array(fate, { maxLength: 30 }), (fates) => {
      const run = anOrganizationRun(accountsOf(fates.length), { pending: [] });
      const records = fates.flatMap((each, nth) => recordOf(accountIdOf(nth), each));
      const total = totalOf(run, [...records].reverse());
      const numbers = fates.map((each) => (typeof each === 'object' ? each.streams : 0));
      const whole = fates.map((each) => typeof each === 'object' && each.missing.length === 0);
      expect(total.streams).toBe(numbers.reduce((sum, each) => sum + each, 0));
      expect(total.verdict).toBe(whole.every(Boolean) ? 'complete' : 'partial');
      expect(total.counted).toBe(whole.filter(Boolean).length);
      expect(
        gapsOf(run, records)
          .map(({ accountId }) => accountId)
          .sort(),
      ).toEqual(whole.flatMap((isWhole, nth) => (isWhole ? [] : [accountIdOf(nth)])));
      const gone = Object.values(total.accountReasons).reduce((sum, each) => sum + each, 0);
      expect(gone).toBe(fates.filter((each) => typeof each !== 'object').length);
      expect(sameOrganizationTotal(total, totalOf(run, records))).toBe(true);
      expect(
        records.every(isSoundRecord) &&
          isSoundTotal({ planned: plannedOf(run), total: { ...total, rev: 1, settledAt: 'then' } }),
      ).toBe(true);
    }),
  );
});

test('Two totals are the same whenever they were stored, and whatever earlier runs knew', () => {
  const earlier = { runId: '2026-11-19T06:00:00Z', streams: 5 };
  const gap = { accountId: ANNE, reason: 'no-access' } as const;
  const total = anOrganizationTotal({ streams: 5, missing: [gap] });
  const known = { lost: 1, missing: [{ ...gap, lastKnown: { ...earlier, countedAt: earlier.runId } }] };
  const stored = { ...total, ...known, rev: 7, settledAt: 'then', before: earlier };
  expect(sameOrganizationTotal(stored, total)).toBe(true);
  expect(sameOrganizationTotal(stored, { ...total, streams: 6 })).toBe(false);
  expect(sameOrganizationTotal(stored, { ...total, missing: [] })).toBe(false);
});
