import { list, plural } from '../../answers/words.ts';
import { cells, type View, wrap } from './text.ts';

export type Column<Row> = {
  head: string;
  align?: 'left' | 'right';
  /** `room`: how many cells there are for it, of a column that flows. */
  cell: (row: Row, room: number) => string;
  /** Colours the lines of a cell whose text may be broken. */
  paint?: (line: string, row: Row) => string;
  /** Where there is no room, its text is broken into lines, or stands beneath its row. One column of a table at most. */
  flows?: 'in-place' | 'beneath';
  /** Where there is still no room, the column with the highest number is left out first; without one it always stays. */
  dispensable?: number;
};

const GAP = '  ';
/** In fewer cells a text has more lines than are read with ease; one that may stand beneath its row need not have them. */
const LEAST_ROOM = { 'in-place': 12, beneath: 32 };

/**
 * Rows under a head, without lines, in as many cells as the view is wide. What does not fit is broken, stands beneath its
 * row, or is left out; what is left out is named. What cli-table3 does of this is the padding: it leaves no column out, and a
 * text beneath its row would be a cell over all columns, which it draws in none of the columns' widths.
 */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], view: View): string {
  const { kept, room, beneath, leftOut } = layoutOf(columns, rows, view.width);
  const grid = rows.map((row) => kept.map((column) => linesOf(column, row, room)));
  const widths = kept.map(({ head }, at) => widest([head, ...grid.flatMap((cellsOfRow) => cellsOfRow[at] ?? [])]));
  const draw = (cellsOfRow: readonly string[][]) =>
    Array.from({ length: Math.max(...cellsOfRow.map((lines) => lines.length)) }, (_, line) =>
      kept
        .map(({ align }, at) => padded(cellsOfRow[at]?.[line] ?? '', widths[at] ?? 0, align))
        .join(GAP)
        .trimEnd(),
    );
  return [
    ...draw(kept.map(({ head }) => [head])),
    ...grid.flatMap((cellsOfRow, at) => [...draw(cellsOfRow), ...linesBeneath(beneath, rows[at] as Row, view.width)]),
    ...(leftOut.length === 0 ? [] : [view.colours.dim(wrap(leftOutLine(leftOut), view.width))]),
  ].join('\n');
}

type Layout<Row> = {
  kept: readonly Column<Row>[];
  /** Cells for the column that flows. */
  room: number;
  beneath?: Column<Row>;
  leftOut: readonly Column<Row>[];
};

function layoutOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): Layout<Row> {
  const widthOf = ({ head, cell }: Column<Row>) => widest([head, ...rows.map((row) => cell(row, width))]);
  const widths = new Map(columns.map((column) => [column, widthOf(column)]));
  const dispensable = columns
    .filter((column) => column.dispensable !== undefined)
    .sort((a, b) => (b.dispensable ?? 0) - (a.dispensable ?? 0));
  for (let count = 0; ; count++) {
    const leftOut = columns.filter((column) => dispensable.slice(0, count).includes(column));
    const kept = columns.filter((column) => !leftOut.includes(column));
    const flowing = kept.find(({ flows }) => flows !== undefined);
    const others = kept.filter((column) => column !== flowing);
    const room = width - others.reduce((sum, column) => sum + (widths.get(column) ?? 0) + GAP.length, 0);
    if (flowing?.flows === undefined) {
      if (room >= -GAP.length || count === dispensable.length) return { kept, room, leftOut };
      continue;
    }
    const least = LEAST_ROOM[flowing.flows];
    if (room >= Math.min(least, widths.get(flowing) ?? 0)) return { kept, room, leftOut };
    if (flowing.flows === 'beneath' && (room >= -GAP.length || count === dispensable.length))
      return { kept: others, room, beneath: flowing, leftOut };
    if (count === dispensable.length) return { kept, room: least, leftOut };
  }
}

function linesOf<Row>({ cell, flows, paint = (line) => line }: Column<Row>, row: Row, room: number): string[] {
  const text = cell(row, room);
  const lines = flows === undefined ? [text] : wrap(text, room).split('\n');
  // The colour of nothing would still be a letter at the end of a line.
  return lines.map((line) => (line === '' ? '' : paint(line, row)));
}

function linesBeneath<Row>(column: Column<Row> | undefined, row: Row, width: number): string[] {
  const text = column?.cell(row, width) ?? '';
  if (column === undefined || text === '') return [];
  const { head, paint = (line) => line } = column;
  return wrap(`${head}: ${text}`, width, GAP)
    .split('\n')
    .map((line) => paint(line, row));
}

function leftOutLine(columns: readonly Column<never>[]): string {
  const names = list(columns.map(({ head }) => head));
  return `(+${plural(columns.length, 'column')}, ${names}: --wide)`;
}

const widest = (texts: readonly string[]) => texts.reduce((most, text) => Math.max(most, cells(text)), 0);

function padded(text: string, width: number, align: Column<never>['align'] = 'left'): string {
  const blanks = ' '.repeat(Math.max(0, width - cells(text)));
  return align === 'left' ? text + blanks : blanks + text;
}
