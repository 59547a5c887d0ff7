import { makeArnSet } from './arn-set.ts';
import { addFingerprints, type Fingerprint, hashOf, makeFingerprinter } from './fingerprint.ts';
import { makePrefixCounter, type Prefixes } from './prefixes.ts';

/** What one entry of a page tells about a stream: what a tally needs of it. What the entry left out is absent. */
export type StreamFacts = {
  name: string;
  arn: string;
  /** As the service writes it: `ACTIVE`, `CREATING` ... */
  status?: string;
  /** 0: the stream keeps nothing. */
  retentionHours?: number;
  mediaType?: string;
  kmsKeyId?: string;
  /** Milliseconds since 1970. */
  createdAtMs?: number;
};

/** What a region's pages add up to. Of bounded size, whatever the pages hold. */
export type Tally = {
  /** Streams listed. */
  streams: number;
  /** Absent where there are no streams, and where not all of the streams' facets are known. */
  facets?: Facets;
};

/** What one listing of a region cost, whether or not it came to an end. */
export type Effort = {
  pages: number;
  calls: number;
  /** Of the calls, those that the service refused for their rate. Absent if there were none. */
  throttled?: number;
  ms: number;
};

/** The classes of each facet; media types are no closed list. */
export const FACET_CLASSES = {
  status: ['creating', 'active', 'updating', 'deleting', 'other'],
  /** Of the data in the stream: none is kept, at most 24 h, at most 7 days, longer. */
  retention: ['none', 'day', 'week', 'longer', 'unknown'],
  kmsKey: ['awsManaged', 'customer', 'unknown'],
  /** Age at the run's instant: at most 24 h, 7 days, 30 days, older. Created while the run ran: `day`. */
  created: ['day', 'week', 'month', 'older', 'unknown'],
} as const;

export type FacetClass<Facet extends keyof typeof FACET_CLASSES> = (typeof FACET_CLASSES)[Facet][number];

/** Each facet sorts every stream into exactly one class, so the numbers of each add up to `streams`. */
export type Facets = {
  status: Counts<FacetClass<'status'>>;
  retention: Counts<FacetClass<'retention'>>;
  /** By media type as the stream names it; `none` for streams without one, `other` beyond the types kept. */
  mediaType: Readonly<Record<string, number>>;
  kmsKey: Counts<FacetClass<'kmsKey'>>;
  created: Counts<FacetClass<'created'>>;
  /** ISO 8601. Absent if no stream tells. */
  oldestCreatedAt?: string;
  newestCreatedAt?: string;
  /** Of the set of stream ARNs. An ARN ends in its stream's creation time, so a re-created stream is another member. */
  fingerprint: Fingerprint;
};

export type Counts<Class extends string> = Readonly<Record<Class, number>>;

/** Media types that a tally names. Those that come first in alphabetical order: only so is merging associative. */
export const MEDIA_TYPES_KEPT = 20;

export const EMPTY_TALLY: Tally = { streams: 0 };

/** Adds two tallies of disjoint sets of streams. Associative and commutative; `EMPTY_TALLY` changes nothing. */
export function mergeTallies(a: Tally, b: Tally): Tally {
  if (a.streams === 0) return b.streams === 0 ? EMPTY_TALLY : b;
  if (b.streams === 0) return a;
  const streams = a.streams + b.streams;
  return a.facets && b.facets ? { streams, facets: mergeFacets(a.facets, b.facets) } : { streams };
}

function mergeFacets(a: Facets, b: Facets): Facets {
  return {
    status: addCounts(a.status, b.status),
    retention: addCounts(a.retention, b.retention),
    mediaType: keepFew(addCounts(a.mediaType, b.mediaType)),
    kmsKey: addCounts(a.kmsKey, b.kmsKey),
    created: addCounts(a.created, b.created),
    ...creationSpan(
      [a.oldestCreatedAt, b.oldestCreatedAt].filter((at) => at !== undefined),
      [a.newestCreatedAt, b.newestCreatedAt].filter((at) => at !== undefined),
    ),
    fingerprint: addFingerprints(a.fingerprint, b.fingerprint),
  };
}

function noneOf<Class extends string>(classes: readonly Class[]): Record<Class, number> {
  return Object.fromEntries(classes.map((name) => [name, 0])) as Record<Class, number>;
}

