/** A history with the counts of all regions, and its newest total in full. */
import type { Run, RunId } from '../census/run.ts';
import { makeDamage } from './damage.ts';
import { wholeRuns } from './history.ts';
import { newestOf } from './newest.ts';
import { noRuns } from './no-answer.ts';
import type { DamagedItem, Source, WholeRun } from './reader.ts';
import { type Counts, countsOf, type RegionRow, regionRows } from './region-row.ts';
import { type RunSummary, runSummary } from './run-summary.ts';
import type { Range } from './runs.ts';

export type ReportAnswer = {
  /** Every region that one of the runs was to count, in the order of their names. */
  regions: string[];
  /** Newest first. */
  runs: ReportRun[];
  /** The newest run that has a total (else the newest run), region by region, compared with the one before it. */
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
  /** Down to the second total. */
  const wholes: WholeRun[] = [];
  for await (const whole of wholeRuns(source, range, damage)) {
    const { run, records } = whole;
    kept.push({ summary: runSummary(run, nowMs), counts: countsOf(records), plan: run.plan });
    if (newestOf(wholes.map((one) => one.run)).before === undefined) wholes.push(whole);
  }
  const [first] = wholes;
  if (first === undefined) throw noRuns(source, damage.items(), range);
  const regions = [...new Set(kept.flatMap(({ plan }) => plan))].sort();
  return {
    regions,
    runs: kept.map(({ summary, counts }) => ({
      ...summary,
      counts: regions.map((region) => counts.get(region) ?? null),
    })),
    newest: newestRows(wholes, first, nowMs),
    damaged: damage.items(),
  };
}

/** What of a run is kept while the history streams by. */
type Kept = { summary: RunSummary; counts: Counts; plan: readonly string[] };

function newestRows(wholes: readonly WholeRun[], first: WholeRun, nowMs: number): ReportAnswer['newest'] {
  const { latest = first.run, before } = newestOf(wholes.map(({ run }) => run));
  const recordsOf = (of: Run | undefined) => wholes.find(({ run }) => run === of)?.records ?? [];
  const regions = regionRows(latest, recordsOf(latest), countsOf(recordsOf(before)), nowMs);
  return { runId: latest.runId, regions };
}
