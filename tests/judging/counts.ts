/**
 * What a count may say, given what was there while it was made. A region that nothing changes and that contradicts itself
 * nowhere has one truth. Otherwise a count lies between what was there all the time and what was there at any time.
 *
 * A stream need not be in it that no answer by prefix or name showed, if the list had not shown it either by the time at
 * which the branches were done: an index that leaves it out cannot be told from a region without it (docs/counting.md).
 */
import { hashOf, makeFingerprinter } from '../../src/census/fingerprint.ts';
import type { Kind } from '../../src/census/kinds.ts';
import type { CountedRecord } from '../../src/census/region.ts';
import { classesOf } from '../../src/census/tally.ts';
import { isThere, type Stream } from './fleet.ts';
import type { Heard, History, Invocation } from './history.ts';
import { MOST_LAG_MS, type RegionWorld } from './region-world.ts';
import type { RegionTruth, Version } from './story.ts';

/** Nothing changes there, and no answer contradicts another. */
export function isPlain({ changes = [], prefixes, describes }: RegionWorld): boolean {
  return changes.length === 0 && prefixes === undefined && describes === undefined;
}

/** What one invocation heard of one region. */
export type Listing = {
  firstMs: number;
  lastMs: number;
  /** Streams that the list of all showed, and those that lists by prefix showed, by ARN. */
  byList: ReadonlySet<string>;
  byPrefix: ReadonlySet<string>;
  /** How often these lists showed one that they had shown already. */
  repeatedByList: number;
  repeatedByBranches: number;
  /** The list was heard to its end: it is the count. Otherwise the branches are. */
  isListed: boolean;
};

export function listingOf({ heard, videoCalls }: History, invocation: Invocation, region: string): Listing {
  const own = heard.filter((each) => each.invocation === invocation && each.region === region);
  const calls = videoCalls.filter((call) => call.invocation === invocation && call.region === region);
  const list = own.filter(({ asked }) => asked.prefix === undefined && asked.name === undefined);
  const rest = own.filter((each) => !list.includes(each));
  const byList = new Set(list.flatMap(arnsOf));
  return {
    firstMs: Math.min(...calls.map(({ atMs }) => atMs)),
    lastMs: Math.max(...own.map(({ servedAtMs }) => servedAtMs)),
    byList,
    byPrefix: new Set(rest.filter(({ asked }) => asked.prefix !== undefined).flatMap(arnsOf)),
    repeatedByList: list.flatMap(arnsOf).length - byList.size,
    repeatedByBranches: repeatsWithin(rest),
    isListed: list.some(({ isLast }) => isLast),
  };
}

const arnsOf = ({ streams }: Heard) => streams.map(({ StreamARN = '' }) => StreamARN);

/** Each list by prefix on its own: a stream that a longer prefix shows again is no repeat. */
function repeatsWithin(pages: readonly Heard[]): number {
  const lists = new Map<string, string[]>();
  for (const page of pages) {
    const { prefix } = page.asked;
    if (prefix !== undefined) lists.set(prefix, [...(lists.get(prefix) ?? []), ...arnsOf(page)]);
  }
  return [...lists.values()].reduce((sum, arns) => sum + arns.length - new Set(arns).size, 0);
}

/** The ARNs that a count must have listed, and those that it may have; the same, where its list is the count. */
export function arnsListed(
  world: RegionTruth,
  listing: Listing,
): { must: ReadonlySet<string>; may: ReadonlySet<string> } {
  if (listing.isListed) return { must: listing.byList, may: listing.byList };
  const { must, may } = boundsOf(world, listing);
  return { must: new Set(must.map(({ arn }) => arn)), may: new Set(may.map(({ arn }) => arn)) };
}

