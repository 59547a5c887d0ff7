/** Every planned region of a run: how many streams, and how that differs from its own last count. */
import './regions.css';
import { number } from '../../answers/words.ts';
import { card, el, icon, withShare } from './dom.ts';
import { direction } from './headline.ts';
import type { PageRegion, PageRun } from './model.ts';
import { placeOf } from './places.ts';
import { signed } from './words.ts';

type Order = 'region' | 'streams' | 'change';

export function makeRegions({ onRegion }: { onRegion: (region: string) => void }) {
  let order: Order = 'streams';
  let shown: PageRun | undefined;
  const heads = new Map<Order, HTMLElement>();
  const headRow = el('tr', {}, head('region', 'Region'), head('streams', 'Streams'), head('change', 'Change'));
  const body = el('tbody');
  const table = el('table', {}, el('thead', {}, headRow), body);
  const note = el('p', { class: 'note' });
  const element = card('regions', 'By region', note, table);

  function head(by: Order, label: string): HTMLElement {
    const button = el('button', { type: 'button' }, label);
    button.addEventListener('click', () => {
      order = by;
      draw();
    });
    const cell = el('th', { scope: 'col', class: by }, button);
    heads.set(by, cell);
    return cell;
  }

  function draw(): void {
    if (shown === undefined) return;
    const { regions } = shown;
    note.textContent = noteOn(shown);
    for (const [by, cell] of heads) cell.setAttribute('aria-sort', by === order ? SORTED[by] : 'none');
    const largest = Math.max(1, ...regions.map((row) => row.streams ?? row.lastKnown?.streams ?? 0));
    table.classList.toggle(
      'without-change',
      regions.every(({ change }) => change === null),
    );
    const focused = body.querySelector<HTMLElement>('button:focus')?.dataset.region;
    body.replaceChildren(...[...regions].sort(ORDERS[order]).map((row) => regionRow(row, largest, onRegion)));
    if (focused !== undefined) body.querySelector<HTMLElement>(`button[data-region="${CSS.escape(focused)}"]`)?.focus();
  }

  return {
    element,
    show(run: PageRun) {
      if (run === shown) return;
      shown = run;
      draw();
    },
  };
}

const SORTED = { region: 'ascending', streams: 'descending', change: 'descending' } as const;

const byName = (a: PageRegion, b: PageRegion) => (a.region < b.region ? -1 : 1);
/** A region that is missing keeps the place it had when it was last counted. */
const weight = ({ streams, lastKnown }: PageRegion) => streams ?? lastKnown?.streams ?? -1;
const moved = ({ change }: PageRegion) => (change === null ? -1 : Math.abs(change));

const ORDERS: Record<Order, (a: PageRegion, b: PageRegion) => number> = {
  region: byName,
  streams: (a, b) => weight(b) - weight(a) || byName(a, b),
  change: (a, b) => moved(b) - moved(a) || byName(a, b),
};

function noteOn({ regions, news }: PageRun): string {
  const compared = regions.some(({ change }) => change !== null)
    ? 'Change is against the last count of each region. '
    : '';
  const late = news.length === 0 ? '' : `Counted since the total was stored, and not in it yet: ${news.join(', ')}. `;
  return `${compared}${late}Choose a region to see it through time.`;
}

function regionRow(row: PageRegion, largest: number, onRegion: (region: string) => void): HTMLElement {
  const { region, streams, status } = row;
  const button = el('button', { type: 'button', class: 'region-name', 'data-region': region }, region);
  button.addEventListener('click', () => onRegion(region));
  const place = placeOf(region);
  return el(
    'tr',
    { class: `is-${status}`, 'data-region': region },
    el('th', { scope: 'row' }, button, place !== null && el('span', { class: 'place' }, place)),
    streams === null ? gapCell(row, largest) : countCell(streams, largest),
    changeCell(row),
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
  const was = lastKnown !== null && el('span', { class: 'was' }, `; was ${number(known)}`);
  const mark = icon(isOpen ? 'open' : 'partial');
  const value = el('span', { class: 'value unknown', title: reason }, mark, el('span', {}, words, was));
  return withShare(el('td', { class: 'streams' }, known > 0 && bar(' ghost'), value), known / largest);
}

const bar = (kind: string) => el('span', { class: `bar${kind}`, 'aria-hidden': 'true' });

function changeCell({ change }: PageRegion): HTMLElement {
  if (change === null) return el('td', { class: 'change' });
  return el('td', { class: `change ${direction(change)}` }, signed(change));
}
