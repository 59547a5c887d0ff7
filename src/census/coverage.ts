/** What two runs say of each region that one of them was to count, as far as its number goes. */
import type { Reason } from './errors.ts';

/** What a run says of a region. */
export type Coverage =
  | { state: 'counted'; streams: number }
  | { state: 'missing'; reason: Reason }
  | { state: 'not-planned'; because: Unplanned | null };

/** Why a run does not plan a region, if it says so: the account has not switched it on, or a parameter excludes it. */
export type Unplanned = 'off' | 'excluded';

/** What a run says of regions that are not in its plan. */
type Outside = { off?: readonly { region: string }[]; excluded?: readonly string[] };

/** `null`: it does not say. Then nobody knew that there is such a region, or a parameter names those to be counted. */
export function whyUnplanned({ off = [], excluded = [] }: Outside, region: string): Unplanned | null {
  if (off.some((one) => one.region === region)) return 'off';
  return excluded.includes(region) ? 'excluded' : null;
}

export type CoverageChange = { region: string; before: Coverage; after: Coverage };

/** Streams that the second run counted less those that the first did, in regions that not both counted. */
type CoverageSums = { unseen: number; seenAgain: number; noLongerPlanned: number; newlyPlanned: number };

/** A region that both runs counted: streams in the first and in the second, and how many more these are. */
export type CountChange = { region: string; before: number; after: number; net: number };

export type CoverageDiff = {
  /** Both in the order of the regions' names. */
  counted: CountChange[];
  coverage: CoverageChange[];
  /** Over `coverage`. */
  coverageSums: CoverageSums;
  /** Over `counted`, and only these. */
  net: number;
};

/** A run, and what it says of each region that it was to count. */
type Told = { run: Outside; regions: ReadonlyMap<string, Coverage> };

function coverageIn({ run, regions }: Told, region: string): Coverage {
  return regions.get(region) ?? { state: 'not-planned', because: whyUnplanned(run, region) };
}

export function diffCoverage(first: Told, second: Told): CoverageDiff {
  const counted: CountChange[] = [];
  const coverage: CoverageChange[] = [];
  for (const region of [...new Set([...first.regions.keys(), ...second.regions.keys()])].sort()) {
    const [before, after] = [coverageIn(first, region), coverageIn(second, region)];
    if (before.state !== 'counted' || after.state !== 'counted') coverage.push({ region, before, after });
    else counted.push({ region, before: before.streams, after: after.streams, net: after.streams - before.streams });
  }
  return { counted, coverage, coverageSums: sumsOf(coverage), net: counted.reduce((sum, { net }) => sum + net, 0) };
}

/** Why not both counted a region. */
export function coveragePart({ before, after }: CoverageChange): keyof CoverageSums | 'missingInBoth' {
  if (before.state === 'not-planned') return 'newlyPlanned';
  if (after.state === 'not-planned') return 'noLongerPlanned';
  if (before.state === 'counted') return 'unseen';
  return after.state === 'counted' ? 'seenAgain' : 'missingInBoth';
}

function sumsOf(coverage: readonly CoverageChange[]): CoverageSums {
  const sums = { unseen: 0, seenAgain: 0, noLongerPlanned: 0, newlyPlanned: 0, missingInBoth: 0 };
  const streams = (one: Coverage) => (one.state === 'counted' ? one.streams : 0);
  for (const change of coverage) sums[coveragePart(change)] += streams(change.after) - streams(change.before);
  const { missingInBoth: _, ...told } = sums;
  return told;
}
