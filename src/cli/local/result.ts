/** What local runs came to: their answers, beside what the local AWS truly holds, and their two prints. */
import type { ComparedRun } from '../../answers/compared-run.ts';
import { amount, manyOf } from '../../answers/kind-words.ts';
import type { RegionRow } from '../../answers/region-row.ts';
import { number, plural, seconds } from '../../answers/words.ts';
import { type Kind, STREAMS } from '../../census/kinds.ts';
import { comparisonLines } from '../render/comparison.ts';
import { churnLines, planLines } from '../render/run.ts';
import { type Column, table } from '../render/table.ts';
import type { Colours, View } from '../render/text.ts';

/** What the local AWS holds of a kind. */
export type Truth = {
  /** Over all regions of its world. */
  all: number;
  /** Where something was counted, and where nothing was. */
  counted: number;
  elsewhere: number;
};

type LocalRegion = {
  region: string;
  status: RegionRow['status'];
  /** `null` where nothing was counted: a gap is not zero. */
  streams: number | null;
  pages: number;
  calls: number;
  ms: number;
  reason?: string;
};

/** What became of the run of one kind. */
export type LocalResult = {
  runId: string;
  accountId: string;
  verdict: 'complete' | 'partial';
  total: number;
  expected: number;
  counted: number;
  missing: { region: string; reason: string }[];
  regions: LocalRegion[];
  /** The run that this one is compared with. */
  previous: { runId: string; total: number } | null;
  /** In all regions of the local world. */
  truth?: number;
};

/** @throws Error if the run has no total yet. */
export function localResult({ run, regions, comparison }: ComparedRun, accountId: string, truth?: Truth): LocalResult {
  const { runId, verdict, streams, expected, counted } = run;
  if (verdict === null || streams === null || counted === null) throw new Error(`The run ${runId} has no total yet.`);
  const missing = run.missing.map(({ region, reason }) => ({ region, reason }));
  const reasons = new Map(missing.map(({ region, reason }) => [region, reason]));
  return {
    runId,
    accountId,
    verdict,
    total: streams,
    expected,
    counted,
    missing,
    regions: regions.map((row) => regionOf(row, reasons.get(row.region))),
    previous: previousOf(comparison),
    ...(truth !== undefined && { truth: truth.all }),
  };
}

function previousOf(comparison: ComparedRun['comparison']): LocalResult['previous'] {
  const { runId, streams } = comparison?.with ?? {};
  return runId === undefined || typeof streams !== 'number' ? null : { runId, total: streams };
}

function regionOf({ region, status, streams, effort }: RegionRow, reason: string | undefined): LocalRegion {
  const { pages, calls, ms } = effort ?? { pages: 0, calls: 0, ms: 0 };
  return { region, status, streams, pages, calls, ms, ...(reason !== undefined && { reason }) };
}

/** The table of regions, the total and its verdict, and how it differs from the comparable run. */
export function printResult(
  result: LocalResult,
  { run, comparison }: Pick<ComparedRun, 'run' | 'comparison'>,
  truth: Truth | undefined,
  view: View,
): string {
  const { colours, kind } = view;
  const columns: Column<LocalRegion>[] = [
    { head: 'region', cell: ({ region }) => region },
    {
      head: 'status',
      cell: ({ status }) => (status === 'counted' ? colours.green(status) : colours.red(status)),
    },
    { head: manyOf(kind), align: 'right', cell: ({ streams }) => (streams === null ? '-' : number(streams)) },
    { head: 'pages', align: 'right', cell: ({ pages }) => number(pages), dispensable: 3 },
    { head: 'calls', align: 'right', cell: ({ calls }) => number(calls), dispensable: 2 },
    { head: 'time', align: 'right', cell: ({ ms }) => seconds(ms), dispensable: 1 },
    { head: 'reason', cell: ({ reason = '' }) => reason, flows: 'in-place' },
  ];
  return [
    table(columns, result.regions, view),
    '',
    verdictLine(result, kind, colours),
    ...planLines(run, view),
    ...gapLines(result),
    ...(comparison === null ? ['No earlier run to compare with.'] : comparisonLines(comparison, view)),
    ...churnLines(run, view),
    ...(truth === undefined ? [] : [truthLine(result, truth, kind, colours)]),
  ].join('\n');
}

function verdictLine({ verdict, total, counted, expected, runId }: LocalResult, kind: Kind, colours: Colours): string {
  return `${colours.bold(amount(total, kind))} in ${counted} of ${plural(expected, 'region')}: ${verdictOf({ verdict }, colours)} (run ${runId})`;
}

function gapLines({ missing }: LocalResult): string[] {
  return missing.map(({ region, reason }) => `  missing: ${region} (${reason}); what it holds is unknown, not zero`);
}

export function truthLine(
  { total, counted, expected }: Pick<LocalResult, 'total' | 'counted' | 'expected'>,
  truth: Truth,
  kind: Kind,
  colours: Colours,
): string {
  const many = manyOf(kind);
  const service = kind === STREAMS ? 'The local Kinesis Video' : 'The local AWS';
  const there = `${service} holds ${number(truth.counted)} ${many} there`;
  if (total !== truth.counted) return colours.red(`${there}: the total is WRONG.`);
  if (counted === expected) return `${there}: the total is exact.`;
  return `${service} holds ${number(truth.all)} ${many}: ${number(truth.elsewhere)} ${truth.elsewhere === 1 ? 'is' : 'are'} where nothing was counted.`;
}

export function verdictOf({ verdict }: Pick<LocalResult, 'verdict'>, colours: Colours): string {
  return verdict === 'complete' ? colours.green(verdict) : colours.yellow(verdict);
}
