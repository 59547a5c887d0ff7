/** The trend's plot, by uPlot: one line of complete numbers; what lies beneath and above it by trend-ground.ts and trend-marks.ts. */
import uPlot from 'uplot';
import { type Ahead, topOfAhead } from './trend-ahead.ts';
import { drawAhead } from './trend-dashes.ts';
import { drawBands, drawStrip, STRIP } from './trend-ground.ts';
import { drawMarks } from './trend-marks.ts';
import { paletteOf } from './trend-palette.ts';
import type { TrendPoint } from './trend-points.ts';
import { streamsLabels, streamsScale, timeLabels, timeRange, timeSplits, WHOLE_STEPS } from './trend-scales.ts';

export type Plot = {
  /** Draws what the drawing shows now. */
  draw(): void;
};

type Drawing = {
  points: () => readonly TrendPoint[];
  chosenIndex: () => number;
  ahead: () => Ahead | null;
  /** What the strip below the scale is called. */
  stripWord: () => string;
  /** The mouse is over a point, this far from the left of the canvas (CSS pixels); or over none. */
  onHover: (point: TrendPoint | undefined, left: number) => void;
  onPick: (point: TrendPoint) => void;
};

/** CSS pixels. On the right there is room for half of the last label, which would be cut off otherwise. */
const [RIGHT, BOTTOM] = [30, 44];

/** Above the plot stands what is written of changed plans. */
const topOf = (points: readonly TrendPoint[]) => (points.some(({ replanned }) => replanned !== null) ? 26 : 10);

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

function plotOptions(canvas: HTMLElement, drawing: Drawing): uPlot.Options {
  const { points, chosenIndex, ahead, stripWord, onHover } = drawing;
  const palette = () => paletteOf(canvas);
  const hasStrip = () => streamsScale(points()).hasStrip;
  return {
    ...sizeOf(canvas),
    padding: [() => topOf(points()), RIGHT, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      x: { time: true, range: () => timeRange(points(), ahead()) },
      y: { range: ({ height }) => rangeWithStrip(points(), ahead(), height) },
    },
    axes: axesOf(canvas, points),
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    series: [
      {},
      {
        stroke: () => palette().line,
        width: 2,
        gaps: (plot, _series, from, to, gaps) => [...gaps, ...gapsOfPlan(plot, points(), from, to)].sort(byStart),
        points: {
          size: 5,
          fill: () => palette().line,
          filter: (_plot, _series, isSparse) => pointsToDraw(points(), isSparse),
        },
      },
    ],
    hooks: {
      drawClear: [
        (plot) => {
          if (hasStrip()) drawStrip(plot, stripWord(), palette());
          drawBands(plot, points(), palette());
          const after = ahead();
          if (after !== null) drawAhead(plot, after, palette());
        },
      ],
      draw: [(plot) => drawMarks({ plot, points: points(), palette: palette(), hasStrip: hasStrip() }, chosenIndex())],
      setCursor: [
        ({ cursor, over }) => {
          const isOver = (cursor.left ?? -1) >= 0;
          onHover(isOver ? points()[cursor.idx ?? -1] : undefined, over.offsetLeft + (cursor.left ?? 0));
        },
      ],
    },
  };
}

function axesOf(canvas: HTMLElement, points: Drawing['points']): uPlot.Axis[] {
  const quiet = () => paletteOf(canvas).quiet;
  const font = `12px ${getComputedStyle(canvas).fontFamily}`;
  const axis = { font, stroke: quiet, ticks: { show: false } };
  /** In the strip there is no scale. */
  const onScale = (_plot: uPlot, splits: number[]) => {
    const { low } = streamsScale(points());
    return splits.map((split) => (split < low ? null : split));
  };
  return [
    {
      ...axis,
      size: BOTTOM,
      grid: { show: false },
      splits: ({ bbox }, _axis, low, high) => timeSplits([low, high], bbox.width / devicePixelRatio),
      values: (_plot, splits) => timeLabels(splits),
    },
    {
      ...axis,
      grid: { stroke: () => withAlpha(quiet()), width: 1, filter: onScale },
      filter: onScale,
      incrs: WHOLE_STEPS,
      values: (_plot, splits) => streamsLabels(splits),
      size: (_plot, values) => 14 + 7.2 * Math.max(5, ...(values ?? []).map((value) => value.length)),
    },
  ];
}

/** The strip lies below the scale's low end. */
function rangeWithStrip(points: readonly TrendPoint[], ahead: Ahead | null, height: number): [number, number] {
  const { low, high: highest, hasStrip } = streamsScale(points);
  const high = ahead === null ? highest : Math.max(highest, topOfAhead(ahead) + (topOfAhead(ahead) - low) * 0.08);
  const strip = hasStrip ? STRIP : 0;
  return [low - ((high - low) * strip) / (height - topOf(points) - BOTTOM - strip), high];
}

/** Numbers of different plans cannot be compared: no line joins them. */
function gapsOfPlan(plot: uPlot, points: readonly TrendPoint[], from: number, to: number): uPlot.Series.Gap[] {
  const x = (index: number) => Math.round(plot.valToPos(points[index]?.at ?? 0, 'x', true));
  return points.flatMap(({ replanned }, index): uPlot.Series.Gap[] =>
    replanned === null || index <= from || index > to ? [] : [[x(index - 1), x(index)]],
  );
}

const byStart = ([a]: uPlot.Series.Gap, [b]: uPlot.Series.Gap) => a - b;

/** All of them where there is room; else those that no line leads to, which would not be seen. */
function pointsToDraw(points: readonly TrendPoint[], isSparse: boolean): number[] {
  const isJoined = (index: number) =>
    points[index - 1]?.kind === 'known' && points[index]?.kind === 'known' && points[index]?.replanned === null;
  return points.flatMap(({ kind }, index) => {
    const isAlone = !isJoined(index) && !isJoined(index + 1);
    return kind === 'known' && (isSparse || isAlone) ? [index] : [];
  });
}

function sizeOf(canvas: HTMLElement): { width: number; height: number } {
  const width = Math.max(240, canvas.clientWidth);
  return { width, height: width < 520 ? 230 : 280 };
}

/** For colours that are written as #rrggbb. */
const withAlpha = (colour: string) => `${colour}22`;
