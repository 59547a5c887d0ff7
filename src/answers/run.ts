/** One run, whole. */
import { recheck } from '../census/recheck.ts';
import type { RunId } from '../census/run.ts';
import { makeDamage, refuseNewer } from './damage.ts';
import { type Head, headOf } from './head.ts';
import { newestOf } from './newest.ts';
import type { News, Read } from './news.ts';
import { noRuns, noSuchRun } from './no-answer.ts';
import type { Source, WholeRun } from './reader.ts';
import { type RegionRow, regionRows } from './region-row.ts';
import { type RunSummary, runSummary } from './run-summary.ts';

/** Its regions are compared with nothing: `change` is `null` in each row. */
export type RunAnswer = Head<'run'> & { run: RunSummary; regions: RegionRow[] };

/** A run by its id, or the newest that has a total. */
export type RunName = RunId | 'latest';

/** @throws NoAnswer if there is no such run; InvalidInputError if it is damaged or contradicts itself */
export async function readRun(source: Source, name: RunName, nowMs: number): Promise<Read<RunAnswer>> {
  const { news, ...whole } = await readWholeRun(source, name);
  return { answer: runOf(whole, nowMs), news: [news] };
}

export function runOf({ run, records }: WholeRun, nowMs: number): RunAnswer {
  return {
    ...headOf('run', run.accountId, nowMs),
    run: runSummary(run, nowMs),
    regions: regionRows(run, records, new Map(), nowMs),
  };
}

/** The run with its records, added up once more. One request, and one more for `latest`. */
export async function readWholeRun(source: Source, name: RunName): Promise<WholeRun & { news: News }> {
  const runId = name === 'latest' ? await readLatestId(source) : name;
  const whole = await source.reader.wholeRun({ accountId: source.accountId, runId });
  if (whole === undefined) throw noSuchRun(source, runId);
  return { ...whole, news: { runId, regions: recheck(whole.run, whole.records) } };
}

/** Of the newest run that has a total, or of the newest if none has. */
export async function readLatestId(source: Source): Promise<RunId> {
  const damage = makeDamage();
  const runs = await source.reader.newestRuns(source.accountId, { totals: 1, onDamaged: damage.note });
  const { latest = runs[0] } = newestOf(runs);
  if (latest === undefined) throw noRuns(source, damage.items());
  refuseNewer(damage, latest.runId);
  return latest.runId;
}
