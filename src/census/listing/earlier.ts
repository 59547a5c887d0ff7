/**
 * What an earlier count of the same region lets one expect of it. It is out of date, and may be wrong by any amount: a guess,
 * and nothing that counts imports this file.
 */
import { type Prefixes, prefixEnd } from '../prefixes.ts';

export type Earlier = {
  /** Streams in all. */
  streams: number;
  /** How many of them began with each prefix; absent if nobody kept it. */
  prefixes?: Prefixes;
};

/** Streams whose names begin with a prefix. */
export type Expected = { prefix: string; streams: number };

export type Expectation = {
  /** `undefined` if the earlier count does not tell. */
  of(prefix: string): number | undefined;
  /** By the next letter: those of which there were any, as far as it tells them apart. */
  below(prefix: string): readonly Expected[];
  /** Whether there were streams whose names begin like this one. */
  knows(name: string): boolean;
};

export const NO_EXPECTATION: Expectation = { of: () => undefined, below: () => [], knows: () => true };

export function makeExpectation({ streams, prefixes = { length: 0, counts: [] } }: Earlier): Expectation {
  const begin = (prefix: string) => prefixes.counts.filter((each) => each.prefix.startsWith(prefix));
  const sums = new Map([['', streams]]);
  const rows = new Map<string, readonly Expected[]>();

  function of(prefix: string): number | undefined {
    const known = sums.get(prefix);
    if (known !== undefined || prefix.length > prefixes.length) return known;
    const sum = begin(prefix).reduce((all, each) => all + each.streams, 0);
    sums.set(prefix, sum);
    return sum;
  }

  function below(prefix: string): readonly Expected[] {
    const known = rows.get(prefix);
    if (known !== undefined) return known;
    const longer = begin(prefix).filter((each) => each.prefix.length > prefix.length);
    const next = new Set(longer.map((each) => each.prefix.slice(0, prefix.length + 1)));
    const row = Array.from(next, (each) => ({ prefix: each, streams: of(each)! }));
    rows.set(prefix, row);
    return row;
  }

  return { of, below, knows: (name) => of(name.slice(0, prefixEnd(name, prefixes.length))) !== 0 };
}

/** A list that has shown more than this share of what was expected refutes it; one that grew a little does not. */
const GROWN = 1.1;

/** What is to be expected of a part that has shown so many streams: more than that, or `undefined` if nothing is. */
export function stillExpected(expected: number | undefined, shown: number): number | undefined {
  if (expected === undefined || shown > GROWN * expected) return undefined;
  return Math.max(expected, shown);
}
