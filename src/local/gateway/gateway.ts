/**
 * API Gateway: a request takes its route, is let in or refused, and becomes an event of the function behind; what the function
 * returns becomes the answer.
 *
 * What is refused, and how, is as AWS documents it: a token that is not good
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-jwt.html), a signature that is not, and
 * a caller of another account (https://repost.aws/knowledge-center/api-gateway-cross-account-403), a function that fails or
 * answers in no form that there is
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-lambda.html), too many requests
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html). A function that takes too long gives
 * 503, which no page says (https://github.com/serverless/serverless/issues/11222,
 * https://github.com/cortexlabs/cortex/issues/1225).
 *
 * On purpose not emulated: whether a caller's policies let him invoke the API (the template's tests simulate rights), the permission by
 * which the API may invoke the function, limits of the account, and the limit of all header lines together (10,240 bytes).
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FunctionLog } from '../events.ts';
import { EXECUTE_API } from '../front-door.ts';
import { type Lambda, TooManyRequests } from '../lambda.ts';
import { type Handle, readBody } from '../listen.ts';
import type { Place } from '../resource-types.ts';
import { type Caller, rootOf, type Sessions } from '../sessions.ts';
import { ApiError } from '../wire.ts';
import { type LogValues, logLine } from './access-log.ts';
import { type Answer, answerOf, ownAnswer } from './answer.ts';
import type { Api, JwtAuthorizer, Route } from './api.ts';
import { type Asked, type Authorizer, contextOf, decodedPath, eventOf, type RequestContext } from './event.ts';
import { type Matched, matchRoute } from './routes.ts';
import { whyNotSigned } from './signature.ts';
import { makeThrottle } from './throttle.ts';
import { makeTokenCheck, type TokenCheck } from './token.ts';

export type GatewayOptions = {
  readonly lambda: Lambda;
  readonly place: Place;
  /** By which the stack divides its waits. */
  readonly timeScale: number;
  /** Absent: there are no other accounts. */
  readonly sessions: Sessions | undefined;
  readonly onLog: (line: FunctionLog) => void;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
};

/** The secret of every key that is no session's. */
const LOCAL_SECRET = 'local';
/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html: 10 MB, of a request and of an answer. */
const PAYLOAD_LIMIT_BYTES = 10 * 1024 * 1024;
/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB each, and what lies around it. */
const INVOCATION_LIMIT_BYTES = 6_291_556;

/** What became of a request, for its access log. */
type Outcome = {
  readonly answer: Answer;
  readonly values?: LogValues;
  readonly authorizer?: Authorizer | undefined;
};

/** A request that is refused, and why. */
type Refusal = Required<Omit<Outcome, 'authorizer'>>;

export function makeGateway(api: Api, options: GatewayOptions): Handle {
  const gateway = {
    ...options,
    api,
    checkOf: makeChecks(options.nowMs),
    isTaken: makeThrottles(api, options.timeScale),
  };
  return (request, response) => void serve(gateway, request, response);
}

type Gateway = GatewayOptions & {
  readonly api: Api;
  readonly checkOf: (authorizer: JwtAuthorizer) => TokenCheck;
  readonly isTaken: (route: Route) => boolean;
};

/** One of each authoriser, so that keys are fetched once. */
function makeChecks(nowMs: () => number): (authorizer: JwtAuthorizer) => TokenCheck {
  const checks = new Map<string, TokenCheck>();
  return (authorizer) => {
    const key = JSON.stringify(authorizer);
    const check = checks.get(key) ?? makeTokenCheck(authorizer, nowMs);
    checks.set(key, check);
    return check;
  };
}

function makeThrottles({ routes }: Api, timeScale: number): (route: Route) => boolean {
  const throttles = new Map(routes.map((route) => [route, route.limits && makeThrottle(route.limits, timeScale)]));
  return (route) => throttles.get(route)?.(performance.now()) ?? true;
}

async function serve(gateway: Gateway, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { api, place, nowMs } = gateway;
  const startedAt = performance.now();
  const asked = askedOf(request, nowMs());
  const body = await readBody(request);
  if (body === undefined) return;
  const addressee = { accountId: place.accountId, apiId: api.id, stage: api.stage };
  const path = pathOf(asked);
  const matched = path === undefined ? undefined : matchRoute(api.routes, asked.method, path);
  const context = contextOf(asked, path ?? asked.rawPath, addressee, matched?.route.key ?? '');
  const outcome =
    path === undefined ? refusal(400, 'Bad Request') : await answerTo(gateway, asked, body, context, matched, request);
  send(outcome.answer, context.requestId, request, response);
  log(gateway, context, outcome, performance.now() - startedAt);
}

