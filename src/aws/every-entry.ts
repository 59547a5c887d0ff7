/** Lists that come page by page, of whatever a run is planned from: all of a list, or none. */
import { OwnError } from '../census/errors.ts';
import type { SourceFailure } from '../census/run.ts';
import { failureOf } from './call-errors.ts';

/** An answer that cannot be true; `because` says in which way. */
export class Untrue extends OwnError {
  override readonly name = 'Untrue';
  readonly because: SourceFailure;
  constructor(because: SourceFailure, message: string) {
    super(message);
    this.because = because;
  }
}

/** One page, as it came. @param token where the page before ended; absent: from the beginning */
export type AskPage = (token: string | undefined) => Promise<{ entries: unknown; nextToken: unknown }>;

/**
 * Every entry of a list of pages, of which any may be empty.
 * @param most what no list that is true has more of
 * @throws Untrue, and what `ask` throws
 */
export async function everyEntry(ask: AskPage, most: { pages: number; entries: number }): Promise<object[]> {
  const found: object[] = [];
  const seen = new Set<string>();
  for (let token: string | undefined; seen.size < most.pages; ) {
    const { entries, nextToken } = await ask(token);
    if (!Array.isArray(entries)) throw new Untrue('bad-answer', 'The answer holds no list.');
    if (found.length + entries.length > most.entries)
      throw new Untrue('bad-answer', `The list has more than ${most.entries} entries.`);
    found.push(...entries.map((entry: unknown) => Object(entry) as object));
    if (nextToken === undefined || nextToken === null || nextToken === '') return found;
    if (typeof nextToken !== 'string' || seen.has(nextToken))
      throw new Untrue('bad-answer', 'A token is no text, or came before.');
    seen.add(nextToken);
    token = nextToken;
  }
  throw new Untrue('bad-answer', `The list has more than ${most.pages} pages.`);
}

/** Why there is no list that can be believed. */
export function failureOfList(error: unknown): SourceFailure {
  return error instanceof Untrue ? error.because : failureOf(error);
}
