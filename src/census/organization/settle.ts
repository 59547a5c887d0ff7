import { isDeepStrictEqual } from 'node:util';
import { isPastDeadline } from '../run.ts';
import { EMPTY_TALLY, mergeTallies } from '../tally.ts';
import { type AccountRecord, lastKnownOf, recordsByAccount, type SettledAccount } from './account-record.ts';
import { type OrganizationAccount, type OrganizationRun, plannedAccounts } from './run.ts';
import { type AccountGap, GAPS_NAMED, type OrganizationQuota, type OrganizationTotal } from './total.ts';

type OrganizationSettlement =
  | { state: 'open' }
  | {
      state: 'total';
      total: OrganizationTotal;
      /** An account that was asked again may still answer: look again. */
      waiting: boolean;
    };

/**
 * Computes an organisation's total from its account records, never from an earlier total. Open until every planned account was
 * struck, or the deadline has passed. An account is struck after its record was written, and read before the records are: so who is
 * not pending is on record. Read the run before the records.
 * @param quotaAlarmPercent as in `settle`
 */
export function settleOrganization(
  run: OrganizationRun,
  records: readonly AccountRecord[],
  nowMs: number,
  quotaAlarmPercent = 0,
): OrganizationSettlement {
  if (isOpen(run, nowMs)) return { state: 'open' };
  const waiting = isWaiting(run, nowMs);
  const alarmPercent = run.total?.quota?.alarmPercent ?? quotaAlarmPercent;
  return { state: 'total', total: addUp(run, records, alarmPercent), waiting };
}

/** Whether there is no total yet, whatever its records say: so nobody need read them, of which there may be thousands. */
export function isOpen(run: Pick<OrganizationRun, 'pending' | 'deadlineAt' | 'total'>, nowMs: number): boolean {
  return run.total === undefined && isWaiting(run, nowMs);
}

function isWaiting(run: Pick<OrganizationRun, 'pending' | 'deadlineAt'>, nowMs: number): boolean {
  return !isPastDeadline(run, nowMs) && run.pending.length > 0;
}

/** The planned accounts of which something is missing, worst first. */
export function gapsOf(run: OrganizationRun, records: readonly AccountRecord[]): AccountGap[] {
  const byAccount = recordsByAccount(records);
  const gaps = plannedAccounts(run).flatMap((account) => gapOf(account, byAccount.get(account.accountId)) ?? []);
  return gaps.sort(worstFirst);
}

function gapOf(planned: OrganizationAccount, record: AccountRecord | undefined): AccountGap | undefined {
  const { accountId, name } = planned;
  const account = { accountId, ...(name !== undefined && { name }) };
  if (record?.status !== 'settled') {
    const lastKnown = lastKnownOf(planned, record);
    return { ...account, reason: record?.reason ?? 'unanswered', ...(lastKnown && { lastKnown }) };
  }
  if (record.verdict === 'complete') return undefined;
  const { expected, counted, reasons } = record;
  return { ...account, regions: { missing: expected - counted, expected }, ...(reasons && { reasons }) };
}

/** Whether an account misses something that was counted before it began to be missing; nothing where nobody knows. */
function isLost(planned: OrganizationAccount, record: AccountRecord | undefined): boolean | undefined {
  if (record?.status === 'settled') {
    if (record.verdict === 'complete') return false;
    return record.lost === undefined ? undefined : record.lost > 0;
  }
  const lastKnown = lastKnownOf(planned, record);
  return lastKnown === undefined ? undefined : lastKnown !== null;
}

/** Those of which nothing is known, then those that miss most. */
function worstFirst(one: AccountGap, other: AccountGap): number {
  const size = ({ regions }: AccountGap) => regions?.missing ?? Number.POSITIVE_INFINITY;
  if (size(one) !== size(other)) return size(other) > size(one) ? 1 : -1;
  return one.accountId < other.accountId ? -1 : 1;
}

function addUp(run: OrganizationRun, records: readonly AccountRecord[], alarmPercent: number): OrganizationTotal {
  const planned = plannedAccounts(run);
  const byAccount = recordsByAccount(records);
  const ids = new Set(planned.map(({ accountId }) => accountId));
  const settled = [...byAccount.values()]
    .filter((record): record is SettledAccount => record.status === 'settled' && ids.has(record.accountId))
    .sort((one, other) => (one.accountId < other.accountId ? -1 : 1));
  const tally = settled.map((record) => record.tally).reduce(mergeTallies, EMPTY_TALLY);
  const gaps = gapsOf(run, records);
  const lost = planned.map((account) => isLost(account, byAccount.get(account.accountId)));
  const countedAt = (of: (record: SettledAccount) => string | undefined) =>
    settled.flatMap((each) => of(each) ?? []).sort();
  const first = countedAt(({ firstCountedAt }) => firstCountedAt)[0];
  const last = countedAt(({ lastCountedAt }) => lastCountedAt).at(-1);
  const quota = quotaOf(settled, alarmPercent);
  return {
    verdict: gaps.length === 0 ? 'complete' : 'partial',
    streams: tally.streams,
    tally,
    expected: planned.length,
    counted: planned.length - gaps.length,
    regions: { expected: sum(settled, ({ expected }) => expected), counted: sum(settled, ({ counted }) => counted) },
    accountReasons: addCounts(gaps.map(({ reason }) => (reason === undefined ? {} : { [reason]: 1 }))),
    regionReasons: addCounts(gaps.map(({ reasons = {} }) => reasons)),
    missing: gaps.slice(0, GAPS_NAMED),
    ...(!lost.includes(undefined) && { lost: lost.filter(Boolean).length }),
    ...(quota && { quota }),
    ...(first !== undefined && { firstCountedAt: first }),
    ...(last !== undefined && { lastCountedAt: last }),
  };
}

function sum<T>(all: readonly T[], of: (each: T) => number): number {
  return all.reduce((whole, each) => whole + of(each), 0);
}

function addCounts(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [reason, count] of all.flatMap((each) => Object.entries(each)))
    counts[reason] = (counts[reason] ?? 0) + count;
  return counts;
}

function quotaOf(settled: readonly SettledAccount[], alarmPercent: number): OrganizationQuota | undefined {
  const known = settled.flatMap(({ accountId, quota }) => (quota ? [{ accountId, ...quota }] : []));
  if (known.length === 0) return undefined;
  const highest = known
    .flatMap(({ accountId, highest: high }) => (high ? [{ accountId, ...high }] : []))
    .reduce<OrganizationQuota['highest']>(
      (high, each) => (high && high.percent >= each.percent ? high : each),
      undefined,
    );
  const above = known.flatMap(({ accountId, above: regions }) => regions.map((region) => ({ accountId, region })));
  return {
    alarmPercent,
    ...(highest && { highest }),
    above: above.slice(0, GAPS_NAMED),
    aboveRegions: above.length,
    unknownRegions: sum(known, ({ unknown }) => unknown),
  };
}

/** As `sameTotal`: whether two totals say the same of the records. */
export function sameOrganizationTotal(a: OrganizationTotal, b: OrganizationTotal): boolean {
  return isDeepStrictEqual(essence(a), essence(b));
}

/** When it was settled, and what earlier runs knew, does not count. */
function essence(total: OrganizationTotal & { rev?: number; settledAt?: string }) {
  const { before: _before, lost: _lost, rev: _rev, settledAt: _settledAt, ...rest } = total;
  return { ...rest, missing: rest.missing.map(({ lastKnown: _, ...gap }) => gap) };
}
