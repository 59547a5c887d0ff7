/** Two runs side by side: what changed where both counted, and, apart from it, what only one of them tells. */
import './sides.css';
import { number, plural } from '../../answers/words.ts';
import { type Coverage, coveragePart } from '../../census/coverage.ts';
import type { Bounds } from '../../census/diff.ts';
import { type Apart, apartList } from './apart.ts';
import { direction } from './difference.ts';
import { el, icon, listed } from './dom.ts';
import type { PageChange, PageDiff, PageLine, PageSide } from './model.ts';
import { makeRunSelect } from './run-select.ts';
import { instant, signed, some } from './words.ts';

type SidesModel = {
  /** Newest first. */
  lines: readonly PageLine[];
  chosenRunId: string;
  /** The run beside it; `null`: the view is closed. */
  besideRunId: string | null;
  /** `null` until it is read. */
  diff: PageDiff | null;
};

/** @param onBeside is told the run to stand beside the chosen one; `null` when the view is closed */
export function makeSides({ onBeside }: { onBeside: (runId: string | 'comparable' | null) => void }) {
  let shown: PageDiff | null = null;
  const { element: chooser, select, show: showRuns } = makeRunSelect('beside');
  const label = el('label', { for: 'beside' });
  const content = el('div', { class: 'sides-content' });
  const element = el(
    'details',
    { class: 'sides card' },
    el('summary', {}, 'Two runs side by side'),
    el('div', { class: 'beside' }, label, chooser),
    content,
  );
  select.addEventListener('change', () => onBeside(select.value));
  element.addEventListener('toggle', () => {
    const isOpen = select.dataset.runId !== undefined;
    if (element.open !== isOpen) onBeside(element.open ? 'comparable' : null);
  });
  return {
    element,
    show({ lines, chosenRunId, besideRunId, diff }: SidesModel) {
      element.open = besideRunId !== null;
      if (besideRunId === null) {
        delete select.dataset.runId;
        return;
      }
      select.dataset.runId = besideRunId;
      label.textContent = `The run of ${instant(chosenRunId)} beside`;
      const others = lines.filter(({ runId, streams }) => runId !== chosenRunId && streams !== null);
      showRuns(others, besideRunId);
      if (diff === shown) return;
      shown = diff;
      if (diff === null) content.replaceChildren();
      else
        content.replaceChildren(
          ...[el('p', { class: 'sum' }, ...sumOf(diff)), apartList(apartFrom(diff)), ...tablesOf(diff)].filter(
            (part) => part !== null,
          ),
        );
    },
  };
}

function sumOf({ regions, coverage, net, created, gone }: PageDiff): (HTMLElement | string)[] {
  const flow =
    created === null || gone === null || regions.length === 0
      ? ''
      : ` (${bounds(created)} created, ${bounds(gone)} gone)`;
  const apart = coverage.length === 0 ? '' : ' Apart from that:';
  if (regions.length === 0) return [`No region was counted by both.${apart}`];
  return [
    el('strong', { class: `change ${direction(net)}` }, signed(net)),
    ` in the ${plural(regions.length, 'region')} that both counted${flow}.${apart}`,
  ];
}

/** What the headline tells of the chosen run and the one that it is compared with. */
function apartFrom({ coverage, coverageSums }: PageDiff): Apart[] {
  const sums = { ...coverageSums, missingInBoth: 0 };
  const streams = (one: Coverage) => (one.state === 'counted' ? one.streams : 0);
  const regions = Map.groupBy(coverage, coveragePart);
  return PARTS.map((part) => ({
    part,
    streams: sums[part],
    regions: (regions.get(part) ?? []).map(({ region, before, after }) => ({
      name: region,
      streams: streams(after) - streams(before),
    })),
  }));
}

const PARTS = ['unseen', 'seenAgain', 'noLongerPlanned', 'newlyPlanned', 'missingInBoth'] as const;

