/** What a live page asks its server for, out of the report that this file holds. */
import { comparedWith, comparisonOf } from '../../answers/comparison.ts';
import { changeSince, type LastCount } from '../../answers/region-row.ts';
import type { ReportRun } from '../../answers/report.ts';
import type { Coverage } from '../../census/diff.ts';
import {
  type Newest,
  type PageChange,
  type PageDiff,
  type PageLine,
  type PageRegion,
  type PageRun,
  pageSide,
  type RegionHistory,
  type Report,
} from './model.ts';

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
  return { readAt, accountId, place, asked, lines: linesOf(report).slice(0, NEWEST), latest, open, damaged };
}

export function linesOf({ runs, regions }: Report): PageLine[] {
  return runs.map((run) => ({ ...run, plan: regions.filter((region, at) => isPlanned(run, region, at)) }));
}

/** A planned region is counted, missing or waited for. */
const isPlanned = (run: ReportRun, region: string, at: number) =>
  typeof run.counts[at] === 'number' || isMissing(run, region) || run.waitingFor.includes(region);

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
    const plan = regions.filter((region, at) => isPlanned(one, region, at));
    return { run: one, counts, plan, verdict: one.verdict };
  };
  const now = countedIn(run);
  const then = comparedWith(now, earlier.map(countedIn));
  if (then === undefined) return null;
  const totals = earlier.filter(({ verdict }) => verdict !== null);
  return { ...comparisonOf(now, then, totals), with: pageSide(then.run) };
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

/** @throws Error with one sentence for the reader */
export function diffOf({ regions, runs }: Report, beforeId: string, afterId: string): PageDiff {
  const [before, after] = [beforeId, afterId].map((runId) => runs.find((run) => run.runId === runId));
  if (before === undefined || after === undefined) throw new Error('This report does not hold both runs.');
  const both = regions.map((region, at) => ({
    region,
    before: coverageOf(before, region, at),
    after: coverageOf(after, region, at),
  }));
  const changes = both.flatMap(({ region, before: then, after: now }): PageChange[] => {
    if (then.state !== 'counted' || now.state !== 'counted') return [];
    const net = now.streams - then.streams;
    return [
      { region, before: then.streams, after: now.streams, net, same: null, created: null, gone: null, prefixes: null },
    ];
  });
  return {
    before: pageSide(before),
    after: pageSide(after),
    regions: changes,
    coverage: both.filter(
      ({ region, before: then, after: now }) =>
        !changes.some((change) => change.region === region) &&
        (then.state !== 'not-planned' || now.state !== 'not-planned'),
    ),
    net: changes.reduce((sum, { net }) => sum + net, 0),
    created: null,
    gone: null,
  };
}

function coverageOf(run: ReportRun, region: string, at: number): Coverage {
  const streams = run.counts[at] ?? null;
  if (streams !== null) return { state: 'counted', streams };
  if (!isPlanned(run, region, at)) return { state: 'not-planned' };
  return { state: 'missing', reason: run.missing.find((gap) => gap.region === region)?.reason ?? 'unanswered' };
}

export function regionHistoryOf({ regions, runs, damaged }: Report, region: string): RegionHistory {
  const at = regions.indexOf(region);
  const points = runs.flatMap((run) => {
    const streams = run.counts[at] ?? null;
    const reason = run.missing.find((gap) => gap.region === region)?.reason ?? null;
    return isPlanned(run, region, at) ? [{ runId: run.runId, streams, reason: streams === null ? reason : null }] : [];
  });
  return { region, points, damaged };
}

const isMissing = (run: ReportRun, region: string) => run.missing.some((gap) => gap.region === region);
