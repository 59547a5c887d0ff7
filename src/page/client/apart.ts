/** What makes two totals differ and is no change of what is there: which regions only one of them tells of, and why. */
import './apart.css';
import type { coveragePart } from '../../census/coverage.ts';
import { el } from './dom.ts';
import { signed, some } from './words.ts';

type Part = ReturnType<typeof coveragePart>;

/** `streams` is what the part makes of the difference. */
export type Apart = { part: Part; streams: number; regions: readonly Named[] };

/** Streams, with a sign: those with the most are named first. */
type Named = { name: string; streams: number };

const WORDS: Readonly<Record<Part, string>> = {
  unseen: 'Not visible now',
  seenAgain: 'Visible again',
  noLongerPlanned: 'No longer planned',
  newlyPlanned: 'Newly planned',
  missingInBoth: 'Missing in both',
};

/** `null` where there is nothing to tell. */
export function apartList(parts: readonly Apart[]): HTMLElement | null {
  const items = parts.filter(({ regions }) => regions.length > 0).map(item);
  return items.length === 0 ? null : el('ul', { class: 'apart' }, ...items);
}

/** Of what both miss nothing is known: it has no number, not even 0. */
function item({ part, streams, regions }: Apart): HTMLElement {
  const names = some([...regions].sort(mostFirst).map(({ name }) => name));
  const number = part === 'missingInBoth' ? [] : [el('strong', {}, signed(streams)), ' in '];
  return el('li', {}, el('span', { class: 'what' }, `${WORDS[part]}:`), ' ', el('span', {}, ...number, names));
}

export const mostFirst = (a: { streams: number }, b: { streams: number }) => Math.abs(b.streams) - Math.abs(a.streams);