function addCounts<Class extends string>(a: Counts<Class>, b: Counts<Class>): Record<Class, number> {
  const sum: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries<number>(b)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

/** ISO 8601 instants of one form are in the order of their letters. */
function creationSpan(oldest: string[], newest: string[]): Pick<Facets, 'oldestCreatedAt' | 'newestCreatedAt'> {
  const [first] = oldest.sort();
  const last = newest.sort().at(-1);
  return {
    ...(first !== undefined && { oldestCreatedAt: first }),
    ...(last !== undefined && { newestCreatedAt: last }),
  };
}

/**
 * A type is dropped only if enough types before it in the alphabet are there, and those never go away: so whatever was
 * dropped early would also have been dropped late, and the order of merging does not matter.
 */
function keepFew(counts: Record<string, number>): Record<string, number> {
  const types = Object.keys(counts).filter(isMediaType).sort();
  for (const type of types.slice(MEDIA_TYPES_KEPT)) {
    counts.other = (counts.other ?? 0) + (counts[type] ?? 0);
    delete counts[type];
  }
  return counts;
}

/** Every media type holds a slash; `none` and `other` do not. */
function isMediaType(type: string): boolean {
  return type.includes('/');
}

export type Tallier = {
  /** Whether it is the first of its ARN; the others change nothing. @throws CountError if there is no memory for more. */
  add(stream: Readonly<StreamFacts>): boolean;
  has(arn: string): boolean;
  tally(): Tally;
  prefixes(): Prefixes;
};

/**
 * Adds streams up one by one, each ARN once.
 * @param asOfMs the run's instant, from which ages are counted back: a run that is repeated tallies the same
 */
export function makeTallier(asOfMs: number): Tallier {
  let streams = 0;
  let oldestMs = Number.POSITIVE_INFINITY;
  let newestMs = Number.NEGATIVE_INFINITY;
  const status = noneOf(FACET_CLASSES.status);
  const retention = noneOf(FACET_CLASSES.retention);
  const kmsKey = noneOf(FACET_CLASSES.kmsKey);
  const created = noneOf(FACET_CLASSES.created);
  let mediaType: Record<string, number> = {};
  let mediaTypes = 0;
  const fingerprinter = makeFingerprinter();
  const prefixCounter = makePrefixCounter();
  const arns = makeArnSet();
  const hash = hashOf('');

  function countMediaType(type: string): void {
    const before = mediaType[type];
    mediaType[type] = (before ?? 0) + 1;
    if (before !== undefined) return;
    mediaTypes += 1;
    // Only now and then: what is dropped does not depend on when.
    if (mediaTypes <= 4 * MEDIA_TYPES_KEPT) return;
    mediaType = keepFew(mediaType);
    mediaTypes = Object.keys(mediaType).length;
  }

  function countCreation(createdAtMs: number | undefined): void {
    if (createdAtMs === undefined || !(createdAtMs >= 0 && createdAtMs < YEAR_10000_MS)) {
      created.unknown += 1;
      return;
    }
    created[classOfAge(asOfMs - createdAtMs)] += 1;
    oldestMs = Math.min(oldestMs, createdAtMs);
    newestMs = Math.max(newestMs, createdAtMs);
  }

  return {
    add(stream) {
      if (!arns.add(hashOf(stream.arn, hash))) return false;
      streams += 1;
      status[classOfStatus(stream.status)] += 1;
      retention[classOfRetention(stream.retentionHours)] += 1;
      kmsKey[classOfKey(stream.kmsKeyId)] += 1;
      countMediaType(classOfMediaType(stream.mediaType));
      countCreation(stream.createdAtMs);
      fingerprinter.add(hash);
      prefixCounter.add(stream.name);
      return true;
    },
    has: (arn) => arns.has(hashOf(arn, hash)),
    tally() {
      if (streams === 0) return EMPTY_TALLY;
      const instants = [oldestMs, newestMs].filter(Number.isFinite).map((ms) => new Date(ms).toISOString());
      const facets = {
        status: { ...status },
        retention: { ...retention },
        mediaType: keepFew({ ...mediaType }),
        kmsKey: { ...kmsKey },
        created: { ...created },
        ...creationSpan([...instants], [...instants]),
        fingerprint: fingerprinter.fingerprint(),
      };
      return { streams, facets };
    },
    prefixes: prefixCounter.prefixes,
  };
}

const DAY_MS = 86_400_000;
/** The year 10000: from then on instants are no longer written with four digits of a year. */
const YEAR_10000_MS = 253_402_300_800_000;

function classOfStatus(status: string | undefined): FacetClass<'status'> {
  switch (status) {
    case 'ACTIVE':
      return 'active';
    case 'CREATING':
      return 'creating';
    case 'UPDATING':
      return 'updating';
    case 'DELETING':
      return 'deleting';
    default:
      return 'other';
  }
}

function classOfRetention(hours: number | undefined): FacetClass<'retention'> {
  if (hours === undefined || !(hours >= 0)) return 'unknown';
  if (hours === 0) return 'none';
  if (hours <= 24) return 'day';
  return hours <= 7 * 24 ? 'week' : 'longer';
}

function classOfAge(ageMs: number): FacetClass<'created'> {
  if (ageMs <= DAY_MS) return 'day';
  if (ageMs <= 7 * DAY_MS) return 'week';
  return ageMs <= 30 * DAY_MS ? 'month' : 'older';
}

/** Keys that AWS manages are known by their alias, `alias/aws/kinesisvideo`. */
function classOfKey(kmsKeyId: string | undefined): FacetClass<'kmsKey'> {
  if (!kmsKeyId) return 'unknown';
  return kmsKeyId.includes('alias/aws/') || kmsKeyId === 'aws/kinesisvideo' ? 'awsManaged' : 'customer';
}

/** The service's own limit; a longer text is no media type of its. */
const MEDIA_TYPE_LENGTH = 128;

function classOfMediaType(mediaType: string | undefined): string {
  if (!mediaType) return 'none';
  return isMediaType(mediaType) && mediaType.length <= MEDIA_TYPE_LENGTH ? mediaType : 'other';
}
