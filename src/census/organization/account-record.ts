/** What is known of one account in one run of the organisation. */
import { ownerOf } from '../census-id.ts';
import type { Reason } from '../errors.ts';
import { isLookedBack, lostRegions } from '../look-back.ts';
import type { LastKnown, Parent, Run, RunKey, StoredTotal } from '../run.ts';
import type { Tally } from '../tally.ts';
import { type OrganizationAccount, parentKeyOf } from './run.ts';
import type { FailedReason, ReasonCounts } from './total.ts';

type AccountRecordBase = RunKey & {
  accountId: string;
  /** Of the organisation's run. */
  round: number;
  /** When this was recorded, ISO 8601. */
  recordedAt: string;
};

/** How many of an account's missing regions its record names; its run names all. */
export const REGIONS_NAMED = 5;

/** The account's run has a total: this is what of it the organisation's run needs. */
export type SettledAccount = AccountRecordBase & {
  status: 'settled';
  /** The account's run's own, with which that total was stored. */
  rev: number;
  verdict: StoredTotal['verdict'];
  tally: Tally;
  /** Regions. */
  expected: number;
  counted: number;
  /** Of all missing regions. Absent if there are none. */
  reasons?: ReasonCounts;
  /** The first missing regions, in the order of their names. */
  missing?: readonly { region: string; reason: Reason }[];
  /** How many of the missing regions were counted before they began to be missing. Absent where there are none, or nobody knows. */
  lost?: number;
  quota?: { highest?: { region: string; percent: number }; above: readonly string[]; unknown: number };
  firstCountedAt?: string;
  lastCountedAt?: string;
};

/** The account has no run, and why. */
export type FailedAccount = AccountRecordBase & {
  status: 'failed';
  reason: FailedReason;
  /** What was counted there last, which is in no number. `null`: nothing ever. Absent where nobody knows, or the plan says it. */
  lastKnown?: LastKnown | null;
};

export type AccountRecord = SettledAccount | FailedAccount;

/** What the organisation's run is told of an account's run. */
export function accountRecordOf(run: Run & { parent: Parent }, total: StoredTotal, recordedAt: string): SettledAccount {
  const { verdict, tally, expected, counted, missing, quota, firstCountedAt, lastCountedAt, rev } = total;
  const reasons: Partial<Record<Reason, number>> = {};
  for (const { reason } of missing) reasons[reason] = (reasons[reason] ?? 0) + 1;
  return {
    ...parentKeyOf(run),
    accountId: ownerOf(run.censusId),
    round: run.parent.round,
    recordedAt,
    status: 'settled',
    rev,
    verdict,
    tally,
    expected,
    counted,
    ...(missing.length > 0 && {
      reasons,
      missing: missing.slice(0, REGIONS_NAMED).map(({ region, reason }) => ({ region, reason })),
      ...(isLookedBack(total) && { lost: lostRegions(total) }),
    }),
    ...(quota && {
      quota: { ...(quota.highest && { highest: quota.highest }), above: quota.above, unknown: quota.unknown.length },
    }),
    ...(firstCountedAt !== undefined && { firstCountedAt }),
    ...(lastCountedAt !== undefined && { lastCountedAt }),
  };
}

/**
 * What may replace what. A number is never undone by a failure to ask again; and of two looks at an account's run the later one
 * stays, whoever writes last. The ledger evaluates the same rule as a condition expression.
 *
 *   stored \ new    failed                 settled
 *   (nothing)       yes                    yes
 *   failed          same or later round    yes
 *   settled         no                     same or later (round, rev)
 */
export function mayReplaceAccount(stored: AccountRecord | undefined, next: AccountRecord): boolean {
  if (stored === undefined) return true;
  if (stored.status === 'failed') return next.status === 'settled' || next.round >= stored.round;
  if (next.status === 'failed') return false;
  return next.round > stored.round || (next.round === stored.round && next.rev >= stored.rev);
}

export function recordsByAccount(records: readonly AccountRecord[]): ReadonlyMap<string, AccountRecord> {
  return new Map(records.map((record) => [record.accountId, record]));
}

/** What was counted last in an account that is set aside, or failed. `null`: nothing ever; nothing where nobody knows. */
export function lastKnownOf(
  { lastKnown }: OrganizationAccount,
  record: AccountRecord | undefined,
): LastKnown | null | undefined {
  return lastKnown ?? (record?.status === 'failed' ? record.lastKnown : undefined);
}
