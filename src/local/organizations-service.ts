/**
 * AWS Organizations, as far as it lists the accounts of a world, its root and its units. Who may ask is the hub alone, which is the
 * management account here.
 *
 * On purpose not emulated: delegated administrators, policies, whatever changes something, and that the service is asked in one
 * region only: a client that is told an address signs for its own region.
 */
import { answer, makeFaultCounter, meet, type Outcome } from './faults.ts';
import { makePages } from './pages.ts';
import type { Caller } from './sessions.ts';
import type { Tokens } from './tokens.ts';
import { ApiError, malformed, type PageInput, readJsonObject } from './wire.ts';
import type { Account, Organization, OrganizationFaultKind, World } from './world.ts';

export const OPERATIONS = [
  'DescribeOrganization',
  'ListAccounts',
  'ListAccountsForParent',
  'ListOrganizationalUnitsForParent',
  'ListRoots',
] as const;

type Operation = (typeof OPERATIONS)[number];

type OrganizationsService = {
  /** @throws ApiError */
  ask(operation: Operation, caller: Caller, body: string): Outcome;
};

/** The most on a page, and how many it holds when nobody says. */
const PAGE = 20;
/** When each account joined; nobody looks. */
const JOINED = 1_700_000_000;
/** What a bad answer names. */
const NOBODY = 'nobody';

type Json = Readonly<Record<string, unknown>>;

export function makeOrganizationsService(world: World, tokens: Tokens): OrganizationsService {
  const { organization, accountId: hub } = world;
  const nextFault = makeFaultCounter(organization?.fault);
  const pageOf = makePages(tokens);
  if (organization === undefined)
    return {
      ask: () => {
        throw notInUse();
      },
    };
  const { rootId, accounts } = organization;
  const arnOf = (what: string) => `arn:aws:organizations::${hub}:${what}`;
  const describe = makeDescriptions(organization, arnOf);

  /** Directly below a root or a unit. @throws ApiError when there is none of this id */
  function belowParent<T>(list: readonly T[], parentOf: (item: T) => string | undefined, parentId: string): T[] {
    if (parentId !== rootId && !organization!.units.some(({ id }) => id === parentId))
      throw new ApiError(400, 'ParentNotFoundException', "You specified parent that doesn't exist.");
    return list.filter((item) => (parentOf(item) ?? rootId) === parentId);
  }

  /** What the operation lists, under which name. @throws ApiError */
  function listOf(operation: Exclude<Operation, 'DescribeOrganization'>, input: Json): { Field: string; list: Json[] } {
    const all = [...accounts.values()];
    switch (operation) {
      case 'ListAccounts':
        return { Field: 'Accounts', list: all.map(describe.account) };
      case 'ListAccountsForParent':
        return {
          Field: 'Accounts',
          list: belowParent(all, ({ unit }) => unit, readParent(input)).map(describe.account),
        };
      case 'ListOrganizationalUnitsForParent': {
        const its = belowParent(organization!.units, ({ parentId }) => parentId, readParent(input));
        return { Field: 'OrganizationalUnits', list: its.map(describe.unit) };
      }
      case 'ListRoots':
        return { Field: 'Roots', list: [describe.root()] };
      default:
        return operation satisfies never;
    }
  }

  function list(
    operation: Exclude<Operation, 'DescribeOrganization'>,
    body: string,
    fault: OrganizationFaultKind | undefined,
  ): Outcome {
    const input = readJsonObject(body);
    const { Field, list: all } = listOf(operation, input);
    const told = fault === 'bad-answer' ? all.map((one) => ({ ...one, Id: NOBODY })) : fault === 'empty' ? [] : all;
    const of = {
      question: `organizations/${operation}/${String(input.ParentId ?? '')}`,
      refusal: invalid('INVALID_NEXT_TOKEN', 'You provided an invalid NextToken.'),
      isLoop: fault === 'token-loop',
    };
    const { items, ...rest } = pageOf(told, readPage(input), of);
    return answer({ [Field]: items, ...rest });
  }

  return {
    ask(operation, caller, body) {
      const fault = nextFault();
      if (fault === 'not-in-use') throw notInUse();
      const met = meet(fault, {
        denied,
        throttled: () => new ApiError(400, 'TooManyRequestsException', 'Rate exceeded', { Type: 'RATE' }),
        'server-error': () => new ApiError(500, 'ServiceException', 'An internal error occurred.'),
      });
      if (met) return met;
      // Every account may ask what the organisation is; what is in it, only the one that manages it.
      if (operation === 'DescribeOrganization') return answer({ Organization: describe.organization(hub) });
      if (caller.accountId !== hub) throw denied();
      return list(operation, body, fault);
    },
  };
}

