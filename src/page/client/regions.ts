/** Every planned region of a run: how many streams, and how that differs from its own last count. */
import './regions.css';
import { capital, number } from '../../answers/words.ts';
import { direction } from './difference.ts';
import { card, el, icon, withShare } from './dom.ts';
import type { PageRegion, PageRun } from './model.ts';
import { placeOf } from './places.ts';
import { alarmPercentOf, quotaCell, unknownQuotas } from './quota.ts';
import { ORDERS, type Order } from './region-orders.ts';
import { instantBeside, type KindWords, signed } from './words.ts';

export function makeRegions({ onRegion }: { onRegion: (region: string) => void }) {
  let order: Order = 'urgency';
  let shown: PageRun | undefined;
  const heads = new Map<Head, HTMLElement>();
  const headRow = el(
    'tr',
    {},
    head('region', 'Region'),
    head('streams', ''),
    head('quota', 'Quota'),
    head('change', 'Change'),
  );
  const body = el('tbody');
  const table = el('table', {}, el('thead', {}, headRow), body);
  const note = el('p', { class: 'note' });
  const unknown = el('ul', { class: 'note unknown-quotas' });
  const hint = el('p', { class: 'note hint' }, 'Choose a region to see it through time.');
  const urgent = el('button', { type: 'button', class: 'urgent' }, 'Most urgent first');
  urgent.addEventListener('click', () => sort('urgency'));
  const element = card('regions', 'By region', el('div', { class: 'row' }, note, urgent), table, unknown, hint);

  function sort(by: Order): void {
    order = by;
    draw();
  }

  function head(by: Head, label: string): HTMLElement {
    const button = el('button', { type: 'button' }, label);
    button.addEventListener('click', () => sort(by));
    const cell = el('th', { scope: 'col', class: by }, button);
    heads.set(by, cell);
    return cell;
  }

  function draw(): void {
    if (shown === undefined) return;
    const { regions } = shown;
    note.textContent = noteOn(shown);
    for (const [by, cell] of heads) cell.setAttribute('aria-sort', by === order ? SORTED[by] : 'none');
    urgent.setAttribute('aria-pressed', String(order === 'urgency'));
    const scale = scaleOf(shown);
    const hasNone = (of: 'change' | 'quota') => regions.every((row) => row[of] === null);
    table.classList.toggle('without-change', hasNone('change'));
    table.classList.toggle('without-quota', hasNone('quota'));
    unknown.replaceChildren(...unknownQuotas(shown).map((sentence) => el('li', {}, sentence)));
    const focused = body.querySelector<HTMLElement>('button:focus')?.dataset.region;
    body.replaceChildren(...[...regions].sort(ORDERS[order]).map((row) => regionRow(row, scale, onRegion)));
    if (focused !== undefined) body.querySelector<HTMLElement>(`button[data-region="${CSS.escape(focused)}"]`)?.focus();
  }

  return {
    element,
    show(run: PageRun, words: KindWords) {
      const streams = heads.get('streams')?.firstElementChild;
      if (streams) streams.textContent = capital(words.many);
      if (run === shown) return;
      shown = run;
      draw();
    },
  };
}

type Head = keyof typeof SORTED;

const SORTED = { region: 'ascending', streams: 'descending', quota: 'descending', change: 'descending' } as const;

function noteOn({ run, regions, news }: PageRun): string {
  const since = usualSince(regions);
  const compared =
    since === null ? '' : `Change is since ${instantBeside(since, run.runId)}, unless another run is named. `;
  const late = news.length === 0 ? '' : `Counted since the total was stored, and not in it yet: ${news.join(', ')}. `;
  return `${compared}${flowNoteOn(run)}${late}`;
}

function flowNoteOn({ churn, runId }: PageRun['run']): string {
  return churn === null ? '' : `Created and gone are since the run before, ${instantBeside(churn.against, runId)}. `;
}

/** The run that counted most of them the last time. */
function usualSince(regions: readonly PageRegion[]): string | null {
  const runs = Map.groupBy(
    regions.flatMap(({ since }) => since ?? []),
    (since) => since,
  );
  const [most] = [...runs].sort(([a, one], [b, other]) => other.length - one.length || (a < b ? 1 : -1));
  return most?.[0] ?? null;
}

/** What the rows of a run have in common. */
type Scale = { runId: string; largest: number; usual: string | null; alarmPercent: number };

function scaleOf(whole: PageRun): Scale {
  const { run, regions } = whole;
  const largest = Math.max(1, ...regions.map((row) => row.streams ?? row.lastKnown?.streams ?? 0));
  return { runId: run.runId, largest, usual: usualSince(regions), alarmPercent: alarmPercentOf(whole) };
}

function regionRow(row: PageRegion, scale: Scale, onRegion: (region: string) => void): HTMLElement {
  const { largest } = scale;
  const { region, streams, status } = row;
  const button = el('button', { type: 'button', class: 'region-name', 'data-region': region }, region);
  button.addEventListener('click', () => onRegion(region));
  const place = placeOf(region);
  return el(
    'tr',
    { class: `is-${status}`, 'data-region': region },
    el('th', { scope: 'row' }, button, place !== null && el('span', { class: 'place' }, place)),
    streams === null ? gapCell(row, largest) : countCell(streams, largest),
    quotaCell(row, scale.alarmPercent),
    changeCell(row, scale),
  );
}

function countCell(streams: number, largest: number): HTMLElement {
  const value = el('span', { class: 'value' }, number(streams));
  return withShare(el('td', { class: 'streams' }, streams > 0 && bar(''), value), streams / largest);
}

/** A gap is drawn hatched, as long as what was last known, and says that it is unknown; a zero has no bar and says 0. */
function gapCell({ status, reason, lastKnown }: PageRegion, largest: number): HTMLElement {
  const isOpen = status === 'waiting' || status === 'attempted';
  const words = status === 'waiting' ? 'waiting' : status === 'attempted' ? `tried: ${reason}` : 'unknown';
  const known = lastKnown?.streams ?? 0;
  const was =
    lastKnown !== null && el('span', { class: 'was' }, el('span', { class: 'stop' }, '; '), `was ${number(known)}`);
  const mark = icon(isOpen ? 'open' : 'partial');
  const value = el('span', { class: 'value unknown', title: reason }, mark, el('span', {}, words, was));
  return withShare(el('td', { class: 'streams' }, known > 0 && bar(' ghost'), value), known / largest);
}

const bar = (kind: string) => el('span', { class: `bar${kind}`, 'aria-hidden': 'true' });

function changeCell({ change, since, churn }: PageRegion, { usual, runId }: Scale): HTMLElement {
  if (change === null) return el('td', { class: 'change' }, flowNote(churn));
  const named = since === null || since === usual ? null : sinceNote(instantBeside(since, runId));
  return el('td', { class: `change ${direction(change)}` }, signed(change), named, flowNote(churn));
}

/** What a change is made of, since the run before: of none both are 0, unless as many went as came. */
function flowNote(churn: PageRegion['churn']): HTMLElement | null {
  if (churn === null || (churn.created === 0 && churn.gone === 0)) return null;
  return el('span', { class: 'flow' }, `${number(churn.created)} created, ${number(churn.gone)} gone`);
}

/** A date is not broken at its dashes. */
function sinceNote(when: string): HTMLElement {
  const words = when.split(' ').map((word) => el('span', { class: 'word' }, word));
  return el('span', { class: 'since' }, 'since ', ...words.flatMap((word) => [word, ' ']));
}
