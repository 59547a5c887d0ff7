/**
 * What lies between two runs. Two things that must not be mixed: what really changed, in regions that both runs counted;
 * and what only changed in coverage, because a region is missing from one of them. They are never added up.
 */
import type { Reason } from './errors.ts';
import { changesByPrefix, type PrefixChange } from './prefixes.ts';
import type { CountedRecord, RegionRecord } from './region.ts';
import type { Run, RunId } from './run.ts';

/** A number that is known exactly if both are equal. */
export type Bounds = { atLeast: number; atMost: number };

/** A region that both runs counted. */
export type RegionChange = {
  region: string;
  /** Streams in the first and in the second run. */
  before: number;
  after: number;
  net: number;
  /** Whether the very same streams were there; `null` if nothing tells. */
  same: boolean | null;
  /** Streams that only the second run can have, and that only the first can have. `net` is always their difference. */
  created: Bounds;
  gone: Bounds;
  /**
   * How their names begin, where that is not as it was: what comes on balance under each prefix is created, what goes is
   * gone. `null` unless both runs kept prefixes.
   */
  prefixes: PrefixChange[] | null;
};

/** What a run says of a region. */
export type Coverage =
  | { state: 'counted'; streams: number }
  | { state: 'missing'; reason: Reason }
  | { state: 'not-planned' };

export type CoverageChange = { region: string; before: Coverage; after: Coverage };

/** Streams that the second run counted less those that the first did, in regions that not both counted. */
type CoverageSums = { unseen: number; seenAgain: number; noLongerPlanned: number; newlyPlanned: number };

export type RunDiff = {
  before: RunId;
  after: RunId;
  /** In the order of the regions' names. */
  regions: RegionChange[];
  coverage: CoverageChange[];
  /** Over `coverage`. */
  coverageSums: CoverageSums;
  /** Over the regions that both runs counted, and only these. */
  net: number;
  created: Bounds;
  gone: Bounds;
};

export type Side = { run: Pick<Run, 'runId' | 'plan'>; records: readonly RegionRecord[] };

/**
 * How the second run differs from the first. Swapping the two swaps `before` with `after`, `created` with `gone`, `unseen`
 * with `seenAgain` and `noLongerPlanned` with `newlyPlanned`, and turns `net` and these four round; nothing else changes.
 * Usually the first is the earlier one.
 */
export function diffRuns(first: Side, second: Side): RunDiff {
  const regions: RegionChange[] = [];
  const coverage: CoverageChange[] = [];
  for (const region of [...new Set([...first.run.plan, ...second.run.plan])].sort()) {
    const a = first.records.find((record) => record.region === region);
    const b = second.records.find((record) => record.region === region);
    if (a?.status === 'counted' && b?.status === 'counted') regions.push(diffRegion(a, b));
    else coverage.push({ region, before: coverageOf(first, region, a), after: coverageOf(second, region, b) });
  }
  return {
    before: first.run.runId,
    after: second.run.runId,
    regions,
    coverage,
    coverageSums: sumsOf(coverage),
    net: regions.reduce((sum, { net }) => sum + net, 0),
    created: sumOf(regions.map(({ created }) => created)),
    gone: sumOf(regions.map(({ gone }) => gone)),
  };
}

