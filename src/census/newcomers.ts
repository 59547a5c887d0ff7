/**
 * Which streams of a list are young: made after an instant that lies so far before a count began that whatever is older
 * was there while it listed. A count keeps the hashes of its own young ones; the next count tells by them which of the
 * streams made since then are new (churn.ts).
 *
 *     the count before   ◀─ 5 min ─▶ lists ├────────┤            keeps the hashes of those it lists that were made after its `since`
 *                      since
 *     this count                                       lists ├────────┤
 *                        │
 *     made before it ◀───┴───▶ made after it
 *     not new                  new, unless its hash is among those kept
 */
import { addFingerprints, type Fingerprint, type Hash, makeFingerprinter, printHash } from './fingerprint.ts';

/**
 * Milliseconds by which two clocks may differ, that of the service and that of whoever counts; and for so long a stream may
 * be there and not be listed.
 */
export const CLOCK_MARGIN_MS = 5 * 60_000;

/** Hashes kept of one count, of 17 bytes each in its record: so many are made in five minutes at one every one and a half seconds. */
export const YOUNG_KEPT = 200;

/** The year 10000: from then on instants are no longer written with four digits of a year. */
const YEAR_10000_MS = 253_402_300_800_000;

/** Whether it tells when something was made, in milliseconds since 1970. Who knows no time may write 0 for it. */
export function isDate(createdAtMs: number | undefined): createdAtMs is number {
  return createdAtMs !== undefined && createdAtMs > 0 && createdAtMs < YEAR_10000_MS;
}

/** What the count before has kept. */
export type Earlier = {
  /** Milliseconds since 1970. */
  sinceMs: number;
  /** Those that it listed and that were made after `sinceMs`. */
  young: HashSet;
};

/** Of hashes. */
type HashSet = { has(hash: Hash): boolean };

/** A set that tells most hashes that are not in it by their first words: every stream that is new asks. */
export function makeHashSet(hashes: readonly Fingerprint[]): HashSet {
  const all = new Set(hashes);
  const firstWords = new Set(hashes.map((print) => Number.parseInt(print.slice(0, 8), 16) | 0));
  return { has: (hash) => firstWords.has(hash.high) && all.has(printHash(hash)) };
}

/** What is looked for in a list. `sinceMs`: milliseconds since 1970. */
export type Lookout = { sinceMs: number; earlier?: Earlier };

/** Nothing is young. */
export const NO_LOOKOUT: Lookout = { sinceMs: Number.POSITIVE_INFINITY };

/** So many streams, and the sum of their hashes. */
type Group = { streams: number; fingerprint: Fingerprint };

export type Newcomers = {
  /** Whether all streams tell when they were made. */
  areDated: boolean;
  /** The hashes of those made after this count's own `sinceMs`, in any order; `null`: they are more than are kept. */
  young: readonly Fingerprint[] | null;
  /** Of those made since the count before: which it did not list, and which it did. Empty where there is none before. */
  created: Group;
  known: Group;
};

const NONE: Group = { streams: 0, fingerprint: '0000000000000000' };

export const NO_NEWCOMERS: Newcomers = { areDated: true, young: [], created: NONE, known: NONE };

/** Those of two disjoint sets of streams. Associative and commutative but for the order of `young`. */
export function mergeNewcomers(a: Newcomers, b: Newcomers): Newcomers {
  return {
    areDated: a.areDated && b.areDated,
    young: a.young === null || b.young === null ? null : keepFew([...a.young, ...b.young]),
    created: mergeGroups(a.created, b.created),
    known: mergeGroups(a.known, b.known),
  };
}

function mergeGroups(a: Group, b: Group): Group {
  return { streams: a.streams + b.streams, fingerprint: addFingerprints(a.fingerprint, b.fingerprint) };
}

const keepFew = (young: readonly Fingerprint[]) => (young.length > YOUNG_KEPT ? null : young);

type Finder = {
  /** Each stream once. @param hash of its ARN */
  add(createdAtMs: number | undefined, hash: Hash): void;
  newcomers(): Newcomers;
};

export function makeFinder({ sinceMs, earlier }: Lookout): Finder {
  const firstMs = Math.min(sinceMs, earlier?.sinceMs ?? sinceMs);
  const created = makeGroup();
  const known = makeGroup();
  let areDated = true;
  let young: Fingerprint[] | null = [];

  return {
    add(createdAtMs, hash) {
      if (!isDate(createdAtMs)) {
        areDated = false;
        return;
      }
      if (createdAtMs <= firstMs) return;
      if (createdAtMs > sinceMs && young !== null && young.push(printHash(hash)) > YOUNG_KEPT) young = null;
      if (earlier === undefined || createdAtMs <= earlier.sinceMs) return;
      (earlier.young.has(hash) ? known : created).add(hash);
    },
    newcomers: () => ({ areDated, young: young && [...young], created: created.group(), known: known.group() }),
  };
}

function makeGroup() {
  const fingerprinter = makeFingerprinter();
  let streams = 0;
  return {
    add(hash: Hash): void {
      streams += 1;
      fingerprinter.add(hash);
    },
    group: (): Group => ({ streams, fingerprint: fingerprinter.fingerprint() }),
  };
}
