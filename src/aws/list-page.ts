/** One page of a region's streams, facts of a stream, and what the service's errors mean. */
import {
  DescribeStreamCommand,
  type KinesisVideoClient,
  ListStreamsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-kinesis-video';
import { CountError } from '../census/errors.ts';
import type { ListPage, Page, PageRequest } from '../census/ports.ts';
import type { StreamFacts } from '../census/tally.ts';
import { sendAndRead } from './as-it-came.ts';
import { classify, deniedBy, IDENTITY_REFUSALS, nameNotFound } from './call-errors.ts';
import type { OptInState, ReadOptIn } from './regions.ts';
import { factsOf } from './stream-facts.ts';
import { KINESIS_VIDEO_REGIONS } from './video-regions.ts';

/**
 * Asked for on every call: without `MaxResults` the service gives about 10 streams per page, with it at most 1,000,
 * whatever the documented 10,000 say (github.com/cloud-custodian/cloud-custodian/pull/9805).
 */
const PAGE_SIZE = 1000;

/** @param requestTimeoutMs for one whole call, to the last byte of its body. */
export function makeListPage(
  client: KinesisVideoClient,
  region: string,
  requestTimeoutMs: number,
  readOptIn: ReadOptIn,
): ListPage {
  return async (request) => {
    const end = endAfter(Math.min(requestTimeoutMs, request.timeLimitMs ?? Number.POSITIVE_INFINITY), request.signal);
    try {
      return request.name === undefined
        ? await listStreams(client, request, end.signal)
        : await describeStream(client, request.name, end.signal);
    } catch (error) {
      throw end.signal.aborted ? timedOut(error) : await explain(error, region, () => readOptIn(region, end.signal));
    } finally {
      end.cancel();
    }
  };
}

/**
 * Aborts after `ms`, or as soon as `earlier` does. Until it is cancelled it holds a timer: one of AbortSignal.timeout cannot
 * be cancelled, and would be kept, with all that waits for it, long after most calls have ended.
 */
function endAfter(ms: number, earlier: AbortSignal | undefined) {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = setTimeout(abort, ms);
  earlier?.addEventListener('abort', abort);
  if (earlier?.aborted) abort();
  return {
    signal: controller.signal,
    cancel() {
      clearTimeout(timer);
      earlier?.removeEventListener('abort', abort);
    },
  };
}

async function listStreams(
  client: KinesisVideoClient,
  { prefix, token }: PageRequest,
  abortSignal: AbortSignal,
): Promise<Page> {
  const command = new ListStreamsCommand({
    MaxResults: PAGE_SIZE,
    NextToken: token,
    ...(prefix !== undefined && {
      StreamNameCondition: { ComparisonOperator: 'BEGINS_WITH', ComparisonValue: prefix },
    }),
  });
  const { StreamInfoList: list, NextToken: nextToken } = await sendAndRead(client, command, abortSignal);
  // An answer without a list is not an answer of zero streams: an empty region answers with an empty list.
  if (!Array.isArray(list)) throw malformed('The answer holds no list of streams.');
  const streams = list.map(streamOf);
  // An empty token ends the list just as an absent one does.
  if (nextToken === undefined || nextToken === null || nextToken === '') return { streams };
  if (typeof nextToken !== 'string') throw malformed('The answer holds a page token that is no text.');
  return { streams, nextToken };
}

/** No list can be asked for one exact name: BEGINS_WITH is the only condition there is. */
async function describeStream(client: KinesisVideoClient, name: string, abortSignal: AbortSignal): Promise<Page> {
  try {
    const { StreamInfo } = await sendAndRead(client, new DescribeStreamCommand({ StreamName: name }), abortSignal);
    return { streams: [streamOf(StreamInfo)] };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return { streams: [] };
    throw error;
  }
}

/** @throws CountError if the entry does not say which stream it is */
function streamOf(entry: unknown): StreamFacts {
  const facts = factsOf(entry);
  if (facts === undefined) throw malformed('The answer holds a stream without an ARN.');
  return facts;
}

const UNSUPPORTED = { reason: 'unsupported', retryable: false } as const;

async function explain(error: unknown, region: string, readOptIn: () => ReturnType<ReadOptIn>): Promise<CountError> {
  if (error instanceof CountError) return error;
  if (IDENTITY_REFUSALS.has((error as Error).name)) {
    // A region that is not opted in refuses in the same words as bad credentials do. Ask, never guess.
    return identityRefused(await readOptIn(), error);
  }
  const isUnsupported = nameNotFound(error) && !KINESIS_VIDEO_REGIONS.includes(region);
  const { reason, retryable } = isUnsupported ? UNSUPPORTED : classify(error);
  return new CountError(reason, `The call failed: ${reason}.`, {
    retryable,
    cause: error,
    ...(reason === 'denied' && { deniedBy: deniedBy(error) }),
  });
}

function identityRefused(state: OptInState, cause: unknown): CountError {
  switch (state) {
    case 'disabled':
      return new CountError('not-enabled', 'The account has not opted in to the region.', { cause });
    case 'enabled':
    case 'refused':
      return new CountError('bad-credentials', 'The service does not accept the credentials.', { cause });
    case 'unknown':
      return new CountError('denied', 'The service refuses, for its region or for the credentials.', { cause });
    default:
      return state satisfies never;
  }
}

function timedOut(cause: unknown): CountError {
  return new CountError('timed-out', 'The call took too long.', { retryable: true, cause });
}

function malformed(message: string): CountError {
  return new CountError('bad-answer', message, { retryable: true });
}
