/** Why a total is lower, or higher, than another. */
import { type Bounds, diffRuns, type RegionChange } from '../census/diff.ts';
import { recheck } from '../census/recheck.ts';
import { comparisonWith, noneBefore, otherOf, readBackground, readEarlier, readUpTo, wholeOf } from './compared-run.ts';
import type { Comparison } from './comparison.ts';
import { makeDamage } from './damage.ts';
import { type Head, headOf } from './head.ts';
import type { Read } from './news.ts';
import { noTotalYet, sameRun } from './no-answer.ts';
import type { Source, WholeRun } from './reader.ts';
import type { RunName } from './run-name.ts';
import { type RunSummary, runSummary } from './run-summary.ts';

export type WhyAnswer = Head<'why'> & {
  run: RunSummary;
  comparison: Comparison;
  /** What really changed: the regions of `comparison.changed`, but for those that held the very same streams. */
  regions: RegionChange[];
  /** Over these. */
  created: Bounds;
  gone: Bounds;
};

/**
 * Two requests: the runs up to this one, then this one and the one that it is compared with. One more for each name that is
 * not a whole id, for `than`, and where none of the ten newest is comparable (it looks at the hundred before them).
 * @param than the run to compare with; undefined: the comparable one
 * @throws NoAnswer if one of the two is not there or has no total; InvalidInputError if one is damaged
 */
export async function readWhy(
  source: Source,
  name: RunName,
  than: RunName | undefined,
  nowMs: number,
): Promise<Read<WhyAnswer>> {
  const { reader } = source;
  const damage = makeDamage();
  const [run, ...near] = await readUpTo(source, name, nowMs, damage);
  if (run.total === undefined) throw noTotalYet(run.runId);
  const named = than === undefined ? undefined : (await readUpTo(source, than, nowMs, damage))[0];
  if (named?.runId === run.runId) throw sameRun(run.runId);
  if (named !== undefined && named.total === undefined) throw noTotalYet(named.runId);
  const earlier = named === undefined ? await readEarlier(reader, run, [run, ...near], damage) : [named];
  const { sound, wholes } = await readBackground(reader, run, earlier, damage);
  const other = named ?? otherOf(run, sound);
  if (other === undefined) throw noneBefore(run, damage);
  const [now, before] = [wholeOf(wholes, run, damage), wholeOf(wholes, other, damage)];
  const news = [now, before].map((whole) => ({ runId: whole.run.runId, regions: recheck(whole.run, whole.records) }));
  const { regions, created, gone } = diffRuns(inTotal(before), inTotal(now));
  const answer = {
    ...headOf('why', source.censusId, nowMs),
    run: runSummary(now.run, nowMs),
    comparison: comparisonWith(now, before, named === undefined ? sound : near, nowMs),
    regions: regions.filter(({ same }) => same !== true),
    created,
    gone,
  };
  return { answer, news };
}

/** What was counted after the total was stored is in no total. */
function inTotal({ run, records }: WholeRun): WholeRun {
  const missing = new Set((run.total?.missing ?? []).map(({ region }) => region));
  return { run, records: records.filter(({ region }) => !missing.has(region)) };
}
