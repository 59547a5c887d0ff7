/** What a run of the organisation publishes. Of bounded size, however many accounts there are. */
import type { Reason } from '../errors.ts';
import type { LastKnown, RunId, StoredTotal } from '../run.ts';
import type { Tally } from '../tally.ts';

/**
 * Why an account has no run: its role cannot be assumed; or it is closed, suspended or has left, and something was counted there
 * before.
 */
export const FAILED_REASONS = ['no-access', 'suspended'] as const;
export type FailedReason = (typeof FAILED_REASONS)[number];

/** Why there is nothing of an account. `unanswered`: nothing was heard of it before the deadline. */
export type AccountReason = FailedReason | 'unanswered';

/** How many there are for each reason. A reason that there is none of is absent. */
type Counts<Why extends string> = Readonly<Partial<Record<Why, number>>>;

/** How many regions are missing. */
export type ReasonCounts = Counts<Reason>;

/** An account that is missing, or of which a part is. */
export type AccountGap = {
  accountId: string;
  name?: string;
  /** Why there is nothing of it at all. Absent: some of its regions are missing. */
  reason?: AccountReason;
  /** How many of its regions are missing, of how many; absent where it has no total. */
  regions?: { missing: number; expected: number };
  /** Of the regions that are missing. */
  reasons?: ReasonCounts;
  /** Of one of which there is nothing: what was counted there last. In no number. */
  lastKnown?: LastKnown;
};

/** How many of the worst gaps a total names. All of them: `gapsOf` derives them from plan and records. */
export const GAPS_NAMED = 20;

/** What the total says of quotas; regions are counted, and the first of those above the alarm are named. */
export type OrganizationQuota = {
  alarmPercent: number;
  highest?: { accountId: string; region: string; percent: number };
  above: readonly { accountId: string; region: string }[];
  aboveRegions: number;
  unknownRegions: number;
};

/** Against the newest earlier run of the organisation that has a total. */
export type OrganizationLookBack = {
  runId: RunId;
  streams: number;
  /** The newest complete run of the same accounts, and of as many regions, of the runs looked at. Absent if there is none. */
  comparable?: { runId: RunId; streams: number };
  /** How many runs in a row, this one included, are partial. Absent where this one is complete. */
  partialRuns?: number;
  /** Regions were above the alarm of their quotas when they were last seen, and may still be: not all are seen now, and none is above. */
  unseenAbove?: true;
  /** The total of that run says the same: as many, in as many regions, of the same accounts, and the same is missing. */
  unchanged?: true;
};

export type OrganizationTotal = {
  /** Complete only if the total of each planned account is. */
  verdict: 'complete' | 'partial';
  /** Over all account records: a partial account adds what it has. */
  streams: number;
  tally: Tally;
  /** Planned accounts, and how many of them are complete. */
  expected: number;
  counted: number;
  /** Over the accounts that have a total. */
  regions: { expected: number; counted: number };
  /** Accounts of which there is nothing, by reason; and missing regions of the others. */
  accountReasons: Counts<AccountReason>;
  regionReasons: ReasonCounts;
  /** The worst, at most GAPS_NAMED, worst first. There are `expected - counted` in all. */
  missing: readonly AccountGap[];
  /** Accounts of which something is missing that was counted before it began to be missing. Absent where that is not known of all. */
  lost?: number;
  quota?: OrganizationQuota;
  firstCountedAt?: string;
  lastCountedAt?: string;
  before?: OrganizationLookBack;
};

export type StoredOrganizationTotal = OrganizationTotal & Pick<StoredTotal, 'rev' | 'settledAt'>;

/** Whether a total names all that is missing: no account but those that it names, and no region of them. */
export function areAllNamed({
  missing,
  expected,
  counted,
}: Pick<OrganizationTotal, 'missing' | 'expected' | 'counted'>): boolean {
  return missing.length === expected - counted && missing.every(({ reason }) => reason !== undefined);
}
