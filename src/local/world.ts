/**
 * A world says which streams the local Kinesis Video holds, region by region, and how each region behaves.
 * It is a JSON file; docs/local-video.md describes every field. Here it is read, checked and completed with
 * defaults, so that everything after this file can trust it.
 */
import * as v from 'valibot';
import { readJsonFile } from './json-file.ts';
import defaultWorldJson from './worlds/default.json' with { type: 'json' };

/** A choice and how often it is taken, relative to its neighbours: `{"ACTIVE": 96, "DELETING": 4}`. */
export type Weights = Readonly<Record<string, number>>;

export type Names =
  | { readonly kind: 'numbered'; readonly prefixes: Weights; readonly digits: number }
  | { readonly kind: 'spread'; readonly length: number }
  | { readonly kind: 'list'; readonly names: readonly string[] };

export type Fault<Kind = FaultKind> = {
  readonly kind: Kind;
  /** Calls that are still served before the fault begins. */
  readonly after: number;
  /** Calls that the fault hits; `Infinity` is all that follow. */
  readonly calls: number;
};

/** What a quota comes to. A text, or a number that no quota can have, is an answer that is wrong. */
export type QuotaValue = number | string;

/** What Service Quotas says of one region. */
export type QuotaWorld = {
  /** What was asked for and granted; `null`: nothing was. Absent: AWS's default, as if it had been. */
  readonly applied?: QuotaValue | null;
  /** `null`: AWS does not know the quota here. Absent: AWS's default, as it is documented. */
  readonly default?: QuotaValue | null;
  readonly latencyMs: number;
  readonly fault?: Fault<QuotaFaultKind>;
};

type Order = 'name' | 'created' | 'hash';

export type RegionWorld = {
  readonly streams: number;
  readonly names: Names;
  readonly order: Order;
  readonly statuses: Weights;
  readonly retentionHours: Weights;
  /** The empty string stands for a stream without a media type. */
  readonly mediaTypes: Weights;
  readonly kmsKeys: Weights;
  /** Keys are ages in days: `{"7": 4, "30": 10}` is 4 parts up to 7 days old and 10 parts from 7 to 30. */
  readonly createdWithinDays: Weights;
  readonly latencyMs: number;
  readonly callsPerSecond: number;
  /** Most streams on the first, second ... page of a listing, then again from the start. 0 is an empty page. */
  readonly pageCap: readonly number[];
  readonly quota: QuotaWorld;
  readonly fault?: Fault;
};

/** What can be asked about regions, and what is wrong with the answers. */
export type Sources = {
  /** Where Kinesis Video is. */
  readonly regions: { readonly list: readonly string[]; readonly fault?: Fault<SourceFaultKind> };
  /** Which regions the account has switched on. */
  readonly optIn: { readonly fault?: Fault<SourceFaultKind> };
};

export type World = {
  readonly seed: string;
  readonly accountId: string;
  /** The instant, in epoch milliseconds, from which the ages of streams are counted back. */
  readonly asOf: number;
  readonly regions: Readonly<Record<string, RegionWorld>>;
  /** Absent: every region of the world is listed, and both sources are well. */
  readonly sources?: Sources;
};

/** As many as index arithmetic serves within a page's time; more than one worker invocation can list. */
const STREAMS_LIMIT = 20_000_000;
const NAME_LENGTH_LIMIT = 256;
/** The first 8 letters of a spread name carry its place in the order. */
const SPREAD_LENGTH_MIN = 8;
const NAME_PATTERN = /^[a-zA-Z0-9_.-]{1,256}$/;
const REGION_PATTERN = /^[a-z]{2}(-[a-z]+)+-[0-9]+$/;
const MEDIA_TYPE_PATTERN = /^$|^(?=.{1,128}$)[\w.+-]+\/[\w.+-]+(,[\w.+-]+\/[\w.+-]+)*$/;

