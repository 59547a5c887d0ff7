/**
 * What an account learns about regions: where a service is, from the public parameters of Systems Manager, and which
 * regions are switched on, from Account Management. Both tell of a world, and of the account that counts it.
 *
 * On purpose not emulated: other parameters; member accounts; who may ask.
 */

import { sourcesOf } from './complete-world.ts';
import { answer, makeFaultCounter, meet, type Outcome } from './faults.ts';
import { SERVICES } from './kinds.ts';
import { makePages } from './pages.ts';
import type { Tokens } from './tokens.ts';
import { ApiError, malformed, type PageInput, readJsonObject } from './wire.ts';
import { isOff, regionsInAnyKind, type World } from './world.ts';

type RegionService = {
  /** Systems Manager's GetParametersByPath, asked in a region. @throws ApiError */
  parameters(askedIn: string, body: string): Outcome;
  /** Account Management's ListRegions. @throws ApiError */
  listRegions(body: string): Outcome;
  /** Account Management's GetRegionOptStatus. @throws ApiError */
  optStatus(body: string): Outcome;
};

const PATHS = new Map(SERVICES.map(({ name }) => [livePathOf(name), name]));

function livePathOf(service: string): string {
  return `/aws/service/global-infrastructure/services/${service}/regions`;
}

/** What a bad answer names. */
const NOWHERE = 'everywhere';
/** When the parameters were last changed; nobody looks. */
const LAST_MODIFIED = 1_700_000_000;

/** Regions that every account has. AWS adds none to this list: later regions must be opted in to. */
const ENABLED_BY_DEFAULT =
  'us-east-1 us-east-2 us-west-1 us-west-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2 ca-central-1 eu-central-1 eu-north-1 eu-west-1 eu-west-2 eu-west-3 sa-east-1'.split(
    ' ',
  );

/**
 * Where the public parameters about regions can be asked for:
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-global-infrastructure.html.
 * What the others answer is not documented; here it is an empty list, which is no answer to rely on.
 */
const KNOWS_REGIONS = new Set([...ENABLED_BY_DEFAULT.filter((region) => region !== 'ap-northeast-3'), 'ap-east-1']);

export function makeRegionService(world: World, tokens: Tokens): RegionService {
  const sources = sourcesOf(world);
  const nextFaultOfList = new Map(
    Object.entries(sources.lists).map(([service, { fault }]) => [service, makeFaultCounter(fault)]),
  );
  const nextFaultOfStates = makeFaultCounter(sources.optIn.fault);
  const known = [...new Set([...ENABLED_BY_DEFAULT, ...regionsInAnyKind(world)])].sort();

  function stateOf(region: string): string {
    if (isOff(world, region)) return 'DISABLED';
    return ENABLED_BY_DEFAULT.includes(region) ? 'ENABLED_BY_DEFAULT' : 'ENABLED';
  }

  const pageOf = makePages(tokens);

  return {
    parameters(askedIn, body) {
      const { path, ...asked } = readParametersByPath(body);
      const service = PATHS.get(path);
      const fault = service === undefined ? undefined : nextFaultOfList.get(service)?.();
      const met = meet(fault, {
        denied: () => {
          const what = `arn:aws:ssm:${askedIn}::parameter${path}`;
          return new ApiError(400, 'AccessDeniedException', denial(world, 'ssm:GetParametersByPath', what));
        },
        throttled: () => new ApiError(400, 'ThrottlingException', 'Rate exceeded'),
        'server-error': () => new ApiError(500, 'InternalServerError', 'An error occurred on the server side.'),
      });
      if (met) return met;
      const list = (service !== undefined && sources.lists[service]?.list) || [];
      const isThere = KNOWS_REGIONS.has(askedIn) && fault !== 'empty';
      const values = fault === 'bad-answer' ? [NOWHERE] : list;
      const refusal = badToken('InvalidNextToken');
      const of = { question: `ssm${path}`, refusal, isLoop: fault === 'token-loop' };
      const { items, ...rest } = pageOf(isThere ? values : [], asked, of);
      return answer({ Parameters: items.map((value) => parameter(askedIn, path, value)), ...rest });
    },
    listRegions(body) {
      const fault = nextFaultOfStates();
      const met = meet(fault, {
        denied: () => new ApiError(403, 'AccessDeniedException', denial(world, 'account:ListRegions', '*')),
        throttled: () => new ApiError(429, 'TooManyRequestsException', 'Rate exceeded'),
        'server-error': () => new ApiError(500, 'InternalServerException', 'An internal error occurred.'),
      });
      if (met) return met;
      const { states, ...asked } = readListRegions(body);
      const regions = (fault === 'bad-answer' ? [NOWHERE] : known)
        .map((name) => ({ RegionName: name, RegionOptStatus: stateOf(name) }))
        .filter(({ RegionOptStatus }) => states === undefined || states.includes(RegionOptStatus));
      const question = `account/${states?.join() ?? ''}`;
      const of = { question, refusal: badToken('ValidationException'), isLoop: fault === 'token-loop' };
      const { items, ...rest } = pageOf(fault === 'empty' ? [] : regions, asked, of);
      return answer({ ...rest, Regions: items });
    },
    optStatus(body) {
      const region = readRegionName(body);
      if (!known.includes(region)) throw new ApiError(400, 'ValidationException', 'The Region name is not valid.');
      return answer({ RegionName: region, RegionOptStatus: stateOf(region) });
    },
  };
}

