/** From what a world says of its accounts to what is there. */
import {
  completeKinds,
  completeRegion,
  completeSources,
  faultOf,
  type Refuse,
  type Said,
  SEE_DOCS,
  saidOfKinds,
} from './complete-world.ts';
import { kindOf } from './kinds.ts';
import type { Account, Organization, Regions, World } from './world.ts';
import { type AccountJson, given, type WorldJson } from './world-json.ts';

type Accounts = readonly AccountJson[];
type Json = WorldJson & { accounts: Accounts };

/**
 * What the world says holds for each of its accounts that does not say otherwise. Regions of which an account says nothing are
 * one object for all accounts: a thousand of them take no memory to speak of.
 */
export function completeAccounts(json: Json, asOf: number, refuse: Refuse): World {
  const { seed, accountId, accounts, memberRole, sources } = json;
  checkIds(json, refuse);
  const said = saidOfKinds(json, '', refuse);
  const whole = Object.fromEntries(Object.entries(said).filter(([, { json }]) => json.regions !== undefined));
  const common = completeKinds(whole, refuse);
  const commonSources = sources && completeSources(sources, common);
  const held = accounts.map((account, index): World => {
    const own = saidOfKinds(account, `accounts.${index}.`, refuse);
    const kinds = { ...common, ...completeOwn(said, common, own, refuse) };
    if (Object.keys(kinds).length === 0) refuse(`accounts.${index}.regions`, `is missing; ${SEE_DOCS}.`);
    const its = account.sources ? completeSources({ ...sources, ...account.sources }, kinds) : commonSources;
    // The hub's things are those of a world without other accounts.
    const itsSeed = account.accountId === accountId ? seed : `${seed}/${account.accountId}`;
    return { seed: itsSeed, accountId: account.accountId, asOf, kinds, ...(its && { sources: its }) };
  });
  const listed = accounts.map((account, index): readonly [string, Account] => {
    const isHub = account.accountId === accountId;
    if (isHub && account.role)
      refuse(`accounts.${index}.role`, 'is there; the hub needs no role to count its own account.');
    const { name, email = `aws+${account.accountId}@example.com`, state, unit } = account;
    const { fault: role } = faultOf(account.role === undefined ? memberRole?.fault : account.role);
    const member = !isHub && { ...(role && { role }), world: held[index]! };
    return [account.accountId, { accountId: account.accountId, ...given({ name, unit }), email, state, ...member }];
  });
  const hub = held[accounts.findIndex((account) => account.accountId === accountId)]!;
  return { ...hub, organization: completeOrganization(json, new Map(listed)) };
}

/** Twice the same account, a world without its own, and units that are nowhere would be found out late. */
function checkIds({ accountId, accounts, organization }: Json, refuse: Refuse): void {
  const seen = new Set<string>();
  const rootId = organization?.rootId ?? ROOT_ID;
  const units = organization?.units ?? [];
  const parents = new Set([rootId]);
  units.forEach(({ id, parentId = rootId }, index) => {
    const path = `organization.units.${index}`;
    if (!parents.has(parentId)) refuse(`${path}.parentId`, `is ${parentId}; expected the root or a unit further up.`);
    if (parents.has(id)) refuse(`${path}.id`, `is ${id} again; expected each unit once.`);
    parents.add(id);
  });
  accounts.forEach((account, index) => {
    const path = `accounts.${index}`;
    if (seen.has(account.accountId))
      refuse(`${path}.accountId`, `is ${account.accountId} again; expected each account once.`);
    seen.add(account.accountId);
    if (account.unit !== undefined && !parents.has(account.unit))
      refuse(`${path}.unit`, `is ${account.unit}; expected one of organization.units.`);
  });
  if (!seen.has(accountId))
    refuse('accountId', `is ${accountId}; expected one of accounts, because the hub is one of them.`);
}

const ROOT_ID = 'r-root';

function completeOrganization({ organization, memberRole }: Json, accounts: Organization['accounts']): Organization {
  const { id = 'o-kvscensus0', rootId = ROOT_ID, units = [], fault } = organization ?? {};
  const { name = 'kvs-census-member', externalId = 'kvs-census-local-world' } = memberRole ?? {};
  return {
    id,
    rootId,
    units: units.map(({ parentId = rootId, ...unit }) => ({ ...unit, parentId })),
    accounts,
    memberRole: { name, externalId },
    ...faultOf(fault),
  };
}

/** What an account has instead of what the world says: of each region what it says itself goes before the rest. */
function completeOwn(all: Said, common: World['kinds'], own: Said, refuse: Refuse): World['kinds'] {
  const kinds = Object.entries(own).map(([name, { json, path }]) => {
    const { defaults, regions = {} } = json;
    const { defaults: allDefaults, regions: allRegions = {} } = all[name]?.json ?? { defaults: {} };
    const isOther = (region: string) => regions[region] !== undefined || Object.keys(defaults).length > 0;
    const its = Object.keys({ ...allRegions, ...regions }).map((region) => {
      const same = isOther(region) ? undefined : common[name]?.[region];
      const said = { ...allDefaults, ...allRegions[region], ...defaults, ...regions[region] };
      const refuseIt: Refuse = (field, problem) => refuse(`${path}regions.${region}.${field}`, `${problem}.`);
      return [region, same ?? completeRegion(kindOf(name), said, refuseIt)] as const;
    });
    if (its.length === 0) refuse(`${path}regions`, `is missing; ${SEE_DOCS}.`);
    return [name, Object.fromEntries(its) as Regions];
  });
  return Object.fromEntries(kinds);
}
