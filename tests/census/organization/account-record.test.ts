/** What the run of an organisation is told of an account, and which of two records stays. */
import fc from 'fast-check';
import {
  type AccountRecord,
  accountRecordOf,
  mayReplaceAccount,
  REGIONS_NAMED,
} from '../../../src/census/organization/account-record.ts';
import type { Missing } from '../../../src/census/run.ts';
import { aRun, aStoredTotal, KEY, RUN_ID, tallyOf } from '../examples.ts';
import { failedAccount, settledAccount } from './examples.ts';

const NOW = '2026-11-20T06:00:20.000Z';
const RUN = { ...aRun(['eu-west-1', 'us-east-1']), parent: { position: 4, round: 2, expiresAt: 1_800_000_000 } };

describe('The record of an account whose run has a total', () => {
  test('says of the total what the organisation adds up, in the round in which it was asked', () => {
    const total = aStoredTotal({
      streams: 12,
      tally: tallyOf(12),
      expected: 2,
      counted: 2,
      rev: 7,
      firstCountedAt: NOW,
    });
    expect(accountRecordOf(RUN, total, NOW)).toEqual({
      censusId: 'organization',
      runId: RUN_ID,
      accountId: KEY.censusId,
      round: 2,
      recordedAt: NOW,
      status: 'settled',
      rev: 7,
      verdict: 'complete',
      tally: tallyOf(12),
      expected: 2,
      counted: 2,
      firstCountedAt: NOW,
    });
  });

  test('belongs to the organisation of its kind', () => {
    const run = { ...RUN, censusId: `${KEY.censusId}/channels` };
    expect(accountRecordOf(run, aStoredTotal(), NOW)).toMatchObject({
      censusId: 'organization/channels',
      accountId: KEY.censusId,
    });
  });

  test('names the first regions that are missing, and counts all of them by reason', () => {
    const missing = Array.from(
      { length: REGIONS_NAMED + 2 },
      (_, nth): Missing => ({
        region: `eu-west-${nth}`,
        reason: nth === 0 ? 'denied' : 'timed-out',
        dark: 1,
      }),
    );
    const record = accountRecordOf(RUN, aStoredTotal({ verdict: 'partial', missing }), NOW);
    expect(record.reasons).toEqual({ denied: 1, 'timed-out': REGIONS_NAMED + 1 });
    expect(record.missing).toEqual(missing.slice(0, REGIONS_NAMED).map(({ region, reason }) => ({ region, reason })));
  });

  test('says how many of the missing regions are lost, unless the runs before could not be read', () => {
    const since = '2026-11-20T00:00:00Z';
    const missing: Missing[] = [
      { region: 'eu-west-1', reason: 'denied', since, lost: true },
      { region: 'us-east-1', reason: 'denied', since },
    ];
    const lostOf = (some: Missing[]) =>
      accountRecordOf(RUN, aStoredTotal({ verdict: 'partial', missing: some }), NOW).lost;
    expect(lostOf(missing)).toBe(1);
    expect(lostOf(missing.slice(1))).toBe(0);
    expect(lostOf([...missing, { region: 'us-west-2', reason: 'denied' }])).toBeUndefined();
  });

  test('says of quotas how full the fullest region is, which are nearly full, and of how many that is not known', () => {
    const quota = {
      alarmPercent: 80,
      highest: { region: 'eu-west-1', percent: 91 },
      above: ['eu-west-1'],
      unknown: ['us-east-1', 'us-west-2'],
    };
    expect(accountRecordOf(RUN, aStoredTotal({ quota }), NOW).quota).toEqual({
      highest: quota.highest,
      above: ['eu-west-1'],
      unknown: 2,
    });
  });
});

const record = fc.oneof(
  fc.nat(2).map((round): AccountRecord => failedAccount('100000000001', { round })),
  fc
    .tuple(fc.nat(2), fc.nat(3))
    .map(([round, rev]): AccountRecord => settledAccount('100000000001', 0, { round, rev })),
);
/** What the ledger holds after these were written, one after the other. */
const written = (records: readonly AccountRecord[]) =>
  records.reduce<AccountRecord | undefined>(
    (stored, next) => (mayReplaceAccount(stored, next) ? next : stored),
    undefined,
  );

describe('Of two records of an account', () => {
  test('a number is never undone by a failure to ask again, in whatever round', () => {
    expect(mayReplaceAccount(settledAccount('1', 5), failedAccount('1', { round: 9 }))).toBe(false);
    expect(mayReplaceAccount(failedAccount('1', { round: 9 }), settledAccount('1', 5))).toBe(true);
  });

  test('whoever writes last, the latest look at its run stays', () => {
    const place = (each: AccountRecord | undefined) =>
      each?.status === 'settled' ? each.round * 10 + each.rev : each === undefined ? -2 : -1;
    fc.assert(
      fc.property(fc.array(record, { maxLength: 6 }), (records) => {
        expect(place(written(records))).toBe(Math.max(-2, ...records.map(place)));
      }),
    );
  });

  test('the same may be written twice', () => {
    fc.assert(fc.property(record, (one) => expect(mayReplaceAccount(one, one)).toBe(true)));
  });
});
