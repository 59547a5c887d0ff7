import { stringify } from 'csv-stringify/sync';
import type { RegionRow } from '../../answers/region-row.ts';
import type { RunAnswer } from '../../answers/run.ts';

type Line = { answer: RunAnswer; row: RegionRow };

/** A name, and what stands under it. Empty cells are not known; they are never zero. */
export type CsvColumn<Of> = readonly [name: string, cell: (line: Of) => string | number | null | undefined];

/** A line per region of a run. */
const COLUMNS: readonly CsvColumn<Line>[] = [
  ['account_id', ({ answer }) => answer.accountId],
  ['run_id', ({ answer }) => answer.run.runId],
  ['verdict', ({ answer }) => answer.run.verdict],
  ['run_streams', ({ answer }) => answer.run.streams],
  ['region', ({ row }) => row.region],
  ['status', ({ row }) => row.status],
  ['streams', ({ row }) => row.streams],
  ['reason', ({ row }) => row.reason],
  ['last_known_streams', ({ row }) => row.lastKnown?.streams],
  ['last_known_run_id', ({ row }) => row.lastKnown?.runId],
  ['round', ({ row }) => row.round],
  ['started_at', ({ row }) => row.startedAt],
  ['ended_at', ({ row }) => row.endedAt],
  ['recorded_at', ({ row }) => row.recordedAt],
  ['pages', ({ row }) => row.effort?.pages],
  ['calls', ({ row }) => row.effort?.calls],
  ['ms', ({ row }) => row.effort?.ms],
  ['missing_since', (line) => gapOf(line)?.since],
  ['missing_runs', (line) => gapOf(line)?.runs],
  ['kind', ({ answer }) => answer.kind],
  ['quota', ({ row }) => row.quota?.limit],
  ['quota_source', ({ row }) => row.quota?.from],
  ['created', ({ row }) => row.churn?.created],
  ['gone', ({ row }) => row.churn?.gone],
  ['created_and_gone_since', ({ row }) => row.churn?.against],
];

const gapOf = ({ answer, row }: Line) => answer.run.missing.find(({ region }) => region === row.region);

export function csvLines(runs: AsyncIterable<RunAnswer>): AsyncGenerator<string> {
  return csvOf(runs, (answer) => answer.regions.map((row) => ({ answer, row })), COLUMNS);
}

/** The head line, then the lines of a run at a time. A cell that a spreadsheet would execute gets a ' before it. */
export async function* csvOf<Answer, Of>(
  runs: AsyncIterable<Answer>,
  linesOf: (answer: Answer) => readonly Of[],
  columns: readonly CsvColumn<Of>[],
): AsyncGenerator<string> {
  // Nothing is written before the first run is there: what fails by then leaves no head without a body behind.
  let head = csv([columns.map(([name]) => name)]);
  for await (const answer of runs) {
    yield head + csv(linesOf(answer).map((line) => columns.map(([, cell]) => cell(line) ?? '')));
    head = '';
  }
  if (head !== '') yield head;
}

function csv(lines: readonly (readonly (string | number)[])[]): string {
  return stringify([...lines], { escape_formulas: true });
}
