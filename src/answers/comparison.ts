/**
 * Why one total is not another. Four parts, which always add up to the difference of the two: what really changed, what is
 * not visible now, what is visible again, and what only another plan makes of it.
 */

import { type Unplanned, whyUnplanned } from '../census/coverage.ts';
import type { Reason } from '../census/errors.ts';
import type { RunId } from '../census/run.ts';
import type { Counts } from './region-row.ts';
import type { RunSummary } from './run-summary.ts';

export type Comparison = {
  /** The earlier run. */
  with: RunSummary;
  /** It is complete and has the same plan; otherwise there was none such among those looked at, or another was named. */
  isComparable: boolean;
  /** The total now less the total then. */
  difference: number;
  /** Regions that both counted. */
  changed: Part<Compared>;
  /** Regions that it counted and that are missing now: what they held then, with a minus. */
  unseen: Part<Unseen>;
  /** Regions that were missing then: what they hold now. */
  seenAgain: Part<Compared>;
  /** Regions that only one of the two was to count, and why the other was not. */
  plan: Part<Compared & { isPlanned: boolean; because: Unplanned | null }>;
  /** Regions that both were to count and neither total holds: nothing is known of them, so they have no part of the difference. */
  missingInBoth: Gap[];
};

/** `streams` is the sum of what its regions hold now, less what they held then. In the order of the regions' names. */
type Part<Region> = { streams: number; regions: Region[] };

/** Streams in the two totals; `null`: the region is not in that total. */
type Compared = { region: string; before: number | null; now: number | null };

/** A region that is missing now. `since`: the oldest run that misses it, of an unbroken row of runs that do. */
type Gap = { region: string; reason: Reason; since: RunId };

type Unseen = Compared & Gap;

/** A run that has a total, and what its counted regions hold. */
type Counted = { run: RunSummary; counts: Counts };

/** What a run's total misses. */
type Missed = Pick<RunSummary, 'runId' | 'missing'>;

/** What must be known of a run to choose what it is compared with. */
type Candidate = { verdict: RunSummary['verdict']; plan: readonly string[] };

/**
 * The newest that is complete and has the same plan; if there is none, the newest that has a total.
 * @param earlier newest first
 */
export function comparedWith<Of extends Candidate>(run: Candidate, earlier: readonly Of[]): Of | undefined {
  if (run.verdict === null) return undefined;
  return earlier.find((one) => isComparable(run, one)) ?? earlier.find(({ verdict }) => verdict !== null);
}

/** Plans are in the order of their names. */
export function isComparable({ plan }: Candidate, earlier: Candidate): boolean {
  return earlier.verdict === 'complete' && earlier.plan.join() === plan.join();
}

/** @param earlier runs before this one that have a total, newest first: they tell since when a region is missing */
export function comparisonOf(now: Counted, then: Counted, earlier: readonly Missed[]) {
  const [held, holds] = [totalOf(then), totalOf(now)];
  const all = [...new Set([...held.keys(), ...holds.keys()])].sort();
  const regions = all.map((region) => ({ region, before: held.get(region) ?? null, now: holds.get(region) ?? null }));
  const inBoth = regions.filter(({ region }) => held.has(region) && holds.has(region));
  const only = regions.filter((one) => !inBoth.includes(one));
  const gaps = new Map(
    now.run.missing.map(({ region, reason }) => [
      region,
      { region, reason, since: missingSince(region, now.run, earlier) },
    ]),
  );
  return {
    with: then.run,
    isComparable: then.run.verdict === 'complete' && only.length === 0,
    difference: (now.run.streams ?? 0) - (then.run.streams ?? 0),
    changed: partOf(inBoth.filter((one) => one.before !== null && one.now !== null)),
    unseen: partOf(
      inBoth.flatMap((one) => {
        const gap = gaps.get(one.region);
        return one.before === null || gap === undefined ? [] : [{ ...one, ...gap }];
      }),
    ),
    seenAgain: partOf(inBoth.filter((one) => one.before === null && one.now !== null)),
    plan: partOf(
      only.map((one) => {
        const isPlanned = holds.has(one.region);
        return { ...one, isPlanned, because: whyUnplanned((isPlanned ? then : now).run, one.region) };
      }),
    ),
    missingInBoth: inBoth.flatMap(({ region, before }) => (before === null ? (gaps.get(region) ?? []) : [])),
  } satisfies Comparison;
}

/** Each planned region with what it adds to the total. What was counted after the total was stored is missing from it. */
function totalOf({ run, counts }: Counted): Map<string, number | null> {
  return new Map<string, number | null>([...counts, ...run.missing.map(({ region }) => [region, null] as const)]);
}

function partOf<Region extends Compared>(regions: Region[]): Part<Region> {
  return { streams: regions.reduce((sum, { before, now }) => sum + (now ?? 0) - (before ?? 0), 0), regions };
}

/** As an earlier run may have been retried meanwhile, only what lies beyond those looked at is taken from what the oldest knew. */
function missingSince(region: string, run: Missed, earlier: readonly Missed[]): RunId {
  const gapIn = ({ missing }: Missed) => missing.find((gap) => gap.region === region);
  const end = earlier.findIndex((one) => gapIn(one) === undefined);
  const oldest = earlier.slice(0, end === -1 ? undefined : end).at(-1) ?? run;
  return (end === -1 ? gapIn(oldest)?.since : null) ?? oldest.runId;
}
