/** The history of totals. */
import type { Run, RunId } from '../census/run.ts';
import { type Damage, makeDamage } from './damage.ts';
import { type Head, headOf } from './head.ts';
import { noRuns } from './no-answer.ts';
import type { DamagedItem, Source, TimeRange } from './reader.ts';
import { type RunSummary, runSummary } from './run-summary.ts';

export type RunsAnswer = Head<'runs'> & {
  /** Newest first. */
  runs: RunLine[];
  /** There are older ones in the range that was asked for. */
  more: boolean;
  /** Where to go on: the newest of these, which is given as the end of the next range; `null` where there are none. */
  next: RunId | null;
  damaged: DamagedItem[];
};

export type RunLine = RunSummary & {
  /** Streams more than in `since`. `null` where there is no such run, or this one is not complete: else nothing says. */
  change: number | null;
  /** The newest earlier run that is complete and has the same plan; `null` where `change` is. */
  since: RunId | null;
};

/** `limit` is how many are given at most. */
export type Range = TimeRange & { limit: number };

/** @throws NoAnswer if there are none */
export async function readRuns(source: Source, range: Range, nowMs: number): Promise<RunsAnswer> {
  const answer = await readLines(source, range, nowMs);
  if (answer.runs.length > 0) return answer;
  throw noRuns(source, answer.damaged, range);
}

/** Older runs than those asked for, in which the oldest complete ones look for what they can be compared with. */
const MOST_FURTHER = 30;

/**
 * One request for up to 100 runs, unless what the oldest can be compared with lies further back; none of them is an empty
 * list.
 */
async function readLines({ reader, censusId }: Source, range: Range, nowMs: number): Promise<RunsAnswer> {
  const { limit, ...time } = range;
  const damage = makeDamage();
  const runs: Run[] = [];
  const comparables = makeComparables();
  // One more than asked for: the oldest needs one to be compared with.
  for await (const run of reader.runs(censusId, { ...time, perRequest: limit + 1, onDamaged: damage.note })) {
    comparables.note(run, runs.length < limit);
    runs.push(run);
    if (runs.length > limit && (comparables.hasAll() || runs.length > limit + MOST_FURTHER)) break;
  }
  const lines = runs.slice(0, limit).map((run) => {
    const change = changeOf(run, comparables.of(run), damage);
    return { ...runSummary(run, nowMs), ...change };
  });
  return { ...headOf('runs', censusId, nowMs), runs: lines, ...beyond(runs, limit), damaged: damage.items() };
}

/** Whether more was found than is given, and where to go on. */
export function beyond(found: readonly { runId: RunId }[], limit: number): Pick<RunsAnswer, 'more' | 'next'> {
  return { more: found.length > limit, next: found[limit]?.runId ?? null };
}

/** The runs of a range, newest first, and what was left out. One request for up to 100 of them. */
export async function readRange(
  { reader, censusId }: Source,
  range: Range,
): Promise<{ runs: Run[]; damaged: DamagedItem[] }> {
  const damage = makeDamage();
  const runs: Run[] = [];
  for await (const run of reader.runs(censusId, { ...range, onDamaged: damage.note })) runs.push(run);
  return { runs, damaged: damage.items() };
}

/** What complete runs are compared with, of runs that come newest first. */
function makeComparables() {
  const found = new Map<RunId, Run>();
  let without: Run[] = [];
  return {
    note(run: Run, isWanted: boolean): void {
      if (run.total?.verdict !== 'complete') return;
      const plan = run.plan.join();
      for (const later of without) if (later.plan.join() === plan) found.set(later.runId, run);
      without = without.filter((later) => later.plan.join() !== plan);
      if (isWanted) without.push(run);
    },
    hasAll: () => without.length === 0,
    of: ({ runId }: Run) => found.get(runId),
  };
}

function changeOf({ runId, total }: Run, before: Run | undefined, damage: Damage): Pick<RunLine, 'change' | 'since'> {
  const isNext = !damage.items().some((item) => item.runId < runId && item.runId > (before?.runId ?? ''));
  // A run that cannot be read may be the one that it is to be compared with.
  if (total === undefined || before?.total === undefined || !isNext) return { change: null, since: null };
  return { change: total.streams - before.total.streams, since: before.runId };
}
