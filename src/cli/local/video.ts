/** What a local run counts: the local Kinesis Video with its world, a service that the environment names, or AWS. */

import { manyOf } from '../../answers/kind-words.ts';
import type { RegionRow } from '../../answers/region-row.ts';
import { makeAccess } from '../../aws/access.ts';
import { type Identity, readIdentity } from '../../aws/identity.ts';
import { ORGANIZATION } from '../../census/census-id.ts';
import type { Kind } from '../../census/kinds.ts';
import {
  withEmptyRegions,
  withFault,
  withListFault,
  withOptInFault,
  withOrganizationFault,
  withQuota,
  withQuotaFault,
  withRegionOff,
  withRoleFault,
} from '../../local/changed-world.ts';
import { kindOf as localKind, STREAMS } from '../../local/kinds.ts';
import { builtInWorld, defaultWorld, readWorld } from '../../local/parse-world.ts';
import { makeVideoService, type VideoService } from '../../local/video-service.ts';
import { heldIn, regionsOf, type World, worldOf } from '../../local/world.ts';
import { localEndpoints, networkOf } from '../../surroundings.ts';
import { NO_REGION, sentenceOf, UsageError, type Where } from '../errors.ts';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../source/account.ts';
import { personAccess, whereOf } from '../source/person.ts';
import type { Truth } from './result.ts';
import { nameOf, type QuotaSaid, type Target } from './targets.ts';

export type VideoOptions = {
  video: 'local' | 'aws';
  world?: string;
  deny: Target[];
  throttle: Target[];
  hang: Target[];
  off: string[];
  quota: QuotaSaid[];
  kinds: readonly Kind[];
  regions?: string[];
};

/** What there is to count, and how functions reach it. */
export type Video = {
  accountId: string;
  /** Whose runs the stack opens: the account's, or the organisation's. */
  owner: string;
  kinds: readonly Kind[];
  environment: Record<string, string>;
  service?: VideoService;
  world?: World;
  plan?: string[];
};

/** @throws Error with one sentence */
export async function chooseVideo(options: VideoOptions): Promise<Video> {
  const named = localEndpoints(options.video);
  const shaped = [options.world ?? [], options.deny, options.throttle, options.hang, options.off, options.quota].flat();
  const isLocal = options.video === 'local' && named.AWS_ENDPOINT_URL_KINESIS_VIDEO === undefined;
  if (!isLocal && shaped.length > 0) {
    throw new Error(
      '--world, --deny, --throttle, --hang, --off and --quota shape the local Kinesis Video; leave them out with --video aws or AWS_ENDPOINT_URL_KINESIS_VIDEO.',
    );
  }
  const plan = options.regions && { plan: options.regions };
  const { kinds } = options;
  if (isLocal) return { kinds, ...localVideo(options), ...plan };
  const endpoints = { ...networkOf(), ...named };
  if (options.video === 'local')
    return { accountId: LOCAL_ACCOUNT, owner: LOCAL_ACCOUNT, kinds, environment: endpoints, ...plan };
  const { accountId, credentials } = await identify();
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const identity = {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken && { AWS_SESSION_TOKEN: sessionToken }),
  };
  return { accountId, owner: accountId, kinds, environment: { ...endpoints, ...identity }, ...plan };
}

/** STS answers the same in every region of a partition; which partition, only the person's own region tells. */
async function identify(): Promise<Identity> {
  const access = personAccess();
  const where: Where = whereOf(access);
  const client = makeAccess(access);
  try {
    where.region = await client.region().catch((error) => {
      if ((error as Error).message === NO_REGION) return LOCAL_REGION;
      throw error;
    });
    return await readIdentity({ ...access, region: where.region });
  } catch (cause) {
    throw new UsageError(sentenceOf(cause, where), { cause });
  } finally {
    client.close();
  }
}

/** Of two options for one place the second would win, and nobody would know. */
function refuseTwice(options: readonly (readonly Target[])[]): void {
  const names = options.flatMap((targets) => [...new Set(targets.map(nameOf))]);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new Error(`Two of --deny, --throttle, --hang, --off and --quota name ${twice}; expected one at most.`);
}

/**
 * A world of one's own is counted in the regions that it names, for whichever of the kinds, unless it says what is known about
 * regions; a world that comes with the command is counted as an account is. One with accounts is counted as an organisation.
 */
function localVideo(options: VideoOptions): {
  accountId: string;
  owner: string;
  environment: Record<string, string>;
  service: VideoService;
  world: World;
  plan?: string[];
} {
  const { world: said, kinds } = options;
  const own = said === undefined ? defaultWorld() : builtInWorld(said);
  const read = own ?? readWorld(said!);
  for (const kind of kinds) needKind(read, kind);
  const isPlanned = own === undefined && read.sources === undefined;
  const world = shapedWorld(isPlanned ? withEmptyRegions(read, kinds) : read, options);
  return {
    accountId: world.accountId,
    owner: world.organization === undefined ? world.accountId : ORGANIZATION,
    environment: organizationEnvironment(world),
    service: makeVideoService(world),
    world,
    ...(isPlanned && world.sources === undefined && { plan: Object.keys(regionsOf(world)) }),
  };
}

