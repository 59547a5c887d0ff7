/**
 * The local AWS that is counted: it lists the things of a world, kind by kind, as the real services answer (kinds/), and
 * beside it what an account learns about regions (region-service.ts) and about quotas (quota-service.ts). Unmodified AWS
 * clients talk to it. Signatures are not verified: the credential scope alone says which region and service a request means.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Outcome } from './faults.ts';
import { type KindService, makeKindService, type RegionStats } from './kind-service.ts';
import { KINDS, SERVICES, STREAMS } from './kinds.ts';
import { type LocalServer, listenLocally } from './listen.ts';
import { makeQuotaService, type QuotaService } from './quota-service.ts';
import { makeRegionService } from './region-service.ts';
import { makeTokens } from './tokens.ts';
import { ApiError, operationOf, readBody, readScope, sendError, sendJson } from './wire.ts';
import { regionsOf, type World } from './world.ts';

export type { RegionStats } from './kind-service.ts';

/** The services that are answered here: by the SDK's variables of endpoints, their names in credential scopes. */
export const SERVED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(SERVICES.map(({ variable, name }) => [variable, name])),
  ACCOUNT: 'account',
  SSM: 'ssm',
  SERVICE_QUOTAS: 'servicequotas',
};

/** Of one kind: streams, where none is named. */
export type VideoService = {
  /** Answers one request; a front door that serves other AWS services too may call it for this service's requests. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /**
   * Per region of the world: calls that arrived, those answered with a throttle (both since the start or the last reset),
   * and the most that arrived within any one second, throttled ones included.
   */
  stats(kind?: string): Record<string, RegionStats>;
  /** Of all kinds. */
  resetStats(): void;
  /** Questions to Service Quotas that arrived, by region of the world, since the start. */
  quotaCalls(kind?: string): Record<string, number>;
  /** How many there are in these regions, whatever their faults; a region that the world does not name has none. */
  truth(regions: string[], kind?: string): number;
  /** Ends every request that still waits, without an answer. */
  close(): void;
};

/** What answers an operation. */
type Entry = {
  service: string;
  messageField: 'Message' | 'message';
  /** @throws ApiError */
  answer(region: string, readBody: () => Promise<string>): Promise<Outcome>;
};

/** The operations that are not those of a kind. */
function makeCommonEntries(world: World, tokens: ReturnType<typeof makeTokens>, quotaService: QuotaService) {
  const regionService = makeRegionService(world, tokens);
  const entry = (service: string, answer: (region: string, body: string) => Outcome): Entry => ({
    service,
    messageField: 'Message',
    answer: async (region, read) => answer(region, await read()),
  });
  return {
    'POST /getRegionOptStatus': entry('account', (_, body) => regionService.optStatus(body)),
    'POST /listRegions': entry('account', (_, body) => regionService.listRegions(body)),
    'AmazonSSM.GetParametersByPath': entry('ssm', regionService.parameters),
    ...Object.fromEntries(
      (['GetServiceQuota', 'GetAWSDefaultServiceQuota'] as const).map((operation) => [
        `ServiceQuotasV20190624.${operation}`,
        entry('servicequotas', (region, body) => quotaService.ask(operation, region, body)),
      ]),
    ),
  };
}

function entriesOf({ kind: { service }, answers }: KindService): [string, Entry][] {
  const { name, messageField } = service;
  return Object.entries(answers).map(([operation, answer]) => [operation, { service: name, messageField, answer }]);
}

export function makeVideoService(world: World): VideoService {
  const tokens = makeTokens(world.seed);
  const kinds = new Map(KINDS.map((kind) => [kind.name, makeKindService(kind, world, tokens)]));
  const quotaService = makeQuotaService(world);
  const entries = new Map<string, Entry>([
    ...[...kinds.values()].flatMap(entriesOf),
    ...Object.entries(makeCommonEntries(world, tokens, quotaService)),
  ]);
  /** Requests without an answer so far, and the timer of those that have one coming. */
  const waiting = new Map<ServerResponse, NodeJS.Timeout | undefined>();

  /** @throws ApiError */
  async function decide(request: IncomingMessage, entry: Entry | undefined): Promise<Outcome> {
    const scope = readScope(request);
    if (entry === undefined) throw new ApiError(404, 'UnknownOperationException', 'This operation is not served here.');
    if (entry.service !== scope.service) {
      throw new ApiError(
        403,
        'InvalidSignatureException',
        `Credential should be scoped to correct service: '${entry.service}'.`,
      );
    }
    return entry.answer(scope.region, () => readBody(request));
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
      const entry = entries.get(operationOf(request));
      decide(request, entry).then(
        (outcome) => carryOut(outcome, response),
        (error: unknown) => {
          // A connection that broke while its body was read is no longer waiting: nobody is left to answer.
          if (!waiting.has(response)) return;
          sendError(response, error instanceof ApiError ? error : ownFault(error), entry?.messageField ?? 'Message');
        },
      );
    },
    stats: (kind = STREAMS) => kinds.get(kind)?.stats() ?? {},
    resetStats: () => {
      for (const service of kinds.values()) service.resetStats();
    },
    quotaCalls: quotaService.calls,
    truth: (names, kind) => names.reduce((sum, name) => sum + (regionsOf(world, kind)[name]?.size ?? 0), 0),
    close: () => {
      for (const response of waiting.keys()) response.destroy();
    },
  };
}

/**
 * Serves it on 127.0.0.1; port 0 is any free one. Besides the APIs there is `GET /stats` (what `stats()` gives, as JSON;
 * `/stats/channels` of another kind) and `DELETE /stats` (the same, counting from zero again, for all kinds).
 * @throws Error with one sentence when the port cannot be had
 */
export async function listen(service: VideoService, port = 0): Promise<LocalServer> {
  const server = await listenLocally((request, response) => {
    const kind = kindOfStats(request.url);
    if (kind === undefined) return service.handle(request, response);
    if (request.method === 'DELETE') service.resetStats();
    sendJson(response, JSON.stringify(service.stats(kind)));
  }, port);
  return {
    url: server.url,
    close: async () => {
      service.close();
      await server.close();
    },
  };
}

function kindOfStats(url: string | undefined): string | undefined {
  return url === '/stats' ? STREAMS : KINDS.find(({ name }) => url === `/stats/${name}`)?.name;
}

function ownFault(cause: unknown): ApiError {
  return new ApiError(500, 'InternalFailure', `The local AWS failed: ${String(cause)}`);
}
