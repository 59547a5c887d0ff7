/** The same world, but for one thing that somebody wants to be otherwise. */

import { completeRegion, faultOf, sourcesOf } from './complete-world.ts';
import { kindOf, STREAMS } from './kinds.ts';
import {
  type Account,
  accountIdsOf,
  type FaultKind,
  heldIn,
  type Organization,
  type OrganizationFaultKind,
  type Place,
  type QuotaFaultKind,
  type QuotaWorld,
  type RegionWorld,
  type RoleFaultKind,
  regionsOf,
  type SourceFaultKind,
  type World,
} from './world.ts';

/**
 * The same world, one region of it with a fault for ever: in every account that has it, or in one.
 * @throws Error when no account names the region, or the world does not have the account
 */
export function withFault(world: World, place: Place, fault: FaultKind, accountId?: string): World {
  return withRegion(world, place, (before) => ({ ...before, ...faultOf(fault) }), accountId);
}

/** The same world, in which each of these kinds has every region that one of them has: with nothing in it, where it had none. */
export function withEmptyRegions(world: World, kinds: readonly string[]): World {
  const named = heldIn(world).flatMap((held) => kinds.flatMap((kind) => Object.keys(regionsOf(held, kind))));
  const empty = kinds.map((name) => {
    const region = completeRegion(kindOf(name), { [name]: 0 }, neverRefuse);
    return [name, Object.fromEntries(named.map((each) => [each, region]))] as const;
  });
  return inEveryAccount(world, (held) => {
    const filled = empty.map(([name, regions]) => [name, { ...regions, ...regionsOf(held, name) }]);
    return { ...held, kinds: { ...held.kinds, ...Object.fromEntries(filled) } };
  });
}

/** The same world, in whose accounts a region is switched off, for every kind. @throws Error when no kind names it */
export function withRegionOff(world: World, region: string): World {
  const kinds = new Set(heldIn(world).flatMap((held) => Object.keys(held.kinds)));
  const its = [...kinds].filter((kind) => heldIn(world).some((held) => regionsOf(held, kind)[region] !== undefined));
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

function withRegion(
  world: World,
  { kind, region }: Place,
  change: (before: RegionWorld) => RegionWorld,
  accountId?: string,
): World {
  if (accountId !== undefined) needAccount(world, accountId);
  const changed = heldIn(world).filter((held) => accountId === undefined || held.accountId === accountId);
  if (!changed.some((held) => regionsOf(held, kind)[region] !== undefined)) throw noRegion(changed, { kind, region });
  return inEveryAccount(world, (held) => {
    const regions = regionsOf(held, kind);
    const before = regions[region];
    if (before === undefined || (accountId !== undefined && held.accountId !== accountId)) return held;
    return { ...held, kinds: { ...held.kinds, [kind]: { ...regions, [region]: change(before) } } };
  });
}

function noRegion(held: readonly World[], { kind, region }: Place): Error {
  const names = [...new Set(held.flatMap((each) => Object.keys(regionsOf(each, kind))))].join(', ');
  if (names === '') return new Error(`This world has no ${kindOf(kind).many}.`);
  return new Error(
    `This world has no region ${region}${kind === STREAMS ? '' : ` of ${kindOf(kind).many}`}; expected one of ${names}.`,
  );
}

/** The same world, with a fault for ever in where a service is. */
export function withListFault(world: World, service: string, fault: SourceFaultKind): World {
  return inEveryAccount(world, (held) => {
    const sources = sourcesOf(held);
    const list = { ...sources.lists[service]!, ...faultOf(fault) };
    return { ...held, sources: { ...sources, lists: { ...sources.lists, [service]: list } } };
  });
}

/** The same world, with a fault for ever in which regions the accounts have switched on. */
export function withOptInFault(world: World, fault: SourceFaultKind): World {
  return inEveryAccount(world, (held) => ({ ...held, sources: { ...sourcesOf(held), optIn: faultOf(fault) } }));
}

/** The hub's account, and every member's. */
function inEveryAccount({ organization, ...hub }: World, change: (held: World) => World): World {
  if (organization === undefined) return change(hub);
  const accounts = [...organization.accounts].map(([accountId, account]): [string, Account] => {
    return [accountId, account.world === undefined ? account : { ...account, world: change(account.world) }];
  });
  return { ...change(hub), organization: { ...organization, accounts: new Map(accounts) } };
}

function needAccount(world: World, accountId: string): void {
  if (!accountIdsOf(world).includes(accountId)) throw new Error(`This world has no account ${accountId}.`);
}

/** The same world, of which one account says something else. @throws Error when the world does not have it */
export function withAccount(
  world: World,
  accountId: string,
  change: Partial<Pick<Account, 'name' | 'state' | 'unit' | 'role' | 'world'>>,
): World {
  return withOrganization(world, ({ accounts, ...rest }) => {
    needAccount(world, accountId);
    return { ...rest, accounts: new Map(accounts).set(accountId, { ...accounts.get(accountId)!, ...change }) };
  });
}

/** The same world, which an account has left. */
export function withoutAccount(world: World, accountId: string): World {
  return withOrganization(world, ({ accounts, ...rest }) => {
    return { ...rest, accounts: new Map([...accounts].filter(([each]) => each !== accountId)) };
  });
}

/** The same world, with a fault for ever in the role of one account. @throws Error when the world has no such member */
export function withRoleFault(world: World, accountId: string, fault: RoleFaultKind): World {
  if (accountId === world.accountId) throw new Error(`The account ${accountId} is the hub, which needs no role.`);
  const { fault: role } = faultOf(fault);
  return withAccount(world, accountId, { ...(role && { role }) });
}

/** The same world, with a fault for ever in Organizations. */
export function withOrganizationFault(world: World, fault: OrganizationFaultKind): World {
  return withOrganization(world, (before) => ({ ...before, ...faultOf(fault) }));
}

function withOrganization(world: World, change: (before: Organization) => Organization): World {
  if (world.organization === undefined) throw new Error('This world has one account, and no organisation.');
  return { ...world, organization: change(world.organization) };
}

function neverRefuse(field: string, problem: string): never {
  throw new Error(`A region of nothing is not to be refused, but ${field} ${problem}.`);
}
