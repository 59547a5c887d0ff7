/** A client of the simulated Kinesis Video, in the name of one process: what src/aws/list-page.ts sends to, and its errors. */
import {
  DescribeStreamCommand,
  type DescribeStreamCommandInput,
  type DescribeStreamCommandOutput,
  type KinesisVideoClient,
  ListStreamsCommand,
  type ListStreamsCommandInput,
  type ListStreamsCommandOutput,
  ResourceNotFoundException,
} from '@aws-sdk/client-kinesis-video';
import type { ReadOptIn } from '../../src/aws/regions.ts';
import type { Reason } from '../../src/census/errors.ts';
import { KINESIS_VIDEO_REGIONS } from '../../src/census/kinds/kinesis-video.ts';
import type { RegionWorld, Trouble } from '../judging/region-world.ts';
import { type Process, SlowError, type Surroundings } from './process.ts';
import { Refusal, troubleOf, type Video } from './video.ts';

/** Longer than anybody waits. */
const FOR_EVER_MS = 24 * 3_600_000;

const code = (name: string, code: string) => Object.assign(new Error('secret-message'), { name, code });

/** What each trouble may look like; they take turns. What is no error is the answer. */
const LOOKS: Readonly<Record<Exclude<Trouble, 'token-loop'>, readonly (() => unknown)[]>> = {
  throttled: [
    () => new Refusal('ClientLimitExceededException', 400),
    () => new Refusal('ThrottlingException', 400),
    () => new Refusal('NewestThrottle', 429),
  ],
  'server-error': [() => new Refusal('InternalFailure', 500), () => new Refusal('ServiceUnavailable', 503)],
  'drops-connection': [
    () => code('TimeoutError', 'ECONNRESET'),
    () => code('Error', 'EPIPE'),
    () => code('Error', 'ECONNREFUSED'),
  ],
  hang: [() => new SlowError(undefined, FOR_EVER_MS)],
  malformed: [
    () => new Refusal('SyntaxError', 200),
    () => ({}),
    () => ({ StreamInfoList: null, NextToken: 'secret-token' }),
  ],
  denied: [() => new Refusal('AccessDeniedException', 403), () => new Refusal('NotAuthorizedException', 401)],
  'bad-credentials': [
    () => new Refusal('ExpiredTokenException', 403),
    () => new Refusal('InvalidClientTokenId', 403),
    () => code('CredentialsProviderError', ''),
  ],
  'not-enabled': [() => new Refusal('UnrecognizedClientException', 403), () => new Refusal('OptInRequired', 403)],
  unsupported: [() => code('Error', 'ENOTFOUND')],
};

/** What whoever meets the trouble may say of it, and be right. */
function reasonOf(trouble: Trouble, region: string): Reason {
  switch (trouble) {
    case 'server-error':
    case 'drops-connection':
      return 'unreachable';
    case 'hang':
      return 'timed-out';
    case 'malformed':
    case 'token-loop':
      return 'bad-answer';
    case 'unsupported':
      // A name that does not resolve says nothing against a region in which the service is known to be.
      return KINESIS_VIDEO_REGIONS.includes(region) ? 'unreachable' : 'unsupported';
    case 'throttled':
    case 'denied':
    case 'bad-credentials':
    case 'not-enabled':
      return trouble;
    default:
      return trouble satisfies never;
  }
}

/** The words in which a region refuses that is not switched on; and bad credentials. */
const SWITCHED_OFF = new Set(['UnrecognizedClientException', 'OptInRequired']);

type VideoPorts = { client: KinesisVideoClient; readOptIn: ReadOptIn };

type Served = { servedAtMs: number; answer: object };

/** @param number the region's, by which faults find it */
export function makeVideoPorts(
  world: RegionWorld,
  number: number,
  video: Video,
  process: Process,
  surroundings: Surroundings,
): VideoPorts {
  const { time, history, faults } = surroundings;
  const { region, slowMs = 0 } = world;
  const { invocation } = process;
  let isSwitchedOff = false;
  let sent = 0;

  const saw = (trouble: Trouble) =>
    void history.evidence.push({ atMs: time.nowMs(), region, reason: reasonOf(trouble, region) });

  /** What the service does when the call arrives. */
  function carryOut(command: unknown): object {
    const nowMs = time.nowMs();
    const nth = surroundings.nth(`video ${region}`);
    const trouble = troubleOf(world, nowMs - history.startMs, faults.areHealed()) ?? faults.video(number, nth);
    const page = JSON.stringify((command as { input: unknown }).input);
    history.videoCalls.push({ atMs: nowMs, region, invocation, page, ...(trouble && { trouble }) });
    if (trouble !== undefined) saw(trouble);
    if (trouble !== undefined && trouble !== 'token-loop') return meet(LOOKS[trouble][nth % LOOKS[trouble].length]!());
    if (isContradiction(command)) saw('malformed');
    if (command instanceof ListStreamsCommand) return video.list(command.input, nowMs, trouble !== undefined);
    if (!(command instanceof DescribeStreamCommand)) throw new Error('The simulated video does not know this command.');
    const found = video.describe(command.input.StreamName ?? '', nowMs);
    if (found !== undefined) return found;
    throw new ResourceNotFoundException({ message: 'secret-message', $metadata: { httpStatusCode: 404 } });
  }

  /** An answer that may be a lie, of which a region may say that it is bad. */
  const isContradiction = (command: unknown) =>
    command instanceof ListStreamsCommand &&
    command.input.StreamNameCondition !== undefined &&
    world.prefixes !== undefined;

  function meet(look: unknown): object {
    if (look instanceof Error || look instanceof SlowError) throw look;
    return look as object;
  }

  function note(command: ListStreamsCommand | DescribeStreamCommand, { servedAtMs, answer }: Served): void {
    const { StreamNameCondition, StreamName: name } = command.input as ListStreamsCommandInput &
      DescribeStreamCommandInput;
    const { StreamInfoList, StreamInfo, NextToken } = answer as ListStreamsCommandOutput & DescribeStreamCommandOutput;
    const prefix = StreamNameCondition?.ComparisonValue;
    history.heard.push({
      servedAtMs,
      region,
      invocation,
      asked: { ...(prefix !== undefined && { prefix }), ...(name !== undefined && { name }) },
      streams: StreamInfoList ?? (StreamInfo ? [StreamInfo] : []),
      isLast: !NextToken && (name !== undefined || Array.isArray(StreamInfoList)),
    });
  }

  async function send(command: ListStreamsCommand | DescribeStreamCommand, options: { abortSignal: AbortSignal }) {
    const sentAtMs = time.nowMs();
    const isFirst = sent === 0;
    sent += 1;
    try {
      const answer = await process.request({
        service: 'video',
        name: 'listPage',
        signal: options.abortSignal,
        tookMs: slowMs,
        carryOut: () => ({ servedAtMs: time.nowMs(), answer: carryOut(command) }),
        refused: () => {
          saw('throttled');
          return LOOKS.throttled[0]!();
        },
        timedOut: () => {
          saw('hang');
          return code('AbortError', '');
        },
      });
      note(command, answer);
      return answer.answer;
    } catch (error) {
      if (options.abortSignal.aborted)
        history.cutOff.push({ region, invocation, sentAtMs, atMs: time.nowMs(), isFirst });
      isSwitchedOff = SWITCHED_OFF.has((error as Error | undefined)?.name ?? '');
      throw error;
    }
  }

  return {
    client: { send } as unknown as KinesisVideoClient,
    readOptIn: async () => (isSwitchedOff ? 'disabled' : 'enabled'),
  };
}
