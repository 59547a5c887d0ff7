/** One account as a row of the table. What is not known is never 0. */
import { number, plural } from '../../answers/words.ts';
import { direction } from './difference.ts';
import { el, icon, type Shape, withShare } from './dom.ts';
import type { PageAccount } from './model.ts';
import { few, finePercent, signed } from './words.ts';

/** What the rows of a run have in common: the number of all of them, if there is one. */
export type RowScale = { runId: string; streams: number | null };

export const STATE_WORDS: Readonly<Record<PageAccount['state'], string>> = {
  complete: 'complete',
  partial: 'partial',
  failed: 'nothing known',
  waiting: 'waiting',
  'set-aside': 'set aside',
};

/** @param href where its own page is; `null`: nowhere */
export function accountRow(row: PageAccount, scale: RowScale, href: string | null): HTMLElement {
  const { accountId, name, state, change } = row;
  return el(
    'tr',
    { class: `is-${state}`, 'data-account': accountId },
    el(
      'th',
      { scope: 'row', class: 'col-name' },
      href === null ? (name ?? accountId) : el('a', { href }, name ?? accountId),
    ),
    el('td', { class: 'col-accountId' }, accountId),
    streamsCell(row),
    shareCell(row, scale),
    el('td', { class: 'col-state' }, verdictMark(row)),
    el(
      'td',
      { class: `col-change change ${change === null ? '' : direction(change)}` },
      change === null ? '' : signed(change),
    ),
    el('td', { class: 'col-missing' }, ...missingParts(row)),
  );
}

function streamsCell({ state, streams, lastKnown }: PageAccount): HTMLElement {
  if (streams !== null) {
    return el(
      'td',
      { class: 'col-streams' },
      number(streams),
      state === 'partial' && el('span', { class: 'gap' }, ' + ?'),
    );
  }
  const words = { failed: 'unknown', waiting: 'waiting', 'set-aside': 'not asked', complete: '', partial: '' }[state];
  const was = lastKnown !== null && el('span', { class: 'was' }, ` was ${number(lastKnown.streams)}`);
  return el('td', { class: 'col-streams' }, el('span', { class: 'unknown' }, words), was);
}

/** Of what was counted in all accounts. */
function shareCell({ streams }: PageAccount, { streams: all }: RowScale): HTMLElement {
  if (streams === null || all === null || all === 0) return el('td', { class: 'col-share' });
  const bar = streams > 0 && el('span', { class: 'share-bar', 'aria-hidden': 'true' });
  return withShare(el('td', { class: 'col-share' }, bar, finePercent(streams, all)), streams / all);
}

const SHAPES: Readonly<Record<PageAccount['state'], Shape | null>> = {
  complete: 'complete',
  partial: 'partial',
  failed: 'partial',
  waiting: 'open',
  'set-aside': null,
};

function verdictMark({ state, counted, expected }: PageAccount): HTMLElement {
  const [kind, shape] = [MARKS[state], SHAPES[state]];
  const words = state === 'partial' ? `partial ${counted}/${expected}` : STATE_WORDS[state];
  return el('span', { class: `mark small is-${kind}` }, shape !== null && icon(shape), words);
}

const MARKS = {
  complete: 'complete',
  partial: 'partial',
  failed: 'partial',
  waiting: 'open',
  'set-aside': 'quiet',
} as const;

function missingParts({ state, reason, setAside, missing, regions }: PageAccount): (HTMLElement | string | null)[] {
  if (state === 'set-aside') return [setAside ?? ''];
  if (reason !== null) {
    const why = setAside === null || setAside === reason ? '' : ` (${setAside})`;
    return [el('span', { class: 'reason' }, reason), `${why} all of it`];
  }
  if (missing === null || missing === 0) return [];
  const named = regions.map(({ region, reason: because }) => `${region} (${because})`);
  const names =
    missing > named.length ? [...named.slice(0, 3), `${missing - Math.min(3, named.length)} more`] : few(named);
  return [el('span', {}, `${plural(missing, 'region')}: ${names.join(', ')}`)];
}
