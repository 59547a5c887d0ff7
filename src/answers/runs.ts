/** The history of totals. */
import type { Run } from '../census/run.ts';
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
  damaged: DamagedItem[];
};

export type RunLine = RunSummary & {
  /** Streams more than in the run before. `null` unless both are complete and have the same plan: else nothing says. */
  change: number | null;
};

/** `limit` is how many are given at most. */
export type Range = TimeRange & { limit: number };

/** @throws NoAnswer if there are none */
export async function readRuns(source: Source, range: Range, nowMs: number): Promise<RunsAnswer> {
  const answer = await readLines(source, range, nowMs);
  if (answer.runs.length > 0) return answer;
  throw noRuns(source, answer.damaged, range);
}

/** One request for up to 100 runs; none of them is an empty list. */
export async function readLines({ reader, accountId }: Source, range: Range, nowMs: number): Promise<RunsAnswer> {
  const { limit } = range;
  const damage = makeDamage();
  const runs: Run[] = [];
  // One more than asked for: the oldest needs one to be compared with.
  for await (const run of reader.runs(accountId, { ...range, limit: limit + 1, onDamaged: damage.note })) {
    runs.push(run);
  }
  return {
    ...headOf('runs', accountId, nowMs),
    runs: runs
      .slice(0, limit)
      .map((run, index) => ({ ...runSummary(run, nowMs), change: changeOf(run, runs[index + 1], damage) })),
    more: runs.length > limit,
    damaged: damage.items(),
  };
}

function changeOf(run: Run, before: Run | undefined, damage: Damage): number | null {
  // The run before is one that cannot be read.
  if (damage.items().some(({ runId }) => runId < run.runId && runId > (before?.runId ?? ''))) return null;
  if (run.total?.verdict !== 'complete' || before?.total?.verdict !== 'complete') return null;
  if (run.plan.join() !== before.plan.join()) return null;
  return run.total.streams - before.total.streams;
}