function coverageOf({ run }: Side, region: string, record: RegionRecord | undefined): Coverage {
  if (!run.plan.includes(region)) return { state: 'not-planned' };
  if (record?.status === 'counted') return { state: 'counted', streams: record.tally.streams };
  return { state: 'missing', reason: record?.reason ?? 'unanswered' };
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

function sumOf(all: readonly Bounds[]): Bounds {
  return {
    atLeast: all.reduce((sum, { atLeast }) => sum + atLeast, 0),
    atMost: all.reduce((sum, { atMost }) => sum + atMost, 0),
  };
}

function diffRegion(first: CountedRecord, second: CountedRecord): RegionChange {
  const before = first.tally.streams;
  const after = second.tally.streams;
  const same = sameSet(first, second);
  // A retry may have counted the region of the earlier run after that of the later one.
  const inOrder = isEarlier(first, second);
  const [earlier, later] = inOrder ? [first, second] : [second, first];
  const prefixes = first.prefixes && second.prefixes ? changesByPrefix(first.prefixes, second.prefixes) : null;
  const since = same === true ? { atLeast: 0, atMost: 0 } : createdSince(earlier, later, same);
  const lost = shift(since, earlier.tally.streams - later.tally.streams);
  const [created, gone] = inOrder ? [since, lost] : [lost, since];
  return { region: first.region, before, after, net: after - before, same, created, gone, prefixes };
}

function isEarlier(a: CountedRecord, b: CountedRecord): boolean {
  return a.startedAt === b.startedAt ? a.runId <= b.runId : a.startedAt < b.startedAt;
}

function sameSet(a: CountedRecord, b: CountedRecord): boolean | null {
  if (a.tally.streams !== b.tally.streams) return false;
  if (a.tally.streams === 0 || a.runId === b.runId) return true;
  if (a.tally.facets === undefined || b.tally.facets === undefined) return null;
  return a.tally.facets.fingerprint === b.tally.facets.fingerprint;
}

/**
 * How many of the later run's streams did not exist when the earlier one listed. A stream that was created and deleted in
 * between was seen by nobody and is not among them.
 *
 * With c streams created and g gone, `later = earlier + c - g`, and neither is negative nor more than there were: that
 * alone bounds c. The later run's creation instants narrow it down, and what each prefix holds more.
 */
function createdSince(earlier: CountedRecord, later: CountedRecord, same: boolean | null): Bounds {
  const had = earlier.tally.streams;
  const has = later.tally.streams;
  const byAge = createdByAge(earlier, later);
  // As many streams, but not the same: at least one came, and one went.
  const exchanged = same === false && had === has ? 1 : 0;
  const atLeast = Math.max(0, has - had, exchanged, byAge.atLeast, createdByPrefix(earlier, later));
  return { atLeast, atMost: Math.max(atLeast, Math.min(has, byAge.atMost)) };
}

/** What is more under one prefix is no other stream under another: at least so many came, whatever went. */
function createdByPrefix({ prefixes: had }: CountedRecord, { prefixes: has }: CountedRecord): number {
  if (had === undefined || has === undefined) return 0;
  return changesByPrefix(had, has).reduce((sum, { before, after }) => sum + Math.max(0, after - before), 0);
}

const DAY_MS = 86_400_000;

/** The ages at which a tally's classes end, youngest first. */
const CLASS_ENDS = [
  ['day', DAY_MS],
  ['week', 7 * DAY_MS],
  ['month', 30 * DAY_MS],
] as const;

/**
 * The earlier listing took some time: what was created meanwhile may or may not be in it. So what is younger than its end
 * is surely new, and what is older than its beginning surely not.
 */
function createdByAge(earlier: CountedRecord, later: CountedRecord): Bounds {
  const { facets, streams } = later.tally;
  if (facets === undefined) return { atLeast: 0, atMost: streams };
  const beganAtMs = Date.parse(earlier.startedAt);
  const endedAtMs = Date.parse(earlier.endedAt);
  const asOfMs = Date.parse(later.runId);
  const { unknown } = facets.created;
  let atLeast = 0;
  let atMost = streams;
  let younger = 0;
  for (const [name, ageMs] of CLASS_ENDS) {
    younger += facets.created[name];
    const classBeganAtMs = asOfMs - ageMs;
    if (classBeganAtMs > endedAtMs) atLeast = Math.max(atLeast, younger);
    if (classBeganAtMs <= beganAtMs) atMost = Math.min(atMost, younger + unknown);
  }
  if (facets.newestCreatedAt !== undefined) {
    const newestAtMs = Date.parse(facets.newestCreatedAt);
    if (newestAtMs > endedAtMs) atLeast = Math.max(atLeast, 1);
    if (newestAtMs < beganAtMs) atMost = Math.min(atMost, unknown);
  }
  if (facets.oldestCreatedAt !== undefined && Date.parse(facets.oldestCreatedAt) > endedAtMs) {
    atLeast = Math.max(atLeast, streams - unknown);
  }
  return { atLeast, atMost };
}

const shift = ({ atLeast, atMost }: Bounds, by: number): Bounds => ({ atLeast: atLeast + by, atMost: atMost + by });
