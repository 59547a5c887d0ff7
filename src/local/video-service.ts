/**
 * The local AWS that is counted: it lists the things of a world, kind by kind, as the real services answer (kinds/), and
 * beside it what an account learns about regions (region-service.ts), about quotas (quota-service.ts), about who it is
 * (sts-service.ts) and about other accounts (organizations-service.ts). Unmodified AWS clients talk to it. Signatures are not verified: the credential scope alone says which region
 * and service a request means, and a session's token which account.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Outcome } from './faults.ts';
import type { Fleet } from './fleet.ts';
import { signedScope } from './front-door.ts';
import type { Kind } from './kind.ts';
import { makeKindService, type RegionStats } from './kind-service.ts';
import { KINDS, SERVICES, STREAMS } from './kinds.ts';
import { makeLazy, makeRecent, type Recent } from './lazy.ts';
import { type LocalServer, listenLocally } from './listen.ts';
import { makeOrganizationsService, OPERATIONS } from './organizations-service.ts';
import { sendXml, sendXmlError } from './query.ts';
import { makeQuotaService } from './quota-service.ts';
import { makeRegionService } from './region-service.ts';
import { type Caller, makeSessions, rootOf, type Sessions } from './sessions.ts';
import { makeStsService } from './sts-service.ts';
import { makeTokens, type Tokens } from './tokens.ts';
import { ApiError, operationOf, readBody, readScope, sendError, sendJson } from './wire.ts';
import { regionsOf, type World, worldOf } from './world.ts';

export type { RegionStats } from './kind-service.ts';

/** The services that are answered here: by the SDK's variables of endpoints, their names in credential scopes. */
export const SERVED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(SERVICES.map(({ variable, name }) => [variable, name])),
  ACCOUNT: 'account',
  SSM: 'ssm',
  SERVICE_QUOTAS: 'servicequotas',
  STS: 'sts',
  ORGANIZATIONS: 'organizations',
};

/** Of one kind, streams where none is named, and of one account, the hub's where none is named. */
export type VideoService = {
  /** Answers one request; a front door that serves other AWS services too may call it for this service's requests. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Who asks, in a world with several accounts. */
  readonly sessions?: Sessions;
  /**
   * Per region of the world: calls that arrived, those answered with a throttle (both since the start or the last reset),
   * and the most that arrived within any one second, throttled ones included.
   */
  stats(kind?: string, accountId?: string): Record<string, RegionStats>;
  /** Of all kinds, in all accounts. */
  resetStats(): void;
  /** Questions to Service Quotas that arrived, by region of the world, since the start. */
  quotaCalls(kind?: string, accountId?: string): Record<string, number>;
  /** How many there are in these regions, whatever their faults; a region that the world does not name has none. */
  truth(regions: string[], kind?: string, accountId?: string): number;
  /** Ends every request that still waits, without an answer. */
  close(): void;
};

/** More than one account has of all kinds together: what is in use is not made twice. */
const FLEETS_LIMIT = 250;

/** What is asked of an operation, and who asks it. */
type Asked = { readonly caller: Caller; readonly region: string; readBody(): Promise<string> };

/** What answers an operation. */
type Entry = {
  service: string;
  /** The field of an error's body; or all of it is XML. */
  errorsIn: 'Message' | 'message' | 'xml';
  /** @throws ApiError */
  answer(asked: Asked): Promise<Outcome>;
};

/** What an account holds that the world does not have. */
const EMPTY: World = { seed: '', accountId: '', asOf: 0, kinds: {} };

/** What one account is told. */
type AccountServices = ReturnType<typeof makeAccountServices>;

function makeAccountServices(world: World, tokens: Tokens, fleets: Recent<Fleet>) {
  return {
    kinds: new Map(KINDS.map((kind) => [kind.name, makeKindService(kind, world, tokens, fleets)])),
    quotas: makeQuotaService(world),
    regions: makeRegionService(world, tokens),
  };
}

type ServicesOf = (accountId: string) => AccountServices;

/** By operation, as a request names it. */
function accountEntries(servicesOf: ServicesOf): [string, Entry][] {
  const entry = (
    service: string,
    answer: (services: AccountServices, region: string, body: string) => Outcome,
  ): Entry => ({
    service,
    errorsIn: 'Message',
    answer: async ({ caller, region, readBody: read }) => answer(servicesOf(caller.accountId), region, await read()),
  });
  return [
    ...KINDS.flatMap((kind) => kindEntries(kind, servicesOf)),
    ['POST /getRegionOptStatus', entry('account', ({ regions }, _, body) => regions.optStatus(body))],
    ['POST /listRegions', entry('account', ({ regions }, _, body) => regions.listRegions(body))],
    ['AmazonSSM.GetParametersByPath', entry('ssm', ({ regions }, region, body) => regions.parameters(region, body))],
    ...(['GetServiceQuota', 'GetAWSDefaultServiceQuota'] as const).map((operation): [string, Entry] => [
      `ServiceQuotasV20190624.${operation}`,
      entry('servicequotas', ({ quotas }, region, body) => quotas.ask(operation, region, body)),
    ]),
  ];
}

function kindEntries({ name, service, list, describe }: Kind, servicesOf: ServicesOf): [string, Entry][] {
  return [list, ...(describe ? [describe] : [])].map(({ operation }) => [
    operation,
    {
      service: service.name,
      errorsIn: service.messageField,
      answer: ({ caller, region, readBody: read }) =>
        servicesOf(caller.accountId).kinds.get(name)!.answers[operation]!(region, read),
    },
  ]);
}

