/**
 * The local Kinesis Video: `ListStreams` as the real service answers it, and beside it what an account learns about
 * regions (region-service.ts) and about quotas (quota-service.ts), for the streams and faults of a world. Unmodified AWS clients talk to it. Signatures are
 * not verified: the credential scope alone says which region and service a request means.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { makeFaultCounter, type Outcome } from './faults.ts';
import { makeLastSecond } from './last-second.ts';
import { type LocalServer, listenLocally } from './listen.ts';
import { makeQuotaService } from './quota-service.ts';
import { makeRegionService } from './region-service.ts';
import { type Fleet, type Listing, makeFleet } from './streams.ts';
import {
  ApiError,
  invalid,
  makeTokens,
  operationOf,
  readBody,
  readListStreams,
  readScope,
  readStreamName,
  sendError,
  sendJson,
} from './video-wire.ts';
import type { RegionWorld, World } from './world.ts';

export type RegionStats = { calls: number; throttled: number; maxCallsInAnySecond: number };

export type VideoService = {
  /** Answers one request; a front door that serves other AWS services too may call it for this service's requests. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /**
   * Per region of the world: ListStreams calls that arrived, those answered with a throttle (both since the start or
   * the last reset), and the most that arrived within any one second, throttled ones included.
   */
  stats(): Record<string, RegionStats>;
  resetStats(): void;
  /** Questions to Service Quotas that arrived, by region of the world, since the start. */
  quotaCalls(): Record<string, number>;
  /** Streams that exist in these regions, whatever their faults; a region that the world does not name has none. */
  truth(regions: string[]): number;
  /** Ends every request that still waits, without an answer. */
  close(): void;
};

type Region = ReturnType<typeof makeRegion>;

const OPERATIONS = {
  'POST /listStreams': 'kinesisvideo',
  'POST /describeStream': 'kinesisvideo',
  'POST /getRegionOptStatus': 'account',
  'POST /listRegions': 'account',
  'AmazonSSM.GetParametersByPath': 'ssm',
  'ServiceQuotasV20190624.GetServiceQuota': 'servicequotas',
  'ServiceQuotasV20190624.GetAWSDefaultServiceQuota': 'servicequotas',
} as const;

export function makeVideoService(world: World): VideoService {
  const tokens = makeTokens(world.seed);
  const regionService = makeRegionService(world, tokens);
  const quotaService = makeQuotaService(world);
  const regions = new Map(Object.entries(world.regions).map(([name, own]) => [name, makeRegion(world, name, own)]));
  /** Requests without an answer so far, and the timer of those that have one coming. */
  const waiting = new Map<ServerResponse, NodeJS.Timeout | undefined>();

  /** A call to a region counts when it arrives. @throws ApiError */
  async function decide(request: IncomingMessage): Promise<Outcome> {
    const scope = readScope(request);
    const operation = operationOf(request) as keyof typeof OPERATIONS;
    const service = OPERATIONS[operation];
    if (service === undefined)
      throw new ApiError(404, 'UnknownOperationException', 'This operation is not served here.');
    if (service !== scope.service) {
      throw new ApiError(
        403,
        'InvalidSignatureException',
        `Credential should be scoped to correct service: '${service}'.`,
      );
    }
    switch (operation) {
      case 'POST /listStreams':
        return ofRegion(scope.region, request, listStreams);
      case 'POST /describeStream':
        return ofRegion(scope.region, request, describeStream);
      case 'POST /getRegionOptStatus':
        return regionService.optStatus(await readBody(request));
      case 'POST /listRegions':
        return regionService.listRegions(await readBody(request));
      case 'AmazonSSM.GetParametersByPath':
        return regionService.parameters(scope.region, await readBody(request));
      case 'ServiceQuotasV20190624.GetServiceQuota':
        return quotaService.ask('GetServiceQuota', scope.region, await readBody(request));
      case 'ServiceQuotasV20190624.GetAWSDefaultServiceQuota':
        return quotaService.ask('GetAWSDefaultServiceQuota', scope.region, await readBody(request));
      default:
        return operation satisfies never;
    }
  }

  /** @throws ApiError */
  async function ofRegion(
    name: string,
    request: IncomingMessage,
    answer: (region: Region, body: string) => Outcome,
  ): Promise<Outcome> {
    const region = regions.get(name);
    // Such a region has no endpoint. The nearest that one address can do to a name that does not resolve.
    if (region === undefined) return { kind: 'drop' };
    // AWS gives DescribeStream a limit of its own, 300 calls/s. Here both share the smaller one.
    return region.admit() ?? answer(region, await readBody(request));
  }

  function listStreams(region: Region, body: string): Outcome {
    const { prefix, maxResults, token } = readListStreams(body);
    const { pageCap, fault, latencyMs } = region.own;
    const binding = `${world.accountId}/${region.name}/${prefix ?? ''}`;
    const { position, page } = token === undefined ? { position: 0, page: 0 } : tokens.open(token, binding);
    const listing = region.fleet.listing(prefix);
    if (position > listing.size) throw invalid('The NextToken is not valid for this request.');
    const cap = pageCap[page % pageCap.length]!;
    const end = Math.min(position + Math.min(maxResults, cap), listing.size);
    // A page that may hold nothing says nothing about the end, so it always has a token.
    const isLast = end === listing.size && cap > 0 && fault?.kind !== 'token-loop';
    const repeated = fault?.kind === 'token-loop' ? token : undefined;
    const nextToken = isLast ? undefined : (repeated ?? tokens.seal({ position: end, page: page + 1 }, binding));
    return {
      kind: 'answer',
      afterMs: latencyMs,
      body: () => pageBody(region.fleet, listing, position, end, nextToken),
    };
  }

  /** @throws ApiError */
  function describeStream({ own, fleet }: Region, body: string): Outcome {
    const index = fleet.indexOf(readStreamName(body));
    if (index === undefined)
      throw new ApiError(404, 'ResourceNotFoundException', 'The requested stream is not found or not active.');
    const text = () => `{"StreamInfo":${fleet.textAt(index)}}`;
    return { kind: 'answer', afterMs: own.latencyMs, body: () => Buffer.from(text(), 'latin1') };
  }

  function carryOut(outcome: Outcome, response: ServerResponse): void {
    if (!waiting.has(response) || outcome.kind === 'hang') return;
    if (outcome.kind === 'drop') response.destroy();
    else if (outcome.afterMs === 0) sendJson(response, outcome.body());
    else
      waiting.set(
        response,
        setTimeout(() => sendJson(response, outcome.body()), outcome.afterMs),
      );
  }

  return {
    handle(request, response) {
      waiting.set(response, undefined);
      response.once('close', () => {
        clearTimeout(waiting.get(response));
        waiting.delete(response);
      });
      decide(request).then(
        (outcome) => carryOut(outcome, response),
        (error: unknown) => {
          // A connection that broke while its body was read is no longer waiting: nobody is left to answer.
          if (waiting.has(response)) sendError(response, error instanceof ApiError ? error : ownFault(error));
        },
      );
    },
    stats: () => Object.fromEntries([...regions].map(([name, region]) => [name, region.stats()])),
    resetStats: () => {
      for (const region of regions.values()) region.resetStats();
    },
    quotaCalls: quotaService.calls,
    truth: (names) => names.reduce((sum, name) => sum + (world.regions[name]?.streams ?? 0), 0),
    close: () => {
      for (const response of waiting.keys()) response.destroy();
    },
  };
}

