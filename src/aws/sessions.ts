/**
 * Sessions of the member role of other accounts: whoever asks something of an account that is not its own asks as one of these.
 *
 *     kept? ─ lasts long enough ──────────────▶ it
 *       │ no
 *     asked for already? ─ yes ───────────────▶ what becomes of that
 *       │ no
 *     AssumeRole ─┬─ a session of that account ▶ kept until shortly before its end
 *                 └─ anything else ───────────▶ why not; not kept: whoever asks next asks STS
 */
import { AssumeRoleCommand, type AssumeRoleCommandOutput, type STSClient } from '@aws-sdk/client-sts';
import { CountError } from '../census/errors.ts';
import type { AskAccess } from '../census/organization/ports.ts';
import { BAD_CREDENTIALS, classify, failureOf, IDENTITY_REFUSALS } from './call-errors.ts';
import { endedBy } from './ended-by.ts';

/** The least that STS gives (docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html): a count takes minutes. */
const SESSION_SECONDS = 900;

/** What of a session is left when the SDK's clients ask for the next one (EXPIRATION_MS in @smithy/core). */
const KEPT_BACK_MS = 300_000;

/** What the account's CloudTrail shows of who asked. */
const SESSION_NAME = 'kvs-census';

type Session = { accessKeyId: string; secretAccessKey: string; sessionToken: string; expiration: Date };

/** Gives the provider of the SDK for an account. It throws CountError. */
export type CredentialsOf = (accountId: string) => () => Promise<Session>;

type SessionsOptions = {
  /** Of the region that the function runs in, whose endpoint gives tokens that every region takes. */
  sts: Pick<STSClient, 'send'>;
  /** Of the role, the same in every account. */
  roleName: string;
  externalId: string;
  partition: string;
  nowMs: () => number;
};

export function makeSessions({ sts, roleName, externalId, partition, nowMs }: SessionsOptions): {
  credentialsOf: CredentialsOf;
  /** Ends soon after the signal is aborted. */
  askAccess: (accountId: string, signal?: AbortSignal) => ReturnType<AskAccess>;
} {
  /** In the order in which they were made, which is that of their ends. */
  const kept = new Map<string, Session>();
  const asked = new Map<string, Promise<Session>>();

  const lasts = ({ expiration }: Session) => expiration.getTime() - nowMs() > KEPT_BACK_MS;

  function sessionOf(accountId: string): Promise<Session> {
    const known = kept.get(accountId);
    if (known !== undefined && lasts(known)) return Promise.resolve(known);
    const begun = asked.get(accountId) ?? begin(accountId);
    asked.set(accountId, begun);
    return begun;
  }

  async function begin(accountId: string): Promise<Session> {
    try {
      const session = await assumeRole(accountId);
      keep(accountId, session);
      return session;
    } finally {
      asked.delete(accountId);
    }
  }

  async function assumeRole(accountId: string): Promise<Session> {
    const command = new AssumeRoleCommand({
      RoleArn: `arn:${partition}:iam::${accountId}:role/${roleName}`,
      RoleSessionName: SESSION_NAME,
      ExternalId: externalId,
      DurationSeconds: SESSION_SECONDS,
    });
    try {
      return checked(await sts.send(command), accountId, nowMs());
    } catch (error) {
      throw noSession(error);
    }
  }

  function keep(accountId: string, session: Session): void {
    kept.delete(accountId);
    for (const [other, old] of kept) {
      if (lasts(old)) break;
      kept.delete(other);
    }
    kept.set(accountId, session);
  }

  return {
    credentialsOf: (accountId) => () => sessionOf(accountId),
    async askAccess(accountId, signal = new AbortController().signal) {
      try {
        await endedBy(signal, () => sessionOf(accountId));
        return 'granted';
      } catch (error) {
        if (error instanceof CountError && error.reason === 'no-access') return 'refused';
        return { because: signal.aborted ? 'timed-out' : failureOf(error), cause: error };
      }
    },
  };
}

/** `arn:aws:sts::<account>:assumed-role/<role>/<session>` */
const ASSUMED_ROLE = /^arn:[^:]+:sts::(?<accountId>\d{12}):assumed-role\//;

/** @throws CountError if it is no session of the account that is good now: what it lists would be counted as another's */
function checked({ Credentials, AssumedRoleUser }: AssumeRoleCommandOutput, accountId: string, nowMs: number): Session {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
  if (!isSendable(AccessKeyId) || !isSendable(SecretAccessKey) || !isSendable(SessionToken))
    throw odd('holds no credentials, or some that no request can be signed with');
  // What is no number is not later either.
  if (!(Number(Expiration) > nowMs)) throw odd('holds credentials whose time is over, or does not say when it is');
  if (ASSUMED_ROLE.exec(AssumedRoleUser?.Arn ?? '')?.groups?.accountId !== accountId)
    throw odd('does not say that its credentials are of the account that was asked for');
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    // No longer than was asked for, whatever clock it was that wrote it: a session is used until shortly before this.
    expiration: new Date(Math.min(Number(Expiration), nowMs + SESSION_SECONDS * 1000)),
  };
}

/** In a header, as it is: else each request would fail, for as long as the session is kept, as if there were no way to the service. */
const isSendable = (text: string | undefined): text is string => text !== undefined && /^[\x20-\x7e]+$/.test(text);

const odd = (how: string) => new CountError('bad-answer', `The answer of AWS STS ${how}.`, { retryable: true });

/**
 * How STS says that the account does not let its role be assumed: the role is not there, trusts somebody else, or wants another
 * external id; or the account has not switched on the region whose endpoint was asked
 * (docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html).
 */
const REFUSALS = new Set(['AccessDenied', 'AccessDeniedException', 'RegionDisabledException']);

/** Whoever else is refused by STS is not known to it: that is said of one's own credentials, and not of the account. */
function noSession(cause: unknown): CountError {
  if (cause instanceof CountError) return cause;
  const { name } = cause as Error;
  if (REFUSALS.has(name)) return new CountError('no-access', 'The member role cannot be assumed.', { cause });
  const isUnknown = IDENTITY_REFUSALS.has(name) || BAD_CREDENTIALS.has(name);
  const { reason, retryable } = isUnknown
    ? ({ reason: 'bad-credentials', retryable: false } as const)
    : classify(cause);
  return new CountError(reason, `No session of the account could be had: ${reason}.`, { retryable, cause });
}
