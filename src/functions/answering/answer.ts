/** One request of the API: who may ask, what is asked, and what goes back. */
import type { Document } from '../../answers/asking/asking.ts';
import { askOf, askWhatIsCounted } from '../../answers/asking/owner.ts';
import { apiDescription } from '../../answers/openapi/api-description.ts';
import { type Place, placed, typedOptions } from '../../answers/place.ts';
import type { LedgerReader, Source } from '../../answers/reader.ts';
import { damagedIn, standingOf } from '../../answers/standing.ts';
import { censusIdOf, ORGANIZATION } from '../../census/census-id.ts';
import { type Kind, STREAMS } from '../../census/kinds.ts';
import type { Clock } from '../../census/ports.ts';
import type { ApiConfig } from '../../config.ts';
import { errorFields, type Log } from '../../log.ts';
import { ask, type LedgerRoute, type Told } from './ask.ts';
import { type Asked, askedOf, routeOf } from './asked.ts';
import { refusalOf, tooLate, tooLong } from './failure.ts';
import { dataReply, type HostedPage, isOfPage, shellReply } from './page.ts';
import { PROBLEM_TYPE, problemOf, Refusal } from './refusal.ts';
import { type ApiResult, isTaken, type Reply, resultOf, tagOf } from './reply.ts';
import { type ApiRequest, admit, requestOf } from './request.ts';
import { inRequests } from './requests.ts';
import { JSON_TYPE, ROUTES } from './routes.ts';

export type ApiDeps = {
  reader: LedgerReader;
  config: Pick<ApiConfig, 'closedBy' | 'stage' | 'issuer'>;
  /** Absent where none is served. */
  page?: HostedPage;
  clock: Clock;
  log: Log;
};

type Time = { getRemainingTimeInMillis(): number };

/** Kept back at the end of an invocation, to say that there was not enough. */
const CLOSING_MS = 1000;

export function answering(deps: ApiDeps) {
  return async (event: unknown, context: Time): Promise<ApiResult> => {
    const { log, clock } = deps;
    const startedMs = clock.nowMs();
    const request = requestOf(event);
    const answer = resultOf(request, await inTime(deps, request, context));
    const result = isTaken(answer) ? answer : resultOf(request, problem(tooLong(), request));
    const route = routeName(request.path);
    log.info('answered', { route, httpStatus: result.statusCode, ms: Math.round(clock.nowMs() - startedMs) });
    return result;
  };
}

/** Not the path: somebody may have written anything there. */
function routeName(path: string): string {
  const found = routeOf(path);
  if (found !== undefined) return ROUTES[found.route].path;
  if (path === '/') return path;
  return isOfPage(path) ? '/data' : 'none';
}

/** Answers before the time is over: Lambda would end the invocation, and API Gateway would not say why. */
async function inTime(deps: ApiDeps, request: ApiRequest, context: Time): Promise<Reply> {
  const isAnswered = new AbortController();
  const limitMs = Math.max(0, context.getRemainingTimeInMillis() - CLOSING_MS);
  const late = deps.clock.sleep(limitMs, isAnswered.signal).then(() => problem(tooLate(), request));
  try {
    return await Promise.race([replyTo(deps, request), late]);
  } finally {
    isAnswered.abort();
  }
}

/** Throws nothing. */
async function replyTo(deps: ApiDeps, request: ApiRequest): Promise<Reply> {
  const { page, config } = deps;
  try {
    if (page !== undefined && request.path === '/' && request.method === 'GET') return await shellReply(page);
    admit(request, config.closedBy);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw new Refusal(405, 'This API is only for reading: ask with GET.', { allow: 'GET, HEAD' });
    }
    if (page !== undefined && isOfPage(request.path)) return await pageReply(deps, page, request);
    const asked = askedOf(request);
    if (asked.route === 'openapi') return await descriptionReply(config);
    return await answerReply(deps, request, asked.route, asked);
  } catch (error) {
    return problem(noted(deps, error), request);
  }
}

async function answerReply(deps: ApiDeps, request: ApiRequest, route: LedgerRoute, asked: Asked): Promise<Reply> {
  const { kind, account } = asked.values;
  const place = placeOf(deps, asked.values);
  try {
    const nowMs = deps.clock.nowMs();
    const source = sourceOf(deps, ownerOf(request, route, account), kind, place);
    const use = async (from: Source) => await ask(route, from, asked, nowMs);
    const isNamed = account !== undefined || route === 'accounts';
    return documentReply(request, asked, await (isNamed ? askOf(source, use) : askWhatIsCounted(source, use)), nowMs);
  } catch (error) {
    const say = (sentence: string) => inRequests(sentence, { account, kind }, place);
    return problem(noted(deps, error, say), request);
  }
}