/** Of the query protocol, whose operations all look alike from without. */
function makeStsEntry(world: World, sessions: Sessions | undefined, nowMs: () => number): Entry {
  const sts = makeStsService(world, sessions, nowMs);
  return {
    service: 'sts',
    errorsIn: 'xml',
    answer: async ({ caller, readBody: read }) => sts.answer(caller, await read()),
  };
}

/** Of all accounts, told to one of them. */
function organizationsEntries(world: World, tokens: Tokens): [string, Entry][] {
  const organizations = makeOrganizationsService(world, tokens);
  return OPERATIONS.map((operation) => [
    `AWSOrganizationsV20161128.${operation}`,
    {
      service: 'organizations',
      errorsIn: 'Message',
      answer: async ({ caller, readBody: read }) => organizations.ask(operation, caller, await read()),
    },
  ]);
}

/** @param nowMs epoch milliseconds, by which sessions end */
export function makeVideoService(world: World, nowMs: () => number = Date.now): VideoService {
  const tokens = makeTokens(world.seed);
  const sessions = world.organization && makeSessions(world, nowMs);
  const fleets = makeRecent<Fleet>(FLEETS_LIMIT);
  // Made when an account is first asked about: one of a thousand that nobody counts costs nothing.
  const accounts = makeLazy((accountId) => makeAccountServices(worldOf(world, accountId) ?? EMPTY, tokens, fleets));
  const servicesOf = accounts.get;
  const entries = new Map([...accountEntries(servicesOf), ...organizationsEntries(world, tokens)]);
  const stsEntry = makeStsEntry(world, sessions, nowMs);
  /** Requests without an answer so far, and the timer of those that have one coming. */
  const waiting = new Map<ServerResponse, NodeJS.Timeout | undefined>();

  function entryOf(request: IncomingMessage): Entry | undefined {
    return signedScope(request)?.service === stsEntry.service ? stsEntry : entries.get(operationOf(request));
  }

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
    const caller = sessions?.callerOf(request) ?? rootOf(world.accountId);
    return entry.answer({ caller, region: scope.region, readBody: () => readBody(request) });
  }

  function carryOut(
    outcome: Outcome,
    response: ServerResponse,
    send: (response: ServerResponse, body: Buffer) => void,
  ): void {
    if (!waiting.has(response) || outcome.kind === 'hang') return;
    if (outcome.kind === 'drop') response.destroy();
    else if (outcome.afterMs === 0) send(response, outcome.body());
    else
      waiting.set(
        response,
        setTimeout(() => send(response, outcome.body()), outcome.afterMs),
      );
  }

  return {
    handle(request, response) {
      waiting.set(response, undefined);
      response.once('close', () => {
        clearTimeout(waiting.get(response));
        waiting.delete(response);
      });
      const entry = entryOf(request);
      const errorsIn = entry?.errorsIn ?? 'Message';
      decide(request, entry).then(
        (outcome) => carryOut(outcome, response, errorsIn === 'xml' ? sendXml : sendJson),
        (cause: unknown) => {
          // A connection that broke while its body was read is no longer waiting: nobody is left to answer.
          if (!waiting.has(response)) return;
          const error = cause instanceof ApiError ? cause : ownFault(cause);
          if (errorsIn === 'xml') sendXmlError(response, error);
          else sendError(response, error, errorsIn);
        },
      );
    },
    ...(sessions && { sessions }),
    stats: (kind = STREAMS, accountId = world.accountId) => servicesOf(accountId).kinds.get(kind)?.stats() ?? {},
    resetStats: () => {
      for (const { kinds } of accounts.made()) for (const service of kinds.values()) service.resetStats();
    },
    quotaCalls: (kind, accountId = world.accountId) => servicesOf(accountId).quotas.calls(kind),
    truth: (names, kind, accountId = world.accountId) => {
      const regions = regionsOf(worldOf(world, accountId) ?? { kinds: {} }, kind);
      return names.reduce((sum, name) => sum + (regions[name]?.size ?? 0), 0);
    },
    close: () => {
      for (const response of waiting.keys()) response.destroy();
    },
  };
}

/**
 * Serves it on 127.0.0.1; port 0 is any free one. Besides the APIs there is `GET /stats` (what `stats()` gives, as JSON;
 * `/stats/channels` of another kind, `?account=` of another account than the hub's) and `DELETE /stats` (the same, counting from
 * zero again, for all kinds and accounts).
 * @throws Error with one sentence when the port cannot be had
 */
export async function listen(service: VideoService, port = 0): Promise<LocalServer> {
  const server = await listenLocally((request, response) => {
    const asked = readStats(request.url);
    if (asked === undefined) return service.handle(request, response);
    if (request.method === 'DELETE') service.resetStats();
    sendJson(response, JSON.stringify(service.stats(asked.kind, asked.accountId)));
  }, port);
  return {
    url: server.url,
    close: async () => {
      service.close();
      await server.close();
    },
  };
}

const STATS = /^\/stats(?:\/(?<kind>[a-z-]+))?(?:\?account=(?<accountId>\d{12}))?$/;

function readStats(url = ''): { kind: string; accountId: string | undefined } | undefined {
  const { kind = STREAMS, accountId } = STATS.exec(url)?.groups ?? { kind: '' };
  return KINDS.some(({ name }) => name === kind) ? { kind, accountId } : undefined;
}

function ownFault(cause: unknown): ApiError {
  return new ApiError(500, 'InternalFailure', `The local AWS failed: ${String(cause)}`);
}
