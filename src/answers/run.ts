/** One run, whole. */
import { recheck } from '../census/recheck.ts';
import { type Head, headOf } from './head.ts';
import type { News, Read } from './news.ts';
import { noSuchRun } from './no-answer.ts';
import type { Source, WholeRun } from './reader.ts';
import { type RegionRow, regionRows } from './region-row.ts';
import { findRunId, type RunName } from './run-name.ts';
import { type RunSummary, runSummary } from './run-summary.ts';

/** Its regions are compared with nothing: `change` is `null` in each row. */
export type RunAnswer = Head<'run'> & { run: RunSummary; regions: RegionRow[] };

/** @throws NoAnswer if there is no such run, or the name is that of several; InvalidInputError if it is damaged or contradicts itself */
export async function readRun(source: Source, name: RunName, nowMs: number): Promise<Read<RunAnswer>> {
  const { news, ...whole } = await readWholeRun(source, name, nowMs);
  return { answer: runOf(whole, nowMs), news: [news] };
}

export function runOf({ run, records }: WholeRun, nowMs: number): RunAnswer {
  return {
    ...headOf('run', run.censusId, nowMs),
    run: runSummary(run, nowMs),
    regions: regionRows(run, records, new Map(), nowMs),
  };
}

/** The run with its records, added up once more. One request, and one more for a name that is not a whole id. */
export async function readWholeRun(source: Source, name: RunName, nowMs: number): Promise<WholeRun & { news: News }> {
  const runId = await findRunId(source, name, nowMs);
  const whole = await source.reader.wholeRun({ censusId: source.censusId, runId });
  if (whole === undefined) throw noSuchRun(source, runId);
  return { ...whole, news: { runId, regions: recheck(whole.run, whole.records) } };
}