const DEFAULTS: Omit<RegionWorld, 'names' | 'streams'> = {
  order: 'name',
  statuses: { ACTIVE: 955, UPDATING: 20, CREATING: 15, DELETING: 10 },
  retentionHours: { 0: 22, 24: 30, 168: 28, 720: 14, 8760: 6 },
  mediaTypes: { 'video/h264': 62, 'video/h264,audio/aac': 18, 'video/h265': 12, '': 8 },
  kmsKeys: { 'aws-managed': 80, customer: 20 },
  createdWithinDays: { 1: 1, 7: 4, 30: 12, 365: 48, 2000: 35 },
  latencyMs: 0,
  callsPerSecond: 50,
  pageCap: [1000],
  quota: { latencyMs: 0 },
};

function whole(from: number, to: number) {
  const expected = `a whole number from ${from} to ${to}`;
  return v.pipe(v.number(expected), v.integer(expected), v.minValue(from, expected), v.maxValue(to, expected));
}

function oneOf<const T extends readonly string[]>(choices: T) {
  return v.picklist(choices, `one of ${choices.join(', ')}`);
}

function weights(key: v.GenericSchema<string, string>, keys: string) {
  const expected = `an object of ${keys} and their weights`;
  const weight = 'a weight, that is a number from 0 to 1000000';
  return v.pipe(
    v.record(
      key,
      v.pipe(v.number(weight), v.finite(weight), v.minValue(0, weight), v.maxValue(1_000_000, weight)),
      expected,
    ),
    v.check((value) => Object.values(value).some((part) => part > 0), `${expected}, at least one above 0`),
  );
}

function wholeNumberKey(from: number, to: number) {
  const expected = `a whole number from ${from} to ${to} as the key`;
  return v.pipe(
    v.string(expected),
    v.check((key) => /^(0|[1-9][0-9]*)$/.test(key) && Number(key) >= from && Number(key) <= to, expected),
  );
}

function pattern(regex: RegExp, expected: string) {
  return v.pipe(v.string(expected), v.regex(regex, expected));
}

const NAME = pattern(NAME_PATTERN, '1 to 256 of the letters a-z A-Z 0-9 _ . -');

const NAMES_SCHEMA = v.variant(
  'kind',
  [
    v.strictObject({
      kind: v.literal('numbered'),
      prefix: v.optional(
        v.lazy((value) => (typeof value === 'object' ? weights(NAME, 'name prefixes') : NAME)) as v.GenericSchema<
          string | Record<string, number>
        >,
      ),
      digits: v.optional(whole(1, 15)),
    }),
    v.strictObject({ kind: v.literal('spread'), length: v.optional(whole(SPREAD_LENGTH_MIN, NAME_LENGTH_LIMIT)) }),
    v.strictObject({ kind: v.literal('list'), names: v.array(NAME, 'a list of stream names') }),
  ],
  (issue) =>
    issue.expected === 'Object' ? 'an object with kind numbered, spread or list' : 'numbered, spread or list',
);

const PASSING_FAULTS = ['denied', 'throttled', 'hang', 'server-error', 'drops-connection'] as const;
const LASTING_FAULTS = ['not-enabled', 'token-loop'] as const;
type FaultKind = (typeof PASSING_FAULTS)[number] | (typeof LASTING_FAULTS)[number];
const LYING_FAULTS = ['empty', 'bad-answer', 'token-loop'] as const;
export type SourceFaultKind = (typeof PASSING_FAULTS)[number] | (typeof LYING_FAULTS)[number];

export type QuotaFaultKind = (typeof PASSING_FAULTS)[number];

type FaultJson<Kind = FaultKind> = Kind | { kind: Kind; after?: number | undefined; calls?: number | undefined };

/** @param lasting those that cannot begin later or end */
function faultSchema<Kind extends string>(kinds: readonly Kind[], lasting: readonly string[]) {
  const kindSchema = oneOf(kinds);
  return v.lazy((value): v.GenericSchema<FaultJson<Kind>> => {
    if (typeof value === 'string') return kindSchema;
    const kind = (value as { kind?: unknown } | undefined)?.kind;
    if (lasting.some((one) => one === kind)) return v.strictObject({ kind: kindSchema });
    return v.strictObject(
      { kind: kindSchema, after: v.optional(whole(0, 1_000_000)), calls: v.optional(whole(1, 1_000_000)) },
      'the name of a fault, or an object with kind and perhaps calls and after',
    );
  });
}

