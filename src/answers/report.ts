/** A history with the counts of all regions, and its newest total in full. */
import type { RunId } from '../census/run.ts';
import { makeDamage } from './damage.ts';
import { wholeRuns } from './history.ts';
import { noRuns } from './no-answer.ts';
import type { DamagedItem, Source, WholeRun } from './reader.ts';
import { type Counts, countsOf, lastCountsIn, type RegionRow, regionRows } from './region-row.ts';
import { type RunSummary, runSummary } from './run-summary.ts';
import type { Range } from './runs.ts';

export type ReportAnswer = {
  /** Every region that one of the runs was to count, in the order of their names. */
  regions: string[];
  /** Newest first. */
  runs: ReportRun[];
  /** The newest run that has a total (else the newest run), region by region, each compared with its own last count. */
  newest: { runId: RunId; regions: RegionRow[] };
  damaged: DamagedItem[];
};

export type ReportRun = RunSummary & {
  /** Streams in each of the report's `regions`, in their order. `null`: not counted, or not planned; never zero. */
  counts: (number | null)[];
};

/** @throws NoAnswer if there are no runs */
export async function readReport(source: Source, range: Range, nowMs: number): Promise<ReportAnswer> {
  const damage = makeDamage();
  const kept: Kept[] = [];
  /** The newest that has a total; the newest run until one is found. */
  let newest: WholeRun | undefined;
  for await (const whole of wholeRuns(source, range, damage)) {
    const { run, records } = whole;
    kept.push({ summary: runSummary(run, nowMs), counts: countsOf(records), plan: run.plan });
    if (newest === undefined || (newest.run.total === undefined && run.total !== undefined)) newest = whole;
  }
  if (newest === undefined) throw noRuns(source, damage.items(), range);
  const regions = [...new Set(kept.flatMap(({ plan }) => plan))].sort();
  return {
    regions,
    runs: kept.map(({ summary, counts }) => ({
      ...summary,
      counts: regions.map((region) => counts.get(region) ?? null),
    })),
    newest: newestRows(newest, kept, nowMs),
    damaged: damage.items(),
  };
}

/** What of a run is kept while the history streams by. */
type Kept = { summary: RunSummary; counts: Counts; plan: readonly string[] };

function newestRows({ run, records }: WholeRun, kept: readonly Kept[], nowMs: number): ReportAnswer['newest'] {
  const earlier = kept.map(({ summary, counts }) => ({ runId: summary.runId, counts }));
  const last = lastCountsIn(earlier.filter(({ runId }) => runId < run.runId));
  return { runId: run.runId, regions: regionRows(run, records, last, nowMs) };
}
