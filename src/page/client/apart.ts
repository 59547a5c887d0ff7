/** What makes two totals differ and is no change of what is there: which regions only one of them tells of, and why. */
import './apart.css';
import type { AccountCoverageChange } from '../../answers/organization/account-diff.ts';
import { list } from '../../answers/words.ts';
import type { coveragePart } from '../../census/coverage.ts';
import { el } from './dom.ts';
import { few, signed } from './words.ts';

type Part = ReturnType<typeof coveragePart>;

/** Of the organisation's accounts one part more. */
type AnyPart = Part | AccountCoverageChange['part'];

/** `streams` is what the part makes of the difference. */
export type Apart = { part: Part; streams: number; regions: readonly Named[] };

/** Streams, with a sign: those with the most are named first. */
type Named = { name: string; streams: number };

const WORDS: Readonly<Record<AnyPart, string>> = {
  unseen: 'Not visible now',
  seenAgain: 'Visible again',
  shifted: 'Of other regions',
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
  const names = few([...regions].sort(mostFirst).map(({ name }) => name));
  return apartItem(part, part === 'missingInBoth' ? null : streams, names);
}

/** @param streams what the part makes of the difference; `null`: nothing is known of it */
export function apartItem(part: AnyPart, streams: number | null, names: readonly string[]): HTMLElement {
  const number = streams === null ? [] : [el('strong', {}, signed(streams)), ' in '];
  return el('li', {}, el('span', { class: 'what' }, `${WORDS[part]}:`), ' ', el('span', {}, ...number, list(names)));
}

export const mostFirst = (a: { streams: number }, b: { streams: number }) => Math.abs(b.streams) - Math.abs(a.streams);
