import plot from 'simple-ascii-chart';
import { amount, manyOf } from '../../answers/kind-words.ts';
import type { RegionAnswer, RegionPoint } from '../../answers/region.ts';
import { number, plural, seconds } from '../../answers/words.ts';
import type { Kind } from '../../census/kinds.ts';
import { changeCell, churnCell, hasMoved } from './run.ts';
import { type Column, table } from './table.ts';
import { plain, type View, wrap } from './text.ts';

export function renderRegion({ region, points }: RegionAnswer, view: View): string {
  const { colours } = view;
  const drawn = table<RegionPoint>(
    [
      { head: 'run', cell: ({ runId }) => runId },
      {
        head: manyOf(view.kind),
        align: 'right',
        cell: ({ streams }) => (streams === null ? colours.yellow('missing') : number(streams)),
      },
      { head: 'change', align: 'right', cell: ({ change }) => changeCell(change, colours) },
      ...(points.some(hasMoved) ? churnColumns : []),
      {
        head: 'reason',
        cell: ({ reason, status }) => (status === 'waiting' ? 'waiting' : (reason ?? '')),
        flows: 'in-place',
      },
      {
        head: 'calls',
        align: 'right',
        cell: ({ effort }) => (effort === null ? '' : number(effort.calls)),
        dispensable: 2,
      },
      {
        head: 'time',
        align: 'right',
        cell: ({ effort }) => (effort === null ? '' : seconds(effort.ms)),
        dispensable: 1,
      },
    ],
    points,
    view,
  );
  return [headline(region, points, view), ...curve(points, view), drawn].join('\n\n');
}

const churnColumns: Column<RegionPoint>[] = [
  { head: 'created', align: 'right', cell: (point) => churnCell(point, 'created'), dispensable: 4 },
  { head: 'gone', align: 'right', cell: (point) => churnCell(point, 'gone'), dispensable: 3 },
];

function headline(region: string, points: readonly RegionPoint[], { colours, width, kind }: View): string {
  const counted = points.filter(({ streams }) => streams !== null).length;
  const name = colours.bold(plain(region));
  if (counted === points.length)
    return `${name}: counted in ${counted === 1 ? 'its only run' : `all ${plural(counted, 'run')}`}`;
  const missing = colours.yellow(`missing in ${points.length - counted}`);
  const head = `${name}: counted in ${counted} of ${plural(points.length, 'run')}, ${missing}`;
  return [head, ...sinceWhen(points, kind)].map((line) => wrap(line, width)).join('\n');
}

/** Of a region that is missing now, if it was counted before. A run that still waits for it says nothing. */
function sinceWhen(points: readonly RegionPoint[], kind: Kind): string[] {
  const over = points.filter(({ status }) => status !== 'waiting');
  const last = over.findIndex(({ streams }) => streams !== null);
  const [since, counted] = [over[last - 1], over[last]];
  if (since === undefined || counted === undefined) return [];
  const held = amount(counted.streams ?? 0, kind);
  return [`missing since ${since.runId} (${since.reason}); last counted ${counted.runId}: ${held}`];
}

const PLOT_HEIGHT = 8;
const PLOT_WIDTH_MOST = 100;
/** What the plot takes beside the curve: the numbers at its left, and its frame. */
const PLOT_MARGIN = 16;

/** Runs in a row that counted the region are one line; between two lines there is a gap, which is not zero. */
function curve(points: readonly RegionPoint[], { width, colours }: View): string[] {
  const lines: [number, number][][] = [[]];
  for (const [x, { streams }] of [...points].reverse().entries()) {
    if (streams !== null) lines.at(-1)?.push([x, streams]);
    else if (lines.at(-1)?.length !== 0) lines.push([]);
  }
  const drawn = lines.filter((line) => line.length > 0);
  const values = drawn.flat().map(([, streams]) => streams);
  if (values.length < 2) return [];
  const edges = edgesMissing(points, values);
  const picture = plot([...drawn, ...edges], {
    width: Math.min(width - PLOT_MARGIN, PLOT_WIDTH_MOST),
    height: PLOT_HEIGHT,
    // Half a stream is not worth a line of its own, so a flat curve gets some room around it.
    yRange: rangeOf(values),
    hideXAxisTicks: true,
    formatter: (value) => number(Math.round(value)),
  });
  const lineArt = rubOut(
    picture
      .split('\n')
      .map((line) => line.trimEnd())
      .filter((line) => line !== ''),
    points,
  );
  const from = `${points.at(-1)?.runId} to ${points[0]?.runId}`;
  const gaps = drawn.length + edges.length > 1 ? ['where there is no line, it was not counted'] : [];
  return [[...lineArt, ...[from, ...gaps].map((line) => colours.dim(line))].join('\n')];
}

/** The plot reaches from its first point to its last: where the oldest or the newest run has none, one stands in. */
function edgesMissing(points: readonly RegionPoint[], values: readonly number[]): [number, number][][] {
  const [first, last] = [values[0], values.at(-1)];
  return [
    ...(points.at(-1)?.streams === null && first !== undefined ? [[[0, first] as [number, number]]] : []),
    ...(points[0]?.streams === null && last !== undefined ? [[[points.length - 1, last] as [number, number]]] : []),
  ];
}

/** Nothing else is drawn at an edge at which a point stood in. */
function rubOut(lineArt: readonly string[], points: readonly RegionPoint[]): string[] {
  const widest = Math.max(...lineArt.filter((line) => !line.includes('└')).map((line) => line.length));
  return lineArt.map((line) => {
    if (line.includes('└')) return line;
    const begun = points.at(-1)?.streams === null ? line.replace(/(?<=[┤│])━/, ' ') : line;
    return points[0]?.streams === null && line.length === widest ? begun.slice(0, -1).trimEnd() : begun;
  });
}

function rangeOf(values: readonly number[]): [number, number] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  return low === high ? [Math.max(0, low - 1), high + 1] : [low, high];
}
