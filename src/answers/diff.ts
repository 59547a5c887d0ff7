/** What lies between two runs. */
import { diffRuns, type RunDiff } from '../census/diff.ts';
import { noneBefore, otherOf, readEarlier, readUpTo } from './compared-run.ts';
import { makeDamage } from './damage.ts';
import { type Head, headOf } from './head.ts';
import type { Read } from './news.ts';
import { noTotalYet, sameRun } from './no-answer.ts';
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
 * The newest total and the one that it is compared with. Four requests, and one more where none of the ten newest runs is
 * comparable.
 * @throws NoAnswer if there is none to compare it with
 */
export async function readNewestDiff(source: Source, nowMs: number): Promise<Read<DiffAnswer>> {
  const damage = makeDamage();
  const [run, ...near] = await readUpTo(source, 'latest', nowMs, damage);
  const other = otherOf(run, await readEarlier(source.reader, run, [run, ...near], damage));
  if (other === undefined) throw noneBefore(run, damage);
  return await readDiff(source, other.runId, run.runId, nowMs);
}

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
  if (first.run.runId === second.run.runId) throw sameRun(first.run.runId);
  const answer = {
    ...headOf('diff', source.censusId, nowMs),
    ...diffRuns(first, second),
    before: runSummary(first.run, nowMs),
    after: runSummary(second.run, nowMs),
  };
  return { answer, news: [first.news, second.news] };
}
