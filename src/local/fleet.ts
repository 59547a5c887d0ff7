/**
 * The things of one kind in one region, computed from their place in the name order instead of being held: name by
 * arithmetic, everything else from a hash of the name. So five million streams need no memory, the same world is
 * the same streams in every process, and one name more or less leaves all other streams as they were.
 */
import { hashName, makePicker, mix, seedWords, WORD } from './draw.ts';
import type { Kind, Weights } from './kind.ts';
import { arnOf } from './partition.ts';
import type { Names, RegionWorld, World } from './world.ts';

export type Fleet = {
  readonly size: number;
  nameAt(index: number): string;
  /** The place of the one of exactly this name. */
  indexOf(name: string): number | undefined;
  /** One of them as JSON text, ready to be joined into a page. */
  textAt(index: number): string;
  /** Those whose names begin with `prefix` (all without one), in the order in which the region lists them. */
  listing(prefix?: string): Listing;
};

export type Listing = {
  readonly size: number;
  indexAt(position: number): number;
  /** How many of them stand before the first one behind this name. */
  positionAfter(name: string): number;
};

/** The letters of a name in byte order. */
const LETTERS = '-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
const PAIRS = Array.from({ length: 65 * 65 }, (_, i) => LETTERS.charAt(Math.floor(i / 65)) + LETTERS.charAt(i % 65));
const DAY_MS = 86_400_000;

export function makeFleet(kind: Kind, world: World, region: string, own: RegionWorld): Fleet {
  // Streams came first: their seed does not name them, so that a world of theirs stays what it was.
  const seed = seedWords(`${world.seed}/${region}${kind.name === 'streams' ? '' : `/${kind.name}`}`);
  const nameAt = makeNames(own.names, own.size, seed[0]);
  const createdFrom = makeAges(world, own, seed);
  const textOf = kind.makeText({
    pick: (look, turn) => makePicker(own.looks[look]!, turn),
    arn: (service, resource) => arnOf(service, region, world.accountId, resource),
    seed,
  });
  const hashAt = (name: string) => hashName(name, seed[0]);
  const sortKey = {
    name: undefined,
    created: (index: number) => createdFrom(hashAt(nameAt(index))),
    hash: (index: number) => hashName(nameAt(index), seed[1]),
  }[own.order];
  return {
    size: own.size,
    nameAt,
    indexOf(name) {
      const index = firstIndex(own.size, (each) => nameAt(each) >= name);
      return index < own.size && nameAt(index) === name ? index : undefined;
    },
    textAt(index) {
      const name = nameAt(index);
      const hash = hashAt(name);
      return textOf(name, hash, createdFrom(hash));
    },
    listing: makeListings(own.size, nameAt, sortKey),
  };
}

// ---------------------------------------------------------------------------------------------------------- names

/** index -> name, strictly rising in byte order. */
function makeNames(names: Names, count: number, seed: number): (index: number) => string {
  switch (names.kind) {
    case 'list':
      return (index) => names.names[index]!;
    case 'numbered':
      return numberedNames(names.prefixes, names.digits, count);
    case 'spread':
      return spreadNames(names.length, count, seed);
    default:
      return names satisfies never;
  }
}

/** Every prefix has its own numbers from 1; no prefix begins with another, so their blocks lie one after the other. */
function numberedNames(prefixes: Weights, digits: number, count: number): (index: number) => string {
  const sorted = Object.keys(prefixes).sort();
  const total = sorted.reduce((sum, prefix) => sum + prefixes[prefix]!, 0);
  let weight = 0;
  const ends = sorted.map((prefix) => {
    weight += prefixes[prefix]!;
    return Math.round((count * weight) / total);
  });
  return (index) => {
    const block = firstIndex(ends.length, (each) => index < ends[each]!);
    const first = block === 0 ? 0 : ends[block - 1]!;
    return sorted[block]! + String(index - first + 1).padStart(digits, '0');
  };
}

