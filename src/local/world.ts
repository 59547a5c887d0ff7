/**
 * A world says what the local AWS holds of each kind, region by region, and how each region behaves. It is a JSON
 * file; docs/local-video.md describes every field. Here it is read, checked and completed with defaults, so that everything
 * after this file can trust it.
 */
import * as v from 'valibot';
import { object, oneOf, pattern, weights, whole } from './choices.ts';
import { readJsonFile } from './json-file.ts';
import type { Kind, Weights } from './kind.ts';
import { KINDS, kindOf, SERVICES, STREAMS } from './kinds.ts';
import defaultWorldJson from './worlds/default.json' with { type: 'json' };

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

/** What one region holds of one kind. */
export type RegionWorld = {
  /** How many. */
  readonly size: number;
  readonly names: Names;
  readonly order: Order;
  /**
   * By the fields of the kind. Of ages the keys are days: `{"7": 4, "30": 10}` is 4 parts up to 7 days old and 10 parts from 7
   * to 30.
   */
  readonly looks: Readonly<Record<string, Weights>>;
  readonly latencyMs: number;
  readonly callsPerSecond: number;
  /** Most of them on the first, second ... page of a listing, then again from the start. 0 is an empty page. */
  readonly pageCap: readonly number[];
  readonly quota: QuotaWorld;
  readonly fault?: Fault;
};

/** What can be asked about regions, and what is wrong with the answers. */
type Sources = {
  /** Where a service is, by its name. */
  readonly lists: Readonly<
    Record<string, { readonly list: readonly string[]; readonly fault?: Fault<SourceFaultKind> }>
  >;
  /** Which regions the account has switched on. */
  readonly optIn: { readonly fault?: Fault<SourceFaultKind> };
};

type Regions = Readonly<Record<string, RegionWorld>>;

export type World = {
  readonly seed: string;
  readonly accountId: string;
  /** The instant, in epoch milliseconds, from which ages are counted back. */
  readonly asOf: number;
  /** By kind and region; a kind that the world does not name is not there. */
  readonly kinds: Readonly<Record<string, Regions>>;
  /** Absent: every region of the world is listed, and all sources are well. */
  readonly sources?: Sources;
};

/** As many as index arithmetic serves within a page's time; more than one worker invocation can list. */
const SIZE_LIMIT = 20_000_000;
/** The first 8 letters of a spread name carry its place in the order. */
const SPREAD_LENGTH_MIN = 8;
const REGION_PATTERN = /^[a-z]{2}(-[a-z]+)+-[0-9]+$/;

const DEFAULTS = { order: 'name', latencyMs: 0, quota: { latencyMs: 0 } } as const;

function namesSchema({ nameLengthLimit, many }: Kind) {
  const name = pattern(
    new RegExp(`^[a-zA-Z0-9_.-]{1,${nameLengthLimit}}$`),
    `1 to ${nameLengthLimit} of the letters a-z A-Z 0-9 _ . -`,
  );
  return v.variant(
    'kind',
    [
      v.strictObject({
        kind: v.literal('numbered'),
        prefix: v.optional(
          v.lazy((value) => (typeof value === 'object' ? weights(name, 'name prefixes') : name)) as v.GenericSchema<
            string | Record<string, number>
          >,
        ),
        digits: v.optional(whole(1, 15)),
      }),
      v.strictObject({ kind: v.literal('spread'), length: v.optional(whole(SPREAD_LENGTH_MIN, nameLengthLimit)) }),
      v.strictObject({ kind: v.literal('list'), names: v.array(name, `a list of names of ${many}`) }),
    ],
    (issue) =>
      issue.expected === 'Object' ? 'an object with kind numbered, spread or list' : 'numbered, spread or list',
  );
}

const PASSING_FAULTS = ['denied', 'throttled', 'hang', 'server-error', 'drops-connection'] as const;
const LASTING_FAULTS = ['not-enabled', 'token-loop'] as const;
export type FaultKind = (typeof PASSING_FAULTS)[number] | (typeof LASTING_FAULTS)[number];
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

