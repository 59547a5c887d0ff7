/** The newest total. */
import type { RunId } from '../census/run.ts';
import { type ComparedRun, NEAR, readCompared, readEarlier } from './compared-run.ts';
import { makeDamage, refuseNewer } from './damage.ts';
import { type Head, headOf } from './head.ts';
import { newestOf } from './newest.ts';
import type { Read } from './news.ts';
import { noRuns } from './no-answer.ts';
import type { DamagedItem, Source } from './reader.ts';

/** `run` is the newest that has a total, or the newest if none has. */
export type LatestAnswer = Head<'latest'> &
  Omit<ComparedRun, 'news'> & {
    /** Newer runs, which have no total yet; newest first. */
    inProgress: RunId[];
    /** Older items that were left out. */
    damaged: DamagedItem[];
  };

/**
 * Two requests, unless many runs are open: the newest runs, then those that are compared, with their records. One more
 * where none of the ten newest is comparable.
 * @throws NoAnswer if there are no runs; InvalidInputError if what would be the latest is damaged
 */
export async function readLatest(source: Source, nowMs: number): Promise<Read<LatestAnswer>> {
  const { reader, censusId } = source;
  const damage = makeDamage();
  const runs = await reader.newestRuns(censusId, { runs: NEAR, totals: 2, onDamaged: damage.note });
  const { latest = runs[0], open } = newestOf(runs);
  if (latest === undefined) throw noRuns(source, damage.items());
  const { runId } = latest;
  refuseNewer(damage, runId);
  const earlier = await readEarlier(reader, latest, runs, damage);
  const { news, ...compared } = await readCompared(reader, latest, earlier, nowMs, damage);
  refuseNewer(damage, runId);
  const answer = {
    ...headOf('latest', censusId, nowMs),
    ...compared,
    inProgress: open.filter((run) => run !== latest).map((run) => run.runId),
    damaged: damage.items(),
  };
  return { answer, news: [{ runId, regions: news }] };
}