function makeDescriptions({ id, rootId, units, accounts }: Organization, arnOf: (what: string) => string) {
  const parents = new Map(units.map((unit) => [unit.id, unit.parentId]));

  /** As https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateOrganizationsAccessReport.html writes it. */
  function pathOf(unit: string, below = ''): string {
    const parent = parents.get(unit);
    return parent === undefined ? `${id}/${rootId}${below}` : pathOf(parent, `/${unit}${below}`);
  }

  return {
    account: ({ accountId, name, email, state, unit = rootId }: Account) => ({
      Id: accountId,
      Arn: arnOf(`account/${id}/${accountId}`),
      Email: email,
      ...(name !== undefined && { Name: name }),
      ...statusOf(state),
      State: state,
      Paths: [pathOf(unit, `/${accountId}`)],
      JoinedMethod: 'CREATED',
      JoinedTimestamp: JOINED,
    }),
    unit: ({ id: unit, name }: Organization['units'][number]) => ({
      Id: unit,
      Arn: arnOf(`ou/${id}/${unit}`),
      Name: name,
      Path: pathOf(unit),
    }),
    root: () => ({ Id: rootId, Arn: arnOf(`root/${id}/${rootId}`), Name: 'Root', PolicyTypes: [] }),
    organization: (hub: string) => ({
      Id: id,
      Arn: arnOf(`organization/${id}`),
      FeatureSet: 'ALL',
      MasterAccountArn: arnOf(`account/${id}/${hub}`),
      MasterAccountId: hub,
      MasterAccountEmail: accounts.get(hub)!.email,
      AvailablePolicyTypes: [],
    }),
  };
}

/** The older field, which has fewer words: one that was closed is suspended, and for one that never was active there is none. */
function statusOf(state: Account['state']): { Status?: string } {
  switch (state) {
    case 'ACTIVE':
    case 'SUSPENDED':
    case 'PENDING_CLOSURE':
      return { Status: state };
    case 'CLOSED':
      return { Status: 'SUSPENDED' };
    case 'PENDING_ACTIVATION':
      return {};
    default:
      return state satisfies never;
  }
}

function denied(): ApiError {
  return new ApiError(400, 'AccessDeniedException', "You don't have permissions to access this resource.");
}

function notInUse(): ApiError {
  return new ApiError(400, 'AWSOrganizationsNotInUseException', 'Your account is not a member of an organization.');
}

function invalid(reason: string, message: string): ApiError {
  return new ApiError(400, 'InvalidInputException', message, { Reason: reason });
}

const PARENT = /^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$/;

/** @throws ApiError */
function readParent({ ParentId }: Json): string {
  if (ParentId === undefined || ParentId === null) throw invalid('INPUT_REQUIRED', 'You must provide a ParentId.');
  if (typeof ParentId !== 'string') throw malformed();
  if (!PARENT.test(ParentId))
    throw invalid('INVALID_PATTERN', 'You provided a value that does not match the required pattern.');
  return ParentId;
}

/** @throws ApiError */
function readPage({ MaxResults, NextToken }: Json): PageInput {
  const maxResults = MaxResults ?? PAGE;
  if (typeof maxResults !== 'number' || !Number.isInteger(maxResults)) throw malformed();
  if (maxResults < 1) throw invalid('MIN_VALUE_EXCEEDED', 'You provided a value that is below the minimum of 1.');
  if (maxResults > PAGE)
    throw invalid('MAX_VALUE_EXCEEDED', `You provided a value that is above the maximum of ${PAGE}.`);
  if (NextToken !== undefined && NextToken !== null && typeof NextToken !== 'string') throw malformed();
  return { maxResults, token: NextToken ?? undefined };
}