/**
 * Serves a Kinesis Video on 127.0.0.1; port 0 is any free one. Besides the API there is `GET /stats` (what `stats()`
 * gives, as JSON) and `DELETE /stats` (the same, counting from zero again).
 * @throws Error with one sentence when the port cannot be had
 */
export async function listen(service: VideoService, port = 0): Promise<LocalServer> {
  const server = await listenLocally((request, response) => {
    if (request.url !== '/stats') return service.handle(request, response);
    if (request.method === 'DELETE') service.resetStats();
    sendJson(response, JSON.stringify(service.stats()));
  }, port);
  return {
    url: server.url,
    close: async () => {
      service.close();
      await server.close();
    },
  };
}

function pageBody(fleet: Fleet, listing: Listing, from: number, to: number, nextToken: string | undefined): Buffer {
  let text = nextToken === undefined ? '{"StreamInfoList":[' : `{"NextToken":"${nextToken}","StreamInfoList":[`;
  for (let position = from; position < to; position += 1) {
    if (position > from) text += ',';
    text += fleet.textAt(listing.indexAt(position));
  }
  // Stream names, ARNs and media types are ASCII, and latin1 halves the cost of a page against utf8.
  return Buffer.from(`${text}]}`, 'latin1');
}

/** One region: its streams, its fault, its rate limit and what it has seen. */
function makeRegion(world: World, name: string, own: RegionWorld) {
  const granted = makeLastSecond();
  let arrived = makeLastSecond();
  let counted: RegionStats = { calls: 0, throttled: 0, maxCallsInAnySecond: 0 };
  const nextFault = makeFaultCounter(own.fault);

  function throttle(): ApiError {
    counted.throttled += 1;
    return new ApiError(400, 'ClientLimitExceededException', 'Rate exceeded for ListStreams. Try again later.');
  }

  /** @throws ApiError for the faults that are answers */
  function fail(kind: NonNullable<RegionWorld['fault']>['kind']): Outcome | undefined {
    switch (kind) {
      case 'token-loop':
        return undefined;
      case 'hang':
        return { kind: 'hang' };
      case 'drops-connection':
        return { kind: 'drop' };
      case 'throttled':
        throw throttle();
      case 'server-error':
        throw new ApiError(500, 'InternalFailure', 'The request processing has failed because of an unknown error.');
      case 'not-enabled':
        throw new ApiError(
          403,
          'UnrecognizedClientException',
          'The security token included in the request is invalid.',
        );
      case 'denied': {
        const who = `arn:aws:sts::${world.accountId}:assumed-role/kvs-census/worker`;
        const why = 'because no identity-based policy allows the kinesisvideo:ListStreams action';
        const message = `User: ${who} is not authorized to perform: kinesisvideo:ListStreams ${why}`;
        throw new ApiError(403, 'AccessDeniedException', message);
      }
      default:
        return kind satisfies never;
    }
  }

  return {
    name,
    own,
    fleet: makeFleet(world, name),
    /** Counts one call that arrives now; undefined when it is to be served. @throws ApiError */
    admit(): Outcome | undefined {
      const now = performance.now();
      counted.calls += 1;
      arrived.add(now);
      counted.maxCallsInAnySecond = Math.max(counted.maxCallsInAnySecond, arrived.count(now));
      const fault = nextFault();
      const outcome = fault && fail(fault);
      if (outcome !== undefined) return outcome;
      if (granted.count(now) >= own.callsPerSecond) throw throttle();
      granted.add(now);
      return undefined;
    },
    stats: () => ({ ...counted }),
    resetStats() {
      counted = { calls: 0, throttled: 0, maxCallsInAnySecond: 0 };
      arrived = makeLastSecond();
    },
  };
}

function ownFault(cause: unknown): ApiError {
  return new ApiError(500, 'InternalFailure', `The local Kinesis Video failed: ${String(cause)}`);
}
