/** The trend's plot, by uPlot: one line of complete numbers, everything else by trend-marks.ts. */
import uPlot from 'uplot';
import { drawBands, drawMarks, type Palette } from './trend-marks.ts';
import type { TrendPoint } from './trend-points.ts';
import { streamsLabels, streamsRange, timeLabels, timeRange, WHOLE_STEPS } from './trend-scales.ts';

export type Plot = {
  /** Draws what the drawing shows now. */
  draw(): void;
};

type Drawing = {
  points: () => readonly TrendPoint[];
  chosenIndex: () => number;
  /** The mouse is over a point, this far from the left of the canvas (CSS pixels); or over none. */
  onHover: (point: TrendPoint | undefined, left: number) => void;
  onPick: (point: TrendPoint) => void;
};

export function makePlot(canvas: HTMLElement, drawing: Drawing): Plot {
  const plot = new uPlot(plotOptions(canvas, drawing), dataOf(drawing.points()), canvas);
  plot.over.addEventListener('click', () => {
    const point = drawing.points()[plot.cursor.idx ?? -1];
    if (point !== undefined) drawing.onPick(point);
  });
  new ResizeObserver(() => plot.setSize(sizeOf(canvas))).observe(canvas);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plot.redraw());
  return { draw: () => plot.setData(dataOf(drawing.points())) };
}

/** What uPlot finds no number for, it leaves out of the line. */
function dataOf(points: readonly TrendPoint[]): uPlot.AlignedData {
  return [points.map(({ at }) => at), points.map(({ kind, streams }) => (kind === 'known' ? streams : null))];
}

function plotOptions(canvas: HTMLElement, { points, chosenIndex, onHover }: Drawing): uPlot.Options {
  const colour = (name: keyof Palette) => paletteOf(canvas)[name];
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const axis = { font, stroke: () => colour('quiet'), ticks: { show: false } };
  return {
    ...sizeOf(canvas),
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      x: { time: true, range: () => timeRange(points()) },
      y: { range: () => streamsRange(points()) },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 72,
        values: (_plot, splits, _axis, _space, step) => timeLabels(splits, step),
      },
      {
        ...axis,
        grid: { stroke: () => withAlpha(colour('quiet')), width: 1 },
        incrs: WHOLE_STEPS,
        values: (_plot, splits) => streamsLabels(splits),
        size: (_plot, values) => 14 + 7.2 * Math.max(3, ...(values ?? []).map((value) => value.length)),
      },
    ],
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    series: [
      {},
      {
        stroke: () => colour('line'),
        width: 2,
        points: {
          size: 5,
          fill: () => colour('line'),
          filter: (_plot, _series, isSparse) => pointsToDraw(points(), isSparse),
        },
      },
    ],
    hooks: {
      drawClear: [(plot) => drawBands(plot, points(), paletteOf(canvas))],
      draw: [(plot) => drawMarks(plot, points(), chosenIndex(), paletteOf(canvas))],
      setCursor: [
        ({ cursor, over }) => {
          const isOver = (cursor.left ?? -1) >= 0;
          onHover(isOver ? points()[cursor.idx ?? -1] : undefined, over.offsetLeft + (cursor.left ?? 0));
        },
      ],
    },
  };
}

/** All of them where there is room; else those that no line leads to, which would not be seen. */
function pointsToDraw(points: readonly TrendPoint[], isSparse: boolean): number[] {
  return points.flatMap(({ kind }, index) => {
    const isAlone = points[index - 1]?.kind !== 'known' && points[index + 1]?.kind !== 'known';
    return kind === 'known' && (isSparse || isAlone) ? [index] : [];
  });
}

function sizeOf(canvas: HTMLElement): { width: number; height: number } {
  const width = Math.max(240, canvas.clientWidth);
  return { width, height: width < 520 ? 220 : 280 };
}

/** The colours are the style sheet's, so that they follow the reader's scheme. */
function paletteOf(canvas: HTMLElement): Palette {
  const style = getComputedStyle(canvas);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  return {
    line: colour('--accent'),
    gap: colour('--partial'),
    quiet: colour('--quiet'),
    chosen: colour('--ink'),
    ground: colour('--card'),
  };
}

/** For colours that are written as #rrggbb. */
const withAlpha = (colour: string) => `${colour}22`;