/**
 * The first 8 letters are a number to base 65 that rises with the index: the range 65^8 is cut into `count` equal
 * pieces and the hash chooses a place within each. The letters after them come from the hash.
 */
function spreadNames(length: number, count: number, seed: number): (index: number) => string {
  const pieceWidth = Math.floor(65 ** 8 / Math.max(1, count));
  return (index) => {
    let word = mix(index ^ seed);
    const value = index * pieceWidth + Math.floor((word / WORD) * pieceWidth);
    const high = Math.floor(value / 65 ** 4);
    const low = value % 65 ** 4;
    let name =
      PAIRS[Math.floor(high / 4225)]! + PAIRS[high % 4225]! + PAIRS[Math.floor(low / 4225)]! + PAIRS[low % 4225]!;
    while (name.length < length) {
      word = mix(word + name.length);
      name += PAIRS[word % 4225]!;
    }
    return name.length === length ? name : name.slice(0, length);
  };
}

// ----------------------------------------------------------------------------------------------------------- ages

/** When the thing with this hash was created, in epoch milliseconds. */
function makeAges(world: World, own: RegionWorld, seed: readonly number[]): (hash: number) => number {
  const weights = own.looks.createdWithinDays!;
  const ages = Object.keys(weights)
    .map(Number)
    .sort((a, b) => a - b);
  const pickAge = makePicker(weights, (days) => ({
    fromMs: (ages[ages.indexOf(Number(days)) - 1] ?? 0) * DAY_MS,
    toMs: Number(days) * DAY_MS,
  }));
  const [, saltA, saltB] = seed as [number, number, number];
  return (hash) => {
    const { fromMs, toMs } = pickAge(mix(hash ^ saltA));
    return world.asOf - Math.floor(fromMs + (mix(hash ^ saltB) / WORD) * (toMs - fromMs));
  };
}

// ---------------------------------------------------------------------------------------------------------- order

type SortKey = (index: number) => number;

/** In name order a prefix is a range and needs no memory; in any other order its indexes are sorted once and kept. */
function makeListings(size: number, nameAt: (index: number) => string, sortKey: SortKey | undefined): Fleet['listing'] {
  const sorted = new Map<string, Uint32Array>();
  const keptLimit = Math.max(4 * size, 1_000_000);
  let kept = 0;

  function range(prefix: string) {
    const from = firstIndex(size, (index) => nameAt(index) >= prefix);
    // '~' sorts after every letter a name can have.
    return { from, to: firstIndex(size, (index) => nameAt(index) >= `${prefix}~`) };
  }

  function sortedIndexes(prefix: string, key: SortKey): Uint32Array {
    const known = sorted.get(prefix);
    if (known !== undefined) return known;
    const { from, to } = range(prefix);
    const indexes = sortBy(key, from, to);
    for (const [oldest, old] of sorted) {
      if (kept + indexes.length <= keptLimit) break;
      sorted.delete(oldest);
      kept -= old.length;
    }
    sorted.set(prefix, indexes);
    kept += indexes.length;
    return indexes;
  }

  return (prefix = '') => {
    if (sortKey === undefined) {
      const { from, to } = range(prefix);
      return {
        size: to - from,
        indexAt: (position) => from + position,
        positionAfter: (name) => firstIndex(to - from, (position) => nameAt(from + position) > name),
      };
    }
    const indexes = sortedIndexes(prefix, sortKey);
    return {
      size: indexes.length,
      indexAt: (position) => indexes[position]!,
      // In an order of its own a name that is not there stands before all others.
      positionAfter: (name) => indexes.findIndex((index) => nameAt(index) === name) + 1,
    };
  };
}

function sortBy(key: SortKey, from: number, to: number): Uint32Array {
  const keys = Float64Array.from({ length: to - from }, (_, offset) => key(from + offset));
  return Uint32Array.from({ length: to - from }, (_, offset) => from + offset).sort(
    (a, b) => keys[a - from]! - keys[b - from]! || a - b,
  );
}

/** The first index for which `holds`, which never turns false again; `size` if none. */
function firstIndex(size: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = size;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
