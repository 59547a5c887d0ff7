/**
 * Who signs a request: a role's session, by its token, or somebody of the hub's account, with any other credentials at all.
 * A token is the session itself, sealed, so that every service of the same world knows it, also after a restart.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { signedScope } from './front-door.ts';
import { makeSeal } from './seal.ts';
import { ApiError } from './wire.ts';
import { isOpen, type World } from './world.ts';

export type Session = {
  readonly accountId: string;
  /** Its name, without a path. */
  readonly role: string;
  readonly name: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
};

type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken: string };

export type Caller = {
  readonly accountId: string;
  readonly arn: string;
  readonly userId: string;
  /** Absent of somebody of the hub's account. */
  readonly session?: Session;
};

export type Sessions = {
  issue(session: Session): Credentials;
  /** Of the session whose token a request has; undefined without one. Whether it is one, `callerOf` says. */
  secretOf(request: IncomingMessage): string | undefined;
  /** @throws ApiError for a token that nobody was given, or whose time is over */
  callerOf(request: IncomingMessage): Caller;
};

const BINDING = 'session';
/** AWS writes the ids of keys and roles to base 32: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html. */
const BASE_32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const KEY_PREFIX = 'ASIA';
const ROLE_PREFIX = 'AROA';

export function makeSessions(world: World, nowMs: () => number): Sessions {
  const { seal, open } = makeSeal(`sessions of ${world.seed}`);

  function sessionOf(token: string, key: string): Session | undefined {
    const plain = open(token, BINDING);
    if (plain === undefined || key !== keyOf(token)) return undefined;
    const session = JSON.parse(plain.toString()) as Session;
    return isOpen(world, session.accountId) ? session : undefined;
  }

  return {
    issue(session) {
      const sessionToken = seal(Buffer.from(JSON.stringify(session)), BINDING);
      return { accessKeyId: keyOf(sessionToken), secretAccessKey: secretOf(sessionToken), sessionToken };
    },
    secretOf(request) {
      const token = request.headers['x-amz-security-token'];
      return token === undefined ? undefined : secretOf(String(token));
    },
    callerOf(request) {
      const scope = signedScope(request);
      const token = request.headers['x-amz-security-token'];
      if (token === undefined && !scope?.key.startsWith(KEY_PREFIX)) return rootOf(world.accountId);
      const session = sessionOf(String(token), scope?.key ?? '');
      if (session === undefined) throw refusal(scope?.service, 'invalid');
      if (session.expiresAt * 1000 <= nowMs()) throw refusal(scope?.service, 'expired');
      return callerOf(session);
    },
  };
}

/** Somebody of an account who has no session. */
export function rootOf(accountId: string): Caller {
  return { accountId, arn: `arn:aws:iam::${accountId}:root`, userId: accountId };
}

export function callerOf(session: Session): Caller {
  const { accountId, role, name } = session;
  return {
    accountId,
    arn: `arn:aws:sts::${accountId}:assumed-role/${role}/${name}`,
    userId: `${ROLE_PREFIX}${letters(`role ${accountId}/${role}`, 17)}:${name}`,
    session,
  };
}

function secretOf(token: string): string {
  return createHash('sha256').update(`secret of ${token}`).digest('base64').slice(0, 40);
}

function keyOf(token: string): string {
  return `${KEY_PREFIX}${letters(`key of ${token}`, 16)}`;
}

function letters(text: string, count: number): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, count);
  return [...bytes].map((byte) => BASE_32.charAt(byte % BASE_32.length)).join('');
}

/** Services of the query protocol have names of their own for it; those that speak JSON 1.1 refuse with 400. */
const QUERY = ['sts', 'sns', 'iam'];
const REST = ['kinesisvideo', 'account', 'lambda', 'scheduler'];

function refusal(service = '', why: 'invalid' | 'expired'): ApiError {
  if (QUERY.includes(service))
    return new ApiError(403, why === 'invalid' ? 'InvalidClientTokenId' : 'ExpiredToken', SAYS[why]);
  const type = why === 'invalid' ? 'UnrecognizedClientException' : 'ExpiredTokenException';
  return new ApiError(REST.includes(service) ? 403 : 400, type, SAYS[why]);
}

const SAYS = {
  invalid: 'The security token included in the request is invalid.',
  expired: 'The security token included in the request is expired',
};
