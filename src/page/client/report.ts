/** What a live page asks its server for, out of the report that this file holds. */
import { comparedWith, comparisonOf } from '../../answers/comparison.ts';
import { changeSince, type LastCount } from '../../answers/region-row.ts';
import type { ReportRun } from '../../answers/report.ts';
import { type Newest, type PageRegion, type PageRun, pageLine, type RegionHistory, type Report } from './model.ts';

const NEWEST = 10;

export function newestOf(report: Report): Newest {
  const { runs, newest, readAt, accountId, place, asked, damaged } = report;
  const hasTotal = runs.some(({ verdict }) => verdict !== null);
  const open = runs[0]?.verdict === null ? pageRunOf(report, 0) : null;
  const latest = hasTotal
    ? pageRunOf(
        report,
        runs.findIndex(({ runId }) => runId === newest.runId),
      )
    : null;
  return { readAt, accountId, place, asked, lines: runs.slice(0, NEWEST), latest, open, damaged };
}

/** `null` where there is no such run. */
export function pageRunOf(report: Report, index: number): PageRun | null {
  const run = report.runs[index];
  if (run === undefined) return null;
  const earlier = report.runs.slice(index + 1);
  const regions = run.runId === report.newest.runId ? report.newest.regions : regionsOf(report.regions, run, earlier);
  return {
    run,
    regions,
    comparison: comparisonIn(report, run, earlier),
    news: regions
      .filter(({ region, streams: held }) => held !== null && isMissing(run, region))
      .map(({ region }) => region),
  };
}

function comparisonIn({ regions }: Report, run: ReportRun, earlier: readonly ReportRun[]): PageRun['comparison'] {
  const countedIn = (one: ReportRun) => {
    const counts = new Map(
      regions.flatMap((region, at) => {
        const streams = one.counts[at] ?? null;
        return streams === null ? [] : [[region, streams] as const];
      }),
    );
    const plan = regions.filter((region) => counts.has(region) || isMissing(one, region));
    return { run: one, counts, plan, verdict: one.verdict };
  };
  const now = countedIn(run);
  const then = comparedWith(now, earlier.map(countedIn));
  if (then === undefined) return null;
  const between = earlier.slice(0, earlier.indexOf(then.run)).filter(({ verdict }) => verdict !== null);
  return { ...comparisonOf(now, then, between), with: pageLine(then.run) };
}

/** Only planned regions: each of them is counted, missing or waited for. */
function regionsOf(names: readonly string[], run: ReportRun, earlier: readonly ReportRun[]): PageRegion[] {
  const gaps = new Map(run.missing.map((gap) => [gap.region, gap]));
  return names.flatMap((region, at) => {
    const streams = run.counts[at] ?? null;
    const gap = gaps.get(region);
    const isWaitedFor = run.waitingFor.includes(region);
    if (streams === null && gap === undefined && !isWaitedFor) return [];
    return {
      region,
      status: streams !== null ? 'counted' : isWaitedFor ? 'waiting' : 'failed',
      streams,
      reason: streams === null && !isWaitedFor ? (gap?.reason ?? null) : null,
      lastKnown: gap?.lastKnown ?? null,
      ...changeSince(streams, lastCount(at, earlier)),
    };
  });
}

function lastCount(at: number, earlier: readonly ReportRun[]): LastCount | undefined {
  for (const { runId, counts } of earlier) {
    const streams = counts[at] ?? null;
    if (streams !== null) return { runId, streams };
  }
  return undefined;
}

export function regionHistoryOf({ regions, runs, damaged }: Report, region: string): RegionHistory {
  const at = regions.indexOf(region);
  const points = runs.flatMap((run) => {
    const streams = run.counts[at] ?? null;
    const reason = run.missing.find((gap) => gap.region === region)?.reason ?? null;
    const isPlanned = streams !== null || reason !== null || run.waitingFor.includes(region);
    return isPlanned ? [{ runId: run.runId, streams, reason: streams === null ? reason : null }] : [];
  });
  return { region, points, damaged };
}

const isMissing = (run: ReportRun, region: string) => run.missing.some((gap) => gap.region === region);
