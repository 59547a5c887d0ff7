/** A client of the simulated Kinesis Video, in the name of one process: what src/aws/list-page.ts sends to, and its errors. */
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import {
  type KinesisVideoClient,
  type ListStreamsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-kinesis-video';
import type { ReadOptIn } from '../../src/aws/regions.ts';
import type { Reason } from '../../src/census/errors.ts';
import { descriptorOf, type Kind, STREAMS } from '../../src/census/kinds.ts';
import type { Info } from '../judging/fleet.ts';
import type { RegionWorld, Trouble } from '../judging/region-world.ts';
import { DIALECTS } from './dialects.ts';
import { type Process, SlowError, type Surroundings } from './process.ts';
import { type CountedAccount, OWN } from './schedule.ts';
import { Refusal, troubleOf, type Video } from './video.ts';

/** Longer than anybody waits. */
const FOR_EVER_MS = 24 * 3_600_000;

const code = (name: string, code: string) => Object.assign(new Error('secret-message'), { name, code });

/** An answer that no service should give: a list that is in order, but for what it lists or for what stands beside it. */
class Lie {
  readonly listed: readonly Info[];
  readonly beside: object | undefined;
  constructor(listed: readonly Info[], beside?: object) {
    this.listed = listed;
    this.beside = beside;
  }
}

const ELSEWHERE: Info = {
  StreamName: 'secret-name',
  StreamARN: 'arn:aws:kinesisvideo:eu-nowhere-1:1:stream/secret-name/1',
};

const CONTRADICTORY: Info = {
  StreamName: 'secret-name',
  StreamARN: 'arn:aws:kinesisvideo::1:stream/another-secret-name/1',
};

/** Of an account that nobody counts. */
const OF_ANOTHER: Info = {
  StreamName: 'secret-name',
  StreamARN: 'arn:aws:kinesisvideo::999999999999:stream/secret-name/1',
};

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
    () => new Lie([ELSEWHERE]),
    () => new Lie([CONTRADICTORY]),
    () => new Lie([], { __type: 'InternalFailure', message: 'secret-message' }),
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
function reasonOf(trouble: Trouble, region: string, kind: Kind): Reason {
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
      return descriptorOf(kind).regions.floor.includes(region) ? 'unreachable' : 'unsupported';
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

type Send = (command: Command, options: { abortSignal: AbortSignal }, sinceMs?: number) => Promise<object>;

type VideoPorts = {
  client: KinesisVideoClient & KinesisClient;
  /** As the client's; and since when whoever sends it has been waiting. */
  send: Send;
  readOptIn: ReadOptIn;
};

/** As the SDK gives it, and what it shows; `beside`: what came with it that the SDK does not give. */
type Answer = { sent: object; infos: readonly Info[]; isLast: boolean; beside?: object };
type Served = Answer & { servedAtMs: number };

type Command = { readonly input: object };

/** What whoever sends a command sees of its answer before the SDK does. */
async function passByMiddleware(command: Command, answer: object): Promise<void> {
  const response = { statusCode: 200, headers: {}, body: new TextEncoder().encode(JSON.stringify(answer)) };
  const { middlewareStack } = command as ListStreamsCommand;
  const next = async () => ({ response, output: { $metadata: {} } });
  await middlewareStack.resolve(next, {})({ input: command.input });
}

/** Whose region it is, and with what it is asked. */
export type AskedAccount = CountedAccount & {
  /** Why nothing in it answers these credentials now. */
  trouble?: () => 'bad-credentials' | 'denied' | undefined;
};

/** @param number the region's, by which faults find it */
export function makeVideoPorts(
  world: RegionWorld,
  number: number,
  video: Video,
  process: Process,
  surroundings: Surroundings,
  kind: Kind = STREAMS,
  asked: AskedAccount = OWN,
): VideoPorts {
  const dialect = DIALECTS[kind];
  const { time, history, faults } = surroundings;
  const { region, slowMs = 0 } = world;
  const { invocation } = process;
  const { number: accountNumber, accountId: account } = asked;
  const place = { kind, account, region };
  const counter = accountNumber === 0 ? `video ${kind} ${region}` : `video ${kind} ${region} in ${account}`;
  let isSwitchedOff = false;
  let sent = 0;

  const saw = (trouble: Trouble) =>
    void history.evidence.push({ atMs: time.nowMs(), ...place, reason: reasonOf(trouble, region, kind) });

  /** What the SDK throws, to whom it looks as if nothing had been answered. */
  function gaveUp(): Error {
    saw('hang');
    return code('AbortError', '');
  }

  /** What the service does when the call arrives. */
  function carryOut(command: Command): Answer {
    const nowMs = time.nowMs();
    const nth = surroundings.nth(counter);
    const trouble =
      asked.trouble?.() ??
      troubleOf(world, nowMs - history.startMs, faults.areHealed()) ??
      faults.video(number, nth, kind, accountNumber);
    const page = JSON.stringify(command.input);
    history.videoCalls.push({ atMs: nowMs, ...place, invocation, page, ...(trouble && { trouble }) });
    if (trouble !== undefined) saw(trouble);
    if (trouble !== undefined && trouble !== 'token-loop') {
      const looks = LOOKS[trouble];
      // Where nobody's session is used, nobody looks at whose a thing is.
      if (trouble === 'malformed' && accountNumber > 0 && nth % 3 === 0) return meet(new Lie([OF_ANOTHER]));
      return meet(looks[nth % looks.length]!());
    }
    const list = dialect.listOf(command);
    if (list !== undefined) {
      // An answer that may be a lie, of which a region may say that it is bad.
      if (list.StreamNameCondition !== undefined && world.prefixes !== undefined) saw('malformed');
      const answer = video.list(list, nowMs, trouble !== undefined);
      return { sent: dialect.list(answer), infos: answer.StreamInfoList, isLast: !answer.NextToken };
    }
    const name = dialect.nameOf(command);
    if (name === undefined) throw new Error(`The simulated service of ${kind} does not know this command.`);
    const found = video.describe(name, nowMs);
    if (found !== undefined)
      return { sent: dialect.one(found.StreamInfo), infos: found.StreamInfo ? [found.StreamInfo] : [], isLast: true };
    throw new ResourceNotFoundException({ message: 'secret-message', $metadata: { httpStatusCode: 404 } });
  }

  function meet(look: unknown): Answer {
    if (look instanceof Error || look instanceof SlowError) throw look;
    if (look instanceof Lie) {
      const { listed, beside } = look;
      return {
        sent: dialect.list({ StreamInfoList: [...listed] }),
        infos: [],
        isLast: false,
        ...(beside && { beside }),
      };
    }
    return { sent: look as object, infos: [], isLast: false };
  }

  function note(command: Command, { servedAtMs, infos, isLast }: Served): void {
    const prefix = dialect.listOf(command)?.StreamNameCondition?.ComparisonValue;
    const name = dialect.nameOf(command);
    history.heard.push({
      servedAtMs,
      ...place,
      invocation,
      asked: { ...(prefix !== undefined && { prefix }), ...(name !== undefined && { name }) },
      streams: infos,
      isLast,
    });
  }

  const send: Send = async (command, options, sinceMs = time.nowMs()) => {
    const sentAtMs = sinceMs;
    const isFirst = sent === 0;
    sent += 1;
    try {
      const answer = await process.request({
        service: 'video',
        name: 'listPage',
        signal: options.abortSignal,
        tookMs: slowMs,
        carryOut: () => ({ servedAtMs: time.nowMs(), ...carryOut(command) }),
        refused: () => {
          saw('throttled');
          return LOOKS.throttled[0]!();
        },
        timedOut: gaveUp,
      });
      // Who was frozen meanwhile has both at once, the answer and the end of its patience: the SDK gives up then.
      if (options.abortSignal.aborted) throw gaveUp();
      note(command, answer);
      if (answer.beside) await passByMiddleware(command, { ...answer.beside, ...answer.sent });
      return answer.sent;
    } catch (error) {
      if (options.abortSignal.aborted)
        history.cutOff.push({ ...place, invocation, sentAtMs, atMs: time.nowMs(), isFirst });
      isSwitchedOff = SWITCHED_OFF.has((error as Error | undefined)?.name ?? '');
      throw error;
    }
  };

  return {
    send,
    client: { send, config: { streamCollector: async (body: unknown) => body } } as unknown as VideoPorts['client'],
    readOptIn: async () => (isSwitchedOff ? 'disabled' : 'enabled'),
  };
}
