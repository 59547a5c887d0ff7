/** What lies between two runs of the organisation, account by account. Pure. */
import type { AccountRecord } from '../../census/organization/account-record.ts';
import type { SetAside } from '../../census/organization/run.ts';
import type { AccountReason } from '../../census/organization/total.ts';
import type { WholeOrganization } from '../reader.ts';
import { type AccountRow, accountRows, isCountedAlike } from './account-row.ts';

/**
 * What really changed, in accounts that both runs counted alike; and what only changed in coverage. They are never added up, but
 * `net` and `coverageSums` together are the difference of the two totals, once these hold all that the records do.
 */
export type OrganizationDiff = {
  /** Accounts of as many regions that are complete in both, or miss the same ones. In the order of their ids. */
  accounts: (Who & { before: number; after: number; net: number })[];
  /** The others. */
  coverage: AccountCoverageChange[];
  /** What these hold in the second run, less what they hold in the first. */
  coverageSums: Record<Exclude<CoveragePart, 'missingInBoth'>, number>;
  /** Over `accounts`. */
  net: number;
  /** How many accounts are in neither list, because whoever answers gives no more. All numbers are of all accounts. */
  accountsLeftOut: number;
};

type Who = { accountId: string; name: string | null };

export type AccountCoverageChange = Who & { part: CoveragePart; before: AccountCoverage; after: AccountCoverage };

/** What a run says of an account. */
export type AccountCoverage =
  | { state: 'complete'; streams: number }
  | { state: 'partial'; streams: number; missing: number; expected: number }
  | { state: 'missing'; reason: AccountReason }
  | { state: 'not-planned'; because: SetAside | 'excluded' | null };

/**
 * `unseen`: more of its regions are missing now; `seenAgain`: fewer; `shifted`: as many, but others, or it has more regions, or fewer,
 * than in the first run.
 * `newlyPlanned`, `noLongerPlanned`: only one of the runs was to count it.
 */
type CoveragePart = 'unseen' | 'seenAgain' | 'shifted' | 'newlyPlanned' | 'noLongerPlanned' | 'missingInBoth';

export function diffOrganizations(first: WholeOrganization, second: WholeOrganization): OrganizationDiff {
  const [before, after] = [rowsById(first), rowsById(second)];
  const isAlike = alikeIn(first, second);
  const accounts: OrganizationDiff['accounts'] = [];
  const coverage: AccountCoverageChange[] = [];
  for (const accountId of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [had, has] = [before.get(accountId), after.get(accountId)];
    const who = { accountId, name: has?.name ?? had?.name ?? null };
    if (isAlike(accountId) && had?.streams != null && has?.streams != null)
      accounts.push({ ...who, before: had.streams, after: has.streams, net: has.streams - had.streams });
    else {
      const change = { before: coverageOf(had, first, accountId), after: coverageOf(has, second, accountId) };
      coverage.push({ ...who, part: partOf(change, areOfOtherRegions(had, has)), ...change });
    }
  }
  const told = coverage.filter(
    ({ before: { state }, after: { state: then } }) => state !== then || state !== 'not-planned',
  );
  const net = accounts.reduce((sum, one) => sum + one.net, 0);
  return { accounts, coverage: told, coverageSums: sumsOf(told), net, accountsLeftOut: 0 };
}

function rowsById({ run, records }: WholeOrganization): ReadonlyMap<string, AccountRow> {
  // Of a run that has a total nothing is waited for, whatever the time is.
  const rows = accountRows(run, records, [], Number.POSITIVE_INFINITY);
  return new Map(rows.map((row) => [row.accountId, row]));
}

function alikeIn(first: WholeOrganization, second: WholeOrganization): (accountId: string) => boolean {
  const [before, after] = [recordsById(first), recordsById(second)];
  return (accountId) => {
    const [one, other] = [before.get(accountId), after.get(accountId)];
    return one?.status === 'settled' && other?.status === 'settled' && isCountedAlike(one, other);
  };
}

function recordsById({ records }: WholeOrganization): ReadonlyMap<string, AccountRecord> {
  return new Map(records.map((record) => [record.accountId, record]));
}

function coverageOf(row: AccountRow | undefined, { run }: WholeOrganization, accountId: string): AccountCoverage {
  const { state, streams, missing, expected, reason, setAside = null } = row ?? {};
  if (state === 'complete') return { state, streams: streams ?? 0 };
  if (state === 'partial') return { state, streams: streams ?? 0, missing: missing ?? 0, expected: expected ?? 0 };
  if (state === 'failed') return { state: 'missing', reason: reason ?? 'unanswered' };
  return { state: 'not-planned', because: run.excluded?.includes(accountId) ? 'excluded' : setAside };
}

/** Both are known, and one run was to count more regions of it than the other: then neither saw just more, or less, than the other. */
function areOfOtherRegions(had: AccountRow | undefined, has: AccountRow | undefined): boolean {
  return had?.expected != null && has?.expected != null && had.expected !== has.expected;
}

function partOf(
  { before, after }: Pick<AccountCoverageChange, 'before' | 'after'>,
  isOfOtherRegions: boolean,
): CoveragePart {
  if (before.state === 'not-planned') return 'newlyPlanned';
  if (after.state === 'not-planned') return 'noLongerPlanned';
  if (before.state === 'missing' && after.state === 'missing') return 'missingInBoth';
  if (isOfOtherRegions) return 'shifted';
  const [gapBefore, gapAfter] = [gapOf(before), gapOf(after)];
  return gapBefore === gapAfter ? 'shifted' : gapAfter > gapBefore ? 'unseen' : 'seenAgain';
}

/** How many regions are missing. */
function gapOf(coverage: AccountCoverage): number {
  if (coverage.state === 'complete') return 0;
  return coverage.state === 'partial' ? coverage.missing : Number.POSITIVE_INFINITY;
}

function sumsOf(coverage: readonly AccountCoverageChange[]): OrganizationDiff['coverageSums'] {
  const sums = { unseen: 0, seenAgain: 0, shifted: 0, newlyPlanned: 0, noLongerPlanned: 0, missingInBoth: 0 };
  for (const { part, before, after } of coverage) sums[part] += streamsIn(after) - streamsIn(before);
  const { missingInBoth: _, ...told } = sums;
  return told;
}

export const streamsIn = (coverage: AccountCoverage) => ('streams' in coverage ? coverage.streams : 0);
