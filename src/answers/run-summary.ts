/** A run as a line of a history: what its own item says. */
import type { Reason } from '../census/errors.ts';
import { isSettled, type LastKnown, type PlanSources, type Run, type RunId, type Total } from '../census/run.ts';
import type { Tally } from '../census/tally.ts';
import { type RunQuota, runQuotaOf } from './quota.ts';

/** A region that is not in a run's number. */
export type Gap = {
  region: string;
  reason: Reason;
  lastKnown: LastKnown | null;
  /** The oldest run of the unbroken row of runs, up to this one, that miss it, and how many these are; `null` if nothing says. */
  since: RunId | null;
  runs: number | null;
  /** The run before that row counted it; `null` if nothing says. */
  lost: boolean | null;
};

export type RunSummary = {
  runId: RunId;
  /** `null`: the run has no total yet. */
  verdict: Total['verdict'] | null;
  /** In the regions that are not missing. */
  streams: number | null;
  /** Planned regions, and how many of them are in `streams`. */
  expected: number;
  counted: number | null;
  missing: Gap[];
  /** Planned regions that may still answer before the deadline. */
  waitingFor: string[];
  /**
   * Regions that the account has not switched on. Planned is one only if the last count there was above zero: it is missing,
   * because to switch a region off deletes nothing in it.
   */
  off: { region: string; lastKnown: LastKnown | null; isPlanned: boolean }[];
  /** Regions that a parameter excludes. */
  excluded: string[];
  /** Where the plan comes from; `null` of a run that does not say. */
  sources: Record<keyof PlanSources, RunSource> | null;
  round: number;
  openedAt: string;
  deadlineAt: string;
  settledAt: string | null;
  /** When the first and the last counted region were counted: far apart, the number mixes instants. */
  firstCountedAt: string | null;
  lastCountedAt: string | null;
  /**
   * What came and what went since the run `against`, the one before: exact, over the planned regions that are not `unknown`.
   * `null`: it is known of no region.
   */
  churn: { against: RunId; created: number; gone: number; unknown: string[] } | null;
  tally: Tally | null;
  /** How full the counted regions are; `null` without a total, and where nobody asked. */
  quota: RunQuota | null;
};

/** `askedAt`: when the answer came that was used; `because`: why no newer one could be had. */
export type RunSource = {
  from: PlanSources['regions']['from'];
  askedAt: string | null;
  because: NonNullable<PlanSources['regions']['because']> | null;
};

export function runSummary(run: Run, nowMs: number): RunSummary {
  const { total } = run;
  return {
    runId: run.runId,
    verdict: total?.verdict ?? null,
    streams: total?.streams ?? null,
    expected: run.plan.length,
    counted: total?.counted ?? null,
    missing: (total?.missing ?? []).map(gapOf),
    waitingFor: [...waitingFor(run, nowMs)],
    off: (run.off ?? []).map(({ region, lastKnown = null }) => ({
      region,
      lastKnown,
      isPlanned: run.plan.includes(region),
    })),
    excluded: [...(run.excluded ?? [])],
    sources: run.sources === undefined ? null : sourcesOf(run.sources),
    round: run.round,
    openedAt: run.openedAt,
    deadlineAt: run.deadlineAt,
    settledAt: total?.settledAt ?? null,
    firstCountedAt: total?.firstCountedAt ?? null,
    lastCountedAt: total?.lastCountedAt ?? null,
    churn: total?.churn === undefined ? null : { ...total.churn, unknown: [...total.churn.unknown] },
    tally: total?.tally ?? null,
    quota: total === undefined ? null : runQuotaOf(total),
  };
}

function gapOf({ region, reason, lastKnown, since, runs, lost }: Total['missing'][number]): Gap {
  const row = since === undefined ? null : { since, runs: runs ?? null, lost: lost === true };
  return { region, reason, lastKnown: lastKnown ?? null, ...(row ?? { since: null, runs: null, lost: null }) };
}

function sourcesOf({ regions, optIn }: PlanSources): NonNullable<RunSummary['sources']> {
  return { regions: sourceOf(regions), optIn: sourceOf(optIn) };
}

export function sourceOf({ from, askedAt, because }: PlanSources['regions']): RunSource {
  return { from, askedAt: askedAt ?? null, because: because ?? null };
}

/** The regions that may still answer: before the deadline, in a run that nobody has settled for good. */
export function waitingFor(run: Run, nowMs: number): readonly string[] {
  return !isSettled(run) && nowMs < Date.parse(run.deadlineAt) ? run.pending : [];
}