function askedOf(request: IncomingMessage, atMs: number): Asked {
  const { method = 'GET', url = '/', headersDistinct, httpVersion, socket } = request;
  const [rawPath = '/', rawQuery = ''] = url.split(/\?(.*)/s);
  return {
    ...{ method, rawPath, rawQuery, atMs },
    headers: Object.fromEntries(Object.entries(headersDistinct).map(([name, values]) => [name, values ?? []])),
    protocol: `HTTP/${httpVersion}`,
    sourceIp: socket.remoteAddress ?? '127.0.0.1',
    requestId: randomBytes(11).toString('base64'),
    traceId: Math.floor(atMs / 1000).toString(16) + randomBytes(12).toString('hex'),
  };
}

function pathOf({ rawPath }: Asked): string | undefined {
  try {
    return decodedPath(rawPath);
  } catch {
    return undefined;
  }
}

async function answerTo(
  gateway: Gateway,
  asked: Asked,
  body: Buffer,
  context: RequestContext,
  matched: Matched | undefined,
  request: IncomingMessage,
): Promise<Outcome> {
  if (matched === undefined) return refusal(404, 'Not Found');
  if (!gateway.isTaken(matched.route)) return refusal(429, 'Too Many Requests');
  if (body.length > PAYLOAD_LIMIT_BYTES) return refusal(413, 'Request Entity Too Large');
  const admitted = await admit(gateway, matched.route, asked, body, request);
  if (admitted !== undefined && 'answer' in admitted) return admitted;
  const event = JSON.stringify(eventOf(asked, body, context, matched, admitted));
  return { ...(await integrate(gateway, matched.route, event)), authorizer: admitted };
}

/** Undefined for a caller of a route that is open to everybody. */
async function admit(
  { checkOf, ...gateway }: Gateway,
  { authorization }: Route,
  asked: Asked,
  body: Buffer,
  request: IncomingMessage,
): Promise<Authorizer | Refusal | undefined> {
  switch (authorization.type) {
    case 'none':
      return undefined;
    case 'iam':
      return await admitSigned(gateway, asked, body, request);
    case 'jwt': {
      const [header, ...others] = asked.headers.authorization ?? [];
      const { authorizer, scopes } = authorization;
      const found = await checkOf(authorizer).check(others.length > 0 ? '?' : header, scopes);
      if ('jwt' in found) return found;
      const { status, reason, challenge } = found;
      return refusal(status, status === 401 ? 'Unauthorized' : 'Forbidden', reason, [['www-authenticate', challenge]]);
    }
    default:
      return authorization satisfies never;
  }
}

async function admitSigned(
  { place, sessions, nowMs }: Pick<Gateway, 'place' | 'sessions' | 'nowMs'>,
  asked: Asked,
  body: Buffer,
  request: IncomingMessage,
): Promise<Authorizer | Refusal> {
  const secretAccessKey = sessions?.secretOf(request) ?? LOCAL_SECRET;
  const { region, accountId: hub } = place;
  const verifier = { region, service: EXECUTE_API, nowMs: nowMs(), secretAccessKey };
  const reason = await whyNotSigned({ ...asked, body }, verifier);
  if (reason !== undefined) return refusal(403, 'Forbidden', reason);
  const caller = callerOf(sessions, hub, request);
  if (caller instanceof ApiError) return refusal(403, 'Forbidden', caller.message);
  if (caller.accountId !== hub) return refusal(403, 'Forbidden', `${caller.arn} is of another account.`);
  const { accountId, arn: userArn, userId } = caller;
  const [, accessKey = ''] = /Credential=([^/]+)\//.exec(asked.headers.authorization?.[0] ?? '') ?? [];
  return {
    iam: { accessKey, accountId, callerId: userId, cognitoIdentity: null, principalOrgId: null, userArn, userId },
  };
}

