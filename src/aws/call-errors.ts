/** What it means that a call to AWS failed. */
import { isThrottlingError } from '@smithy/core/retry';
import { CountError, type Denier, type Reason } from '../census/errors.ts';
import { QUOTA_FAILURES, type QuotaFailure } from '../census/quota.ts';

/** What the SDK and Node throw. */
type CallError = Parameters<typeof isThrottlingError>[0] & { code?: string };

/** Who asks is not known. A region that is not opted in says so of everybody. */
export const IDENTITY_REFUSALS = new Set([
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidClientTokenIdException',
  'OptInRequired',
  'OptInRequiredException',
]);

/** Who asks is known, and the credentials are no good: their session is over, or they sign wrongly. */
export const BAD_CREDENTIALS = new Set([
  'ExpiredTokenException',
  'ExpiredToken',
  'IncompleteSignature',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'MissingAuthenticationTokenException',
  'CredentialsProviderError',
]);

/** Kinesis Video's own throttle; the SDK knows all others. */
const THROTTLE = 'ClientLimitExceededException';

const DENIALS = new Set(['AccessDeniedException', 'AccessDenied', 'NotAuthorizedException']);

/** Connections that broke. The SDK's HTTP handler calls them TimeoutError, so the code is looked at before the name. */
const BROKEN_CONNECTIONS = new Set(['ECONNRESET', 'EPIPE']);

/** How the SDK's HTTP handler words a connection that never came about: it, too, is a TimeoutError, and has no code. */
const NOT_CONNECTED = /did not establish a connection/;

const TIMEOUT_CODES = new Set(['ETIMEDOUT', 'ESOCKETTIMEDOUT']);

/**
 * The order matters: names before statuses, since Kinesis Video throttles with HTTP 400. The SDK's `isTransientError` does
 * not serve here: it tells what may be tried again, but not what is out of reach from what was too slow.
 */
export function classify(thrown: unknown): { reason: Reason; retryable: boolean } {
  // It was told here: of an answer that has no end (http.ts) or tells of an error as well (as-it-came.ts), or of no session (sessions.ts).
  if (thrown instanceof CountError) return thrown;
  const error = thrown as CallError;
  const { name, message, code = '', $metadata } = error;
  const status = $metadata?.httpStatusCode;
  if (name === THROTTLE || isThrottlingError(error)) return { reason: 'throttled', retryable: true };
  if (BAD_CREDENTIALS.has(name)) return { reason: 'bad-credentials', retryable: false };
  if (DENIALS.has(name) || status === 401 || status === 403) return { reason: 'denied', retryable: false };
  if (BROKEN_CONNECTIONS.has(code) || NOT_CONNECTED.test(message)) return { reason: 'unreachable', retryable: true };
  if (name === 'TimeoutError' || TIMEOUT_CODES.has(code)) return { reason: 'timed-out', retryable: true };
  if ((status ?? 0) >= 500) return { reason: 'unreachable', retryable: true };
  // A well-formed refusal of the request itself will not change; an answer that cannot be read may.
  if (status !== undefined) return { reason: 'bad-answer', retryable: status < 400 };
  return { reason: 'unreachable', retryable: true };
}

/** Why something has no answer that is only asked beside a count. Who is not accepted is denied it, whatever the reason. */
export function failureOf(error: unknown): QuotaFailure {
  if (IDENTITY_REFUSALS.has((error as Error).name)) return 'denied';
  const { reason } = classify(error);
  return QUOTA_FAILURES.find((failure) => failure === reason) ?? 'denied';
}

/** Of the host: there is no such endpoint, or no name server could be asked. */
export function nameNotFound(error: unknown): boolean {
  return (error as CallError).code === 'ENOTFOUND';
}

/**
 * How AWS words a denial: `because no identity-based policy allows the ... action`, `with an explicit deny in a service control
 * policy` (docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html). A service need not say it.
 */
const DENIALS_IN_WORDS: readonly (readonly [words: RegExp, deniedBy: Denier])[] = [
  [/\b(service|resource) control policy\b/, 'organisation-policy'],
  [/\bno identity-based policy allows\b/, 'no-permission'],
  [/\bexplicit deny in an? |\bno [A-Za-z-]+( [A-Za-z-]+)* allows the\b/, 'another-policy'],
];

/** The one word that is kept of a refusal's text, which quotes ARNs and principals. Nothing, where it does not tell. */
export function deniedBy(error: unknown): Denier | undefined {
  const { message } = error as { message?: unknown };
  if (typeof message !== 'string') return undefined;
  return DENIALS_IN_WORDS.find(([words]) => words.test(message))?.[1];
}
