/**
 * Service Quotas, as far as it is asked how many of a thing a region may hold: the quota that was applied, and AWS's
 * default. Regions that a world does not name have no answer, as they have no Kinesis Video.
 *
 * On purpose not emulated: lists of quotas, requests for an increase, quotas of single resources.
 */
import { makeFaultCounter, type Outcome } from './faults.ts';
import type { Kind } from './kind.ts';
import { KINDS, STREAMS } from './kinds.ts';
import { makeLastSecond } from './last-second.ts';
import { makeLazy } from './lazy.ts';
import { arnOf } from './partition.ts';
import { ApiError, malformed, readJsonObject } from './wire.ts';
import {
  isOff,
  type QuotaFaultKind,
  type QuotaValue,
  type QuotaWorld,
  regionsInAnyKind,
  regionsOf,
  type World,
} from './world.ts';

type QuotaOperation = 'GetServiceQuota' | 'GetAWSDefaultServiceQuota';

type QuotaService = {
  /** @throws ApiError */
  ask(operation: QuotaOperation, region: string, body: string): Outcome;
  /** Questions about the quota of one kind that arrived, by region, since the start. */
  calls(kind?: string): Record<string, number>;
};

/**
 * Each operation, in each region: 5 a second and 5 more in one burst
 * (https://docs.aws.amazon.com/servicequotas/latest/userguide/reference_limits.html). The client errors of Service Quotas all
 * have the status 400: an answer of it is quoted in https://github.com/awslabs/landing-zone-accelerator-on-aws/issues/946.
 */
const CALLS_PER_SECOND = 10;

type KindWithQuota = Kind & { quota: NonNullable<Kind['quota']> };

const KNOWN = KINDS.filter((kind): kind is KindWithQuota => kind.quota !== undefined);

export function makeQuotaService(world: World): QuotaService {
  const named = new Set(regionsInAnyKind(world));
  const regions = makeLazy((region) => makeRegion(world, region));
  return {
    // A region without Service Quotas has no endpoint of it.
    ask: (operation, region, body) => (named.has(region) ? regions.get(region).ask(operation, body) : { kind: 'drop' }),
    calls: (kind = STREAMS) =>
      Object.fromEntries(Object.keys(regionsOf(world, kind)).map((name) => [name, regions.get(name).calls(kind)])),
  };
}

/** Service Quotas in one region: of several kinds, whose faults are their own and whose rate is one. */
function makeRegion(world: World, region: string) {
  const served = { GetServiceQuota: makeLastSecond(), GetAWSDefaultServiceQuota: makeLastSecond() };
  const kinds = KNOWN.flatMap((kind) => {
    const own = regionsOf(world, kind.name)[region];
    return own === undefined ? [] : [{ kind, own, nextFault: makeFaultCounter(own.quota.fault), calls: 0 }];
  });

  /** @throws ApiError */
  function pace(operation: QuotaOperation): void {
    const now = performance.now();
    if (served[operation].count(now) >= CALLS_PER_SECOND) throw throttle();
    served[operation].add(now);
  }

  return {
    calls: (name: string) => kinds.find(({ kind }) => kind.name === name)?.calls ?? 0,
    /** @throws ApiError */
    ask(operation: QuotaOperation, body: string): Outcome {
      if (isOff(world, region)) throw off();
      const asked = readServiceQuota(body);
      const found = kinds.find(({ kind }) => kind.service.name === asked.service && kind.quota.code === asked.code);
      if (found === undefined) throw noSuchResource(whatIsUnknown(asked.service));
      found.calls += 1;
      const fault = found.nextFault();
      const outcome = fault && fail(fault, operation, world);
      if (outcome !== undefined) return outcome;
      pace(operation);
      const isApplied = operation === 'GetServiceQuota';
      if (isApplied && asked.context !== undefined)
        throw noSuchResource('The request failed because applied value for the specified context Id do not exist.');
      const value = answerOf(found.own.quota, isApplied, found.kind.quota.standard(region));
      // Where nothing was applied, this is all that AWS says: https://github.com/hashicorp/terraform-provider-aws/issues/10929.
      if (value === null) throw noSuchResource('');
      const json = JSON.stringify({ Quota: quotaOf(found.kind, value, region, isApplied ? world.accountId : '') });
      return { kind: 'answer', afterMs: found.own.quota.latencyMs, body: () => Buffer.from(json) };
    },
  };
}

function answerOf(quota: QuotaWorld, isApplied: boolean, documented: number): QuotaValue | null {
  const standard = quota.default === undefined ? documented : quota.default;
  return isApplied && quota.applied !== undefined ? quota.applied : standard;
}

/** @param accountId nothing of a default, which belongs to no account */
function quotaOf({ service, quota }: KindWithQuota, value: QuotaValue, region: string, accountId: string) {
  return {
    ServiceCode: service.name,
    ServiceName: service.title,
    QuotaArn: arnOf('servicequotas', region, accountId, `${service.name}/${quota.code}`),
    QuotaCode: quota.code,
    QuotaName: quota.title,
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

function off(): ApiError {
  return new ApiError(400, 'UnrecognizedClientException', 'The security token included in the request is invalid.');
}

function throttle(): ApiError {
  return new ApiError(400, 'TooManyRequestsException', 'Rate exceeded');
}

function noSuchResource(message: string): ApiError {
  return new ApiError(400, 'NoSuchResourceException', message);
}

function whatIsUnknown(service: string): string {
  const isService = KNOWN.some((kind) => kind.service.name === service);
  return `The request failed because the specified ${isService ? 'quota' : 'service'} does not exist.`;
}

/** https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html */
const SERVICE_CODE = /^[a-zA-Z][a-zA-Z0-9-]{1,63}$/;
const QUOTA_CODE = /^[a-zA-Z][a-zA-Z0-9-]{1,128}$/;

/** The input of GetServiceQuota and of GetAWSDefaultServiceQuota, which takes no context. @throws ApiError */
function readServiceQuota(body: string): { service: string; code: string; context: string | undefined } {
  const { ServiceCode: service, QuotaCode: code, ContextId: context } = readJsonObject(body);
  if (typeof service !== 'string' || !SERVICE_CODE.test(service))
    throw new ApiError(400, 'IllegalArgumentException', 'The ServiceCode is not valid.');
  if (typeof code !== 'string' || !QUOTA_CODE.test(code))
    throw new ApiError(400, 'IllegalArgumentException', 'The QuotaCode is not valid.');
  if (context !== undefined && context !== null && typeof context !== 'string') throw malformed();
  return { service, code, context: context ?? undefined };
}