/** What the page asks for. Commands in its sentences stay commands: its readers have a terminal. */
async function pageReply(deps: ApiDeps, page: HostedPage, request: ApiRequest): Promise<Reply> {
  const place = placeOf(deps, { kind: STREAMS });
  const source = sourceOf(deps, request.accountId, STREAMS, place);
  const refusedAs = (error: unknown) => noted(deps, error, (sentence) => placed(sentence, place));
  return await dataReply(page, request, source, deps.clock.nowMs, refusedAs);
}

/** Accounts are those of the organisation, whoever asks. */
function ownerOf({ accountId }: ApiRequest, route: LedgerRoute, account: string | undefined): string {
  if (route !== 'accounts') return account ?? accountId;
  if (account === undefined || account === ORGANIZATION) return ORGANIZATION;
  throw new Refusal(400, `An account has no accounts: leave the parameter account out, or say ${ORGANIZATION}.`);
}

function sourceOf({ reader, config }: ApiDeps, owner: string, kind: Kind, place: Place): Source {
  return { reader, censusId: censusIdOf(owner, kind), description: `the ledger of the stage ${config.stage}`, place };
}

/** Where the commands of an answer are typed. */
function placeOf({ config: { stage } }: ApiDeps, { kind, account }: Pick<Asked['values'], 'kind' | 'account'>): Place {
  const options = typedOptions({ stage, account, kind: kind === STREAMS ? undefined : kind });
  return { command: 'kvs-census', options };
}

function documentReply(
  { path }: ApiRequest,
  { route, query }: Asked,
  { answer, text, link }: Told,
  nowMs: number,
): Reply {
  const body = text ?? JSON.stringify(answer);
  const standing = standingHeaders(answer, nowMs);
  const { 'census-age': _, ...told } = standing;
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(link ?? {})) next.set(name, value);
  // A client that signs a query as it stands signs it rightly then: https://github.com/curl/curl/issues/9717
  next.sort();
  return {
    status: 200,
    type: ROUTES[route].type,
    body,
    headers: {
      ...KEPT_BY_ONE,
      // A text does not say all that stands beside it.
      etag: tagOf(withoutAge(body) + (text === undefined ? '' : JSON.stringify(told))),
      ...standing,
      ...(link !== undefined && { link: `<${path}?${next}>; rel="next"` }),
    },
  };
}

/** A caller may keep an answer, and asks each time whether it is still the one. */
const KEPT_BY_ONE = { 'cache-control': 'private, no-cache' };

/** When the ledger was read is the one thing that is never twice the same. It is the second field of every document. */
const withoutAge = (body: string) => body.replace(/"readAt":"[^"]*"/, '');

/** What a program must know of a number before it takes it. */
function standingHeaders(answer: Document, nowMs: number): Record<string, string> {
  const standing = standingOf(answer, nowMs);
  const damaged = damagedIn(answer).length;
  return {
    ...(standing !== null && {
      'census-run': standing.runId,
      'census-verdict': standing.verdict,
      'census-missing': String(standing.missing),
      'census-age': String(standing.ageS),
    }),
    ...(damaged > 0 && { 'census-damaged': String(damaged) }),
  };
}

async function descriptionReply({ closedBy, issuer = '' }: ApiDeps['config']): Promise<Reply> {
  const body = JSON.stringify(await apiDescription(closedBy === 'jwt' ? { by: closedBy, issuer } : { by: closedBy }));
  return { status: 200, type: JSON_TYPE, body, headers: { ...KEPT_BY_ONE, etag: tagOf(body) } };
}

/** What is the caller's own doing is no trouble of the API's, and is not logged. */
function noted({ log }: ApiDeps, error: unknown, say = (sentence: string) => sentence): Refusal {
  const refusal = refusalOf(error, say);
  if (refusal.status >= 500) log.error('request failed', errorFields(error));
  return refusal;
}

function problem(refusal: Refusal, { requestId }: ApiRequest): Reply {
  const headers = { 'cache-control': 'no-store', ...refusal.headers };
  return { status: refusal.status, type: PROBLEM_TYPE, body: JSON.stringify(problemOf(refusal, requestId)), headers };
}
