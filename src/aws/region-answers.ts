/** What the two services that know about regions answer, told apart from what they answer when something is wrong. */

import { parseRegion } from '../census/region.ts';
import type { RegionsAnswer } from '../census/region-memory.ts';
import type { SourceFailure } from '../census/run.ts';
import { failureOf } from './call-errors.ts';
import { endedBy } from './ended-by.ts';

/** Some lists of names go on for ever. AWS has some forty regions, of which a page names ten. */
const MOST_PAGES = 30;

/** More names than that would make a run that the ledger cannot hold. */
const MOST_ENTRIES = 300;

/** An answer that cannot be true; `because` says in which way. */
class Untrue extends Error {
  override readonly name = 'Untrue';
  readonly because: SourceFailure;
  constructor(because: SourceFailure, message: string) {
    super(message);
    this.because = because;
  }
}

type Page = { entries: unknown; nextToken: unknown };

/** Every entry of a list of pages. @throws Untrue, and what `ask` throws */
async function everyEntry(ask: (token: string | undefined) => Promise<Page>): Promise<object[]> {
  const found: object[] = [];
  const seen = new Set<string>();
  for (let token: string | undefined; seen.size < MOST_PAGES; ) {
    const { entries, nextToken } = await ask(token);
    if (!Array.isArray(entries)) throw new Untrue('bad-answer', 'The answer holds no list.');
    if (found.length + entries.length > MOST_ENTRIES)
      throw new Untrue('bad-answer', `The list has more than ${MOST_ENTRIES} entries.`);
    found.push(...entries.map((entry: unknown) => Object(entry) as object));
    if (nextToken === undefined || nextToken === null || nextToken === '') return found;
    if (typeof nextToken !== 'string' || seen.has(nextToken))
      throw new Untrue('bad-answer', 'A token is no text, or came before.');
    seen.add(nextToken);
    token = nextToken;
  }
  throw new Untrue('bad-answer', `The list has more than ${MOST_PAGES} pages.`);
}

/**
 * The regions that a list names; why not, in one word, where there is no list that can be believed. Never throws: nothing
 * that is asked here is worth a run.
 * @param read gives the regions of the entries, of which there is at least one
 */
export async function readRegions(
  signal: AbortSignal,
  ask: (token: string | undefined) => Promise<Page>,
  read: (entries: readonly object[]) => string[],
): Promise<RegionsAnswer> {
  try {
    const entries = await endedBy(signal, () => everyEntry(ask));
    if (entries.length === 0) throw new Untrue('empty', 'The list is empty.');
    return { regions: read(entries) };
  } catch (cause) {
    if (signal.aborted) return { because: 'timed-out', cause };
    return { because: cause instanceof Untrue ? cause.because : failureOf(cause), cause };
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
