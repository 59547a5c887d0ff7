/** What a local run came to: a pure model, and its two prints. */
import Table from 'cli-table3';
import type { RegionRecord } from '../../census/region.ts';
import type { Run } from '../../census/run.ts';
import type { Colours, View } from '../render/text.ts';

export type LocalRegion = {
  region: string;
  status: RegionRecord['status'] | 'unanswered';
  /** `null` where nothing was counted: a gap is not zero. */
  streams: number | null;
  pages: number;
  calls: number;
  ms: number;
  reason?: string;
};

/** The one document that `--json` prints. */
export type LocalResult = {
  runId: string;
  accountId: string;
  verdict: 'complete' | 'partial';
  total: number;
  expected: number;
  counted: number;
  missing: { region: string; reason: string }[];
  regions: LocalRegion[];
  previous: { runId: string; total: number } | null;
  /** Streams that the local Kinesis Video holds, over all regions of its world. */
  truth?: number;
};

export type Before = { run: Run; records: readonly RegionRecord[] };

/** @throws Error if the run has no total yet. */
export function localResult(
  run: Run,
  records: readonly RegionRecord[],
  before: Before | undefined,
  truth: number | undefined,
): LocalResult {
  if (run.total === undefined) throw new Error(`The run ${run.runId} has no total yet.`);
  const { verdict, streams, expected, counted, missing } = run.total;
  const byRegion = new Map(records.map((record) => [record.region, record]));
  const reasons = new Map(missing.map(({ region, reason }) => [region, reason]));
  return {
    runId: run.runId,
    accountId: run.accountId,
    verdict,
    total: streams,
    expected,
    counted,
    missing: missing.map(({ region, reason }) => ({ region, reason })),
    regions: run.plan.map((region) => regionOf(region, byRegion.get(region), reasons.get(region))),
    previous: before?.run.total === undefined ? null : { runId: before.run.runId, total: before.run.total.streams },
    ...(truth !== undefined && { truth }),
  };
}

function regionOf(region: string, record: RegionRecord | undefined, reason: string | undefined): LocalRegion {
  const { pages = 0, calls = 0, ms = 0 } = record?.effort ?? {};
  return {
    region,
    status: record?.status ?? 'unanswered',
    streams: record?.status === 'counted' ? record.tally.streams : null,
    pages,
    calls,
    ms,
    ...(reason !== undefined && { reason }),
  };
}

export const number = (value: number) => value.toLocaleString('en-US');
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** The table of regions, the total and its verdict, and how it differs from the run before. */
export function printResult(
  result: LocalResult,
  records: readonly RegionRecord[],
  before: Before | undefined,
  truthOfCounted: number | undefined,
  { colours }: Pick<View, 'colours'>,
): string {
  const table = new Table({
    head: ['region', 'status', 'streams', 'pages', 'calls', 'time', 'reason'],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const { region, status, streams, pages, calls, ms, reason } of result.regions) {
    const shown = status === 'counted' ? colours.green(status) : colours.red(status);
    table.push([region, shown, streams === null ? '-' : number(streams), pages, calls, seconds(ms), reason ?? '']);
  }
  return [
    table.toString(),
    '',
    verdictLine(result, colours),
    ...gapLines(result),
    differenceLine(result, records, before),
    ...truthLines(result, truthOfCounted, colours),
  ].join('\n');
}

function verdictLine({ verdict, total, counted, expected, runId }: LocalResult, colours: Colours): string {
  const paint = verdict === 'complete' ? colours.green : colours.yellow;
  return `${colours.bold(`${number(total)} streams`)} in ${counted} of ${expected} regions: ${paint(verdict)} (run ${runId})`;
}

function gapLines({ missing }: LocalResult): string[] {
  return missing.map(({ region, reason }) => `  missing: ${region} (${reason}); what it holds is unknown, not zero`);
}

/** Compares only what both runs counted: a region that one of them misses has not lost its streams. */
export function differenceLine(
  result: LocalResult,
  records: readonly RegionRecord[],
  before: Before | undefined,
): string {
  if (result.previous === null || before === undefined) return 'No earlier run to compare with.';
  const now = countsOf(records);
  const then = countsOf(before.records);
  const both = [...now.keys()].filter((region) => then.has(region));
  const difference = both.reduce((sum, region) => sum + (now.get(region) ?? 0) - (then.get(region) ?? 0), 0);
  const change =
    difference === 0 ? 'no difference' : `${difference > 0 ? '+' : '-'}${number(Math.abs(difference))} streams`;
  return `Against ${result.previous.runId}: ${change} in the ${both.length} regions that both runs counted.`;
}

function countsOf(records: readonly RegionRecord[]): Map<string, number> {
  return new Map(
    records.flatMap((record) => (record.status === 'counted' ? [[record.region, record.tally.streams] as const] : [])),
  );
}

function truthLines(
  { truth, total, counted, expected }: LocalResult,
  truthOfCounted: number | undefined,
  colours: Colours,
): string[] {
  if (truth === undefined || truthOfCounted === undefined) return [];
  if (total !== truthOfCounted)
    return [colours.red(`The local Kinesis Video holds ${number(truthOfCounted)} streams there: the total is WRONG.`)];
  if (counted === expected)
    return [`The local Kinesis Video holds ${number(truthOfCounted)} streams there: the total is exact.`];
  return [
    `The local Kinesis Video holds ${number(truth)} streams: ${number(truth - total)} are where nothing was counted.`,
  ];
}
