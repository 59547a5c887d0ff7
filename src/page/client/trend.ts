/** How the number went from run to run. Runs are chosen here with the mouse, and with the arrow keys like on a slider. */
import './trend.css';
import { capital, number, plural } from '../../answers/words.ts';
import { descriptorOf, STREAMS } from '../../census/kinds.ts';
import { card, el } from './dom.ts';
import type { RegionProjection } from './projection.ts';
import { aheadOf } from './trend-ahead.ts';
import { makePlot, type Plot } from './trend-plot.ts';
import type { TrendPoint } from './trend-points.ts';
import { makeSpans } from './trend-spans.ts';
import type { KindWords } from './words.ts';

type TrendModel = {
  /** Of which region; `null`: of all. */
  region: string | null;
  words: KindWords;
  /** Oldest first. */
  points: readonly TrendPoint[];
  chosenRunId: string;
  /** How the region goes on; `null` of all regions. */
  projection: RegionProjection | null;
  /** Whether older runs are still to come. */
  isLoading: boolean;
};

type Options = { onChoose: (runId: string) => void; onRegion: (region: null) => void };

export function makeTrend({ onChoose, onRegion }: Options) {
  let model: TrendModel = NOTHING;
  let plot: Plot | undefined;
  const spans = makeSpans({ onChange: draw });
  const tip = el('div', { class: 'tip', hidden: true });
  const canvas = el('div', { class: 'plot' }, tip);
  const chart = el('div', { class: 'chart', role: 'slider', tabindex: '0', 'aria-label': LABEL }, canvas);
  const subject = el('p', { class: 'note' });
  const back = el('button', { type: 'button', class: 'back' }, 'Back to all regions');
  const outlook = el('p', { class: 'outlook', hidden: true });
  const legend = el('ul', { class: 'legend' });
  const head = el('div', { class: 'row' }, el('div', { class: 'subject' }, subject, back), spans.element);
  const element = card('trend', 'Trend', head, outlook, chart, legend);
  back.addEventListener('click', () => onRegion(null));
  chart.addEventListener('keydown', step);

  const points = () => model.points.slice(-spans.span());
  const chosenIndex = () => points().findIndex(({ runId }) => runId === model.chosenRunId);

  function draw(): void {
    const stripWord = () => (model.region === null ? 'lower' : 'missing');
    const onPick = ({ runId }: TrendPoint) => onChoose(runId);
    const ahead = () => aheadOf(points(), model.projection?.line ?? null);
    plot ??= makePlot(canvas, { points, chosenIndex, ahead, stripWord, onHover: showTip, onPick });
    plot.draw();
    subject.replaceChildren(...subjectOf(model, points()));
    back.hidden = model.region === null;
    outlook.hidden = model.projection === null;
    outlook.textContent = model.projection?.says ?? '';
    legend.replaceChildren(...legendEntries(model.region !== null, points(), ahead() !== null));
    chart.setAttribute('aria-valuemin', '1');
    chart.setAttribute('aria-valuemax', String(points().length));
    chart.setAttribute('aria-valuenow', String(chosenIndex() + 1));
    chart.setAttribute('aria-valuetext', points()[chosenIndex()]?.says ?? 'No run is chosen here');
  }

  function showTip(point: TrendPoint | undefined, left: number): void {
    tip.hidden = point === undefined;
    if (point === undefined) return;
    tip.textContent = point.says;
    tip.className = `tip is-${point.kind}`;
    const room = canvas.clientWidth - tip.offsetWidth;
    tip.style.setProperty('left', `${Math.max(0, Math.min(left - tip.offsetWidth / 2, room))}px`);
  }

  function step(event: KeyboardEvent): void {
    const index = chosenIndex();
    const last = points().length - 1;
    const to = stepTo(event, index, last);
    if (to === undefined) return;
    event.preventDefault();
    const point = points()[Math.max(0, Math.min(to, last))];
    if (point !== undefined) onChoose(point.runId);
  }

  return {
    element,
    isDrawn: () => plot !== undefined,
    show(newModel: TrendModel) {
      if (isSame(model, newModel)) return;
      model = newModel;
      const index = model.points.findIndex(({ runId }) => runId === model.chosenRunId);
      spans.show(model.points.length, index < 0 ? 0 : model.points.length - 1 - index);
      draw();
    },
  };
}

const LABEL = 'Trend: choose a run';

const NOTHING: TrendModel = {
  region: null,
  words: descriptorOf(STREAMS).words,
  points: [],
  chosenRunId: '',
  projection: null,
  isLoading: true,
};

function isSame(a: TrendModel, b: TrendModel): boolean {
  return a.points === b.points && a.words === b.words && a.chosenRunId === b.chosenRunId && a.isLoading === b.isLoading;
}

/** As on any slider. */
function stepTo({ key, ctrlKey, altKey, metaKey }: KeyboardEvent, index: number, last: number): number | undefined {
  if (ctrlKey || altKey || metaKey) return undefined;
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return index - 1;
    case 'ArrowRight':
    case 'ArrowUp':
      return index + 1;
    case 'PageDown':
      return index - 10;
    case 'PageUp':
      return index + 10;
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return undefined;
  }
}

function subjectOf({ region, words, isLoading }: TrendModel, points: readonly TrendPoint[]): (HTMLElement | string)[] {
  const gaps = points.filter(({ kind }) => kind === 'gap').length;
  const missing = region === null ? 'partial' : 'without a count';
  const more = isLoading ? '; older ones are on their way' : '';
  return [
    el('strong', {}, region === null ? 'Totals' : `${capital(words.many)} in ${region}`),
    ` of ${plural(points.length, 'run')}, ${gaps === 0 ? 'none' : number(gaps)} ${missing}${more}`,
  ];
}

function legendEntries(isRegion: boolean, points: readonly TrendPoint[], isProjected: boolean): HTMLElement[] {
  const entry = (name: string, words: string) =>
    el('li', {}, el('span', { class: `key ${name}`, 'aria-hidden': 'true' }), words);
  const entries = [
    entry('known', isRegion ? 'counted' : 'complete'),
    entry(
      'gap',
      isRegion
        ? 'missing: unknown, so the line has a gap; dashes reach up to what is last known'
        : `partial: what was counted${points.some(({ lastKnown }) => lastKnown !== null) ? ', and dashes up to what is last known' : ''}`,
    ),
    entry('open', isRegion ? 'not counted yet' : 'no total yet'),
  ];
  if (points.some(({ replanned }) => replanned !== null)) entries.push(entry('plan', 'the plan changed'));
  if (isProjected) entries.push(entry('ahead', 'how it goes on, and the range of that'));
  return entries;
}
