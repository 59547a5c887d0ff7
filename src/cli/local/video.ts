/** What a local run counts: the local Kinesis Video with its world, a service that the environment names, or AWS. */
import type { RegionRow } from '../../answers/region-row.ts';
import { makeAccess } from '../../aws/access.ts';
import { type Identity, readIdentity } from '../../aws/identity.ts';
import { makeVideoService, type VideoService } from '../../local/video-service.ts';
import { defaultWorld, readWorld, type World, withFault } from '../../local/world.ts';
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
  regions?: string[];
};

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
  const { videoEndpoint, accountEndpoint = videoEndpoint } = localConfig(options.video);
  const faults = [options.deny, options.throttle, options.hang].flatMap((regions) => [...new Set(regions)]);
  refuseTwice(faults);
  const isLocal = options.video === 'local' && videoEndpoint === undefined;
  if (!isLocal && (faults.length > 0 || options.world !== undefined)) {
    throw new Error(
      '--world, --deny, --throttle and --hang shape the local Kinesis Video; leave them out with --video aws or AWS_ENDPOINT_URL_KINESIS_VIDEO.',
    );
  }
  const plan = options.regions && { plan: options.regions };
  if (isLocal) return { environment: {}, ...localVideo(options), ...plan };
  const endpoints = {
    ...networkOf(),
    ...(videoEndpoint && { AWS_ENDPOINT_URL_KINESIS_VIDEO: videoEndpoint }),
    ...(accountEndpoint && { AWS_ENDPOINT_URL_ACCOUNT: accountEndpoint }),
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

/** Of two faults in one region the second would win, and nobody would know. */
function refuseTwice(faults: readonly string[]): void {
  const twice = faults.find((region, index) => faults.indexOf(region) !== index);
  if (twice === undefined) return;
  throw new Error(`Two of --deny, --throttle and --hang name ${twice}; a region has one fault at most.`);
}

/** A world of one's own is counted in the regions that it names; the default world names those of the template. */
function localVideo(options: VideoOptions): {
  accountId: string;
  service: VideoService;
  world: World;
  plan?: string[];
} {
  let world = options.world === undefined ? defaultWorld() : readWorld(options.world);
  for (const region of options.deny) world = withFault(world, region, 'denied');
  for (const region of options.throttle) world = withFault(world, region, 'throttled');
  for (const region of options.hang) world = withFault(world, region, 'hang');
  return {
    accountId: world.accountId,
    service: makeVideoService(world),
    world,
    ...(options.world !== undefined && { plan: Object.keys(world.regions) }),
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