/** As the parameters of a stack that counts an organisation: the role and its external id are those that the accounts have. */
function organizationEnvironment({ organization }: World): Record<string, string> {
  if (organization === undefined) return {};
  const { name, externalId } = organization.memberRole;
  return { ACCOUNTS: ORGANIZATION, MEMBER_ROLE: name, EXTERNAL_ID: externalId };
}

function needKind(world: World, kind: Kind): void {
  if (heldIn(world).some(({ kinds }) => kinds[kind] !== undefined)) return;
  const many = manyOf(kind);
  throw new Error(
    kind === STREAMS
      ? `This world has no ${many}, and they are always counted: give it regions (docs/local-video.md), if only one with 0 ${many}.`
      : `This world has no ${many}: give it kinds.${kind} (docs/local-video.md), or leave ${kind} out of --kinds.`,
  );
}

/** What is broken where nobody looks would be broken for nothing. */
function refuseUncounted(targets: readonly Target[], counted: readonly Kind[]): void {
  const services = counted.map((kind) => localKind(kind).service.name);
  const isCounted = (target: Target): boolean => {
    switch (target.part) {
      case 'list':
      case 'quota':
        return counted.some((kind) => kind === target.place.kind);
      case 'quotas':
        return counted.some((kind) => kind === target.kind);
      case 'live-list':
        return services.includes(target.service);
      case 'opt-in':
      case 'organizations':
      case 'role':
        return true;
      default:
        return target satisfies never;
    }
  };
  const idle = targets.find((target) => !isCounted(target));
  if (idle === undefined) return;
  throw new Error(`${nameOf(idle)} is of a kind that is not counted: name the kind in --kinds, or leave it out.`);
}

/** The world, and what the command line says of it. @throws Error with one sentence */
function shapedWorld(before: World, { deny, throttle, hang, off, quota, kinds }: VideoOptions): World {
  const everywhere = (target: Target): OneTarget[] => {
    if (target.part !== 'quotas') return [target];
    const { kind } = target;
    const regions = new Set(heldIn(before).flatMap((held) => Object.keys(regionsOf(held, kind))));
    return [...regions].map((region) => ({ part: 'quota', place: { kind, region } }));
  };
  const faults = {
    denied: deny.flatMap(everywhere),
    throttled: throttle.flatMap(everywhere),
    hang: hang.flatMap(everywhere),
  };
  const offTargets = off.map((region): Target => ({ part: 'list', place: { kind: STREAMS, region } }));
  const quotaTargets = quota.map(({ place }): Target => ({ part: 'quota', place }));
  refuseTwice([...Object.values(faults), offTargets, ...quotaTargets.map((target) => [target])]);
  refuseUncounted([...deny, ...throttle, ...hang, ...quotaTargets], kinds);
  let world = before;
  for (const kind of ['denied', 'throttled', 'hang'] as const)
    for (const target of faults[kind]) world = broken(world, target, kind);
  for (const region of off) world = withRegionOff(world, region);
  for (const { place, quota: said } of quota) world = withQuota(world, place, said);
  return world;
}

type OneTarget = Exclude<Target, { part: 'quotas' }>;

function broken(world: World, target: OneTarget, kind: 'denied' | 'throttled' | 'hang'): World {
  switch (target.part) {
    case 'list':
      return withFault(world, target.place, kind, target.accountId);
    case 'quota':
      return withQuotaFault(world, target.place, kind);
    case 'live-list':
      return withListFault(world, target.service, kind);
    case 'opt-in':
      return withOptInFault(world, kind);
    case 'organizations':
      return withOrganizationFault(world, kind);
    case 'role':
      return withRoleFault(world, target.accountId, kind === 'denied' ? 'missing' : kind);
    default:
      return target satisfies never;
  }
}

/**
 * Of one account. Undefined where nobody knows: of any other AWS than the local one, and of an account that its world does not
 * have.
 */
export function truthOf(
  { service, world }: Pick<Video, 'service' | 'world'>,
  kind: Kind,
  regions: readonly Pick<RegionRow, 'region' | 'status'>[],
  accountId = world?.accountId ?? '',
): Truth | undefined {
  const held = world && worldOf(world, accountId);
  if (service === undefined || held === undefined) return undefined;
  const all = Object.keys(regionsOf(held, kind));
  const counted = regions.flatMap(({ region, status }) => (status === 'counted' ? [region] : []));
  const elsewhere = all.filter((region) => !counted.includes(region));
  return {
    all: service.truth(all, kind, accountId),
    counted: service.truth(counted, kind, accountId),
    elsewhere: service.truth(elsewhere, kind, accountId),
  };
}
