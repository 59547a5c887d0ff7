/** How the number went from run to run. Runs are chosen here with the mouse, and with the arrow keys like on a slider. */
import './trend.css';
import uPlot from 'uplot';
import { card, el } from './dom.ts';
import { drawBands, drawMarks, type Palette } from './trend-marks.ts';
import type { TrendPoint } from './trend-points.ts';
import { streamsLabels, streamsRange, timeLabels, timeRange, WHOLE_STEPS } from './trend-scales.ts';
import { number } from './words.ts';

export type TrendModel = {
  /** Of which region; `null`: of all. */
  region: string | null;
  /** Oldest first. */
  points: readonly TrendPoint[];
  chosenRunId: string;
  /** Whether older runs are still to come. */
  isLoading: boolean;
};

type Options = { onChoose: (runId: string) => void; onRegion: (region: null) => void };

/** Newest runs to draw. */
const SPANS = [30, 100, 1000];
const SPAN = 100;

export function makeTrend({ onChoose, onRegion }: Options) {
  let model: TrendModel = { region: null, points: [], chosenRunId: '', isLoading: true };
  let span = SPAN;
  let plot: uPlot | undefined;
  const tip = el('div', { class: 'tip', hidden: true });
  const canvas = el('div', { class: 'plot' }, tip);
  const chart = el(
    'div',
    { class: 'chart', role: 'slider', tabindex: '0', 'aria-label': 'Trend: choose a run' },
    canvas,
  );
  const spans = el('div', { class: 'spans', role: 'group', 'aria-label': 'How many runs' });
  const subject = el('p', { class: 'note' });
  const legend = el('ul', { class: 'legend' });
  const back = el('button', { type: 'button', class: 'back' }, 'Back to all regions');
  back.addEventListener('click', () => onRegion(null));
  const element = card(
    'trend',
    'Trend',
    el('div', { class: 'row' }, el('div', { class: 'subject' }, subject, back), spans),
    chart,
    legend,
  );

  const shown = () => model.points.slice(-span);
  const chosenIndex = () => shown().findIndex(({ runId }) => runId === model.chosenRunId);

  function draw(): void {
    const points = shown();
    const data: uPlot.AlignedData = [
      points.map(({ at }) => at),
      points.map(({ kind, streams }) => (kind === 'known' ? streams : null)),
    ];
    if (plot === undefined) plot = makePlot(data);
    else plot.setData(data);
    describe(points);
  }

  function describe(points: readonly TrendPoint[]): void {
    const index = chosenIndex();
    chart.setAttribute('aria-valuemin', '1');
    chart.setAttribute('aria-valuemax', String(points.length));
    chart.setAttribute('aria-valuenow', String(index + 1));
    chart.setAttribute('aria-valuetext', points[index]?.says ?? 'No run is chosen here');
    const gaps = points.filter(({ kind }) => kind === 'gap').length;
    const what = model.region === null ? 'Totals' : `Streams in ${model.region}`;
    const missing = model.region === null ? 'partial' : 'without a count';
    subject.replaceChildren(
      el('strong', {}, what),
      ` of ${number(points.length)} runs, ${gaps === 0 ? `none ${missing}` : `${number(gaps)} ${missing}`}${model.isLoading ? '; older ones are on their way' : ''}`,
    );
    back.hidden = model.region === null;
    legend.replaceChildren(...legendEntries(model.region !== null));
  }

  function drawSpans(): void {
    const useful = SPANS.filter((_size, at) => at === 0 || (SPANS[at - 1] ?? 0) < model.points.length);
    spans.hidden = useful.length < 2;
    const labels = useful.map((size) =>
      size < model.points.length ? String(size) : `All ${number(model.points.length)}`,
    );
    if (spans.dataset.drawn !== labels.join()) {
      spans.dataset.drawn = labels.join();
      spans.replaceChildren(...useful.map((size, at) => spanButton(size, labels[at] ?? '')));
    }
    for (const button of spans.querySelectorAll('button')) {
      button.setAttribute('aria-pressed', String(Number(button.value) === Math.min(span, useful.at(-1) ?? span)));
    }
  }

  function spanButton(size: number, label: string): HTMLButtonElement {
    const button = el('button', { type: 'button', value: String(size) }, label);
    button.addEventListener('click', () => {
      span = size;
      drawSpans();
      draw();
    });
    return button;
  }

  function makePlot(data: uPlot.AlignedData): uPlot {
    const made = new uPlot(plotOptions(canvas, { shown, chosenIndex, showTip }), data, canvas);
    made.over.addEventListener('click', () => {
      const point = shown()[made.cursor.idx ?? -1];
      if (point !== undefined) onChoose(point.runId);
    });
    new ResizeObserver(() => made.setSize(sizeOf(canvas))).observe(canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => made.redraw());
    return made;
  }

  function showTip(made: uPlot): void {
    const point = shown()[made.cursor.idx ?? -1];
    const left = made.cursor.left ?? -1;
    tip.hidden = point === undefined || left < 0;
    if (point === undefined || left < 0) return;
    tip.textContent = point.says;
    tip.className = `tip is-${point.kind}`;
    const onPage = made.over.offsetLeft + left;
    const room = canvas.clientWidth - tip.offsetWidth;
    tip.style.setProperty('left', `${Math.max(0, Math.min(onPage - tip.offsetWidth / 2, room))}px`);
  }

  chart.addEventListener('keydown', (event) => {
    const points = shown();
    const index = chosenIndex();
    const to = {
      ArrowLeft: index - 1,
      ArrowDown: index - 1,
      ArrowRight: index + 1,
      ArrowUp: index + 1,
      PageDown: index - 10,
      PageUp: index + 10,
      Home: 0,
      End: points.length - 1,
    }[event.key];
    if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const point = points[Math.max(0, Math.min(to, points.length - 1))];
    if (point !== undefined) onChoose(point.runId);
  });

  return {
    element,
    show(newModel: TrendModel) {
      if (isSame(model, newModel)) return;
      model = newModel;
      // What is chosen is always in sight.
      const index = model.points.findIndex(({ runId }) => runId === model.chosenRunId);
      if (index >= 0 && model.points.length - index > span) {
        span = SPANS.find((size) => size >= model.points.length - index) ?? SPAN;
      }
      drawSpans();
      draw();
    },
  };
}