const FAULT_SCHEMA = faultSchema<FaultKind>([...PASSING_FAULTS, ...LASTING_FAULTS], LASTING_FAULTS);
const SOURCE_FAULT_SCHEMA = faultSchema<SourceFaultKind>([...PASSING_FAULTS, ...LYING_FAULTS], []);

const QUOTA_FAULT_SCHEMA = faultSchema<QuotaFaultKind>(PASSING_FAULTS, []);

const PAGE_CAP = 'a whole number from 1 to 10000, or a list of up to 1000 numbers from 0 to 10000, not all 0';
const PAGE_CAP_SCHEMA = v.lazy((value): v.GenericSchema<number | number[]> => {
  if (!Array.isArray(value))
    return v.pipe(v.number(PAGE_CAP), v.integer(PAGE_CAP), v.minValue(1, PAGE_CAP), v.maxValue(10_000, PAGE_CAP));
  return v.pipe(
    v.array(whole(0, 10_000)),
    v.maxLength(1000, PAGE_CAP),
    v.check((caps) => caps.some((cap) => cap > 0), PAGE_CAP),
  );
});

/** An object of these fields and no others; a list is not an object. */
function object<const T extends v.ObjectEntries>(fields: T) {
  const expected = 'an object';
  return v.pipe(
    v.unknown(),
    v.check((value) => !Array.isArray(value), expected),
    v.strictObject(fields, expected),
  );
}

const QUOTA = 'a number, a text of at most 40 letters, null, or an object with applied, default, latencyMs or fault';
const QUOTA_VALUE_SCHEMA = v.nullable(
  v.union([v.pipe(v.number(QUOTA), v.finite(QUOTA)), pattern(/^[ -~]{0,40}$/, QUOTA)], QUOTA),
);
const QUOTA_SCHEMA = v.lazy((value): v.GenericSchema<unknown, QuotaJson> => {
  if (typeof value !== 'object' || value === null) return QUOTA_VALUE_SCHEMA;
  return object({
    applied: v.optional(QUOTA_VALUE_SCHEMA),
    default: v.optional(QUOTA_VALUE_SCHEMA),
    latencyMs: v.optional(whole(0, 600_000)),
    fault: v.optional(v.nullable(QUOTA_FAULT_SCHEMA)),
  });
});
type QuotaJson =
  | QuotaValue
  | null
  | {
      applied?: QuotaValue | null | undefined;
      default?: QuotaValue | null | undefined;
      latencyMs?: number | undefined;
      fault?: FaultJson<QuotaFaultKind> | null | undefined;
    };

const REGION_SCHEMA = object({
  streams: v.optional(whole(0, STREAMS_LIMIT)),
  names: v.optional(NAMES_SCHEMA),
  order: v.optional(oneOf(['name', 'created', 'hash'])),
  statuses: v.optional(weights(oneOf(['CREATING', 'ACTIVE', 'UPDATING', 'DELETING']), 'statuses')),
  retentionHours: v.optional(weights(wholeNumberKey(0, 87_600), 'hours')),
  mediaTypes: v.optional(
    weights(pattern(MEDIA_TYPE_PATTERN, 'a media type such as video/h264, or "" for none'), 'media types'),
  ),
  kmsKeys: v.optional(weights(oneOf(['aws-managed', 'customer']), 'key kinds')),
  createdWithinDays: v.optional(weights(wholeNumberKey(1, 3650), 'ages in days')),
  latencyMs: v.optional(whole(0, 600_000)),
  callsPerSecond: v.optional(whole(1, 100_000)),
  pageCap: v.optional(PAGE_CAP_SCHEMA),
  quota: v.optional(QUOTA_SCHEMA),
  fault: v.optional(v.nullable(FAULT_SCHEMA)),
});
type RegionJson = v.InferOutput<typeof REGION_SCHEMA>;

const REGION_NAME = pattern(REGION_PATTERN, 'a region name such as eu-west-1');
const SOURCES_SCHEMA = object({
  regions: v.optional(
    object({
      list: v.optional(v.pipe(v.array(REGION_NAME, 'a list of region names'), v.maxLength(500, 'at most 500 of them'))),
      fault: v.optional(v.nullable(SOURCE_FAULT_SCHEMA)),
    }),
  ),
  optIn: v.optional(object({ fault: v.optional(v.nullable(SOURCE_FAULT_SCHEMA)) })),
});

