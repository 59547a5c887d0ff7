import { type Column, table } from '../../../src/cli/render/table.ts';
import { makeView } from '../../../src/cli/render/text.ts';

type Row = { run: string; streams: string; missing: string; calls: string; time: string };

const COLUMNS: Column<Row>[] = [
  { head: 'run', cell: ({ run }) => run },
  { head: 'streams', align: 'right', cell: ({ streams }) => streams },
  { head: 'missing', cell: ({ missing }) => missing, flows: 'beneath' },
  { head: 'calls', align: 'right', cell: ({ calls }) => calls, dispensable: 2 },
  { head: 'time', align: 'right', cell: ({ time }) => time, dispensable: 1 },
];
const ROWS: Row[] = [
  {
    run: '2026-11-20T06:00:00Z',
    streams: '51,494',
    missing: 'eu-west-1 (denied), me-south-1 (timed-out) and 3 more',
    calls: '79',
    time: '2.5 s',
  },
  { run: '2026-11-20T00:00:00Z', streams: '60,953', missing: '', calls: '81', time: '2.1 s' },
];
const view = (width: number) => makeView({ width, colour: false });

test.each([120, 100, 80, 65, 60, 52, 46, 40, 30])('%d columns', (width) => {
  expect(table(COLUMNS, ROWS, view(width))).toMatchSnapshot();
});

test.each(['in-place', 'beneath'] as const)(
  'whatever the width: no line is wider, and nothing is lost in silence (%s)',
  (flows) => {
    const columns = COLUMNS.map((column) => (column.flows === undefined ? column : { ...column, flows }));
    const words = ROWS.flatMap((row) => Object.values(row)).flatMap((text) => text.split(' '));
    // Narrower than the columns that always stay there is nothing to be done.
    for (let width = flows === 'beneath' ? 29 : 43; width <= 120; width++) {
      const drawn = table(columns, ROWS, view(width));
      expect(Math.max(...drawn.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(width);
      const [, leftOut = ''] = /\(\+\d columns?, (.*):\s--wide\)$/s.exec(drawn) ?? [];
      const told = words.filter((word) => !drawn.includes(word));
      const named = ROWS.flatMap(({ calls, time }) => [
        ...(leftOut.includes('calls') ? calls.split(' ') : []),
        ...(leftOut.includes('time') ? time.split(' ') : []),
      ]);
      for (const word of told) expect(named).toContain(word);
    }
  },
);

test('the lines of a cell that is broken have its colour, and no other cell has', () => {
  const columns: Column<Row>[] = [
    { head: '', cell: ({ missing }) => missing, flows: 'in-place', paint: (line) => `<${line}>` },
    { head: 'run', cell: ({ run }) => run },
  ];
  expect(table(columns, ROWS.slice(0, 1), view(46))).toBe(
    `                          run
<eu-west-1 (denied),>     2026-11-20T06:00:00Z
<me-south-1 (timed-out)>
<and 3 more>`,
  );
});