function callerOf(sessions: Sessions | undefined, hub: string, request: IncomingMessage): Caller | ApiError {
  try {
    return sessions?.callerOf(request) ?? rootOf(hub);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

async function integrate({ lambda }: Gateway, route: Route, event: string): Promise<Outcome> {
  const startedAt = performance.now();
  const fn = lambda.find(route.functionName);
  const failed = (why: string, seen: LogValues = {}): Outcome => {
    const { answer, values } = refusal(500, 'Internal Server Error');
    return { answer, values: { ...seen, ...values, integrationErrorMessage: why, 'integration.error': why } };
  };
  if (fn === undefined) return failed(`There is no function ${route.functionName}.`);
  if (Buffer.byteLength(event) > INVOCATION_LIMIT_BYTES) return failed('The event is larger than 6 MB.');
  const outcome = await within(
    route.timeoutMs,
    lambda.invoke(fn, event).catch((error: unknown) => {
      if (error instanceof TooManyRequests) return error;
      throw error;
    }),
  );
  const latency = Math.round(performance.now() - startedAt);
  if (outcome === undefined) return refusal(503, 'Service Unavailable');
  if (outcome instanceof TooManyRequests) return failed(outcome.message);
  const seen = {
    ...{ integrationLatency: latency, 'integration.latency': latency },
    ...{ awsEndpointRequestId: outcome.requestId, 'integration.requestId': outcome.requestId },
    ...{ integrationStatus: 200, 'integration.integrationStatus': 200 },
  };
  if (!outcome.ok) return failed(`${outcome.error.errorType}: ${outcome.error.errorMessage}`, seen);
  if (Buffer.byteLength(outcome.payload) > INVOCATION_LIMIT_BYTES)
    return failed('The answer is larger than 6 MB.', seen);
  const answer = answerOf(outcome.payload);
  if (answer === undefined) return failed('The function answered in no form that an HTTP API takes.', seen);
  return { answer, values: { ...seen, 'integration.status': answer.status } };
}

/** Undefined if it takes longer; what was begun goes on. */
async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), timeoutMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** As the access log calls them: https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html */
const RESPONSE_TYPES = {
  400: 'DEFAULT_4XX',
  401: 'UNAUTHORIZED',
  403: 'ACCESS_DENIED',
  404: 'RESOURCE_NOT_FOUND',
  413: 'REQUEST_TOO_LARGE',
  429: 'THROTTLED',
  500: 'INTEGRATION_FAILURE',
  503: 'INTEGRATION_TIMEOUT',
} as const;

/** @param reason why the caller is not let in: for the access log alone */
function refusal(
  status: keyof typeof RESPONSE_TYPES,
  message: string,
  reason = '',
  headers: Answer['headers'] = [],
): Refusal {
  const values = { 'error.message': message, 'error.responseType': RESPONSE_TYPES[status] };
  const why = reason === '' ? {} : { 'authorizer.error': reason };
  return { answer: ownAnswer(status, message, headers), values: { ...values, ...why } };
}

function send(
  { status, headers, body }: Answer,
  requestId: string,
  request: IncomingMessage,
  response: ServerResponse,
) {
  for (const [name, value] of headers) response.appendHeader(name, value);
  response.setHeader('apigw-requestid', requestId);
  const isEmpty = status === 204 || status === 304;
  if (!isEmpty) response.setHeader('content-length', body.length);
  response.writeHead(status);
  response.end(isEmpty || request.method === 'HEAD' ? undefined : body);
}

function log(
  { api: { logFormat, stageId }, onLog }: Gateway,
  context: RequestContext,
  { answer, values, authorizer }: Outcome,
  ms: number,
): void {
  if (logFormat === undefined) return;
  const { http, time, timeEpoch, requestId, ...own } = context;
  const iam = authorizer !== undefined && 'iam' in authorizer ? authorizer.iam : undefined;
  const claims = authorizer !== undefined && 'jwt' in authorizer ? authorizer.jwt.claims : undefined;
  const all: LogValues = {
    ...own,
    ...{ requestId, extendedRequestId: requestId, requestTime: time, requestTimeEpoch: timeEpoch },
    ...{ httpMethod: http.method, path: http.path, protocol: http.protocol },
    ...{ 'identity.sourceIp': http.sourceIp, 'identity.userAgent': http.userAgent },
    ...(iam && { 'identity.accountId': iam.accountId, 'identity.caller': iam.callerId }),
    ...(iam && { 'identity.user': iam.userId, 'identity.userArn': iam.userArn }),
    ...{ status: answer.status, responseLength: answer.body.length, responseLatency: Math.round(ms) },
    ...values,
  };
  onLog({ function: stageId, pid: process.pid, stream: 'stdout', line: logLine(logFormat, all, claims) });
}
