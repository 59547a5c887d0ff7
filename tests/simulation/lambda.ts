/** Lambda: asynchronous invocation with its retries and destination, and the mapping that feeds a function from a queue. */
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Caller, FunctionName, Invocation } from '../judging/history.ts';
import { noise } from '../judging/noise.ts';
import { ASYNC_RETRY_MS, EVENT_AGE_MS, FUNCTION_TIMEOUT_MS, ORGANIZATION_TIMEOUT_MS } from '../judging/numbers.ts';
import { type Outcome, type Process, type Surroundings, startProcess } from './process.ts';
import type { Queue, Received } from './queue.ts';

export type Body = (process: Process, event: unknown) => Promise<unknown>;

/** Lambda starts an invocation within milliseconds, or takes up to a second for a new process. */
const START_MS = 1000;

export function startInvocation(
  surroundings: Surroundings,
  of: Caller,
  body: (process: Process) => Promise<unknown>,
  onEnd: (outcome: Outcome, value?: unknown) => void,
  messageId?: string,
): void {
  const { time, history, seed, faults } = surroundings;
  const nth = surroundings.nth(`invocation ${of}`);
  const late = faults.invocation(of, nth);
  const lateMs = late?.how === 'late' ? late.afterS * 1000 : 0;
  const timeoutMs = timeoutOf(surroundings, of);
  time.after(START_MS * noise(seed, `start ${of}`, nth) ** 4 + lateMs, () => {
    const invocation: Invocation = { of, nth, startedAtMs: time.nowMs(), ...(messageId && { messageId }) };
    history.invocations.push(invocation);
    startProcess(surroundings, invocation, timeoutMs, onEnd, body);
  });
}

function timeoutOf({ numberOf }: Surroundings, of: Caller): number {
  if (of === 'dispatcher' && numberOf !== undefined) return ORGANIZATION_TIMEOUT_MS;
  return of === 'person' ? 60_000 : FUNCTION_TIMEOUT_MS[of];
}

export type InvokeAsync = (of: 'dispatcher' | 'aggregator', event: unknown) => void;

/** What a function throws, the runtime logs: its name and message. */
function logThrown(write: (line: string) => void, error: unknown): void {
  const { name, message } = error instanceof Error ? error : { name: typeof error, message: String(error) };
  write(JSON.stringify({ errorType: name, errorMessage: message }));
}

export function makeInvokeAsync(surroundings: Surroundings, bodies: Readonly<Record<FunctionName, Body>>): InvokeAsync {
  const { time, history } = surroundings;
  function attempt(of: 'dispatcher' | 'aggregator', event: unknown, firstMs: number, failures: number): void {
    startInvocation(
      surroundings,
      of,
      (process) => bodies[of](process, event),
      (outcome, value) => {
        if (outcome === 'answered') return;
        if (outcome === 'threw') logThrown((line) => history.logLines.push(line), value);
        const waitMs = ASYNC_RETRY_MS[failures];
        if (waitMs === undefined || time.nowMs() + waitMs - firstMs > EVENT_AGE_MS[of]) {
          history.failedInvocations.push(JSON.stringify(event));
          return;
        }
        time.after(waitMs, () => attempt(of, event, firstMs, failures + 1));
      },
    );
  }
  return (of, event) => attempt(of, event, time.nowMs(), 0);
}

type Mapping = {
  queue: Queue;
  of: 'worker' | 'undelivered';
  body: Body;
  concurrency: number;
  visibilityMs: number;
};

/** Gives the function that is to be called whenever a message may be visible. */
export function makeMapping(
  surroundings: Surroundings,
  { queue, of, body, concurrency, visibilityMs }: Mapping,
): () => void {
  const { time, faults, history } = surroundings;
  let running = 0;

  function poll(): void {
    while (running < concurrency) {
      const received = queue.receive();
      if (received === undefined) return;
      if (of === 'worker') history.mostReceives = Math.max(history.mostReceives, received.receives);
      running += 1;
      const fault = faults.receive(queue.name, surroundings.nth(`receive ${queue.name}`));
      if (fault?.how === 'throttled') throttle(received, fault.forS * 1000);
      else {
        if (fault?.how === 'twice') queue.delay(received.receiptHandle, 0.05);
        deliver(received, fault?.how === 'ack lost');
      }
    }
  }

  /** The poller tries until Lambda takes the message, or lets it go when it is visible again. */
  function throttle(received: Received, forMs: number): void {
    if (forMs < visibilityMs) time.after(forMs, () => deliver(received, false));
    else time.after(visibilityMs, free);
  }

  function free(): void {
    running -= 1;
    time.after(0, poll);
  }

  function deliver(received: Received, ackLost: boolean): void {
    startInvocation(
      surroundings,
      of,
      (process) => body(process, eventOf(received)),
      (outcome, answer) => {
        if (outcome === 'threw') logThrown((line) => history.logLines.push(line), answer);
        if (outcome === 'answered' && !isFailure(answer, received) && !ackLost) queue.remove(received.receiptHandle);
        free();
      },
      received.messageId,
    );
  }

  return poll;
}

function isFailure(answer: unknown, { messageId }: Received): boolean {
  const failures = (answer as SQSBatchResponse | null)?.batchItemFailures ?? [];
  return failures.some(({ itemIdentifier }) => itemIdentifier === messageId);
}

function eventOf({ messageId, receiptHandle, body, receives }: Received): Pick<SQSEvent, 'Records'> {
  return {
    Records: [
      {
        messageId,
        receiptHandle,
        body,
        attributes: {
          ApproximateReceiveCount: String(receives),
          SentTimestamp: '0',
          SenderId: 'sender',
          ApproximateFirstReceiveTimestamp: '0',
        },
        messageAttributes: {},
        md5OfBody: '',
        eventSource: 'aws:sqs',
        eventSourceARN: '',
        awsRegion: 'eu-west-1',
      },
    ],
  };
}