function isSame(a: TrendModel, b: TrendModel): boolean {
  return a.points === b.points && a.chosenRunId === b.chosenRunId && a.isLoading === b.isLoading;
}

type Drawing = { shown: () => readonly TrendPoint[]; chosenIndex: () => number; showTip: (plot: uPlot) => void };

function plotOptions(canvas: HTMLElement, { shown, chosenIndex, showTip }: Drawing): uPlot.Options {
  const colour = (name: keyof Palette) => paletteOf(canvas)[name];
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const axis = { font, stroke: () => colour('quiet'), ticks: { show: false } };
  return {
    ...sizeOf(canvas),
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      x: { time: true, range: () => timeRange(shown()) },
      y: { range: () => streamsRange(shown()) },
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
          filter: (_plot, _series, isSparse) => pointsToDraw(shown(), isSparse),
        },
      },
    ],
    hooks: {
      drawClear: [(plot) => drawBands(plot, shown(), paletteOf(canvas))],
      draw: [(plot) => drawMarks(plot, shown(), chosenIndex(), paletteOf(canvas))],
      setCursor: [showTip],
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

function legendEntries(isRegion: boolean): HTMLElement[] {
  const entry = (name: string, words: string) =>
    el('li', {}, el('span', { class: `key ${name}`, 'aria-hidden': 'true' }), words);
  return [
    entry('known', isRegion ? 'counted' : 'complete'),
    entry(
      'gap',
      isRegion ? 'missing: unknown, so the line has a gap' : 'partial: something is unknown, so the line has a gap',
    ),
    entry('open', isRegion ? 'not counted yet' : 'no total yet'),
  ];
}