/** A look is a field of weights; the rest is the same for all kinds. */
function regionSchema(kind: Kind): v.GenericSchema<unknown, RegionJson> {
  const looks = Object.entries(kind.looks).map(
    ([field, { choice, choices }]) => [field, v.optional(weights(choice, choices))] as const,
  );
  const fields: v.ObjectEntries = {
    [kind.name]: v.optional(whole(0, SIZE_LIMIT)),
    names: v.optional(namesSchema(kind)),
    order: v.optional(oneOf(['name', 'created', 'hash'])),
    ...Object.fromEntries(looks),
    latencyMs: v.optional(whole(0, 600_000)),
    callsPerSecond: v.optional(whole(1, 100_000)),
    pageCap: v.optional(PAGE_CAP_SCHEMA),
    ...(kind.quota && { quota: v.optional(QUOTA_SCHEMA) }),
    fault: v.optional(v.nullable(FAULT_SCHEMA)),
  };
  return v.pipe(
    object(fields),
    v.transform((region) => given(region) as RegionJson),
  );
}

/** What a region says, by its fields, of which a kind may have others: its size, and its looks. */
type RegionJson = Readonly<Record<string, unknown>> & {
  names?: NamesJson;
  order?: Order;
  latencyMs?: number;
  callsPerSecond?: number;
  pageCap?: number | number[];
  quota?: QuotaJson;
  fault?: FaultJson | null;
};

const REGION_NAME = pattern(REGION_PATTERN, 'a region name such as eu-west-1');
const FAULTY = { fault: v.optional(v.nullable(SOURCE_FAULT_SCHEMA)) };
const LIST_SCHEMA = object({
  list: v.optional(v.pipe(v.array(REGION_NAME, 'a list of region names'), v.maxLength(500, 'at most 500 of them'))),
  ...FAULTY,
});
type ListJson = v.InferOutput<typeof LIST_SCHEMA>;
/** That of Kinesis Video has a name of its own, which was there before other services; the others are called as they are. */
const LIST_FIELDS: ReadonlyMap<string, string> = new Map(
  SERVICES.map(({ name }) => [name === kindOf(STREAMS).service.name ? 'regions' : name, name]),
);
const SOURCES_SCHEMA = object({
  ...Object.fromEntries([...LIST_FIELDS.keys()].map((field) => [field, v.optional(LIST_SCHEMA, {})])),
  optIn: v.optional(object(FAULTY), {}),
});
type SourcesJson = { optIn?: { fault?: FaultJson<SourceFaultKind> | null | undefined } } & Partial<
  Record<string, ListJson>
>;

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
  ...kindFields(kindOf(STREAMS)),
  kinds: v.optional(object(Object.fromEntries(KINDS.map((kind) => [kind.name, v.optional(kindSchema(kind))]))), {}),
  sources: v.optional(SOURCES_SCHEMA),
});

/** What a world says of one kind. */
function kindFields(kind: Kind) {
  const region = regionSchema(kind);
  return {
    defaults: v.optional(region, {}),
    regions: v.optional(
      v.pipe(
        v.record(REGION_NAME, region, 'an object of regions'),
        v.check((regions) => Object.keys(regions).length > 0, 'at least one region'),
      ),
    ),
  };
}
type KindJson = { defaults: RegionJson; regions?: Record<string, RegionJson> | undefined };

function kindSchema(kind: Kind): v.GenericSchema<unknown, KindJson> {
  return object(kindFields(kind));
}

/**
 * Checks a world and completes it with defaults.
 * @param source what the sentence of a failure begins with: the file's name
 * @throws Error with one sentence: source, path of the field, what was found, what was expected
 */
export function parseWorld(json: unknown, source: string): World {
  const parsed = v.safeParse(WORLD_SCHEMA, json, { abortEarly: true });
  if (!parsed.success) throw new Error(`${source}: ${complaint(parsed.issues[0])}`);
  const { seed, accountId, asOf, sources, kinds: others, ...streams } = parsed.output;
  const refuse = (path: string, problem: string): never => {
    throw new Error(`${source}: ${path} ${problem}`);
  };
  if (streams.regions !== undefined && others[STREAMS] !== undefined)
    refuse('regions', `is there beside kinds.${STREAMS}; expected one of the two, because both hold ${STREAMS}.`);
  const named = { ...(streams.regions && { [STREAMS]: streams }), ...others };
  const all = Object.entries<KindJson | undefined>(named).flatMap(([name, json]) => (json ? [{ name, json }] : []));
  if (all.length === 0) refuse('regions', `is missing; ${SEE_DOCS}.`);
  const kinds = Object.fromEntries(
    all.map(({ name, json }) => {
      const path = json === streams ? '' : `kinds.${name}.`;
      return [name, completeKind(kindOf(name), json, (field, problem) => refuse(`${path}${field}`, problem))];
    }),
  );
  return {
    seed,
    accountId,
    asOf: asOf === 'today' ? startOfToday() : Date.parse(asOf),
    kinds,
    ...(sources && { sources: completeSources(sources, kinds) }),
  };
}

