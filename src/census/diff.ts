/**
 * What lies between two runs. Two things that must not be mixed: what really changed, in regions that both runs counted;
 * and what only changed in coverage, because a region is missing from one of them. They are never added up.
 */
import { type CountChange, type Coverage, type CoverageDiff, diffCoverage } from './coverage.ts';
import { changesByPrefix, type PrefixChange } from './prefixes.ts';
import type { CountedRecord, RegionRecord } from './region.ts';
import type { Run, RunId } from './run.ts';

/** A number that is known exactly if both are equal. */
export type Bounds = { atLeast: number; atMost: number };

/** A region that both runs counted. */
export type RegionChange = CountChange & {
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

export type RunDiff = Omit<CoverageDiff, 'counted'> & {
  before: RunId;
  after: RunId;
  /** Those that both runs counted, in the order of their names. */
  regions: RegionChange[];
  /** Over these. */
  created: Bounds;
  gone: Bounds;
};

export type Side = { run: Pick<Run, 'runId' | 'plan' | 'off' | 'excluded'>; records: readonly RegionRecord[] };

/**
 * How the second run differs from the first. Where the one is the run before the other, what came and went is known exactly
 * where the later one says it (churn.ts); otherwise within bounds. Swapping the two swaps `before` with `after`, `created` with `gone`, `unseen`
 * with `seenAgain` and `noLongerPlanned` with `newlyPlanned`, and turns `net` and these four round; nothing else changes.
 * Usually the first is the earlier one.
 */
export function diffRuns(first: Side, second: Side): RunDiff {
  const { counted, ...rest } = diffCoverage(toldBy(first), toldBy(second));
  const [before, after] = [countedBy(first), countedBy(second)];
  const regions = counted.flatMap((change): RegionChange[] => {
    const [a, b] = [before.get(change.region), after.get(change.region)];
    return a === undefined || b === undefined ? [] : [{ ...change, ...flowBetween(a, b) }];
  });
  return {
    before: first.run.runId,
    after: second.run.runId,
    regions,
    ...rest,
    created: sumOf(regions.map(({ created }) => created)),
    gone: sumOf(regions.map(({ gone }) => gone)),
  };
}

function countedBy({ records }: Side): Map<string, CountedRecord> {
  return new Map(records.flatMap((record) => (record.status === 'counted' ? [[record.region, record] as const] : [])));
}

function toldBy({ run, records }: Side) {
  const byRegion = new Map(records.map((record) => [record.region, record]));
  return { run, regions: new Map(run.plan.map((region) => [region, coverageOf(byRegion.get(region))])) };
}

function coverageOf(record: RegionRecord | undefined): Coverage {
  if (record?.status === 'counted') return { state: 'counted', streams: record.tally.streams };
  return { state: 'missing', reason: record?.reason ?? 'unanswered' };
}

function sumOf(all: readonly Bounds[]): Bounds {
  return {
    atLeast: all.reduce((sum, { atLeast }) => sum + atLeast, 0),
    atMost: all.reduce((sum, { atMost }) => sum + atMost, 0),
  };
}

function flowBetween(first: CountedRecord, second: CountedRecord): Omit<RegionChange, keyof CountChange> {
  const same = sameSet(first, second);
  // A retry may have counted the region of the earlier run after that of the later one.
  const inOrder = isEarlier(first, second);
  const [earlier, later] = inOrder ? [first, second] : [second, first];
  const prefixes = first.prefixes && second.prefixes ? changesByPrefix(first.prefixes, second.prefixes) : null;
  const since = same === true ? exactly(0) : (createdAsCounted(earlier, later) ?? createdSince(earlier, later, same));
  const lost = shift(since, earlier.tally.streams - later.tally.streams);
  const [created, gone] = inOrder ? [since, lost] : [lost, since];
  return { same, created, gone, prefixes };
}

/** What the later count says itself. */
function createdAsCounted(earlier: CountedRecord, { churn }: CountedRecord): Bounds | undefined {
  return churn?.against === earlier.runId ? exactly(churn.created) : undefined;
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
  // If more came than can by the creation instants, these are no help: a clock, or a list, was wrong.
  return { atLeast, atMost: byAge.atMost < atLeast ? has : Math.min(has, byAge.atMost) };
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

const exactly = (number: number): Bounds => ({ atLeast: number, atMost: number });

const shift = ({ atLeast, atMost }: Bounds, by: number): Bounds => ({ atLeast: atLeast + by, atMost: atMost + by });
