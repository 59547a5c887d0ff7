/** All parts of the page together. What they show follows from the state alone. */
import { placed, SOMEWHERE } from '../../answers/place.ts';
import { number } from '../../answers/words.ts';
import { STREAMS } from '../../census/kinds.ts';
import { copied, withCommands } from './command.ts';
import { el, icon, refill } from './dom.ts';
import { makeFacets } from './facets.ts';
import { makeHeader } from './header.ts';
import { makeHeadline } from './headline.ts';
import { makeMissing } from './missing.ts';
import type { Newest } from './model.ts';
import { makeProgress } from './progress.ts';
import { makeRegions } from './regions.ts';
import { makeRunsTable } from './runs-table.ts';
import { makeSides } from './sides.ts';
import { type Choice, chosenRunId, leftOut, lineOf, pairOf, runUnderWay, type State, wholeOf } from './state.ts';
import { makeTrend } from './trend.ts';
import { pointsOfRegion, pointsOfRuns } from './trend-points.ts';
import { clock } from './words.ts';

/** So few runs need no wide trend: it stands beside the regions. As few as the first reading surely brings all of. */
const SHORT = 10;

type Options = {
  onChoose: (choice: Choice) => void;
  onRegion: (region: string | null) => void;
  onBeside: (runId: string | 'comparable' | null) => void;
};

export function makeView({ onChoose, onRegion, onBeside }: Options) {
  const onRun = (runId: string) => onChoose({ runId });
  const header = makeHeader({ onChoose });
  const banner = el('p', { class: 'banner', role: 'alert', hidden: true });
  const omission = el('p', { class: 'left-out', role: 'status', hidden: true });
  const empty = el('p', { class: 'card empty', hidden: true }, NO_RUNS);
  const progress = makeProgress({ onChoose: onRun });
  const sides = makeSides({ onBeside });
  const headline = makeHeadline({
    onBeside: () => {
      onBeside('comparable');
      sides.element.scrollIntoView({ block: 'nearest' });
    },
  });
  const missing = makeMissing();
  const trend = makeTrend({ onChoose: onRun, onRegion: () => onRegion(null) });
  const regions = makeRegions({ onRegion });
  const facets = makeFacets();
  const runsTable = makeRunsTable({ onChoose: onRun });
  const parts = el('div', { class: 'parts' }, missing.element, trend.element, regions.element, facets.element);
  const content = el('div', { hidden: true }, headline.element, parts, sides.element, runsTable.element);
  const announcement = el('p', { class: 'unseen', 'aria-live': 'polite' });

  const totals = remembering(pointsOfRuns);
  const ofRegion = remembering(pointsOfRegion);

  /** Only what was read whole is answered with: a line's number has not been held against its records. */
  function showRun(state: State, runId: string, nowMs: number): void {
    const whole = wholeOf(state, runId);
    const isUnreadable = state.unreadable === runId;
    content.hidden &&= whole === null && !isUnreadable;
    for (const part of [headline.element, regions.element, facets.element])
      part.setAttribute('aria-busy', String(whole === null));
    for (const part of [headline.element, regions.element]) part.hidden = isUnreadable;
    if (isUnreadable) for (const part of [missing.element, facets.element]) part.hidden = true;
    if (whole === null) return;
    headline.show(whole, nowMs);
    missing.show(whole.run, { asked: askedOf(state), nowMs });
    regions.show(whole);
    facets.show(state.newest?.kind ?? STREAMS, whole.run.tally, whole.run.verdict === 'partial');
    parts.classList.toggle('without-facets', facets.isEmpty());
    document.title = titleOf(whole.run);
  }

  return {
    elements: [
      header.element,
      el('main', {}, banner, omission, progress.element, empty, content),
      footer(),
      announcement,
      copied,
    ],
    show(state: State, nowMs: number) {
      const { newest, lines, region, problem, notice, hasHistory } = state;
      const runId = chosenRunId(state);
      const underWay = runUnderWay(state);
      header.show(state);
      banner.hidden = (problem ?? notice) === null;
      const said = placed(problem === null ? (notice ?? '') : `${problem}${asOf(newest)}`, askedOf(state));
      refill(banner, icon('partial'), el('span', {}, ...withCommands(said)));
      omission.hidden = leftOut(state) === null;
      omission.replaceChildren(icon('partial'), el('span', {}, leftOut(state)));
      progress.show(underWay, { isShown: underWay?.run.runId === runId, nowMs });
      parts.classList.toggle('is-short', lines.length < SHORT);
      empty.hidden = newest === null || lines.length > 0;
      runsTable.show(lines);
      if (runId === null) return;
      showRun(state, runId, nowMs);
      sides.show({
        lines,
        chosenRunId: runId,
        besideRunId: state.beside,
        diff: state.sides?.key === pairOf(state)?.key ? (state.sides?.diff ?? null) : null,
      });
      const points = region === null ? totals(lines) : ofRegion(region);
      // The answer is painted before its history has come. If that cannot be read, the trend is of the runs that are here.
      if (hasHistory || problem !== null)
        trend.show({ region: region?.region ?? null, points, chosenRunId: runId, isLoading: !hasHistory });
    },
    /** Says to those who listen what those who look can see. */
    announce(state: State) {
      const runId = chosenRunId(state);
      const line = runId === null ? null : lineOf(state, runId);
      if (line !== null) announcement.textContent = pointsOfRuns([line])[0]?.says ?? '';
    },
    showTrend: () => trend.element.scrollIntoView({ block: 'nearest' }),
  };
}

const askedOf = ({ newest }: State) => newest?.asked ?? SOMEWHERE;

/** What is shown while nothing newer can be read. */
const asOf = (newest: Newest | null) =>
  newest === null ? '' : ` What is shown was read at ${clock(newest.readAt)} UTC.`;

const NO_RUNS = 'There are no runs yet: the first one appears here by itself.';

function titleOf({ verdict, streams }: { verdict: string | null; streams: number | null }): string {
  if (streams === null) return 'no total yet · kvs-census';
  return `${verdict === 'complete' ? number(streams) : `PARTIAL ${number(streams)} + ?`} streams · kvs-census`;
}

function footer(): HTMLElement {
  return el(
    'footer',
    {},
    'All times are UTC. A count is as listed between two instants: Kinesis Video promises no snapshot while it is listed.',
  );
}

/** The same result for the same argument, so that what is drawn already is not drawn again. */
function remembering<From, To>(make: (from: From) => To): (from: From) => To {
  let last: { from: From; to: To } | undefined;
  return (from) => {
    if (last?.from !== from) last = { from, to: make(from) };
    return last.to;
  };
}
