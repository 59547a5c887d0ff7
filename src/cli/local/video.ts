/** What a local run counts: the local Kinesis Video with its world, a service that the environment names, or AWS. */
import type { RegionRow } from '../../answers/region-row.ts';
import { makeAccess } from '../../aws/access.ts';
import { type Identity, readIdentity } from '../../aws/identity.ts';
import { makeVideoService, type VideoService } from '../../local/video-service.ts';
import { defaultWorld, readWorld, type Sources, type World, withFault, withSourceFault } from '../../local/world.ts';
import { localConfig, networkOf } from '../../surroundings.ts';
import { NO_REGION, sentenceOf, UsageError, type Where } from '../errors.ts';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../source/account.ts';
import { personAccess, whereOf } from '../source/person.ts';
import type { Truth } from './result.ts';

export type VideoOptions = {
  video: 'local' | 'aws';
  world?: string;
  deny: string[];
  throttle: string[];
  hang: string[];
  off: string[];
  regions?: string[];
};

/** What the options that break something call the two places that a plan comes from. */
export const SOURCE_NAMES: Readonly<Record<string, keyof Sources>> = { 'live-list': 'regions', 'opt-in': 'optIn' };

/** What there is to count, and how functions reach it. */
export type Video = {
  accountId: string;
  environment: Record<string, string>;
  service?: VideoService;
  world?: World;
  plan?: string[];
};

/** @throws Error with one sentence */
export async function chooseVideo(options: VideoOptions): Promise<Video> {
  const { videoEndpoint, accountEndpoint = videoEndpoint, ssmEndpoint = videoEndpoint } = localConfig(options.video);
  const faults = [options.deny, options.throttle, options.hang, options.off].flatMap((regions) => [
    ...new Set(regions),
  ]);
  refuseTwice(faults);
  const isLocal = options.video === 'local' && videoEndpoint === undefined;
  if (!isLocal && (faults.length > 0 || options.world !== undefined)) {
    throw new Error(
      '--world, --deny, --throttle, --hang and --off shape the local Kinesis Video; leave them out with --video aws or AWS_ENDPOINT_URL_KINESIS_VIDEO.',
    );
  }
  const plan = options.regions && { plan: options.regions };
  if (isLocal) return { environment: {}, ...localVideo(options), ...plan };
  const endpoints = {
    ...networkOf(),
    ...(videoEndpoint && { AWS_ENDPOINT_URL_KINESIS_VIDEO: videoEndpoint }),
    ...(accountEndpoint && { AWS_ENDPOINT_URL_ACCOUNT: accountEndpoint }),
    ...(ssmEndpoint && { AWS_ENDPOINT_URL_SSM: ssmEndpoint }),
  };
  if (options.video === 'local') return { accountId: LOCAL_ACCOUNT, environment: endpoints, ...plan };
  const { accountId, credentials } = await identify();
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const identity = {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken && { AWS_SESSION_TOKEN: sessionToken }),
  };
  return { accountId, environment: { ...endpoints, ...identity }, ...plan };
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

/** Of two faults in one place the second would win, and nobody would know. */
function refuseTwice(faults: readonly string[]): void {
  const twice = faults.find((region, index) => faults.indexOf(region) !== index);
  if (twice === undefined) return;
  throw new Error(`Two of --deny, --throttle, --hang and --off name ${twice}; expected one at most.`);
}

/**
 * A world of one's own is counted in the regions that it names, unless it says what is known about regions; the default
 * world is counted as an account is.
 */
function localVideo(options: VideoOptions): {
  accountId: string;
  service: VideoService;
  world: World;
  plan?: string[];
} {
  let world = options.world === undefined ? defaultWorld() : readWorld(options.world);
  const breakAll = (places: readonly string[], kind: 'denied' | 'throttled' | 'hang') => {
    for (const place of places) {
      const source = SOURCE_NAMES[place];
      world = source === undefined ? withFault(world, place, kind) : withSourceFault(world, source, kind);
    }
  };
  breakAll(options.deny, 'denied');
  breakAll(options.throttle, 'throttled');
  breakAll(options.hang, 'hang');
  for (const region of options.off) world = withFault(world, region, 'not-enabled');
  return {
    accountId: world.accountId,
    service: makeVideoService(world),
    world,
    ...(options.world !== undefined && world.sources === undefined && { plan: Object.keys(world.regions) }),
  };
}

/** Undefined where nobody knows: of any other Kinesis Video than the local one. */
export function truthOf(
  { service, world }: Pick<Video, 'service' | 'world'>,
  regions: readonly Pick<RegionRow, 'region' | 'status'>[],
): Truth | undefined {
  if (service === undefined || world === undefined) return undefined;
  const all = Object.keys(world.regions);
  const counted = regions.flatMap(({ region, status }) => (status === 'counted' ? [region] : []));
  const elsewhere = all.filter((region) => !counted.includes(region));
  return { all: service.truth(all), counted: service.truth(counted), elsewhere: service.truth(elsewhere) };
}
