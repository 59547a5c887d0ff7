import { InvalidInputError } from './errors.ts';
import { tasksToPublish } from './publish.ts';
import type { RegionRecord } from './region.ts';
import { isPastDeadline, type Run } from './run.ts';

/** Older than this, a run is refused a retry: its number would mix instants that are too far apart. */
export const RETRY_AGE_MS = 24 * 3_600_000;

/** As long as a run has when it opens: more than five attempts, their backoff and the dispatch. */
export const RETRY_DEADLINE_MS = 90 * 60_000;

/**
 * A dispatcher that is still at it publishes by itself; longer than its timeout and both of its retries. It has more time for an account
 * that is one of many.
 */
export const DISPATCHING_MS = { alone: 10 * 60_000, together: 20 * 60_000 };

type RetryWish = {
  /** Of these only; none: of all that are missing. */
  regions: readonly string[];
  nowMs: number;
  /** Also a run that is old, or that a retry is under way for. */
  force: boolean;
};

/** `open`: a next round for these regions. `resume`: the tasks of this round were not all published; publish them. */
export type RetryPlan = { step: 'open' | 'resume'; regions: string[] };

/**
 * What asking again for a run's missing regions takes.
 * @throws InvalidInputError, in one sentence, if there is nothing to ask for or this is not the time
 */
export function planRetry(run: Run, records: readonly RegionRecord[], wish: RetryWish): RetryPlan {
  const missing = missingRegions(run, records);
  const regions = wish.regions.length === 0 ? missing : checkNames(run, missing, wish.regions);
  if (regions.length === 0) throw new InvalidInputError(`Nothing is missing from the run ${run.runId}.`);

  const isOver = isPastDeadline(run, wish.nowMs);
  if (!isOver && tasksToPublish(run).length > 0) return resume(run, missing, wish);
  if (run.total === undefined) throw notSettled(run.runId, run, wish.nowMs);
  const underWay = run.pending.filter((region) => missing.includes(region));
  if (!isOver && underWay.length > 0 && !wish.force) {
    throw new InvalidInputError(
      `The run ${run.runId} is being asked again already, for ${underWay.join(', ')}, until ${run.deadlineAt}: follow it with \`kvs-census watch ${run.runId}\`.`,
    );
  }
  if (wish.nowMs - Date.parse(run.runId) > RETRY_AGE_MS && !wish.force) {
    throw new InvalidInputError(
      `The run ${run.runId} is more than 24 h old: what is counted now would be mixed with what was counted then; start a new run with \`kvs-census run --now\`, or insist with --force.`,
    );
  }
  return { step: 'open', regions };
}

/** Planned, and not counted. */
export function missingRegions(run: Run, records: readonly RegionRecord[]): string[] {
  const counted = new Set(records.flatMap(({ status, region }) => (status === 'counted' ? [region] : [])));
  return run.plan.filter((region) => !counted.has(region));
}

function checkNames(run: Run, missing: readonly string[], names: readonly string[]): string[] {
  for (const region of names) {
    if (!run.plan.includes(region)) {
      throw new InvalidInputError(`The run ${run.runId} was not to count ${region}; missing: ${list(missing)}.`);
    }
    if (!missing.includes(region)) {
      throw new InvalidInputError(`The run ${run.runId} has counted ${region} already; missing: ${list(missing)}.`);
    }
  }
  return [...new Set(names)].sort();
}

/** All that is pending, whatever was named: nobody knows which of these tasks were published. A task twice is harmless. */
function resume(run: Run, missing: readonly string[], { nowMs }: RetryWish): RetryPlan {
  const dispatchingMs = run.parent === undefined ? DISPATCHING_MS.alone : DISPATCHING_MS.together;
  if (run.total === undefined && nowMs - Date.parse(run.openedAt) < dispatchingMs) {
    throw new InvalidInputError(
      `The run ${run.runId} is just being dispatched: follow it with \`kvs-census watch ${run.runId}\`.`,
    );
  }
  return { step: 'resume', regions: run.pending.filter((region) => missing.includes(region)) };
}

/** @param name the run, as a sentence says it; of an account, or of the organisation */
export function notSettled(name: string, run: Pick<Run, 'runId' | 'deadlineAt'>, nowMs: number): InvalidInputError {
  return new InvalidInputError(
    isPastDeadline(run, nowMs)
      ? `The run ${name} is past its deadline and about to be settled: retry in 5 minutes.`
      : `The run ${name} is still under way, until ${run.deadlineAt} at the latest: follow it with \`kvs-census watch ${run.runId}\`.`,
  );
}

const list = (regions: readonly string[]) => (regions.length === 0 ? 'none' : regions.join(', '));