function badToken(type: string): ApiError {
  return new ApiError(400, type, 'The NextToken is not valid for this request.');
}

function parameter(askedIn: string, path: string, value: string) {
  const name = `${path}/${value}`;
  return {
    ARN: `arn:aws:ssm:${askedIn}::parameter${name}`,
    DataType: 'text',
    LastModifiedDate: LAST_MODIFIED,
    Name: name,
    Type: 'String',
    Value: value,
    Version: 1,
  };
}

function denial({ accountId }: World, action: string, resource: string): string {
  const who = `arn:aws:sts::${accountId}:assumed-role/kvs-census/dispatcher`;
  const why = `because no identity-based policy allows the ${action} action`;
  return `User: ${who} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
}

const OPT_IN_STATES: readonly unknown[] = ['ENABLED', 'ENABLING', 'DISABLING', 'DISABLED', 'ENABLED_BY_DEFAULT'];
/** The most parameters on a page, and how many it holds when nobody says. */
const PARAMETERS_LIMIT = 10;
const LISTED_REGIONS_LIMIT = 50;
/** What a page of ListRegions holds when nobody says is not documented. With so many a caller must turn pages. */
const LISTED_REGIONS = 10;

/** The input of GetRegionOptStatus. @throws ApiError */
function readRegionName(body: string): string {
  const region = readJsonObject(body).RegionName;
  if (typeof region !== 'string') throw malformed();
  return region;
}

/** The input of GetParametersByPath. @throws ApiError */
function readParametersByPath(body: string): PageInput & { path: string } {
  const { Path: path, MaxResults, NextToken } = readJsonObject(body);
  if (typeof path !== 'string' || !path.startsWith('/'))
    throw new ApiError(400, 'ValidationException', 'The parameter path must begin with a slash.');
  return {
    path: path.replace(/(?<=.)\/$/, ''),
    ...readPage(MaxResults, NextToken, PARAMETERS_LIMIT, PARAMETERS_LIMIT),
  };
}

/** The input of ListRegions. @throws ApiError */
function readListRegions(body: string): PageInput & { states: string[] | undefined } {
  const { RegionOptStatusContains: states, MaxResults, NextToken } = readJsonObject(body);
  const page = readPage(MaxResults, NextToken, LISTED_REGIONS, LISTED_REGIONS_LIMIT);
  if (states === undefined || states === null) return { ...page, states: undefined };
  if (!Array.isArray(states)) throw malformed();
  const unknown = states.find((state) => !OPT_IN_STATES.includes(state));
  if (unknown !== undefined)
    throw new ApiError(400, 'ValidationException', `RegionOptStatusContains must be of ${OPT_IN_STATES.join(', ')}.`);
  return { ...page, states };
}

function readPage(maxResults: unknown, token: unknown, standard: number, limit: number): PageInput {
  const size = maxResults ?? standard;
  if (typeof size !== 'number' || !Number.isInteger(size)) throw malformed();
  if (size < 1 || size > limit)
    throw new ApiError(400, 'ValidationException', `Value '${size}' at 'maxResults' must be between 1 and ${limit}.`);
  if (token !== undefined && token !== null && typeof token !== 'string') throw malformed();
  return { maxResults: size, token: token ?? undefined };
}
