/** What lies between two runs. */
import { diffRuns, type RunDiff } from '../census/diff.ts';
import { type Head, headOf } from './head.ts';
import type { Read } from './news.ts';
import { noTotalYet } from './no-answer.ts';
import type { Source } from './reader.ts';
import { readWholeRun } from './run.ts';
import type { RunName } from './run-name.ts';
import { type RunSummary, runSummary } from './run-summary.ts';

export type DiffAnswer = Head<'diff'> &
  Omit<RunDiff, 'before' | 'after'> & {
    /** The run named first, and the one named second. */
    before: RunSummary;
    after: RunSummary;
  };

/**
 * Two requests, and one more for each name that is not a whole id.
 * @throws NoAnswer if one of the two is not there or has no total yet
 */
export async function readDiff(
  source: Source,
  before: RunName,
  after: RunName,
  nowMs: number,
): Promise<Read<DiffAnswer>> {
  const readings = [readWholeRun(source, before, nowMs), readWholeRun(source, after, nowMs)] as const;
  // Whoever asked closes the ledger as soon as this fails: not while the other is being read.
  await Promise.allSettled(readings);
  const [first, second] = await Promise.all(readings);
  for (const { run } of [first, second]) {
    if (run.total === undefined) throw noTotalYet(run.runId);
  }
  const answer = {
    ...headOf('diff', source.accountId, nowMs),
    ...diffRuns(first, second),
    before: runSummary(first.run, nowMs),
    after: runSummary(second.run, nowMs),
  };
  return { answer, news: [first.news, second.news] };
}
