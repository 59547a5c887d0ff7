/**
 * What an earlier count of the same region lets one expect of it. It is out of date, and may be wrong by any amount: a guess,
 * and nothing that counts imports this file.
 */
import type { Prefixes } from '../prefixes.ts';

export type Earlier = {
  /** Streams in all. */
  streams: number;
  /** How many of them began with each prefix; absent if nobody kept it. */
  prefixes?: Prefixes;
};

/** Streams whose names begin with a prefix; `undefined` if the earlier count does not tell. */
export type Expectation = (prefix: string) => number | undefined;

export function makeExpectation(earlier: Earlier | undefined): Expectation {
  if (earlier === undefined) return () => undefined;
  const { streams, prefixes } = earlier;
  const known = new Map([['', streams]]);
  return (prefix) => {
    const before = known.get(prefix);
    if (before !== undefined || prefixes === undefined || prefix.length > prefixes.length) return before;
    const begin = prefixes.counts.filter((each) => each.prefix.startsWith(prefix));
    const sum = begin.reduce((all, each) => all + each.streams, 0);
    known.set(prefix, sum);
    return sum;
  };
}

/** A list that has shown more than this share of what was expected refutes it; one that grew a little does not. */
const GROWN = 1.1;

/** What is to be expected of a part that has shown so many streams: more than that, or `undefined` if nothing is. */
export function stillExpected(expected: number | undefined, shown: number): number | undefined {
  if (expected === undefined || shown > GROWN * expected) return undefined;
  return Math.max(expected, shown);
}
