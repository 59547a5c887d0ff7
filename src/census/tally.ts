import { makeArnSet } from './arn-set.ts';
import { addFingerprints, type Fingerprint, hashOf, makeFingerprinter } from './fingerprint.ts';
import { isDate, type Lookout, makeFinder, type Newcomers, NO_LOOKOUT } from './newcomers.ts';
import { makePrefixCounter, type Prefixes } from './prefixes.ts';

/**
 * What one entry of a page tells of a listed thing: what a tally needs of it. What the entry left out is absent. Beside these, as
 * flat fields, whatever its kind's facets sort it by.
 */
export type StreamFacts = {
  name: string;
  arn: string;
  /** There is one of these at a time, whatever its ARN says besides: a list counts it once. Of kinds without prefixes alone. */
  only?: string;
  /** Milliseconds since 1970. */
  createdAtMs?: number;
  readonly [detail: string]: string | number | undefined;
};

/** What a region's pages add up to. Of bounded size, whatever the pages hold. */
export type Tally = {
  /** Streams listed, or whatever else is counted: for every kind, so that whoever reads one can read all. */
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

/** A facet sorts everything of its kind into exactly one class. */
export type FacetDescriptor = {
  /** Of its field in a tally. */
  name: string;
  /** What people read. */
  title: string;
  /** Its classes, and what people read of each. */
  classes: Readonly<Record<string, string>>;
  /** Whether a thing's class may also be another text, which then holds a slash, as media types do. Few of these are kept. */
  isOpen?: true;
  classOf(facts: Readonly<StreamFacts>): string;
};

/** Age at the run's instant: at most 24 h, 7 days, 30 days, older. Created while the run ran: `day`. */
export const AGES = ['day', 'week', 'month', 'older', 'unknown'] as const;

type Age = (typeof AGES)[number];

/** How many are of each class. */
export type Counts<Class extends string = string> = Readonly<Record<Class, number>>;

/** The numbers of each facet add up to `streams`. Every kind tells ages; its other facets stand in its descriptor. */
export type Facets = {
  created: Counts<Age>;
  /** ISO 8601. Absent if nothing listed tells. */
  oldestCreatedAt?: string;
  newestCreatedAt?: string;
  /** Of the set of ARNs. That of a stream ends in its creation time, so a re-created stream is another member. */
  fingerprint: Fingerprint;
  readonly [facet: string]: Counts | string | undefined;
};

/** Of each facet the numbers of its classes. */
export function classesOf(facets: Facets): Record<string, Counts> {
  return Object.fromEntries(Object.entries(facets).filter((entry): entry is [string, Counts] => isCounts(entry[1])));
}

const isCounts = (value: Counts | string | undefined): value is Counts => typeof value === 'object';

/** Classes of an open facet that a tally names. Those that come first in alphabetical order: only so is merging associative. */
export const CLASSES_KEPT = 20;

export const EMPTY_TALLY: Tally = { streams: 0 };

/** Adds two tallies of disjoint sets of streams. Associative and commutative; `EMPTY_TALLY` changes nothing. */
export function mergeTallies(a: Tally, b: Tally): Tally {
  if (a.streams === 0) return b.streams === 0 ? EMPTY_TALLY : b;
  if (b.streams === 0) return a;
  const streams = a.streams + b.streams;
  return a.facets && b.facets ? { streams, facets: mergeFacets(a.facets, b.facets) } : { streams };
}

/** A facet that only one of the two knows is no facet of both. */
function mergeFacets(a: Facets, b: Facets): Facets {
  const others = classesOf(b);
  const both = Object.entries(classesOf(a)).flatMap(([name, counts]) =>
    others[name] === undefined ? [] : [[name, keepFew(addCounts(counts, others[name]))]],
  );
  return {
    ...Object.fromEntries(both),
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
 * A class is dropped only if enough before it in the alphabet are there, and those never go away: so whatever was dropped
 * early would also have been dropped late, and the order of merging does not matter.
 */
function keepFew(counts: Record<string, number>): Record<string, number> {
  const open = Object.keys(counts).filter(isOpenClass).sort();
  for (const name of open.slice(CLASSES_KEPT)) {
    counts.other = (counts.other ?? 0) + (counts[name] ?? 0);
    delete counts[name];
  }
  return counts;
}

/** What a descriptor names holds no slash. */
const isOpenClass = (name: string) => name.includes('/');

/** One that is no text of the service's, or no media type of its, is `other`. */
export function openClass(text: string): string {
  return isOpenClass(text) && text.length <= LONGEST_OPEN_CLASS ? text : 'other';
}

/** The service's own limit of a media type, in characters. */
const LONGEST_OPEN_CLASS = 128;

export type Tallier = {
  /** Whether it is the first of its ARN; the others change nothing. @throws CountError if there is no memory for more. */
  add(stream: Readonly<StreamFacts>): boolean;
  has(arn: string): boolean;
  tally(): Tally;
  prefixes(): Prefixes;
  newcomers(): Newcomers;
};

/**
 * Adds streams up one by one, each ARN once.
 * @param asOfMs the run's instant, from which ages are counted back: a run that is repeated tallies the same
 * @param lookout which of them are young; nothing, if nobody wants to know
 */
export function makeTallier(
  asOfMs: number,
  facets: readonly FacetDescriptor[],
  lookout: Lookout = NO_LOOKOUT,
): Tallier {
  let streams = 0;
  let oldestMs = Number.POSITIVE_INFINITY;
  let newestMs = Number.NEGATIVE_INFINITY;
  const created = noneOf(AGES);
  const sorters = facets.map(makeSorter);
  const fingerprinter = makeFingerprinter();
  const prefixCounter = makePrefixCounter();
  const finder = makeFinder(lookout);
  const arns = makeArnSet();
  const hash = hashOf('');

  function countCreation(createdAtMs: number | undefined): void {
    if (!isDate(createdAtMs)) {
      created.unknown += 1;
      return;
    }
    created[ageOf(asOfMs - createdAtMs)] += 1;
    oldestMs = Math.min(oldestMs, createdAtMs);
    newestMs = Math.max(newestMs, createdAtMs);
  }

  return {
    add(stream) {
      const { arn, only } = stream;
      if (!arns.add(hashOf(only ?? arn, hash))) return false;
      if (only !== undefined) hashOf(arn, hash);
      streams += 1;
      for (const sorter of sorters) sorter.add(stream);
      countCreation(stream.createdAtMs);
      fingerprinter.add(hash);
      prefixCounter.add(stream.name);
      finder.add(stream.createdAtMs, hash);
      return true;
    },
    has: (arn) => arns.has(hashOf(arn, hash)),
    tally() {
      if (streams === 0) return EMPTY_TALLY;
      const instants = [oldestMs, newestMs].filter(Number.isFinite).map((ms) => new Date(ms).toISOString());
      return {
        streams,
        facets: {
          ...Object.fromEntries(sorters.map(({ name, counts }) => [name, counts()])),
          created: { ...created },
          ...creationSpan([...instants], [...instants]),
          fingerprint: fingerprinter.fingerprint(),
        },
      };
    },
    prefixes: prefixCounter.prefixes,
    newcomers: finder.newcomers,
  };
}

/** Counts the classes of one facet. */
function makeSorter({ name, classes, isOpen, classOf }: FacetDescriptor) {
  let counts: Record<string, number> = isOpen ? {} : noneOf(Object.keys(classes));
  let size = 0;
  return {
    name,
    add(facts: Readonly<StreamFacts>): void {
      const found = classOf(facts);
      const before = counts[found];
      counts[found] = (before ?? 0) + 1;
      if (before !== undefined) return;
      size += 1;
      // Only now and then: what is dropped does not depend on when.
      if (size <= 4 * CLASSES_KEPT) return;
      counts = keepFew(counts);
      size = Object.keys(counts).length;
    },
    counts: () => keepFew({ ...counts }),
  };
}

const DAY_MS = 86_400_000;

function ageOf(ageMs: number): Age {
  if (ageMs <= DAY_MS) return 'day';
  if (ageMs <= 7 * DAY_MS) return 'week';
  return ageMs <= 30 * DAY_MS ? 'month' : 'older';
}
