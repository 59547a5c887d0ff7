/** What is parked for a person: what each message is, and what sending it again takes. */
import { kindOf } from '../census/census-id.ts';
import { KINDS, type Kind, STREAMS } from '../census/kinds.ts';
import { type RegionTask, readTask } from '../census/messages.ts';
import { isOver } from '../census/run.ts';
import type { Refusal } from '../census/standing.ts';
import type { Head } from './head.ts';

export type RedriveAnswer = Head<'redrive'> & {
  /** What is parked, as it was found: oldest first. */
  parked: Parked[];
  /** Nothing else is parked; if not, a queue holds more than was looked at. */
  all: boolean;
  /** Ids of what was sent again, and so is not parked any more. */
  sent: string[];
  deleted: string[];
};

/** A message as it lies in its queue. */
export type ParkedMessage = {
  id: string;
  body: string;
  /** ISO 8601: when it was parked. */
  sentAt: string;
  /** Message attributes that are texts. */
  attributes: Readonly<Record<string, string>>;
};

export type ParkedQueueName = 'unreadable-tasks' | 'failed-invocations';

export type Parked = {
  id: string;
  queue: ParkedQueueName;
  /** ISO 8601. */
  parkedAt: string;
  /** What it is, in a few words. */
  what: string;
  /** Why it was parked. */
  why: string;
  runId: string | null;
  /** Of which kind that run is; `null` also where an event is about those of every kind. */
  kind: Kind | null;
  region: string | null;
  /** What `--send` does with it. */
  again: Again;
};

type Again =
  /** The body goes to region-tasks as it is. */
  | { action: 'send-task' }
  /** The function gets the payload once more, asynchronously. */
  | { action: 'invoke'; function: string; payload: unknown }
  | { action: 'none'; because: string };

/** PARTIAL_SWEEP_MS of serverless.yml: so long after its deadline a task is let go by whoever receives it. */
export const LET_GO_AFTER_MS = 24 * 3_600_000;

export function parkedOf(queue: ParkedQueueName, message: ParkedMessage, nowMs: number): Parked {
  const base = { id: message.id, queue, parkedAt: message.sentAt };
  return { ...base, ...(queue === 'unreadable-tasks' ? taskParts(message, nowMs) : invocationParts(message)) };
}

type Parts = Omit<Parked, 'id' | 'queue' | 'parkedAt'>;

const WHY_UNREADABLE = {
  'not-a-task': 'it cannot be read as a region task',
  'other-account': 'it is for another account than the one that the stack counts',
  'no-such-run': 'the ledger has no such run',
  'not-planned': 'its run was not to count this region',
  'no-such-round': 'its run never opened this round',
} as const satisfies Record<Refusal | 'not-a-task', string>;

/** What no worker will ever take. */
const FOR_GOOD: readonly string[] = ['other-account', 'not-planned'];

/** What the undelivered function parked, with its reason as the attribute `why`. */
function taskParts({ body, attributes }: ParkedMessage, nowMs: number): Parts {
  const task = readTask(body);
  const why =
    attributes.why === undefined
      ? 'nobody wrote down why'
      : ((WHY_UNREADABLE as Record<string, string>)[attributes.why] ?? attributes.why);
  if (task === undefined) {
    const because = 'no worker could read it either';
    return {
      what: 'a message that is no region task',
      why,
      runId: null,
      kind: null,
      region: null,
      again: { action: 'none', because },
    };
  }
  const { censusId, runId, region, round } = task;
  const again = againOf(task, attributes.why, nowMs);
  return { what: `the task of ${region}, round ${round}`, why, runId, kind: kindOf(censusId), region, again };
}

function againOf({ censusId, runId, deadlineAt }: RegionTask, why: string | undefined, nowMs: number): Again {
  if (why !== undefined && FOR_GOOD.includes(why)) return { action: 'none', because: 'it would only be parked again' };
  if (!isOver(deadlineAt, nowMs, LET_GO_AFTER_MS)) return { action: 'send-task' };
  const because = `it was due by ${deadlineAt}, and more than 24 h later a worker only lets it go`;
  if (why === 'no-such-run') return { action: 'none', because };
  const kind = kindOf(censusId);
  const words = `retry ${runId} --force${kind === STREAMS ? '' : ` --kind ${kind}`}`;
  return { action: 'none', because: `${because}; \`kvs-census ${words}\` asks anew` };
}

type Json = Record<string, unknown>;

/** Either what Lambda wrote about an invocation that failed for good, or an event that the Scheduler could not deliver. */
function invocationParts(message: ParkedMessage): Parts {
  const body = objectOf(parse(message.body));
  const context = objectOf(body?.requestContext);
  if (body !== undefined && typeof context?.functionArn === 'string')
    return lambdaParts(body, context, context.functionArn);
  return schedulerParts(message);
}

function lambdaParts(body: Json, context: Json, functionArn: string): Parts {
  const response = objectOf(body.responsePayload);
  const condition = typeof context.condition === 'string' ? context.condition : 'it failed';
  const error =
    typeof response?.errorMessage === 'string'
      ? `${String(response.errorType ?? 'Error')}: ${response.errorMessage}`
      : '';
  const invocations =
    typeof context.approximateInvokeCount === 'number' ? ` after ${context.approximateInvokeCount} invocations` : '';
  const payload = body.requestPayload;
  const name = functionArn.split(':')[6] ?? functionArn;
  return {
    what: `an invocation of ${name}`,
    why: `${condition}${invocations}${error === '' ? '' : `: ${error}`}`,
    ...namedIn(payload),
    again:
      payload === undefined
        ? { action: 'none', because: 'it carries no payload' }
        : { action: 'invoke', function: name, payload },
  };
}

function schedulerParts({ body, attributes }: ParkedMessage): Parts {
  const { TARGET_ARN, ERROR_CODE = 'an unknown error', ERROR_MESSAGE = '', IS_PAYLOAD_TRUNCATED } = attributes;
  const name = TARGET_ARN?.split(':')[6];
  const payload = parse(body);
  const why = `the Scheduler could not deliver it (${ERROR_CODE}${ERROR_MESSAGE === '' ? '' : `: ${ERROR_MESSAGE}`})`;
  if (name === undefined || payload === undefined || IS_PAYLOAD_TRUNCATED === 'true') {
    const because = name === undefined ? 'it does not say which function it was for' : 'its payload is not whole';
    const what = name === undefined ? 'a message of unknown origin' : `an event for ${name}`;
    return {
      what,
      why: name === undefined ? 'nobody wrote down why' : why,
      runId: null,
      kind: null,
      region: null,
      again: { action: 'none', because },
    };
  }
  return {
    what: `an event for ${name}`,
    why,
    ...namedIn(payload),
    again: { action: 'invoke', function: name, payload },
  };
}

/** The run that an event is about: the dispatcher's own, or the one of a nudge inside of SNS's envelope. */
function namedIn(payload: unknown): Pick<Parked, 'runId' | 'kind' | 'region'> {
  const event = objectOf(payload);
  const [record] = Array.isArray(event?.Records) ? event.Records : [];
  const message = objectOf(objectOf(record)?.Sns)?.Message;
  const nudge = typeof message === 'string' ? objectOf(parse(message)) : undefined;
  const runId = event?.runId ?? nudge?.runId;
  // A nudge that names no kind is of streams; the dispatcher's event is of every kind.
  const kind = nudge === undefined ? undefined : KINDS.find((one) => one === (nudge.kind ?? STREAMS));
  return { runId: typeof runId === 'string' ? runId : null, kind: kind ?? null, region: null };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}
