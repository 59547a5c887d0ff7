/** What the two services that know about regions answer, told apart from what they answer when something is wrong. */

import { parseRegion } from '../census/region.ts';
import type { RegionsAnswer } from '../census/region-memory.ts';
import { endedBy } from './ended-by.ts';
import { type AskPage, everyEntry, failureOfList, Untrue } from './every-entry.ts';

/**
 * Some lists of names go on for ever: AWS has some forty regions, of which a page names ten. More names than that would make a run
 * that the ledger cannot hold.
 */
const MOST = { pages: 30, entries: 300 };

/**
 * The regions that a list names; why not, in one word, where there is no list that can be believed. Never throws: nothing
 * that is asked here is worth a run.
 * @param read gives the regions of the entries, of which there is at least one
 */
export async function readRegions(
  signal: AbortSignal,
  ask: AskPage,
  read: (entries: readonly object[]) => string[],
): Promise<RegionsAnswer> {
  try {
    const entries = await endedBy(signal, () => everyEntry(ask, MOST));
    if (entries.length === 0) throw new Untrue('empty', 'The list is empty.');
    return { regions: read(entries) };
  } catch (cause) {
    return { because: signal.aborted ? 'timed-out' : failureOfList(cause), cause };
  }
}

/** @throws Untrue if it cannot be the name of a region */
export function regionNamed(value: unknown): string {
  try {
    return parseRegion(value);
  } catch {
    throw new Untrue('bad-answer', 'The list names what is no region.');
  }
}

export function contradiction(): Untrue {
  return new Untrue('bad-answer', 'The list says two things of one region.');
}
