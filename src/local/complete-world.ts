/** From what a world says to what is there: completed with defaults, and refused where it contradicts itself. */
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
  type WorldJson,
} from './world-json.ts';

const DEFAULTS = { order: 'name', latencyMs: 0, quota: { latencyMs: 0 } } as const;

export const SEE_DOCS = 'see docs/local-video.md for the fields of a world';

/** Ends the reading of a world, with a sentence about one of its fields. */
export type Refuse = (field: string, problem: string) => never;

/** What is said of each kind, and where. */
export type Said = Readonly<Record<string, { readonly json: KindJson; readonly path: string }>>;

/** Streams have a place of their own, which was there before other kinds. */
export function saidOfKinds(
  { defaults, regions, kinds }: Pick<WorldJson, 'defaults' | 'regions' | 'kinds'>,
  path: string,
  refuse: Refuse,
): Said {
  if (regions !== undefined && kinds[STREAMS] !== undefined)
    refuse(
      `${path}regions`,
      `is there beside ${path}kinds.${STREAMS}; expected one of the two, because both hold ${STREAMS}.`,
    );
  const isSaid = regions !== undefined || Object.keys(defaults).length > 0;
  const others = Object.entries<KindJson | undefined>(kinds).flatMap(([name, json]) =>
    json === undefined ? [] : [[name, { json, path: `${path}kinds.${name}.` }] as const],
  );
  return { ...(isSaid && { [STREAMS]: { json: { defaults, regions }, path } }), ...Object.fromEntries(others) };
}

export function completeKinds(said: Said, refuse: Refuse): World['kinds'] {
  const kinds = Object.entries(said).map(([name, { json, path }]) => {
    return [name, completeKind(kindOf(name), json, (field, problem) => refuse(`${path}${field}`, problem))];
  });
  return Object.fromEntries(kinds);
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

export function completeSources(json: SourcesJson, kinds: World['kinds']): Sources {
  const lists = [...LIST_FIELDS].map(([field, service]) => {
    const { list, fault } = json[field] ?? {};
    return [service, { list: list ?? regionsOfService(kinds, service), ...faultOf(fault) }];
  });
  return { lists: Object.fromEntries(lists), optIn: faultOf(json.optIn?.fault) };
}

function regionsOfService(kinds: World['kinds'], service: string): string[] {
  const its = Object.entries(kinds).filter(([name]) => kindOf(name).service.name === service);
  return regionsInAnyKind({ kinds: Object.fromEntries(its) });
}

/** What a world without a word about it says. */
export function sourcesOf({ sources, kinds }: Pick<World, 'sources' | 'kinds'>): Sources {
  return sources ?? completeSources({}, kinds);
}

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
