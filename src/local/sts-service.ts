/**
 * The Security Token Service, as far as it says whose credentials somebody has, and gives those of the role that every member
 * account has. In the query protocol: forms in, XML out.
 *
 * On purpose not emulated: who of the hub's account may assume the role (the template's tests simulate it), session policies and
 * tags, other roles, and which tokens hold in regions that an account must switch on: there is one address for all regions.
 */
import { makeFaultCounter, type Outcome } from './faults.ts';
import { queryAnswer, type Xml } from './query.ts';
import { type Caller, callerOf, type Session, type Sessions } from './sessions.ts';
import { ApiError } from './wire.ts';
import { type Account, isOpen, type RoleFaultKind, type World } from './world.ts';

type StsService = {
  /** @throws ApiError */
  answer(caller: Caller, body: string): Outcome;
};

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** What a role grants unless somebody sets its MaxSessionDuration: an hour. */
const LONGEST_SECONDS = 3600;

/** @param sessions absent: there are no other accounts, and no role can be assumed */
export function makeStsService(world: World, sessions: Sessions | undefined, nowMs: () => number): StsService {
  const nextFaults = new Map<string, () => RoleFaultKind | undefined>();

  function nextFault({ accountId, role }: Account): RoleFaultKind | undefined {
    const next = nextFaults.get(accountId) ?? makeFaultCounter(role);
    nextFaults.set(accountId, next);
    return next();
  }

  function assumeRole(caller: Caller, form: URLSearchParams): Outcome {
    const { arn, accountId, name, session, seconds, externalId } = readAssumeRole(form);
    const denied = denial(caller, arn);
    const member = world.organization?.accounts.get(accountId);
    // Whoever comes with another account's credentials, or asks for the hub's own, meets a role that does not trust him.
    if (sessions === undefined || member?.world === undefined || caller.session !== undefined) throw denied;
    const fault = nextFault(member);
    switch (fault) {
      case 'hang':
        return { kind: 'hang' };
      case 'drops-connection':
        return { kind: 'drop' };
      case 'throttled':
        throw new ApiError(400, 'Throttling', 'Rate exceeded');
      case 'server-error':
        throw new ApiError(500, 'InternalFailure', 'The request processing has failed because of an unknown error.');
      case 'missing':
      case 'wrong-external-id':
        throw denied;
      case undefined:
        break;
      default:
        return fault satisfies never;
    }
    const { memberRole } = world.organization!;
    if (!isOpen(world, accountId) || name !== memberRole.name || externalId !== memberRole.externalId) throw denied;
    if (seconds > LONGEST_SECONDS)
      throw invalid('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
    const expiresAt = Math.floor(nowMs() / 1000) + seconds;
    const given = { accountId, role: name, name: session, expiresAt };
    return answer('AssumeRole', { ...assumed(callerOf(given)), ...credentials(sessions, given) });
  }

  return {
    answer(caller, body) {
      const form = new URLSearchParams(body);
      const action = form.get('Action');
      if (action === 'AssumeRole') return assumeRole(caller, form);
      if (action !== 'GetCallerIdentity')
        throw new ApiError(
          400,
          'InvalidAction',
          `The local STS knows only GetCallerIdentity and AssumeRole, not ${action}.`,
        );
      const { arn: Arn, userId: UserId, accountId: Account } = caller;
      return answer('GetCallerIdentity', { Arn, UserId, Account });
    },
  };
}

function assumed({ arn: Arn, userId: AssumedRoleId }: Caller): Xml {
  return { AssumedRoleUser: { AssumedRoleId, Arn } };
}

function credentials(sessions: Sessions, session: Session): Xml {
  const { accessKeyId, secretAccessKey, sessionToken } = sessions.issue(session);
  const expiration = new Date(session.expiresAt * 1000).toISOString().replace('.000Z', 'Z');
  return {
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: expiration,
    },
  };
}

function answer(action: string, result: Xml): Outcome {
  return { kind: 'answer', afterMs: 0, body: () => queryAnswer(NAMESPACE, action, result) };
}

/** Whatever is the matter with a role, or that there is none, nobody else learns more than this. */
function denial({ arn }: Caller, role: string): ApiError {
  return new ApiError(
    403,
    'AccessDenied',
    `User: ${arn} is not authorized to perform: sts:AssumeRole on resource: ${role}`,
  );
}

function invalid(message: string): ApiError {
  return new ApiError(400, 'ValidationError', message);
}

/** As https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html has them. */
const ROLE_ARN = /^arn:aws:iam::(\d{12}):role\/(?:[!-~]+\/)?([\w+=,.@-]{1,64})$/;
const TEXTS = {
  RoleArn: { from: 20, to: 2048, letters: undefined },
  RoleSessionName: { from: 2, to: 64, letters: /^[\w+=,.@-]*$/ },
  ExternalId: { from: 2, to: 1224, letters: /^[\w+=,.@:/-]*$/ },
} as const;
const SECONDS = { from: 900, to: 43_200, standard: LONGEST_SECONDS };

/** @throws ApiError */
function readAssumeRole(form: URLSearchParams) {
  const arn = readText(form, 'RoleArn');
  const session = readText(form, 'RoleSessionName');
  const seconds = readSeconds(form.get('DurationSeconds'));
  const externalId = form.has('ExternalId') ? readText(form, 'ExternalId') : undefined;
  const [, accountId, name] = ROLE_ARN.exec(arn) ?? [];
  if (accountId === undefined || name === undefined) throw invalid('Request ARN is invalid');
  return { arn, accountId, name, session, seconds, externalId };
}

function readText(form: URLSearchParams, field: keyof typeof TEXTS): string {
  const value = form.get(field);
  const { from, to, letters } = TEXTS[field];
  if (value === null) throw unfit('null', field, 'not be null');
  if (value.length < from) throw unfit(`'${value}'`, field, `have length greater than or equal to ${from}`);
  if (value.length > to) throw unfit(`'${value}'`, field, `have length less than or equal to ${to}`);
  if (letters?.test(value) === false)
    throw unfit(`'${value}'`, field, `satisfy regular expression pattern: ${letters.source.slice(1, -1)}`);
  return value;
}

function readSeconds(text: string | null): number {
  if (text === null) return SECONDS.standard;
  if (!/^-?\d+$/.test(text)) throw new ApiError(400, 'MalformedInput', 'The DurationSeconds is not a number.');
  const seconds = Number(text);
  if (seconds < SECONDS.from)
    throw unfit(`'${text}'`, 'DurationSeconds', `have value greater than or equal to ${SECONDS.from}`);
  if (seconds > SECONDS.to)
    throw unfit(`'${text}'`, 'DurationSeconds', `have value less than or equal to ${SECONDS.to}`);
  return seconds;
}

function unfit(value: string, field: string, must: string): ApiError {
  const at = field.charAt(0).toLowerCase() + field.slice(1);
  return invalid(
    `1 validation error detected: Value ${value} at '${at}' failed to satisfy constraint: Member must ${must}`,
  );
}
