/** One page of Kinesis Video ListStreams, and what its errors mean. */
import { type KinesisVideoClient, ListStreamsCommand, type StreamInfo } from '@aws-sdk/client-kinesis-video';
import { CountError, type Reason } from '../census/errors.ts';
import type { ListPage, PageRequest } from '../census/ports.ts';
import type { StreamFacts } from '../census/tally.ts';
import { KINESIS_VIDEO_REGIONS, type ReadOptIn } from './regions.ts';

/**
 * Asked for on every call: without `MaxResults` the service gives about 10 streams per page, with it at most 1,000,
 * whatever the documented 10,000 say (github.com/cloud-custodian/cloud-custodian/pull/9805).
 */
export const PAGE_SIZE = 1000;

/** @param requestTimeoutMs for one whole call, to the last byte of its body. */
export function makeListPage(
  client: KinesisVideoClient,
  region: string,
  requestTimeoutMs: number,
  readOptIn: ReadOptIn,
): ListPage {
  return async (request) => {
    const timeout = AbortSignal.timeout(requestTimeoutMs);
    const signal = request.signal === undefined ? timeout : AbortSignal.any([timeout, request.signal]);
    try {
      const answer = await client.send(command(request), { abortSignal: signal });
      return {
        streams: readStreams(answer.StreamInfoList),
        // An empty token ends the list just as an absent one does.
        ...(answer.NextToken && { nextToken: answer.NextToken }),
      };
    } catch (error) {
      throw signal.aborted ? timedOut(error) : await explain(error, region, readOptIn);
    }
  };
}

function command({ prefix, token }: PageRequest): ListStreamsCommand {
  return new ListStreamsCommand({
    MaxResults: PAGE_SIZE,
    ...(token !== undefined && { NextToken: token }),
    ...(prefix !== undefined && {
      StreamNameCondition: { ComparisonOperator: 'BEGINS_WITH', ComparisonValue: prefix },
    }),
  });
}

/** An answer without a list is not an answer of zero streams: an empty region answers with an empty list. */
function readStreams(list: StreamInfo[] | undefined): StreamFacts[] {
  if (!Array.isArray(list)) throw malformed('The answer holds no list of streams.');
  return list.map((stream) => {
    const { StreamName: name, StreamARN: arn } = stream ?? {};
    if (!name || !arn) throw malformed('The answer lists a stream without a name or ARN.');
    return { name, arn };
  });
}

async function explain(error: unknown, region: string, readOptIn: ReadOptIn): Promise<CountError> {
  if (error instanceof CountError) return error;
  if (isIdentityRefused(error)) {
    // A region that is not opted in refuses in the same words as bad credentials do. Ask, never guess.
    const disabled = (await readOptIn(region)) === 'disabled';
    return disabled
      ? new CountError('not-enabled', 'The account has not opted in to the region.', { cause: error })
      : new CountError('denied', 'The service does not accept the credentials.', { cause: error });
  }
  const { reason, retryable } = classify(error, region);
  return new CountError(reason, `ListStreams failed: ${reason}.`, { retryable, cause: error });
}

type AwsError = { name?: string; code?: string; $metadata?: { httpStatusCode?: number }; $retryable?: unknown };

/** The service's own throttle is the first; the SDK does not know it as one. */
const THROTTLES = new Set([
  'ClientLimitExceededException',
  'ThrottlingException',
  'Throttling',
  'ThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
]);

const DENIALS = new Set([
  'AccessDeniedException',
  'AccessDenied',
  'NotAuthorizedException',
  'ExpiredTokenException',
  'ExpiredToken',
  'IncompleteSignature',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'MissingAuthenticationTokenException',
  'CredentialsProviderError',
]);

const IDENTITY_REFUSALS = new Set([
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidClientTokenIdException',
  'OptInRequired',
  'OptInRequiredException',
]);

/** Connections that broke. The SDK's HTTP handler calls them TimeoutError, so the code is looked at before the name. */
const BROKEN_CONNECTIONS = new Set(['ECONNRESET', 'EPIPE']);

const TIMEOUT_CODES = new Set(['ETIMEDOUT', 'ESOCKETTIMEDOUT']);

const NAME_NOT_FOUND = 'ENOTFOUND';

function isIdentityRefused(error: unknown): boolean {
  return IDENTITY_REFUSALS.has((error as AwsError).name ?? '');
}

/** The order matters: names before statuses, since this service throttles with HTTP 400. */
export function classify(error: unknown, region: string): { reason: Reason; retryable: boolean } {
  const { name = '', code = '', $metadata } = error as AwsError;
  const status = $metadata?.httpStatusCode;
  if (THROTTLES.has(name) || status === 429) return { reason: 'throttled', retryable: true };
  if (DENIALS.has(name) || status === 401 || status === 403) return { reason: 'denied', retryable: false };
  if (BROKEN_CONNECTIONS.has(code)) return { reason: 'unreachable', retryable: true };
  if (name === 'TimeoutError' || name === 'AbortError' || TIMEOUT_CODES.has(code)) {
    return { reason: 'timed-out', retryable: true };
  }
  if (code === NAME_NOT_FOUND && !KINESIS_VIDEO_REGIONS.includes(region)) {
    return { reason: 'unsupported', retryable: false };
  }
  if (status !== undefined && status >= 500) return { reason: 'unreachable', retryable: true };
  // A well-formed refusal of the request itself will not change; an answer that cannot be read may.
  if (status !== undefined) return { reason: 'bad-answer', retryable: status < 400 };
  return { reason: 'unreachable', retryable: true };
}

function timedOut(cause: unknown): CountError {
  return new CountError('timed-out', 'The call took too long.', { retryable: true, cause });
}

function malformed(message: string): CountError {
  return new CountError('bad-answer', message, { retryable: true });
}