/** The streams that a count must hold, and those that it may. */
function boundsOf(world: RegionTruth, listing: Listing): { must: Stream[]; may: Stream[] } {
  const { fleet, prefixes, describes } = world;
  if (isPlain(world)) return { must: [...fleet], may: [...fleet] };
  const { firstMs, lastMs, byList, byPrefix, isListed } = listing;
  const lagMs = prefixes?.how === 'lags' ? prefixes.share * MOST_LAG_MS : 0;
  const may = fleet.filter(({ fromMs, untilMs }) => fromMs <= lastMs && untilMs > firstMs - lagMs);
  const stayed = fleet.filter((stream) => isThere(stream, firstMs) && stream.leavesMs > lastMs);
  if (isListed) return { must: stayed, may };

  // Twice what is stated, since a clock may be wrong.
  const isYoung = ({ fromMs }: Stream) => fromMs > firstMs - 2 * MOST_LAG_MS;
  // What a name was asked for binds nobody: it may have been looked up as a stream that is going, or asked for too late.
  const isExcused = (stream: Stream) =>
    !byPrefix.has(stream.arn) && (!byList.has(stream.arn) || isYoung(stream) || stream.info.Status === 'DELETING');
  // And only where something lies. An error is no lie: then branches cannot be done.
  const lies = prefixes !== undefined || describes === 'not found';
  return { must: lies ? stayed.filter((stream) => !isExcused(stream)) : stayed, may };
}

/** What is wrong with the number, the facets and the prefixes of a record, as the rest of a sentence. */
export function* untruths(world: RegionTruth, { value: record, by }: Version<CountedRecord>, history: History) {
  const { streams, facets } = record.tally;
  const listing = by && listingOf(history, by, record.region);
  if (listing === undefined) {
    if (streams !== world.streams) yield `says ${streams} streams, and there are ${world.streams}`;
    return;
  }
  const { must, may } = boundsOf(world, listing);
  if (streams < must.length || streams > may.length) {
    const there = must.length === may.length ? `${must.length}` : `${must.length} to ${may.length}`;
    yield `says ${streams} streams, and there are ${there}`;
    return;
  }
  if (streams === 0) return;
  if (facets === undefined) {
    yield 'has no facets';
    return;
  }
  for (const facet of FACETS[world.kind]) {
    const counts = new Map(Object.entries(classesOf(facets)[facet] ?? {}));
    const sum = [...counts.values()].reduce((a, b) => a + b, 0);
    if (sum !== streams) yield `sorts ${sum} of ${streams} streams by ${facet}`;
    const least = histogram(must, (stream) => [classOf(stream, facet, record)]);
    const most = histogram(may, (stream) => [
      classOf(stream, facet, record),
      ...(facet === 'status' && stream.leavesMs <= listing.lastMs ? ['deleting'] : []),
    ]);
    for (const name of new Set([...counts.keys(), ...least.keys()])) {
      const [count = 0, low = 0, high = 0] = [counts.get(name), least.get(name), most.get(name)];
      if (count < low || count > high)
        yield `has ${count} streams of ${facet} ${name}, and there are ${low} to ${high}`;
    }
  }
  yield* falsePrefixes(record, must, may);
  if (must.length !== may.length) return;
  const fingerprinter = makeFingerprinter();
  for (const { arn } of must) fingerprinter.add(hashOf(arn));
  if (facets.fingerprint !== fingerprinter.fingerprint()) yield 'is of other streams than there are';
  const created = must.flatMap(({ info }) => (isKnown(info.CreationTime) ? [info.CreationTime.getTime()] : []));
  const iso = (ms: number) => (created.length === 0 ? undefined : new Date(ms).toISOString());
  if (facets.oldestCreatedAt !== iso(Math.min(...created)) || facets.newestCreatedAt !== iso(Math.max(...created)))
    yield `has streams of ${facets.oldestCreatedAt} to ${facets.newestCreatedAt}, and they are of another age`;
}

function* falsePrefixes({ prefixes, tally }: CountedRecord, must: readonly Stream[], may: readonly Stream[]) {
  if (prefixes === undefined) {
    yield 'has no prefixes';
    return;
  }
  const { length, counts } = prefixes;
  const [least, most] = [commonLength(may), commonLength(must)];
  if (length < least || length > most) yield `has prefixes of ${length} characters instead of ${least} to ${most}`;
  const sum = counts.reduce((all, { streams }) => all + streams, 0);
  if (sum !== tally.streams) yield `sorts ${sum} of ${tally.streams} streams by prefix`;
  const found = new Map(counts.map(({ prefix, streams }) => [prefix, streams]));
  const low = histogram(must, (stream) => [beginningOf(stream, length)]);
  const high = histogram(may, (stream) => [beginningOf(stream, length)]);
  for (const prefix of new Set([...found.keys(), ...low.keys()])) {
    const [count = 0, from = 0, to = 0] = [found.get(prefix), low.get(prefix), high.get(prefix)];
    if (count < from || count > to)
      yield `has ${count} streams of the prefix ${prefix}, and there are ${from} to ${to}`;
  }
}

