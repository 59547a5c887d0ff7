/** What a local run came to: the answer, beside what the local Kinesis Video truly holds, and its two prints. */
import type { ComparedRun } from '../../answers/compared-run.ts';
import type { RegionRow } from '../../answers/region-row.ts';
import { number, plural, seconds } from '../../answers/words.ts';
import { comparisonLines } from '../render/comparison.ts';
import { planLines } from '../render/run.ts';
import { type Column, table } from '../render/table.ts';
import type { Colours, View } from '../render/text.ts';

/** Streams that the local Kinesis Video holds. */
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

/** The one document that `--json` prints. */
type LocalResult = {
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
  const { colours } = view;
  const columns: Column<LocalRegion>[] = [
    { head: 'region', cell: ({ region }) => region },
    {
      head: 'status',
      cell: ({ status }) => (status === 'counted' ? colours.green(status) : colours.red(status)),
    },
    { head: 'streams', align: 'right', cell: ({ streams }) => (streams === null ? '-' : number(streams)) },
    { head: 'pages', align: 'right', cell: ({ pages }) => number(pages), dispensable: 3 },
    { head: 'calls', align: 'right', cell: ({ calls }) => number(calls), dispensable: 2 },
    { head: 'time', align: 'right', cell: ({ ms }) => seconds(ms), dispensable: 1 },
    { head: 'reason', cell: ({ reason = '' }) => reason, flows: 'in-place' },
  ];
  return [
    table(columns, result.regions, view),
    '',
    verdictLine(result, colours),
    ...planLines(run, view),
    ...gapLines(result),
    ...(comparison === null ? ['No earlier run to compare with.'] : comparisonLines(comparison, view)),
    ...(truth === undefined ? [] : [truthLine(result, truth, colours)]),
  ].join('\n');
}

function verdictLine({ verdict, total, counted, expected, runId }: LocalResult, colours: Colours): string {
  const paint = verdict === 'complete' ? colours.green : colours.yellow;
  return `${colours.bold(plural(total, 'stream'))} in ${counted} of ${plural(expected, 'region')}: ${paint(verdict)} (run ${runId})`;
}

function gapLines({ missing }: LocalResult): string[] {
  return missing.map(({ region, reason }) => `  missing: ${region} (${reason}); what it holds is unknown, not zero`);
}

function truthLine({ total, counted, expected }: LocalResult, truth: Truth, colours: Colours): string {
  const there = `The local Kinesis Video holds ${number(truth.counted)} streams there`;
  if (total !== truth.counted) return colours.red(`${there}: the total is WRONG.`);
  if (counted === expected) return `${there}: the total is exact.`;
  return `The local Kinesis Video holds ${number(truth.all)} streams: ${number(truth.elsewhere)} are where nothing was counted.`;
}
