/**
 * What an account learns about regions: where Kinesis Video is, from the public parameters of Systems Manager, and which
 * regions are switched on, from Account Management. Both tell of a world, and of the account that counts it.
 *
 * On purpose not emulated: other parameters; member accounts; who may ask.
 */
import { makeFaultCounter, type Outcome } from './faults.ts';
import {
  ApiError,
  type makeTokens,
  type PageInput,
  readListRegions,
  readParametersByPath,
  readRegionName,
} from './video-wire.ts';
import { type SourceFaultKind, sourcesOf, type World } from './world.ts';

type RegionService = {
  /** Systems Manager's GetParametersByPath, asked in a region. @throws ApiError */
  parameters(askedIn: string, body: string): Outcome;
  /** Account Management's ListRegions. @throws ApiError */
  listRegions(body: string): Outcome;
  /** Account Management's GetRegionOptStatus. @throws ApiError */
  optStatus(body: string): Outcome;
};

const LIVE_LIST_PATH = '/aws/service/global-infrastructure/services/kinesisvideo/regions';
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

/** What services say when they refuse. */
type Refusals = Readonly<Record<'denied' | 'throttled' | 'server-error', () => ApiError>>;

/** The outcome of a fault, unless it lies in the answer. @throws ApiError */
function meet(fault: SourceFaultKind | undefined, refusals: Refusals): Outcome | undefined {
  switch (fault) {
    case 'hang':
      return { kind: 'hang' };
    case 'drops-connection':
      return { kind: 'drop' };
    case 'denied':
    case 'throttled':
    case 'server-error':
      throw refusals[fault]();
    case undefined:
    case 'empty':
    case 'bad-answer':
    case 'token-loop':
      return undefined;
    default:
      return fault satisfies never;
  }
}

export function makeRegionService(world: World, tokens: ReturnType<typeof makeTokens>): RegionService {
  const sources = sourcesOf(world);
  const nextFaultOfList = makeFaultCounter(sources.regions.fault);
  const nextFaultOfStates = makeFaultCounter(sources.optIn.fault);
  const known = [...new Set([...ENABLED_BY_DEFAULT, ...Object.keys(world.regions)])].sort();

  function stateOf(region: string): string {
    if (world.regions[region]?.fault?.kind === 'not-enabled') return 'DISABLED';
    return ENABLED_BY_DEFAULT.includes(region) ? 'ENABLED_BY_DEFAULT' : 'ENABLED';
  }

  /** @throws ApiError of this name for a token of another question */
  function placeOf(token: string | undefined, question: string, refusal: string) {
    if (token === undefined) return { position: 0, page: 0 };
    try {
      return tokens.open(token, question);
    } catch (cause) {
      throw Object.assign(new ApiError(400, refusal, 'The NextToken is not valid for this request.'), { cause });
    }
  }

  /** One page of a list, and the token of the next. @throws ApiError */
  function pageOf<T>(
    list: readonly T[],
    { maxResults, token }: PageInput,
    of: { question: string; refusal: string; isLoop: boolean },
  ) {
    const { position, page } = placeOf(token, of.question, of.refusal);
    const end = Math.min(position + maxResults, list.length);
    const next = () => tokens.seal({ position: end, page: page + 1 }, of.question);
    const nextToken = of.isLoop ? (token ?? next()) : end < list.length ? next() : undefined;
    return { items: list.slice(position, end), ...(nextToken !== undefined && { NextToken: nextToken }) };
  }

  return {
    parameters(askedIn, body) {
      const fault = nextFaultOfList();
      const met = meet(fault, {
        denied: () => {
          const what = `arn:aws:ssm:${askedIn}::parameter${LIVE_LIST_PATH}`;
          return new ApiError(400, 'AccessDeniedException', denial(world, 'ssm:GetParametersByPath', what));
        },
        throttled: () => new ApiError(400, 'ThrottlingException', 'Rate exceeded'),
        'server-error': () => new ApiError(500, 'InternalServerError', 'An error occurred on the server side.'),
      });
      if (met) return met;
      const { path, ...asked } = readParametersByPath(body);
      const isThere = path === LIVE_LIST_PATH && KNOWS_REGIONS.has(askedIn) && fault !== 'empty';
      const values = fault === 'bad-answer' ? [NOWHERE] : sources.regions.list;
      const of = { question: `ssm${path}`, refusal: 'InvalidNextToken', isLoop: fault === 'token-loop' };
      const { items, ...rest } = pageOf(isThere ? values : [], asked, of);
      return answer({ Parameters: items.map((value) => parameter(askedIn, value)), ...rest });
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
      const of = { question, refusal: 'ValidationException', isLoop: fault === 'token-loop' };
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

function answer(json: object): Outcome {
  return { kind: 'answer', afterMs: 0, body: () => Buffer.from(JSON.stringify(json)) };
}

function parameter(askedIn: string, value: string) {
  const name = `${LIVE_LIST_PATH}/${value}`;
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
