/**
 * What came and what went between two counts of a region: exactly, though neither keeps which streams it listed.
 *
 *     created   made since the count before, and not among those young ones that it listed (newcomers.ts)
 *     gone      those before + created - those now
 *
 * Exact for what the two have listed, whatever came and went while they did. It relies on one thing: what is older than a
 * count's young ones was there while it listed, and so is in it. Wherever the numbers contradict that, nothing is said.
 */
import { addFingerprints, type Fingerprint } from './fingerprint.ts';
import { CLOCK_MARGIN_MS, type Earlier, type Lookout, makeHashSet, type Newcomers, NO_NEWCOMERS } from './newcomers.ts';
import type { Churn, CountedRecord, RegionRecord, Young } from './region.ts';
import type { RunId, TotalChurn } from './run.ts';
import type { Tally } from './tally.ts';

/**
 * What a count that begins now is to look for. @param before the region's record of the run before, if there is one
 */
export function lookoutFrom(startedAtMs: number, before: RegionRecord | undefined): Lookout {
  const earlier = before?.status === 'counted' && before.young ? earlierOf(before.young) : undefined;
  return { sinceMs: startedAtMs - CLOCK_MARGIN_MS, ...(earlier && { earlier }) };
}

const earlierOf = ({ since, hashes }: Young): Earlier => ({ sinceMs: Date.parse(since), young: makeHashSet(hashes) });

/** What the next count needs to know of this one. */
export function youngOf({ sinceMs }: Lookout, { areDated, young }: Newcomers): Young | undefined {
  if (!areDated || young === null) return undefined;
  return { since: new Date(sinceMs).toISOString(), hashes: [...young].sort() };
}

type Count = Pick<CountedRecord, 'tally' | 'startedAt'>;

/** Nothing where it is not known exactly. @param newcomers of `now`, looked for with what `before` has kept */
export function churnOf(before: RegionRecord | undefined, now: Count, newcomers: Newcomers): Churn | undefined {
  if (before?.status !== 'counted' || before.young === undefined || !newcomers.areDated) return undefined;
  // Clocks that differ by so much tell nothing.
  if (Date.parse(before.endedAt) > Date.parse(now.startedAt)) return undefined;
  const created = newcomers.created.streams;
  const gone = before.tally.streams + created - now.tally.streams;
  const ofYoung = before.young.hashes.length - newcomers.known.streams;
  if (gone < ofYoung || !fits({ ...before, young: before.young }, now, newcomers, gone === ofYoung)) return undefined;
  return { against: before.runId, created, gone };
}

/** If none but young ones went, what is there now is known to the stream: then the fingerprints must say so, too. */
function fits(
  before: CountedRecord & { young: Young },
  now: Count,
  { created, known }: Newcomers,
  onlyYoungWent: boolean,
): boolean {
  const [had, has] = [fingerprintOf(before.tally), fingerprintOf(now.tally)];
  if (had === undefined || has === undefined) return false;
  const expected = [had, created.fingerprint, known.fingerprint].reduce(addFingerprints);
  return (expected === [has, ...before.young.hashes].reduce(addFingerprints)) === onlyYoungWent;
}

function fingerprintOf({ streams, facets }: Tally): Fingerprint | undefined {
  return streams === 0 ? NO_NEWCOMERS.created.fingerprint : facets?.fingerprint;
}

/**
 * Over a run's regions. Those that were held against another run than the others, since the runs before were not all seen
 * by whoever published the tasks, are unknown.
 */
export function churnInTotal(plan: readonly string[], counted: readonly CountedRecord[]): TotalChurn | undefined {
  const all = counted.flatMap(({ region, churn }) => (churn === undefined ? [] : [{ region, ...churn }]));
  const against = all.reduce<RunId>((newest, one) => (one.against > newest ? one.against : newest), '');
  const told = all.filter((one) => one.against === against);
  if (told.length === 0) return undefined;
  const known = new Set(told.map(({ region }) => region));
  return {
    against,
    created: told.reduce((sum, { created }) => sum + created, 0),
    gone: told.reduce((sum, { gone }) => sum + gone, 0),
    unknown: plan.filter((region) => !known.has(region)).sort(),
  };
}