function tablesOf(diff: PageDiff): HTMLElement[] {
  const { before, after, regions, coverage } = diff;
  const changed = regions.filter(({ net, same }) => net !== 0 || same === false).sort(mostFirst);
  const still = regions.filter((region) => !changed.includes(region));
  const knowsFlow = diff.created !== null;
  const heads = ['Region', ...[before, after].map(sideHead), 'Change', ...(knowsFlow ? ['Created', 'Gone'] : [])];
  return [
    el(
      'table',
      {},
      el('thead', {}, el('tr', {}, ...heads.map((head, at) => el('th', { scope: 'col', class: at > 0 && 'n' }, head)))),
      el(
        'tbody',
        {},
        ...changed.map((change) => changeRow(change, diff)),
        ...coverage.map(({ region, ...both }) =>
          row(
            region,
            [coverageCell(both.before, before), coverageCell(both.after, after), ['', 'not comparable']],
            heads.length - 1,
          ),
        ),
      ),
    ),
    still.length > 0 &&
      el(
        'p',
        { class: 'note' },
        'As many in both: ',
        ...listed(still.map(({ region, after: streams }) => `${region} (${number(streams)})`)),
        '.',
      ),
  ].filter((part) => part !== false);
}

const mostFirst = (a: PageChange, b: PageChange) => Math.abs(b.net) - Math.abs(a.net) || (a.region < b.region ? -1 : 1);

function sideHead({ runId, verdict, streams, counted, expected }: PageSide): HTMLElement {
  const isComplete = verdict === 'complete';
  return el(
    'span',
    { class: 'side' },
    el('span', { class: 'side-run' }, instant(runId)),
    el('strong', {}, `${number(streams ?? 0)}${isComplete ? '' : ' + ?'}`),
    el(
      'span',
      { class: `mark small is-${verdict ?? 'open'}` },
      icon(verdict ?? 'open'),
      isComplete ? 'complete' : `partial, ${counted} of ${expected}`,
    ),
  );
}

type Cell = readonly [label: string, content: HTMLElement | string];

function changeRow({ region, before, after, net, created, gone, prefixes }: PageChange, diff: PageDiff): HTMLElement {
  const cells: Cell[] = [
    [instant(diff.before.runId), number(before)],
    [instant(diff.after.runId), number(after)],
    ['Change', el('span', { class: `change ${direction(net)}` }, signed(net))],
  ];
  if (created !== null && gone !== null) cells.push(['Created', bounds(created)], ['Gone', bounds(gone)]);
  return row(region, cells, cells.length, prefixesOf(prefixes ?? []));
}

function coverageCell(coverage: Coverage, { runId }: PageSide): Cell {
  switch (coverage.state) {
    case 'counted':
      return [instant(runId), number(coverage.streams)];
    case 'missing':
      return [instant(runId), el('span', { class: 'value unknown' }, icon('partial'), `unknown: ${coverage.reason}`)];
    case 'not-planned':
      return [instant(runId), el('span', { class: 'not-planned' }, coverage.because ?? 'not planned')];
    default:
      return coverage satisfies never;
  }
}

/** How the names begin of what came and went, most first. */
function prefixesOf(changes: NonNullable<PageChange['prefixes']>): string {
  const moved = changes
    .map(({ prefix, before, after }) => ({ prefix, by: after - before }))
    .sort((a, b) => Math.abs(b.by) - Math.abs(a.by) || (a.prefix < b.prefix ? -1 : 1));
  return some(moved.map(({ prefix, by }) => `${prefix}… ${signed(by)}`));
}

/** The last cell reaches as far as the table is wide. */
function row(region: string, cells: readonly Cell[], width: number, note = ''): HTMLElement {
  const rest = width - cells.length + 1;
  return el(
    'tr',
    { class: rest > 1 && 'is-apart', 'data-region': region },
    el('th', { scope: 'row' }, region, note !== '' && el('span', { class: 'prefixes' }, note)),
    ...cells.map(([label, content], at) =>
      el('td', { class: 'n', 'data-label': label, colspan: at === cells.length - 1 && String(rest) }, content),
    ),
  );
}

/** Exactly, or between two numbers. */
function bounds({ atLeast, atMost }: Bounds): string {
  return atLeast === atMost ? number(atLeast) : `${number(atLeast)} to ${number(atMost)}`;
}
