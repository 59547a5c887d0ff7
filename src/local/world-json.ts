/** What the JSON of a world may say; docs/local-video.md describes every field. */
import * as v from 'valibot';
import { object, oneOf, pattern, weights, whole } from './choices.ts';
import type { Kind } from './kind.ts';
import { KINDS, kindOf, SERVICES, STREAMS } from './kinds.ts';
import {
  ACCOUNT_STATES,
  type FaultKind,
  LASTING_FAULTS,
  LISTING_FAULTS,
  LYING_FAULTS,
  type Order,
  type OrganizationFaultKind,
  PASSING_FAULTS,
  type QuotaFaultKind,
  type QuotaValue,
  ROLE_FAULTS,
  type RoleFaultKind,
  type SourceFaultKind,
} from './world.ts';

/** As many as index arithmetic serves within a page's time; more than one worker invocation can list. */
export const SIZE_LIMIT = 20_000_000;

/** The first 8 letters of a spread name carry its place in the order. */
const SPREAD_LENGTH_MIN = 8;

const REGION_PATTERN = /^[a-z]{2}(-[a-z]+)+-[0-9]+$/;

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

export type FaultJson<Kind = FaultKind> = Kind | { kind: Kind; after?: number | undefined; calls?: number | undefined };

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

const FAULT_SCHEMA = faultSchema<FaultKind>([...LISTING_FAULTS, ...LASTING_FAULTS], LASTING_FAULTS);

const SOURCE_FAULT_SCHEMA = faultSchema<SourceFaultKind>([...PASSING_FAULTS, ...LYING_FAULTS], []);

const ROLE_FAULT_SCHEMA = faultSchema<RoleFaultKind>(ROLE_FAULTS, []);

const ORGANIZATION_FAULT_SCHEMA = faultSchema<OrganizationFaultKind>(
  [...PASSING_FAULTS, 'not-in-use', ...LYING_FAULTS],
  [],
);

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

export type QuotaJson =
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
export type RegionJson = Readonly<Record<string, unknown>> & {
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
export const LIST_FIELDS: ReadonlyMap<string, string> = new Map(
  SERVICES.map(({ name }) => [name === kindOf(STREAMS).service.name ? 'regions' : name, name]),
);

const SOURCES_SCHEMA = object({
  ...Object.fromEntries([...LIST_FIELDS.keys()].map((field) => [field, v.optional(LIST_SCHEMA, {})])),
  optIn: v.optional(object(FAULTY), {}),
});

export type SourcesJson = { optIn?: { fault?: FaultJson<SourceFaultKind> | null | undefined } } & Partial<
  Record<string, ListJson>
>;

const AS_OF = 'an instant such as "2026-11-20T00:00:00Z", or "today"';

const ACCOUNT_ID = pattern(/^[0-9]{12}$/, 'a string of 12 digits');

/** What a world, or one of its accounts, says of all kinds and of what can be asked beside them. */
const HOLDINGS = {
  ...kindFields(kindOf(STREAMS)),
  kinds: v.optional(object(Object.fromEntries(KINDS.map((kind) => [kind.name, v.optional(kindSchema(kind))]))), {}),
  sources: v.optional(SOURCES_SCHEMA),
};

/** Ids as https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html writes them. */
const UNIT_ID = pattern(/^ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$/, 'an id such as ou-root-workload');
const ROOT_ID = pattern(/^r-[0-9a-z]{4,32}$/, 'an id such as r-root');
const ASCII = (from: number, to: number) =>
  pattern(new RegExp(`^[ -~]{${from},${to}}$`), `a text of ${from} to ${to} ASCII characters`);

const ORGANIZATION_SCHEMA = object({
  id: v.optional(pattern(/^o-[a-z0-9]{10,32}$/, 'an id such as o-kvscensus0')),
  rootId: v.optional(ROOT_ID),
  units: v.optional(
    v.array(
      object({
        id: UNIT_ID,
        name: ASCII(1, 128),
        parentId: v.optional(v.union([UNIT_ID, ROOT_ID], 'an id of a unit')),
      }),
      'a list of units',
    ),
  ),
  fault: v.optional(v.nullable(ORGANIZATION_FAULT_SCHEMA)),
});

const MEMBER_ROLE_SCHEMA = object({
  name: v.optional(pattern(/^[\w+=,.@-]{1,64}$/, 'the name of a role')),
  externalId: v.optional(pattern(/^[\w+=,.@:/-]{2,1224}$/, '2 to 1224 of the letters a-z A-Z 0-9 _ + = , . @ : / -')),
  fault: v.optional(v.nullable(ROLE_FAULT_SCHEMA)),
});

const ACCOUNT_SCHEMA = object({
  accountId: ACCOUNT_ID,
  name: v.optional(ASCII(1, 50)),
  email: v.optional(pattern(/^(?=.{6,64}$)[^\s@]+@[^\s@]+\.[^\s@]+$/, 'an e-mail address')),
  state: v.optional(oneOf(ACCOUNT_STATES), 'ACTIVE'),
  unit: v.optional(UNIT_ID),
  role: v.optional(v.nullable(ROLE_FAULT_SCHEMA)),
  ...HOLDINGS,
});

export const WORLD_SCHEMA = object({
  seed: v.optional(
    v.pipe(v.union([v.string(), v.number()], 'a string or a number'), v.transform(String)),
    'kvs-census',
  ),
  accountId: v.optional(ACCOUNT_ID, '000000000000'),
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
  ...HOLDINGS,
  accounts: v.optional(
    v.pipe(v.array(ACCOUNT_SCHEMA, 'a list of accounts'), v.maxLength(10_000, 'at most 10000 accounts')),
  ),
  organization: v.optional(ORGANIZATION_SCHEMA),
  memberRole: v.optional(MEMBER_ROLE_SCHEMA),
});

export type WorldJson = v.InferOutput<typeof WORLD_SCHEMA>;
export type AccountJson = v.InferOutput<typeof ACCOUNT_SCHEMA>;

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

export type KindJson = { defaults: RegionJson; regions?: Record<string, RegionJson> | undefined };

function kindSchema(kind: Kind): v.GenericSchema<unknown, KindJson> {
  return object(kindFields(kind));
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

export function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
}

export type NamesJson = v.InferOutput<ReturnType<typeof namesSchema>>;
