/** One account of one run of the organisation. */
import type { Reason } from '../../census/errors.ts';
import {
  type AccountRecord,
  lastKnownOf,
  recordsByAccount,
  type SettledAccount,
} from '../../census/organization/account-record.ts';
import {
  isPlanned,
  type OrganizationAccount,
  type OrganizationRun,
  type SetAside,
} from '../../census/organization/run.ts';
import type { AccountReason, ReasonCounts } from '../../census/organization/total.ts';
import { isPastDeadline, isSettled, type LastKnown } from '../../census/run.ts';

export type AccountRow = {
  accountId: string;
  /** As AWS Organizations tells it; `null` where it does not. */
  name: string | null;
  /**
   * `complete`, `partial`: of its own run, as the organisation's knows it. `failed`: there is nothing of it, and `reason` says
   * why. `waiting`: nothing was heard yet. `set-aside`: it is not asked, and nothing was counted there before.
   */
  state: 'complete' | 'partial' | 'failed' | 'waiting' | 'set-aside';
  /** In its regions that are not missing; `null` where there is nothing of it. */
  streams: number | null;
  /**
   * Streams more than in the run that this one is compared with; `null` unless both counted the account alike: as many regions,
   * completely or with the same ones missing.
   */
  change: number | null;
  /** Its regions: planned, counted, missing. `null` where there is nothing of it. */
  expected: number | null;
  counted: number | null;
  missing: number | null;
  /** Why there is nothing of it; else `null`. */
  reason: AccountReason | null;
  /** How many of its regions are missing for each reason. */
  reasons: ReasonCounts;
  /** The first of the missing regions. Its own run names all. */
  regions: { region: string; reason: Reason }[];
  /** Why it is not asked; else `null`. */
  setAside: SetAside | null;
  /** Of one that is not asked, or failed: what was counted there last; `null` where nothing is known of it. In no number. */
  lastKnown: LastKnown | null;
  /** The organisation's round in which it was heard of last, and ISO 8601 when; `null` where nothing was heard. */
  round: number | null;
  recordedAt: string | null;
};

/**
 * A row for each account that the run names, trouble first: those of which there is nothing, then those that miss most, those that
 * are waited for, those that are complete, and those that are set aside; of two alike the one that holds more.
 * @param before records of the run that this one is compared with
 */
export function accountRows(
  run: OrganizationRun,
  records: readonly AccountRecord[],
  before: readonly AccountRecord[],
  nowMs: number,
): AccountRow[] {
  const byAccount = recordsByAccount(records);
  const earlier = recordsByAccount(before);
  const waiting = new Set(waitingAccounts(run, nowMs));
  return run.accounts
    .map((account) => {
      const { accountId } = account;
      return accountRow(account, byAccount.get(accountId), earlier.get(accountId), waiting.has(accountId));
    })
    .sort(troubleFirst);
}

/** The accounts that may still answer: before the deadline, in a run that nobody has settled for good. */
function waitingAccounts(run: OrganizationRun, nowMs: number): readonly string[] {
  return isSettled(run) || isPastDeadline(run, nowMs) ? [] : run.pending;
}

function accountRow(
  account: OrganizationAccount,
  record: AccountRecord | undefined,
  earlier: AccountRecord | undefined,
  isWaitedFor: boolean,
): AccountRow {
  const { accountId, name = null, setAside = null } = account;
  const lastKnown = lastKnownOf(account, record) ?? null;
  const { round = null, recordedAt = null } = record ?? {};
  const who = { accountId, name, setAside, lastKnown, round, recordedAt };
  if (!isPlanned(account)) return { ...who, ...NOTHING, state: 'set-aside', reason: null };
  if (record?.status === 'settled') return { ...who, ...settledRow(record, earlier) };
  if (record === undefined && isWaitedFor) return { ...who, ...NOTHING, state: 'waiting', reason: null };
  return { ...who, ...NOTHING, state: 'failed', reason: record?.reason ?? 'unanswered' };
}

const NOTHING = {
  streams: null,
  change: null,
  expected: null,
  counted: null,
  missing: null,
  reasons: {},
  regions: [],
} as const satisfies Partial<AccountRow>;

function settledRow(
  record: SettledAccount,
  earlier: AccountRecord | undefined,
): Omit<AccountRow, 'accountId' | 'name' | 'setAside' | 'lastKnown' | 'round' | 'recordedAt'> {
  const { verdict, tally, expected, counted, reasons = {}, missing = [] } = record;
  const isAlike = earlier?.status === 'settled' && isCountedAlike(record, earlier);
  return {
    state: verdict,
    streams: tally.streams,
    change: isAlike ? tally.streams - earlier.tally.streams : null,
    expected,
    counted,
    missing: expected - counted,
    reason: null,
    reasons,
    regions: missing.map(({ region, reason }) => ({ region, reason })),
  };
}

/** Whether two numbers are of the same regions, as far as the records tell: what is not known to be alike is not. */
export function isCountedAlike(one: SettledAccount, other: SettledAccount): boolean {
  // A region that is planned no more, or that is new, is no change of what is there.
  if (one.expected !== other.expected) return false;
  if (one.verdict === 'complete' && other.verdict === 'complete') return true;
  const { missing: ones = [], expected, counted } = one;
  const { missing: others = [] } = other;
  const isAllNamed = ones.length === expected - counted && others.length === other.expected - other.counted;
  const isSame = ones.length === others.length && ones.every(({ region }, at) => region === others[at]?.region);
  return isAllNamed && isSame;
}

const ORDER = [
  'failed',
  'partial',
  'waiting',
  'complete',
  'set-aside',
] as const satisfies readonly AccountRow['state'][];

function troubleFirst(one: AccountRow, other: AccountRow): number {
  return (
    ORDER.indexOf(one.state) - ORDER.indexOf(other.state) ||
    (other.missing ?? 0) - (one.missing ?? 0) ||
    (other.streams ?? 0) - (one.streams ?? 0) ||
    (one.accountId < other.accountId ? -1 : 1)
  );
}