/** The longest that no more than 50 beginnings have. */
function commonLength(streams: readonly Stream[]): number {
  let length = 60;
  while (histogram(streams, (stream) => [beginningOf(stream, length)]).size > 50) length -= 1;
  return length;
}

const beginningOf = ({ info }: Stream, length: number) =>
  (info.StreamName ?? '').slice(0, 64).slice(0, -4).slice(0, length);

/** What is wrong with how many listings a record calls repeats. */
export function* falseRepeats(world: RegionTruth, { value: record, by }: Version<CountedRecord>, history: History) {
  if (by === undefined) return;
  const { repeated } = record as { repeated?: number };
  if (repeated === 0) yield 'says 0 listings were repeats, instead of nothing';
  const { isListed, repeatedByList, repeatedByBranches } = listingOf(history, by, record.region);
  const says = `says ${repeated ?? 0} listings were repeats`;
  if (isListed && (repeated ?? 0) !== repeatedByList) yield `${says}, and ${repeatedByList} were`;
  // Which lists make up the count of branches is not seen from here.
  if (!isListed && (repeated ?? 0) > repeatedByBranches) yield `${says}, and at most ${repeatedByBranches} were`;
  if (world.repeats === undefined && repeated !== undefined) yield `${says}, and nothing was ever repeated`;
}

type FacetName = 'status' | 'retention' | 'mediaType' | 'kmsKey' | 'type' | 'messageTtl' | 'mode' | 'created';

const FACETS: Readonly<Record<Kind, readonly FacetName[]>> = {
  streams: ['status', 'retention', 'mediaType', 'kmsKey', 'created'],
  channels: ['status', 'type', 'messageTtl', 'created'],
  'data-streams': ['status', 'mode', 'created'],
};

function histogram(streams: readonly Stream[], classesOf: (stream: Stream) => string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of streams.flatMap(classesOf)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

const HOUR_MS = 3_600_000;
const YEAR_10000_MS = Date.UTC(10_000, 0, 1);

function isKnown(instant: Date | undefined): instant is Date {
  const ms = instant?.getTime() ?? Number.NaN;
  return ms > 0 && ms < YEAR_10000_MS;
}

/** As docs/json.md has it, in other words than the product's. */
function classOf({ info }: Stream, facet: FacetName, { runId }: CountedRecord): string {
  switch (facet) {
    case 'status':
      return (
        ['CREATING', 'ACTIVE', 'UPDATING', 'DELETING'].find((known) => known === info.Status)?.toLowerCase() ?? 'other'
      );
    case 'retention': {
      const hours = info.DataRetentionInHours ?? -1;
      if (Number.isNaN(hours) || hours < 0) return 'unknown';
      return hours === 0 ? 'none' : hours <= 24 ? 'day' : hours <= 168 ? 'week' : 'longer';
    }
    case 'mediaType': {
      const { MediaType: type } = info;
      if (!type) return 'none';
      return type.length <= 128 && type.includes('/') ? type : 'other';
    }
    case 'kmsKey':
      return info.KmsKeyId ? (info.KmsKeyId.includes('alias/aws/') ? 'awsManaged' : 'customer') : 'unknown';
    case 'type':
      return { SINGLE_MASTER: 'singleMaster', FULL_MESH: 'fullMesh' }[info.type ?? ''] ?? 'other';
    case 'messageTtl': {
      const seconds = info.messageTtlSeconds ?? -1;
      if (Number.isNaN(seconds) || seconds < 0) return 'unknown';
      return seconds <= 30 ? 'short' : seconds <= 60 ? 'default' : 'long';
    }
    case 'mode':
      return { ON_DEMAND: 'onDemand', PROVISIONED: 'provisioned' }[info.mode ?? ''] ?? 'unknown';
    case 'created': {
      if (!isKnown(info.CreationTime)) return 'unknown';
      const days = (Date.parse(runId) - info.CreationTime.getTime()) / (24 * HOUR_MS);
      return days <= 1 ? 'day' : days <= 7 ? 'week' : days <= 30 ? 'month' : 'older';
    }
    default:
      return facet satisfies never;
  }
}
