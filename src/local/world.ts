/**
 * What the local AWS holds of each kind, region by region, and how each region behaves. parse-world.ts reads it from JSON;
 * whoever has a world can trust it.
 */
import type { Weights } from './kind.ts';
import { STREAMS } from './kinds.ts';

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

export type Order = 'name' | 'created' | 'hash';

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
export type Sources = {
  /** Where a service is, by its name. */
  readonly lists: Readonly<
    Record<string, { readonly list: readonly string[]; readonly fault?: Fault<SourceFaultKind> }>
  >;
  /** Which regions the account has switched on. */
  readonly optIn: { readonly fault?: Fault<SourceFaultKind> };
};

export type Regions = Readonly<Record<string, RegionWorld>>;

export type World = {
  readonly seed: string;
  readonly accountId: string;
  /** The instant, in epoch milliseconds, from which ages are counted back. */
  readonly asOf: number;
  /** By kind and region; a kind that the world does not name is not there. */
  readonly kinds: Readonly<Record<string, Regions>>;
  /** Absent: every region of the world is listed, and all sources are well. */
  readonly sources?: Sources;
  /** The other accounts; the world itself is what the hub's account holds. Absent: there is one account, and no more to it. */
  readonly organization?: Organization;
};

/** As AWS Organizations writes it. */
export const ACCOUNT_STATES = ['ACTIVE', 'PENDING_ACTIVATION', 'PENDING_CLOSURE', 'SUSPENDED', 'CLOSED'] as const;

type AccountState = (typeof ACCOUNT_STATES)[number];

export type Account = {
  readonly accountId: string;
  readonly name?: string;
  readonly email: string;
  readonly state: AccountState;
  /** The id of the organisational unit that it is in; absent: in none, directly below the root. */
  readonly unit?: string;
  /** What is wrong with the member's role when it is assumed. */
  readonly role?: Fault<RoleFaultKind>;
  /** What the account holds; absent of the hub, which is the world itself. */
  readonly world?: World;
};

export type Organization = {
  readonly id: string;
  readonly rootId: string;
  readonly units: readonly { readonly id: string; readonly name: string; readonly parentId: string }[];
  /** By id; the hub's is one of them. */
  readonly accounts: ReadonlyMap<string, Account>;
  /** The role that every account but the hub's has, and what it asks for of whoever assumes it. */
  readonly memberRole: { readonly name: string; readonly externalId: string };
  /** What is wrong with Organizations. */
  readonly fault?: Fault<OrganizationFaultKind>;
};

export const PASSING_FAULTS = ['denied', 'throttled', 'hang', 'server-error', 'drops-connection'] as const;

/** Of a region, beside those of everything. */
export const LISTING_FAULTS = [...PASSING_FAULTS, 'denied-by-organization'] as const;

export const LASTING_FAULTS = ['not-enabled', 'token-loop'] as const;

export type FaultKind = (typeof LISTING_FAULTS)[number] | (typeof LASTING_FAULTS)[number];

export const LYING_FAULTS = ['empty', 'bad-answer', 'token-loop'] as const;

export type SourceFaultKind = (typeof PASSING_FAULTS)[number] | (typeof LYING_FAULTS)[number];

export type QuotaFaultKind = (typeof PASSING_FAULTS)[number];

/** A role that denies is one that is missing, or asks for another external id. */
export const ROLE_FAULTS = [
  'missing',
  'wrong-external-id',
  'throttled',
  'hang',
  'server-error',
  'drops-connection',
] as const;

export type RoleFaultKind = (typeof ROLE_FAULTS)[number];

export type OrganizationFaultKind = SourceFaultKind | 'not-in-use';

/** What one account holds; undefined of an account that the world does not have. */
export function worldOf(world: World, accountId: string): World | undefined {
  return accountId === world.accountId ? world : world.organization?.accounts.get(accountId)?.world;
}

/**
 * Whether anybody can still act in an account: not where it was never activated, is suspended or is closed
 * (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_account_state.html).
 */
export function isOpen({ accountId: hub, organization }: World, accountId: string): boolean {
  const state = organization?.accounts.get(accountId)?.state;
  return accountId === hub || state === 'ACTIVE' || state === 'PENDING_CLOSURE';
}

/** What each account holds: the hub first. */
export function heldIn(world: World): World[] {
  const members = world.organization?.accounts.values() ?? [];
  return [world, ...[...members].flatMap(({ world: held }) => (held === undefined ? [] : [held]))];
}

/** The ids of all accounts, in their order. */
export function accountIdsOf({ accountId, organization }: World): string[] {
  return organization === undefined ? [accountId] : [...organization.accounts.keys()];
}

/** What the world holds of a kind, by region: nothing, if it does not name the kind. */
export function regionsOf({ kinds }: Pick<World, 'kinds'>, kind = STREAMS): Regions {
  return kinds[kind] ?? {};
}

/** Every region that the world names, for whichever kind. */
export function regionsInAnyKind({ kinds }: Pick<World, 'kinds'>): string[] {
  return [...new Set(Object.values(kinds).flatMap((regions) => Object.keys(regions)))];
}

/** A region is switched on or off for the whole account, whichever kind says so. */
export function isOff({ kinds }: Pick<World, 'kinds'>, region: string): boolean {
  return Object.values(kinds).some((regions) => regions[region]?.fault?.kind === 'not-enabled');
}

/** Of one kind in one region. */
export type Place = { readonly kind: string; readonly region: string };
