/** A run of the organisation as a line of a history: what its own item says. */
import type { OrganizationRun } from '../../census/organization/run.ts';
import { type OrganizationSummary, plannedOf } from '../../census/organization/summary.ts';
import type { AccountReason, OrganizationTotal, ReasonCounts } from '../../census/organization/total.ts';
import { isPastDeadline, isSettled, type RunId } from '../../census/run.ts';
import type { Tally } from '../../census/tally.ts';
import { type RunSource, sourceOf } from '../run-summary.ts';

export type OrganizationRunSummary = {
  runId: RunId;
  /** `null`: the run has no total yet. */
  verdict: OrganizationTotal['verdict'] | null;
  /** Over all accounts; what is missing is in none of them. */
  streams: number | null;
  /** Planned accounts, and how many of them are complete. */
  expected: number;
  counted: number | null;
  /** The same of their regions, over the accounts that have a number. */
  regions: { expected: number; counted: number } | null;
  /** How many accounts there is nothing of, for each reason; and how many regions of the others are missing. */
  accountReasons: Readonly<Partial<Record<AccountReason, number>>>;
  regionReasons: ReasonCounts;
  /** How many accounts may still answer before the deadline. */
  waiting: number;
  /** Accounts that a parameter excludes. */
  excluded: string[];
  /** Where the list of accounts comes from. */
  sources: { accounts: RunSource };
  round: number;
  openedAt: string;
  deadlineAt: string;
  settledAt: string | null;
  /** When the first and the last counted region of any account was counted. */
  firstCountedAt: string | null;
  lastCountedAt: string | null;
  /** How many runs in a row, this one included, are partial; `null` of one that is complete, and where nothing says. */
  partialRuns: number | null;
  tally: Tally | null;
  quota: OrganizationQuota | null;
};

/** How full the counted regions are; the first of those that are above are named. */
type OrganizationQuota = {
  alarmPercent: number;
  highest: { accountId: string; region: string; percent: number } | null;
  above: { accountId: string; region: string }[];
  aboveRegions: number;
  unknownRegions: number;
};

export function organizationRunSummary(run: OrganizationSummary, nowMs: number): OrganizationRunSummary {
  const { total } = run;
  return {
    runId: run.runId,
    verdict: total?.verdict ?? null,
    streams: total?.streams ?? null,
    expected: run.planned.accounts,
    counted: total?.counted ?? null,
    regions: total === undefined ? null : { ...total.regions },
    accountReasons: { ...total?.accountReasons },
    regionReasons: { ...total?.regionReasons },
    waiting: isSettled(run) || isPastDeadline(run, nowMs) ? 0 : run.pending,
    excluded: [...(run.excluded ?? [])],
    sources: { accounts: sourceOf(run.sources.accounts) },
    round: run.round,
    openedAt: run.openedAt,
    deadlineAt: run.deadlineAt,
    settledAt: total?.settledAt ?? null,
    firstCountedAt: total?.firstCountedAt ?? null,
    lastCountedAt: total?.lastCountedAt ?? null,
    partialRuns: total?.before?.partialRuns ?? null,
    tally: total?.tally ?? null,
    quota: total?.quota === undefined ? null : quotaOf(total.quota),
  };
}

function quotaOf({ highest, above, ...counts }: NonNullable<OrganizationTotal['quota']>): OrganizationQuota {
  return { ...counts, highest: highest ?? null, above: above.map((one) => ({ ...one })) };
}

/** What a list of runs would say of it. */
export function withoutAccounts({ accounts, pending, ...run }: OrganizationRun): OrganizationSummary {
  return { ...run, planned: plannedOf({ accounts }), pending: pending.length };
}
