/** What a live page asks its server for, out of the report that this file holds. */
import { changeOf, differenceOf } from '../../answers/difference.ts';
import type { ReportRun } from '../../answers/report.ts';
import type { Newest, PageRegion, PageRun, RegionHistory, Report } from './model.ts';

const NEWEST = 10;

export function newestOf(report: Report): Newest {
  const { runs, newest, readAt, accountId, place, damaged } = report;
  const hasTotal = runs.some(({ verdict }) => verdict !== null);
  const open = runs[0]?.verdict === null ? pageRunOf(report, 0) : null;
  const latest = hasTotal
    ? pageRunOf(
        report,
        runs.findIndex(({ runId }) => runId === newest.runId),
      )
    : null;
  return { readAt, accountId, place, lines: runs.slice(0, NEWEST), latest, open, damaged };
}

/** `null` where there is no such run. */
export function pageRunOf(report: Report, index: number): PageRun | null {
  const run = report.runs[index];
  if (run === undefined) return null;
  const before = report.runs.slice(index + 1).find(({ verdict }) => verdict !== null);
  const regions = run.runId === report.newest.runId ? report.newest.regions : regionsOf(report.regions, run, before);
  return {
    run,
    regions,
    before: before?.runId ?? null,
    difference: before === undefined ? null : differenceOf(regions, before.runId),
    news: regions
      .filter(({ region, streams: held }) => held !== null && isMissing(run, region))
      .map(({ region }) => region),
  };
}

/** Only planned regions: each of them is counted, missing or waited for. */
function regionsOf(names: readonly string[], run: ReportRun, before: ReportRun | undefined): PageRegion[] {
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
      change: changeOf(streams, before?.counts[at]),
    };
  });
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