function completeKind(kind: Kind, { defaults, regions }: KindJson, refuse: Refuse): Regions {
  if (regions === undefined) return refuse('regions', `is missing; ${SEE_DOCS}.`);
  return Object.fromEntries(
    Object.entries(regions).map(([region, own]) => [
      region,
      completeRegion(kind, { ...defaults, ...own }, (field, problem) =>
        refuse(`regions.${region}.${field}`, `${problem}.`),
      ),
    ]),
  );
}

function completeSources(json: SourcesJson, kinds: World['kinds']): Sources {
  const lists = [...LIST_FIELDS].map(([field, service]) => {
    const { list, fault } = json[field] ?? {};
    return [service, { list: list ?? regionsOfService(kinds, service), ...faultOf(fault) }];
  });
  return { lists: Object.fromEntries(lists), optIn: faultOf(json.optIn?.fault) };
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

/** What the world holds of a kind, by region: nothing, if it does not name the kind. */
export function regionsOf({ kinds }: Pick<World, 'kinds'>, kind = STREAMS): Regions {
  return kinds[kind] ?? {};
}

/** Every region that the world names, for whichever kind. */
export function regionsInAnyKind({ kinds }: Pick<World, 'kinds'>): string[] {
  return [...new Set(Object.values(kinds).flatMap((regions) => Object.keys(regions)))];
}

function regionsOfService(kinds: World['kinds'], service: string): string[] {
  const its = Object.entries(kinds).filter(([name]) => kindOf(name).service.name === service);
  return regionsInAnyKind({ kinds: Object.fromEntries(its) });
}

/** A region is switched on or off for the whole account, whichever kind says so. */
export function isOff({ kinds }: Pick<World, 'kinds'>, region: string): boolean {
  return Object.values(kinds).some((regions) => regions[region]?.fault?.kind === 'not-enabled');
}

/** Of one kind in one region. */
export type Place = { readonly kind: string; readonly region: string };

/** The same world, one region of it with a fault for ever. @throws Error when the world does not name the region */
export function withFault(world: World, place: Place, fault: FaultKind): World {
  return withRegion(world, place, (before) => ({ ...before, ...faultOf(fault) }));
}

/** The same world, in which each of these kinds has every region that one of them has: with nothing in it, where it had none. */
export function withEmptyRegions(world: World, kinds: readonly string[]): World {
  const named = kinds.flatMap((kind) => Object.keys(regionsOf(world, kind)));
  const filled = kinds.map((name) => {
    const kind = kindOf(name);
    const empty = completeRegion(kind, { [name]: 0 }, neverRefuse);
    return [name, { ...Object.fromEntries(named.map((region) => [region, empty])), ...regionsOf(world, name) }];
  });
  return { ...world, kinds: { ...world.kinds, ...Object.fromEntries(filled) } };
}

/** The same world, in whose account a region is switched off, for every kind. @throws Error when no kind names it */
export function withRegionOff(world: World, region: string): World {
  const its = Object.keys(world.kinds).filter((kind) => regionsOf(world, kind)[region] !== undefined);
  if (its.length === 0) return withFault(world, { kind: STREAMS, region }, 'not-enabled');
  return its.reduce((before, kind) => withFault(before, { kind, region }, 'not-enabled'), world);
}

/** The same world, in which Service Quotas says something else. @throws Error when the world does not name the region */
export function withQuota(world: World, place: Place, quota: Partial<QuotaWorld>): World {
  const { many, quota: known } = kindOf(place.kind);
  if (known === undefined) throw new Error(`There is no quota of ${many} to be told.`);
  return withRegion(world, place, (before) => ({ ...before, quota: { ...before.quota, ...quota } }));
}

/** The same world, in which Service Quotas has a fault for ever. */
export function withQuotaFault(world: World, place: Place, fault: QuotaFaultKind): World {
  return withQuota(world, place, faultOf(fault));
}

function withRegion(world: World, { kind, region }: Place, change: (before: RegionWorld) => RegionWorld): World {
  const regions = regionsOf(world, kind);
  const before = regions[region];
  if (before !== undefined)
    return { ...world, kinds: { ...world.kinds, [kind]: { ...regions, [region]: change(before) } } };
  const names = Object.keys(regions).join(', ');
  if (names === '') throw new Error(`This world has no ${kindOf(kind).many}.`);
  throw new Error(
    `This world has no region ${region}${kind === STREAMS ? '' : ` of ${kindOf(kind).many}`}; expected one of ${names}.`,
  );
}

/** What a world without a word about it says. */
export function sourcesOf({ sources, kinds }: Pick<World, 'sources' | 'kinds'>): Sources {
  return sources ?? completeSources({}, kinds);
}

/** The same world, with a fault for ever in where a service is. */
export function withListFault(world: World, service: string, fault: SourceFaultKind): World {
  const sources = sourcesOf(world);
  const list = { ...sources.lists[service]!, ...faultOf(fault) };
  return { ...world, sources: { ...sources, lists: { ...sources.lists, [service]: list } } };
}

/** The same world, with a fault for ever in which regions the account has switched on. */
export function withOptInFault(world: World, fault: SourceFaultKind): World {
  return { ...world, sources: { ...sourcesOf(world), optIn: faultOf(fault) } };
}

type Refuse = (field: string, problem: string) => never;

function completeRegion(kind: Kind, json: RegionJson, refuse: Refuse): RegionWorld {
  const { names = { kind: 'numbered' }, pageCap = kind.pageCap, quota = {}, fault = null } = json;
  const size = (json[kind.name] as number | undefined) ?? (names.kind === 'list' ? names.names.length : undefined);
  if (size === undefined) {
    return refuse(kind.name, `is missing; expected a whole number from 0 to ${SIZE_LIMIT}`);
  }
  const looks = Object.entries(kind.looks).map(([field, look]) => [field, (json[field] as Weights) ?? look.weights]);
  return {
    size,
    names: completeNames(kind, names, size, refuse),
    order: json.order ?? DEFAULTS.order,
    looks: Object.fromEntries(looks),
    latencyMs: json.latencyMs ?? DEFAULTS.latencyMs,
    callsPerSecond: json.callsPerSecond ?? kind.callsPerSecond,
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

function neverRefuse(field: string, problem: string): never {
  throw new Error(`A region of nothing is not to be refused, but ${field} ${problem}.`);
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

type NamesJson = v.InferOutput<ReturnType<typeof namesSchema>>;

function completeNames(kind: Kind, json: NamesJson, size: number, refuse: Refuse): Names {
  if (json.kind === 'spread') return { kind: 'spread', length: json.length ?? 16 };
  if (json.kind === 'list') return completeList(kind, json.names, size, refuse);
  const { prefix = 'camera-', digits = Math.max(7, String(size).length) } = json;
  const prefixes = typeof prefix === 'string' ? { [prefix]: 1 } : prefix;
  if (size >= 10 ** digits) {
    return refuse('names.digits', `is ${digits}; expected at least ${String(size).length} for ${size} ${kind.many}`);
  }
  const sorted = Object.keys(prefixes).sort();
  sorted.forEach((each, index) => {
    if (each.length + digits > kind.nameLengthLimit) {
      refuse(
        'names.prefix',
        `has ${each.length} letters; expected at most ${kind.nameLengthLimit - digits} before ${digits} digits`,
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

function completeList(kind: Kind, names: readonly string[], size: number, refuse: Refuse): Names {
  if (names.length !== size) {
    return refuse(kind.name, `is ${size}; expected ${names.length}, the length of names.names, or no such field`);
  }
  const sorted = [...names].sort();
  const twice = sorted.find((name, index) => name === sorted[index + 1]);
  if (twice !== undefined) return refuse('names.names', `has "${twice}" twice; expected each name once`);
  return { kind: 'list', names: sorted };
}

const SEE_DOCS = 'see docs/local-video.md for the fields of a world';

function complaint(issue: v.BaseIssue<unknown>): string {
  const path = issue.path?.map((item) => String(item.key)).join('.') || 'the world';
  if (issue.type === 'strict_object' && issue.expected === 'never') return `${path} is not a field here; ${SEE_DOCS}.`;
  if (issue.type === 'strict_object' && issue.input === undefined) return `${path} is missing; ${SEE_DOCS}.`;
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
