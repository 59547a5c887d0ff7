/**
 * The streams of one region, computed from their place in the name order instead of being held: name by
 * arithmetic, everything else from a hash of the name. So five million streams need no memory, the same world is
 * the same streams in every process, and one name more or less leaves all other streams as they were.
 */
import { createHash } from 'node:crypto';
import type { Names, Weights, World } from './world.ts';

/** One stream as the API sends it, `CreationTime` in epoch seconds. */
type StreamJson = {
  DeviceName: string;
  StreamName: string;
  StreamARN: string;
  MediaType: string | null;
  KmsKeyId: string;
  Version: string;
  Status: string;
  CreationTime: number;
  DataRetentionInHours: number;
};

export type Fleet = {
  readonly size: number;
  nameAt(index: number): string;
  /** The place of the stream of exactly this name. */
  indexOf(name: string): number | undefined;
  /** One stream as JSON text, ready to be joined into a page. */
  textAt(index: number): string;
  streamAt(index: number): StreamJson;
  /** The streams whose names begin with `prefix` (all without one), in the order in which the region lists them. */
  listing(prefix?: string): Listing;
};

export type Listing = { readonly size: number; indexAt(position: number): number };

/** The letters of a stream name in byte order. */
const LETTERS = '-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
const PAIRS = Array.from({ length: 65 * 65 }, (_, i) => LETTERS.charAt(Math.floor(i / 65)) + LETTERS.charAt(i % 65));
/** Pieces of versions and device names, which are letters and digits only. */
const FIVE_LETTERS = Array.from({ length: 4096 }, (_, i) =>
  createHash('sha256').update(`${i}`).digest('base64').replace(/[+/=]/g, '').slice(0, 5),
);
const THREE_DIGITS = Array.from({ length: 1000 }, (_, i) => String(i).padStart(3, '0'));
const DAY_MS = 86_400_000;
const WORD = 2 ** 32;

/** @throws Error when the world does not name the region */
export function makeFleet(world: World, region: string): Fleet {
  const own = world.regions[region];
  if (own === undefined) throw new Error(`the world has no region ${region}`);
  const seed = seedWords(`${world.seed}/${region}`);
  const nameAt = makeNames(own.names, own.streams, seed[0]);
  const looks = makeLooks(world, region, seed);
  const sortKey = {
    name: undefined,
    created: (index: number) => looks.createdAt(nameAt(index)),
    hash: (index: number) => hashName(nameAt(index), seed[1]),
  }[own.order];
  return {
    size: own.streams,
    nameAt,
    indexOf(name) {
      const index = firstIndex(own.streams, (each) => nameAt(each) >= name);
      return index < own.streams && nameAt(index) === name ? index : undefined;
    },
    textAt: (index) => looks.text(nameAt(index)),
    streamAt: (index) => JSON.parse(looks.text(nameAt(index))),
    listing: makeListings(own.streams, nameAt, sortKey),
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

// ------------------------------------------------------------------------------------------ everything but the name

function makeLooks(world: World, region: string, seed: readonly number[]) {
  const own = world.regions[region]!;
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  const arn = (service: string, resource: string) =>
    `arn:${partition}:${service}:${region}:${world.accountId}:${resource}`;
  const customerKeys = [4, 5, 6].map((word) => arn('kms', `key/${uuidFrom(seed[word]!)}`));
  const [saltA, saltB, saltC] = [seed[1]!, seed[2]!, seed[3]!];

  // Each choice is kept with the JSON text around it: fewer pieces to join, 1,000 times a page.
  const pickRetention = makePicker(
    own.retentionHours,
    (hours) => `,"DataRetentionInHours":${hours},"DeviceName":"device-`,
  );
  const pickKeyKind = makePicker(own.kmsKeys, (kind) =>
    (kind === 'customer' ? customerKeys : [arn('kms', 'alias/aws/kinesisvideo')]).map((key) => `","KmsKeyId":"${key}"`),
  );
  const pickMediaType = makePicker(own.mediaTypes, (type) => `,"MediaType":${type === '' ? 'null' : `"${type}"`}`);
  const pickStatus = makePicker(
    own.statuses,
    (status) => `,"Status":"${status}","StreamARN":"${arn('kinesisvideo', 'stream/')}`,
  );
  const ages = Object.keys(own.createdWithinDays)
    .map(Number)
    .sort((a, b) => a - b);
  const pickAge = makePicker(own.createdWithinDays, (days) => ({
    fromMs: (ages[ages.indexOf(Number(days)) - 1] ?? 0) * DAY_MS,
    toMs: Number(days) * DAY_MS,
  }));

  function createdFrom(hash: number): number {
    const { fromMs, toMs } = pickAge(mix(hash ^ saltA));
    return world.asOf - Math.floor(fromMs + (mix(hash ^ saltB) / WORD) * (toMs - fromMs));
  }

  return {
    /** Epoch milliseconds. */
    createdAt: (name: string) => createdFrom(hashName(name, seed[0]!)),

    // Names, media types and ARNs hold no character that JSON would escape: the world's schema sees to it.
    text(name: string): string {
      const hash = hashName(name, seed[0]!);
      const created = createdFrom(hash);
      const seconds = String(Math.floor(created / 1000));
      const millis = THREE_DIGITS[created % 1000]!;
      const a = mix(hash ^ saltC);
      const b = mix(a);
      const c = mix(b);
      const keys = pickKeyKind(b);
      return (
        `{"CreationTime":${seconds}.${millis}${pickRetention(a)}${FIVE_LETTERS[b & 4095]}${keys[c % keys.length]}` +
        `${pickMediaType(c)}${pickStatus(mix(c))}${name}/${seconds}${millis}","StreamName":"${name}","Version":"` +
        `${FIVE_LETTERS[a >>> 20]}${FIVE_LETTERS[a & 4095]}${FIVE_LETTERS[b >>> 20]}${FIVE_LETTERS[c & 4095]}"}`
      );
    },
  };
}

/** A function from a 32-bit word to what one of the weighted choices turns into. */
function makePicker<T>(weights: Weights, turn: (choice: string) => T): (word: number) => T {
  const taken = Object.entries(weights).filter(([, weight]) => weight > 0);
  const total = taken.reduce((sum, [, weight]) => sum + weight, 0);
  let sum = 0;
  const choices = taken.map(([choice, weight]) => {
    sum += weight;
    return { below: (sum / total) * WORD, value: turn(choice) };
  });
  const lastChoice = choices.at(-1)!;
  return (word) => {
    for (const choice of choices) if (word < choice.below) return choice.value;
    return lastChoice.value;
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
      return { size: to - from, indexAt: (position) => from + position };
    }
    const indexes = sortedIndexes(prefix, sortKey);
    return { size: indexes.length, indexAt: (position) => indexes[position]! };
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

// --------------------------------------------------------------------------------------------------------- hashing

function seedWords(text: string): [number, number, number, number, number, number, number] {
  const digest = createHash('sha256').update(text).digest();
  return [0, 4, 8, 12, 16, 20, 24].map((at) => digest.readUInt32BE(at)) as ReturnType<typeof seedWords>;
}

function uuidFrom(word: number): string {
  const hex = createHash('sha256').update(String(word)).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function hashName(name: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return mix(hash);
}

/** A 32-bit word in, a well mixed unsigned 32-bit word out, one to one. */
function mix(word: number): number {
  let x = word;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}
