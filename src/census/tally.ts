/** What one entry of a page tells about a stream: what a tally needs of it. */
export type StreamFacts = { name: string; arn: string };

/** What a region's pages add up to. Of bounded size, whatever the pages hold. */
export type Tally = {
  /** Streams listed. */
  streams: number;
};

export const EMPTY_TALLY: Tally = { streams: 0 };

/** Adds two tallies of disjoint sets of streams. Associative and commutative. */
export function mergeTallies(a: Tally, b: Tally): Tally {
  return { streams: a.streams + b.streams };
}
