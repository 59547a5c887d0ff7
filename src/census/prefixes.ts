/**
 * How many streams begin with each prefix: so two runs can tell which streams went, and nobody keeps their names.
 *
 * All prefixes of a region have one length: the longest for which there are at most 50 of them. A name counts without its
 * last 4 characters, and up to its 60th, or 50 streams would be kept under their whole names; one that is shorter by then
 * than the common length counts as what is left of it.
 *
 * A longer prefix only divides what a shorter one holds. So more streams never allow a longer prefix, counts of a shorter
 * one follow exactly from those of a longer one, and neither the order of the streams nor of merging matters.
 */
export type Prefixes = {
  /** In characters. */
  length: number;
  /** Each stream is in one of them. In the order of the prefixes. */
  counts: PrefixCount[];
};

type PrefixCount = { prefix: string; streams: number };

export const PREFIXES_KEPT = 50;
/** In characters; what is longer tells nothing more of a fleet, and a record must stay small. */
export const LONGEST_PREFIX = 60;
/** Characters at the end of a name that no prefix holds. */
const LEFT_OUT = 4;

/** Where the prefix ends under which a name counts, if prefixes have this length. */
export function prefixEnd(name: string, length: number): number {
  return Math.min(Math.max(name.length - LEFT_OUT, 0), length);
}

/** Adds names up one by one, each once. Of bounded size, whatever the names. */
export function makePrefixCounter() {
  let length = LONGEST_PREFIX;
  let groups = new Map<string, PrefixCount>();
  /** Names that follow each other mostly begin alike. */
  let latest: PrefixCount | undefined;

  function groupOf(prefix: string): PrefixCount {
    const known = groups.get(prefix);
    if (known !== undefined) return known;
    const group = { prefix, streams: 0 };
    groups.set(prefix, group);
    return group;
  }

  return {
    add(name: string): void {
      const end = prefixEnd(name, length);
      if (latest?.prefix.length !== end || !name.startsWith(latest.prefix)) latest = groupOf(name.slice(0, end));
      latest.streams += 1;
      if (groups.size <= PREFIXES_KEPT) return;
      length = commonLength([...groups.keys()].sort(), length);
      groups = gather([...groups.values()], length);
      latest = undefined;
    },
    prefixes: (): Prefixes => ({ length, counts: sorted(groups) }),
  };
}

/** Adds those of disjoint sets of streams: what counting them together would be. */
export function mergePrefixes(all: readonly Prefixes[]): Prefixes {
  const least = Math.min(LONGEST_PREFIX, ...all.map(({ length }) => length));
  const groups = gather(
    all.flatMap(({ counts }) => counts),
    least,
  );
  const length = commonLength([...groups.keys()].sort(), least);
  return { length, counts: sorted(gather([...groups.values()], length)) };
}

/** The streams that begin with a prefix, in two runs. */
export type PrefixChange = { prefix: string; before: number; after: number };

/** The prefixes, at the shorter of the two lengths, that do not hold as many streams as before. */
export function changesByPrefix(before: Prefixes, after: Prefixes): PrefixChange[] {
  const length = Math.min(before.length, after.length);
  const [had, has] = [gather(before.counts, length), gather(after.counts, length)];
  return [...new Set([...had.keys(), ...has.keys()])]
    .sort()
    .map((prefix) => ({ prefix, before: had.get(prefix)?.streams ?? 0, after: has.get(prefix)?.streams ?? 0 }))
    .filter((change) => change.before !== change.after);
}

function gather(counts: readonly PrefixCount[], length: number): Map<string, PrefixCount> {
  const groups = new Map<string, PrefixCount>();
  for (const { prefix, streams } of counts) {
    const shorter = prefix.slice(0, length);
    groups.set(shorter, { prefix: shorter, streams: streams + (groups.get(shorter)?.streams ?? 0) });
  }
  return groups;
}

function sorted(groups: ReadonlyMap<string, PrefixCount>): PrefixCount[] {
  return [...groups.values()].map((group) => ({ ...group })).sort((a, b) => (a.prefix < b.prefix ? -1 : 1));
}

/**
 * The longest, up to `length`, at which at most 50 of these prefixes stay apart. They are in order, so two neighbours are
 * apart from the first character at which they differ: the 50th pair that would come apart sets the end.
 */
function commonLength(prefixes: readonly string[], length: number): number {
  const shared = prefixes.slice(1).map((prefix, index) => sharedBy(prefix, prefixes[index]!));
  return shared.sort((a, b) => a - b)[PREFIXES_KEPT - 1] ?? length;
}

function sharedBy(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}
