/** From the JSON of a world to a world: checked, and completed with defaults. */
import * as v from 'valibot';
import { readJsonFile } from './json-file.ts';
import type { Kind, Weights } from './kind.ts';
import { kindOf, STREAMS } from './kinds.ts';
import {
  type Fault,
  type Names,
  type QuotaWorld,
  type Regions,
  type RegionWorld,
  regionsInAnyKind,
  type Sources,
  type World,
} from './world.ts';
import {
  type FaultJson,
  given,
  type KindJson,
  LIST_FIELDS,
  type NamesJson,
  type QuotaJson,
  type RegionJson,
  SIZE_LIMIT,
  type SourcesJson,
  WORLD_SCHEMA,
} from './world-json.ts';
import defaultWorldJson from './worlds/default.json' with { type: 'json' };

const DEFAULTS = { order: 'name', latencyMs: 0, quota: { latencyMs: 0 } } as const;

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

function regionsOfService(kinds: World['kinds'], service: string): string[] {
  const its = Object.entries(kinds).filter(([name]) => kindOf(name).service.name === service);
  return regionsInAnyKind({ kinds: Object.fromEntries(its) });
}

/** What a world without a word about it says. */
export function sourcesOf({ sources, kinds }: Pick<World, 'sources' | 'kinds'>): Sources {
  return sources ?? completeSources({}, kinds);
}

type Refuse = (field: string, problem: string) => never;

export function completeRegion(kind: Kind, json: RegionJson, refuse: Refuse): RegionWorld {
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

/** As a field, or no field. */
export function faultOf<Kind extends string>(json: FaultJson<Kind> | null | undefined): { fault?: Fault<Kind> } {
  if (json === null || json === undefined) return {};
  const { kind, after = 0, calls = Number.POSITIVE_INFINITY } = typeof json === 'string' ? { kind: json } : json;
  return { fault: { kind, after, calls } };
}

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