const AS_OF = 'an instant such as "2026-11-20T00:00:00Z", or "today"';
const WORLD_SCHEMA = object({
  seed: v.optional(
    v.pipe(v.union([v.string(), v.number()], 'a string or a number'), v.transform(String)),
    'kvs-census',
  ),
  accountId: v.optional(pattern(/^[0-9]{12}$/, 'a string of 12 digits'), '000000000000'),
  asOf: v.optional(
    v.pipe(
      v.string(AS_OF),
      v.check(
        (text) => text === 'today' || (/^20\d\d-\d\d-\d\dT.*Z$/.test(text) && !Number.isNaN(Date.parse(text))),
        AS_OF,
      ),
    ),
    '2026-11-20T00:00:00Z',
  ),
  defaults: v.optional(REGION_SCHEMA, {}),
  regions: v.pipe(
    v.record(REGION_NAME, REGION_SCHEMA, 'an object of regions'),
    v.check((regions) => Object.keys(regions).length > 0, 'at least one region'),
  ),
  sources: v.optional(SOURCES_SCHEMA),
});

/**
 * Checks a world and completes it with defaults.
 * @param source what the sentence of a failure begins with: the file's name
 * @throws Error with one sentence: source, path of the field, what was found, what was expected
 */
export function parseWorld(json: unknown, source: string): World {
  const parsed = v.safeParse(WORLD_SCHEMA, json, { abortEarly: true });
  if (!parsed.success) throw new Error(`${source}: ${complaint(parsed.issues[0])}`);
  const { seed, accountId, asOf, defaults, regions, sources } = parsed.output;
  return {
    seed,
    accountId,
    asOf: asOf === 'today' ? startOfToday() : Date.parse(asOf),
    regions: Object.fromEntries(
      Object.entries(regions).map(([region, own]) => [
        region,
        completeRegion({ ...given(defaults), ...given(own) }, (field, problem) => {
          throw new Error(`${source}: regions.${region}.${field} ${problem}.`);
        }),
      ]),
    ),
    ...(sources && {
      sources: {
        regions: { list: sources.regions?.list ?? Object.keys(regions), ...faultOf(sources.regions?.fault) },
        optIn: faultOf(sources.optIn?.fault),
      },
    }),
  };
}

/** Reads a world file. @throws Error with one sentence that names the file */
export function readWorld(file: string): World {
  return parseWorld(readJson(file), file);
}

function readJson(file: string): unknown {
  try {
    return readJsonFile(file);
  } catch (cause) {
    const why = (cause as Error).message;
    throw new Error(`${file}: the world ${why}; expected a file as in docs/local-video.md.`, { cause });
  }
}

/** 19 regions, about 60,000 streams, no faults. */
export function defaultWorld(): World {
  return parseWorld(defaultWorldJson, 'the default world');
}

/** The same world, one region of it with a fault for ever. @throws Error when the world does not name the region */
export function withFault(world: World, region: string, kind: FaultKind): World {
  return { ...world, regions: { ...world.regions, [region]: { ...regionOf(world, region), ...faultOf(kind) } } };
}

function regionOf(world: World, region: string): RegionWorld {
  const own = world.regions[region];
  if (own !== undefined) return own;
  throw new Error(`This world has no region ${region}; expected one of ${Object.keys(world.regions).join(', ')}.`);
}

/** The same world, in which Service Quotas says something else of one region. @throws Error when the world does not name it */
export function withQuota(world: World, region: string, quota: Partial<QuotaWorld>): World {
  const before = regionOf(world, region);
  return { ...world, regions: { ...world.regions, [region]: { ...before, quota: { ...before.quota, ...quota } } } };
}

/** The same world, in which Service Quotas has a fault for ever in one region. */
export function withQuotaFault(world: World, region: string, kind: QuotaFaultKind): World {
  return withQuota(world, region, faultOf(kind));
}

/** What a world without a word about it says. */
export function sourcesOf({ sources, regions }: Pick<World, 'sources' | 'regions'>): Sources {
  return sources ?? { regions: { list: Object.keys(regions) }, optIn: {} };
}

