/**
 * Answers of which parts are still to be given. They are kept as they were read, so that all parts are of one reading, whatever has
 * happened to the ledger meanwhile; and only the newest few, so that memory has a bound.
 */
import { InvalidInputError } from '../../census/errors.ts';

export type Shelf<Kept> = {
  /** @returns the cursor of what is at `from` of it */
  keep(kept: Kept, from: number): string;
  /** @throws InvalidInputError for a cursor of what is not kept */
  find(cursor: string): { kept: Kept; from: number };
};

/** Of an organisation of ten thousand accounts an answer is some 5 MB. */
const MOST_KEPT = 8;

const CURSOR = /^part-([0-9a-z]{1,40})-(\d{1,9})$/;

export const isOfShelf = (cursor: string) => CURSOR.test(cursor);

/** @param newId another one each time, of digits and small letters: a cursor of an earlier process must not be taken for one of this */
export function makeShelf<Kept extends object>(newId: () => string): Shelf<Kept> {
  const byId = new Map<string, { kept: Kept; given: Set<number> }>();
  const put = (id: string, kept: Kept, from: number) => {
    const given = byId.get(id)?.given ?? new Set();
    // What is asked for goes behind, so that the one that nobody has asked for longest is let go.
    byId.delete(id);
    byId.set(id, { kept, given: given.add(from) });
    const [oldest] = byId.keys();
    if (byId.size > MOST_KEPT && oldest !== undefined) byId.delete(oldest);
    return `part-${id}-${from}`;
  };
  return {
    keep(kept, from) {
      const known = [...byId].find(([, one]) => one.kept === kept)?.[0];
      return put(known ?? newId(), kept, from);
    },
    find(cursor) {
      const [, id = '', from] = CURSOR.exec(cursor) ?? [];
      const found = byId.get(id);
      if (found?.given.has(Number(from))) return { kept: found.kept, from: Number(from) };
      throw new InvalidInputError(
        `The answer that the cursor ${JSON.stringify(cursor)} goes on with is not kept any more: ask again without a cursor.`,
      );
    },
  };
}
