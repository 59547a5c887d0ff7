import Table from 'cli-table3';
import { cells } from './text.ts';

export type Column<Row> = {
  head: string;
  align?: 'left' | 'right';
  cell: (row: Row) => string;
  /** Where there is no room, the column with the highest number goes first; without one it always stays. */
  dispensable?: number;
};

const GAP = '  ';

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: GAP,
};

/** Rows under a head, without lines, in at most `width` cells: columns that do not fit are left out whole. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): string {
  const kept = fitting(columns, rows, width);
  const drawn = new Table({
    head: kept.map(({ head }) => head),
    colAligns: kept.map(({ align = 'left' }) => align),
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of rows) drawn.push(kept.map(({ cell }) => cell(row)));
  // The last column is padded like the others; nobody needs blanks at the end of a line.
  return drawn.toString().replace(/[ ]+$/gm, '');
}

function fitting<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): readonly Column<Row>[] {
  const widthOf = ({ head, cell }: Column<Row>) =>
    rows.reduce((most, row) => Math.max(most, cells(cell(row))), cells(head));
  const measured = columns.map((column) => ({ column, width: widthOf(column) }));
  const total = () => measured.reduce((sum, one) => sum + one.width + GAP.length, -GAP.length);
  while (total() > width) {
    const worst = measured.reduce((a, b) => ((b.column.dispensable ?? 0) > (a.column.dispensable ?? 0) ? b : a));
    if (worst.column.dispensable === undefined) break;
    measured.splice(measured.indexOf(worst), 1);
  }
  return measured.map(({ column }) => column);
}
