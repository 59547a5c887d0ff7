/**
 * Service Quotas, as far as it is asked how many of a thing a region may hold: the quota that was applied, and AWS's
 * default. Regions that a world does not name have no answer, as they have no Kinesis Video.
 *
 * On purpose not emulated: lists of quotas, requests for an increase, quotas of single resources.
 */
import { makeFaultCounter, type Outcome } from './faults.ts';
import { makeLastSecond } from './last-second.ts';
import { ApiError, readServiceQuota } from './video-wire.ts';
import type { QuotaFaultKind, QuotaValue, RegionWorld, World } from './world.ts';

type QuotaOperation = 'GetServiceQuota' | 'GetAWSDefaultServiceQuota';

type QuotaService = {
  /** @throws ApiError */
  ask(operation: QuotaOperation, region: string, body: string): Outcome;
  /** Questions that arrived, by region, since the start. */
  calls(): Record<string, number>;
};

/**
 * The quotas that are known here. Names as Service Quotas has them; defaults:
 * https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/limits.html.
 */
const QUOTAS = [
  {
    service: 'kinesisvideo',
    serviceName: 'Amazon Kinesis Video Streams',
    code: 'L-F06528A6',
    name: 'Number of video streams',
    standard: () => 10_000,
  },
];

/**
 * Each operation, in each region: 5 a second and 5 more in one burst
 * (https://docs.aws.amazon.com/servicequotas/latest/userguide/reference_limits.html). The client errors of Service Quotas all
 * have the status 400: an answer of it is quoted in https://github.com/awslabs/landing-zone-accelerator-on-aws/issues/946.
 */
const CALLS_PER_SECOND = 10;

export function makeQuotaService(world: World): QuotaService {
  const regions = new Map(Object.entries(world.regions).map(([name, own]) => [name, makeRegion(world, name, own)]));
  return {
    // A region without Service Quotas has no endpoint of it.
    ask: (operation, region, body) => regions.get(region)?.ask(operation, body) ?? { kind: 'drop' },
    calls: () => Object.fromEntries([...regions].map(([name, region]) => [name, region.calls()])),
  };
}

function makeRegion(world: World, region: string, { quota, fault }: RegionWorld) {
  const nextFault = makeFaultCounter(quota.fault);
  const served = { GetServiceQuota: makeLastSecond(), GetAWSDefaultServiceQuota: makeLastSecond() };
  let calls = 0;

  /** @throws ApiError */
  function admit(operation: QuotaOperation): Outcome | undefined {
    const now = performance.now();
    calls += 1;
    if (fault?.kind === 'not-enabled')
      throw new ApiError(400, 'UnrecognizedClientException', 'The security token included in the request is invalid.');
    const met = nextFault();
    const outcome = met && fail(met, operation, world);
    if (outcome !== undefined) return outcome;
    if (served[operation].count(now) >= CALLS_PER_SECOND) throw throttle();
    served[operation].add(now);
    return undefined;
  }

  return {
    calls: () => calls,
    /** @throws ApiError */
    ask(operation: QuotaOperation, body: string): Outcome {
      const outcome = admit(operation);
      if (outcome !== undefined) return outcome;
      const { service, code, context } = readServiceQuota(body);
      const known = QUOTAS.find((each) => each.service === service && each.code === code);
      if (known === undefined) throw noSuchResource(whatIsUnknown(service));
      const isApplied = operation === 'GetServiceQuota';
      if (isApplied && context !== undefined)
        throw noSuchResource('The request failed because applied value for the specified context Id do not exist.');
      const standard = quota.default === undefined ? known.standard() : quota.default;
      const value = isApplied && quota.applied !== undefined ? quota.applied : standard;
      // Where nothing was applied, this is all that AWS says: https://github.com/hashicorp/terraform-provider-aws/issues/10929.
      if (value === null) throw noSuchResource('');
      const json = JSON.stringify({ Quota: quotaOf(known, value, isApplied, region, world) });
      return { kind: 'answer', afterMs: quota.latencyMs, body: () => Buffer.from(json) };
    },
  };
}

function quotaOf(
  { service, serviceName, code, name }: (typeof QUOTAS)[number],
  value: QuotaValue,
  isApplied: boolean,
  region: string,
  { accountId }: World,
) {
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  // A default belongs to no account.
  const arn = `arn:${partition}:servicequotas:${region}:${isApplied ? accountId : ''}:${service}/${code}`;
  return {
    ServiceCode: service,
    ServiceName: serviceName,
    QuotaArn: arn,
    QuotaCode: code,
    QuotaName: name,
    Value: value,
    Unit: 'None',
    Adjustable: true,
    GlobalQuota: false,
    QuotaAppliedAtLevel: 'ACCOUNT',
  };
}

/** @throws ApiError for the faults that are answers */
function fail(kind: QuotaFaultKind, operation: QuotaOperation, { accountId }: World): Outcome {
  switch (kind) {
    case 'hang':
      return { kind: 'hang' };
    case 'drops-connection':
      return { kind: 'drop' };
    case 'throttled':
      throw throttle();
    case 'server-error':
      throw new ApiError(500, 'ServiceException', 'Something went wrong.');
    case 'denied': {
      const who = `arn:aws:sts::${accountId}:assumed-role/kvs-census/worker`;
      const why = `because no identity-based policy allows the servicequotas:${operation} action`;
      const message = `User: ${who} is not authorized to perform: servicequotas:${operation} ${why}`;
      throw new ApiError(400, 'AccessDeniedException', message);
    }
    default:
      return kind satisfies never;
  }
}

function throttle(): ApiError {
  return new ApiError(400, 'TooManyRequestsException', 'Rate exceeded');
}

function noSuchResource(message: string): ApiError {
  return new ApiError(400, 'NoSuchResourceException', message);
}

function whatIsUnknown(service: string): string {
  const isService = QUOTAS.some((quota) => quota.service === service);
  return `The request failed because the specified ${isService ? 'quota' : 'service'} does not exist.`;
}