/** The same world, one of its sources with a fault for ever. */
export function withSourceFault(world: World, source: keyof Sources, kind: SourceFaultKind): World {
  const sources = sourcesOf(world);
  return { ...world, sources: { ...sources, [source]: { ...sources[source], ...faultOf(kind) } } };
}

type Refuse = (field: string, problem: string) => never;

function completeRegion(json: Given<RegionJson>, refuse: Refuse): RegionWorld {
  const { names = { kind: 'numbered' }, pageCap = DEFAULTS.pageCap, quota = {}, fault = null, ...rest } = json;
  const streams = json.streams ?? (names.kind === 'list' ? names.names.length : undefined);
  if (streams === undefined) {
    return refuse('streams', `is missing; expected a whole number from 0 to ${STREAMS_LIMIT}`);
  }
  return {
    ...DEFAULTS,
    ...rest,
    streams,
    names: completeNames(names, streams, refuse),
    pageCap: typeof pageCap === 'number' ? [pageCap] : pageCap,
    quota: completeQuota(quota),
    ...faultOf(fault),
  };
}

/** A value alone is what was applied; `null` alone is a region in which AWS does not know the quota. */
function completeQuota(json: QuotaJson): QuotaWorld {
  if (json === null) return { ...DEFAULTS.quota, applied: null, default: null };
  if (typeof json !== 'object') return { ...DEFAULTS.quota, applied: json };
  const { fault, ...values } = given(json);
  return { ...DEFAULTS.quota, ...values, ...faultOf(fault) };
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
}

/** As a field, or no field. */
function faultOf<Kind extends string>(json: FaultJson<Kind> | null | undefined): { fault?: Fault<Kind> } {
  if (json === null || json === undefined) return {};
  const { kind, after = 0, calls = Number.POSITIVE_INFINITY } = typeof json === 'string' ? { kind: json } : json;
  return { fault: { kind, after, calls } };
}

function completeNames(json: NonNullable<RegionJson['names']>, streams: number, refuse: Refuse): Names {
  if (json.kind === 'spread') return { kind: 'spread', length: json.length ?? 16 };
  if (json.kind === 'list') return completeList(json.names, streams, refuse);
  const { prefix = 'camera-', digits = Math.max(7, String(streams).length) } = json;
  const prefixes = typeof prefix === 'string' ? { [prefix]: 1 } : prefix;
  if (streams >= 10 ** digits) {
    return refuse('names.digits', `is ${digits}; expected at least ${String(streams).length} for ${streams} streams`);
  }
  const sorted = Object.keys(prefixes).sort();
  sorted.forEach((each, index) => {
    if (each.length + digits > NAME_LENGTH_LIMIT) {
      refuse(
        'names.prefix',
        `has ${each.length} letters; expected at most ${NAME_LENGTH_LIMIT - digits} before ${digits} digits`,
      );
    }
    // One prefix inside another would interleave their numbers: names could no longer be computed from an index.
    const next = sorted[index + 1];
    if (next?.startsWith(each)) {
      refuse(
        'names.prefix',
        `has "${each}", with which "${next}" begins; expected prefixes that do not begin with each other`,
      );
    }
  });
  return { kind: 'numbered', prefixes, digits };
}

function completeList(names: readonly string[], streams: number, refuse: Refuse): Names {
  if (names.length !== streams) {
    return refuse('streams', `is ${streams}; expected ${names.length}, the length of names.names, or no such field`);
  }
  const sorted = [...names].sort();
  const twice = sorted.find((name, index) => name === sorted[index + 1]);
  if (twice !== undefined) return refuse('names.names', `has "${twice}" twice; expected each name once`);
  return { kind: 'list', names: sorted };
}

function complaint(issue: v.BaseIssue<unknown>): string {
  const path = issue.path?.map((item) => String(item.key)).join('.') || 'the world';
  const where = 'see docs/local-video.md for the fields of a world';
  if (issue.type === 'strict_object' && issue.expected === 'never') return `${path} is not a field here; ${where}.`;
  if (issue.type === 'strict_object' && issue.input === undefined) return `${path} is missing; ${where}.`;
  return `${path} is ${found(issue.input)}; expected ${issue.message}.`;
}

function found(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return `an object of ${Object.keys(value).length} fields`;
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}

function startOfToday(): number {
  return new Date().setUTCHours(0, 0, 0, 0);
}
