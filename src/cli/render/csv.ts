import { stringify } from 'csv-stringify/sync';
import type { RegionRow } from '../../answers/model.ts';
import type { RunModel } from '../commands/run.ts';

type Line = { model: RunModel; row: RegionRow };

/** A line per region of a run. Empty cells are not known; they are never zero. */
const COLUMNS: readonly (readonly [string, (line: Line) => string | number | null | undefined])[] = [
  ['account_id', ({ model }) => model.accountId],
  ['run_id', ({ model }) => model.run.runId],
  ['verdict', ({ model }) => model.run.verdict],
  ['run_streams', ({ model }) => model.run.streams],
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
];

/** The head line, then the lines of a run at a time. A cell that a spreadsheet would execute gets a ' before it. */
export async function* csvLines(runs: AsyncIterable<RunModel>): AsyncGenerator<string> {
  yield csv([COLUMNS.map(([name]) => name)]);
  for await (const model of runs) {
    yield csv(model.regions.map((row) => COLUMNS.map(([, cell]) => cell({ model, row }) ?? '')));
  }
}

function csv(lines: readonly (readonly (string | number)[])[]): string {
  return stringify([...lines], { escape_formulas: true });
}
