/** What a live page asks its server for, out of the report that this file holds: by the same comparisons. */
import { comparedWith, comparisonOf } from '../../answers/comparison.ts';
import { type Counts, changeSince, lastCountsIn } from '../../answers/region-row.ts';
import type { ReportRun } from '../../answers/report.ts';
import { type Coverage, diffCoverage } from '../../census/coverage.ts';
import { descriptorOf } from '../../census/kinds.ts';
import {
  type Newest,
  type OrganizationReport,
  type PageDiff,
  type PageLine,
  type PageRegion,
  type PageRun,
  pageSide,
  type RegionHistory,
  type Report,
} from './model.ts';

const NEWEST = 10;

export const isOfAll = (report: Report | OrganizationReport): report is OrganizationReport => 'run' in report.newest;

export function newestOf(report: Report | OrganizationReport): Newest {
  if (!isOfAll(report)) return newestOfAccount(report);
  const { runs, newest, ...head } = report;
  const hasTotal = newest.run.verdict !== null;
  const [latest, open] = hasTotal ? [newest, null] : [null, newest];
  return { ...head, name: null, isMember: false, kinds: [], lines: runs.slice(0, NEWEST), latest, open };
}

function newestOfAccount(report: Report): Newest {
  const { runs, newest, readAt, accountId, kind, place, asked, damaged } = report;
  const hasTotal = runs.some(({ verdict }) => verdict !== null);
  const open = runs[0]?.verdict === null ? pageRunOf(report, 0) : null;
  const latest = hasTotal
    ? pageRunOf(
        report,
        runs.findIndex(({ runId }) => runId === newest.runId),
      )
    : null;
  const lines = linesOf(report).slice(0, NEWEST);
  return {
    readAt,
    accountId,
    name: null,
    isMember: false,
    kind,
    kinds: [],
    place,
    asked,
    lines,
    latest,
    open,
    damaged,
  };
}

export function linesOf({ runs, regions }: Report): PageLine[] {
  return runs.map((run) => ({ ...run, plan: planOf(regions, run) }));
}

/** A planned region is counted, missing or waited for. */
function planOf(regions: readonly string[], run: ReportRun): string[] {
  return regions.filter(
    (region, at) => typeof run.counts[at] === 'number' || isMissing(run, region) || run.waitingFor.includes(region),
  );
}

const isMissing = (run: ReportRun, region: string) => run.missing.some((gap) => gap.region === region);

/** A run as the comparisons take it. */
type Counted = { run: ReportRun; plan: readonly string[]; verdict: ReportRun['verdict']; counts: Counts };

function countedIn(regions: readonly string[], run: ReportRun): Counted {
  const counts = regions.flatMap((region, at) => {
    const streams = run.counts[at] ?? null;
    return streams === null ? [] : [[region, streams] as const];
  });
  return { run, plan: planOf(regions, run), verdict: run.verdict, counts: new Map(counts) };
}

/** `null` where there is no such run. */
export function pageRunOf(report: Report, index: number): PageRun | null {
  const [now, ...earlier] = report.runs.slice(Math.max(0, index)).map((run) => countedIn(report.regions, run));
  if (now === undefined || index < 0) return null;
  const { run, counts } = now;
  return {
    run,
    regions: run.runId === report.newest.runId ? report.newest.regions : regionsOf(now, earlier),
    comparison: comparisonIn(now, earlier),
    news: [...counts.keys()].filter((region) => isMissing(run, region)),
  };
}

function comparisonIn(now: Counted, earlier: readonly Counted[]): PageRun['comparison'] {
  const then = comparedWith(now, earlier);
  if (then === undefined) return null;
  const totals = earlier.map(({ run }) => run).filter(({ verdict }) => verdict !== null);
  return { ...comparisonOf(now, then, totals), with: pageSide(then.run) };
}

function regionsOf({ run, plan, counts }: Counted, earlier: readonly Counted[]): PageRegion[] {
  const reasons = new Map(run.missing.map(({ region, reason }) => [region, reason]));
  const known = new Map((run.verdict === null ? run.off : run.missing).map((gap) => [gap.region, gap.lastKnown]));
  const last = lastCountsIn(earlier.map((one) => ({ runId: one.run.runId, counts: one.counts })));
  return plan.map((region) => {
    const streams = counts.get(region) ?? null;
    const isWaitedFor = run.waitingFor.includes(region);
    return {
      region,
      status: streams !== null ? 'counted' : isWaitedFor ? 'waiting' : 'failed',
      streams,
      reason: streams === null && !isWaitedFor ? (reasons.get(region) ?? null) : null,
      lastKnown: known.get(region) ?? null,
      ...changeSince(streams, last.get(region)),
      // A report has them of its newest total only.
      quota: null,
      churn: null,
    };
  });
}

/** @throws Error with one sentence for the reader */
export function diffOf({ regions, runs }: Report, beforeId: string, afterId: string): PageDiff {
  const [before, after] = [beforeId, afterId].map((runId) => runs.find((run) => run.runId === runId));
  if (before === undefined || after === undefined) throw new Error('This report does not hold both runs.');
  const { counted, ...rest } = diffCoverage(toldBy(countedIn(regions, before)), toldBy(countedIn(regions, after)));
  const unknown = { same: null, created: null, gone: null, prefixes: null };
  return {
    before: pageSide(before),
    after: pageSide(after),
    regions: counted.map((change) => ({ ...change, ...unknown })),
    ...rest,
    created: null,
    gone: null,
  };
}

function toldBy({ run, plan, counts }: Counted) {
  const reasons = new Map(run.missing.map(({ region, reason }) => [region, reason]));
  const regions = new Map(
    plan.map((region): [string, Coverage] => {
      const streams = counts.get(region);
      if (streams !== undefined) return [region, { state: 'counted', streams }];
      return [region, { state: 'missing', reason: reasons.get(region) ?? 'unanswered' }];
    }),
  );
  return { run, regions };
}

/** Only runs whose plan names it. */
export function regionHistoryOf(report: Report, region: string): RegionHistory {
  const { regions, runs, newest, kind, damaged } = report;
  // Where a quota bounds less than all, counts do not tell how much.
  const isOfAll = descriptorOf(kind).quota?.of === undefined;
  const points = runs.flatMap((run) => {
    const { plan, counts } = countedIn(regions, run);
    const streams = counts.get(region) ?? null;
    const reason = run.missing.find((gap) => gap.region === region)?.reason ?? null;
    return plan.includes(region)
      ? [{ runId: run.runId, streams, reason: streams === null ? reason : null, used: isOfAll ? streams : null }]
      : [];
  });
  const counted = points.find(({ streams }) => streams !== null);
  const row = newest.regions.find((one) => one.region === region);
  return { region, points, quota: counted?.runId === newest.runId ? (row?.quota ?? null) : null, damaged };
}
