/** One question among many: it ends in time, with an answer or with the reason why there is none, and never throws. */
import { isThrottlingError } from '@smithy/core/retry';
import type { Asked, Refusal } from '../../answers/health/facts.ts';
import { BAD_CREDENTIALS, IDENTITY_REFUSALS } from '../call-errors.ts';
import { CredentialsError } from '../credentials.ts';
import { endedBy } from '../ended-by.ts';

/**
 * @param action the permission that it takes, such as `sqs:GetQueueAttributes`
 * @param send may be several requests, all of which end with the signal
 */
export type Ask = <T>(action: string, send: (signal: AbortSignal) => Promise<T>) => Promise<Asked<T>>;

/**
 * @param bound gives a new signal, which ends a question that has not been answered by then
 * @param most are asked at the same time; the others wait for their turn, without being late for it
 */
export function makeAsk(bound: () => AbortSignal, most: number): Ask {
  const inTurn = makeTurns(most);
  return (action, send) => inTurn(() => askOne(bound(), action, send));
}

function makeTurns(most: number) {
  const waiting: (() => void)[] = [];
  let free = most;
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}

async function askOne<T>(
  signal: AbortSignal,
  action: string,
  send: (signal: AbortSignal) => Promise<T>,
): Promise<Asked<T>> {
  const timedOut: Asked<T> = { refusal: { action, why: 'timed-out', error: 'TimeoutError' } };
  if (signal.aborted) return timedOut;
  try {
    return { answer: await endedBy(signal, () => send(signal)) };
  } catch (error) {
    return signal.aborted ? timedOut : { refusal: refusalOf(action, error) };
  }
}

/** What is not there, as each service says it, is an answer: null. */
export async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (NOT_THERE.has((error as Error).name)) return null;
    throw error;
  }
}

const NOT_THERE = new Set([
  'ResourceNotFoundException',
  'QueueDoesNotExist',
  'AWS.SimpleQueueService.NonExistentQueue',
  'NotFoundException',
  'NotFound',
]);

const DENIALS = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'AuthorizationErrorException',
  'NotAuthorizedException',
  'UnauthorizedOperation',
]);
const TIMEOUTS = new Set(['TimeoutError', 'AbortError', 'RequestTimeout', 'RequestTimeoutException']);
const UNREACHABLE = /^(ECONN|ENOTFOUND|EAI_AGAIN|EHOST|ENET|EPIPE|ETIMEDOUT|CERT_|UNABLE_|SELF_SIGNED_|ERR_TLS)/;
/** How AWS words a denial that a further Allow would not undo. */
const EXPLICIT = /with an explicit deny/;

type CallError = Parameters<typeof isThrottlingError>[0] & { code?: string };

/** Why a question has no answer. */
export function refusalOf(action: string, thrown: unknown): Refusal {
  const error = thrown as CallError;
  const { name, message = '', code = '', $metadata } = error;
  const refusal = (why: Refusal['why'], word = name) => ({ action, why, error: word });
  if (DENIALS.has(name)) return refusal(EXPLICIT.test(message) ? 'forbidden' : 'denied');
  if (error instanceof CredentialsError || IDENTITY_REFUSALS.has(name) || BAD_CREDENTIALS.has(name))
    return refusal('not-accepted');
  // The SDK's HTTP handler calls a connection that broke a TimeoutError, so the code is looked at before the name.
  if (UNREACHABLE.test(code)) return refusal('unreachable', code);
  if (TIMEOUTS.has(name)) return refusal('timed-out');
  if (isThrottlingError(error)) return refusal('throttled');
  // The SDK was at work, and nobody answered.
  if ($metadata !== undefined && $metadata.httpStatusCode === undefined) return refusal('unreachable', code || name);
  return refusal('failed', code || name);
}
