/** The same world, but for one thing that somebody wants to be otherwise. */

import { completeRegion, faultOf, sourcesOf } from './complete-world.ts';
import { kindOf, STREAMS } from './kinds.ts';
import {
  type Account,
  type FaultKind,
  type Organization,
  type OrganizationFaultKind,
  type Place,
  type QuotaFaultKind,
  type QuotaWorld,
  type RegionWorld,
  regionsOf,
  type SourceFaultKind,
  type World,
} from './world.ts';

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

/** The same world, of which one account says something else. @throws Error when the world does not have it */
export function withAccount(
  world: World,
  accountId: string,
  change: Partial<Pick<Account, 'name' | 'state' | 'unit' | 'role' | 'world'>>,
): World {
  return withOrganization(world, ({ accounts, ...rest }) => {
    const before = accounts.get(accountId);
    if (before === undefined) throw new Error(`This world has no account ${accountId}.`);
    return { ...rest, accounts: new Map(accounts).set(accountId, { ...before, ...change }) };
  });
}

/** The same world, which an account has left. */
export function withoutAccount(world: World, accountId: string): World {
  return withOrganization(world, ({ accounts, ...rest }) => {
    return { ...rest, accounts: new Map([...accounts].filter(([each]) => each !== accountId)) };
  });
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
