/**
 * Lambda's asynchronous invocation: an accepted event is tried until it succeeds, its retries are used up or it is too
 * old, and then its record goes to the function's destination.
 *
 *   accepted ─▶ attempt 1 ─fails─▶ 1 min ─▶ attempt 2 ─fails─▶ 2 min ─▶ attempt 3 ─fails─▶ on-failure destination
 *                                   └── older than MaximumEventAgeInSeconds? ──────────────▲
 *
 * All waits and ages are divided by the time scale. A function at its concurrency makes events wait in line.
 * On purpose not emulated: events that the queue repeats by itself; destinations other than queues and topics.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Outcome } from './environment.ts';
import type { Listeners } from './events.ts';
import { type Lambda, type LambdaFunction, TooManyRequests } from './lambda.ts';
import type { Messaging } from './messaging.ts';
import { ofType, type Template } from './template.ts';

export type Asynchronous = {
  /**
   * Accepts an event. What becomes of it happens later.
   * @param event JSON
   * @returns the request id, which stays the same through all attempts
   * @throws InvalidEvent when the event is not JSON
   */
  accept(fn: LambdaFunction, event: string): string;
  stop(): void;
};

export class InvalidEvent extends Error {
  override name = 'InvalidRequestContentException';
}

type Settings = {
  readonly retries: number;
  readonly maximumAgeMs: number;
  readonly onFailure: string | undefined;
  readonly onSuccess: string | undefined;
};
type Attempted = Outcome & { readonly attempt: number };

/** What Lambda does for a function without a configuration of its own. */
const DEFAULT_RETRIES = 2;
const DEFAULT_MAXIMUM_AGE_MS = 21_600_000;
const RETRY_WAITS_MS = [60_000, 120_000];

export function startAsynchronous(
  template: Template,
  lambda: Lambda,
  messaging: Messaging,
  { timeScale, onEvent, onRequest }: Omit<Listeners, 'onLog'> & { readonly timeScale: number },
): Asynchronous {
  const settings = readSettings(template, lambda, timeScale);
  const stopping = new AbortController();

  async function attemptUntilDone(fn: LambdaFunction, event: string, requestId: string): Promise<void> {
    const { retries, maximumAgeMs, onFailure, onSuccess } = settings(fn);
    const acceptedAt = Date.now();
    for (let attempt = 1; ; attempt += 1) {
      const outcome: Attempted = { ...(await lambda.invoke(fn, event, { requestId, whenFull: 'wait' })), attempt };
      if (outcome.ok) return conclude(fn, event, requestId, 'Success', outcome, onSuccess);
      if (attempt > retries) return conclude(fn, event, requestId, 'RetriesExhausted', outcome, onFailure);
      const afterMs = (RETRY_WAITS_MS[attempt - 1] ?? 0) / timeScale;
      const leftMs = acceptedAt + maximumAgeMs - Date.now();
      if (leftMs < afterMs) {
        await wait(Math.max(0, leftMs), undefined, { signal: stopping.signal });
        return conclude(fn, event, requestId, 'EventAgeExceeded', outcome, onFailure);
      }
      onEvent({
        type: 'retry',
        function: fn.logicalId,
        requestId,
        attempt: attempt + 1,
        afterMs,
        error: outcome.error,
      });
      await wait(afterMs, undefined, { signal: stopping.signal });
    }
  }

  async function conclude(
    fn: LambdaFunction,
    event: string,
    requestId: string,
    condition: string,
    outcome: Attempted,
    destination: string | undefined,
  ): Promise<void> {
    if (!destination && outcome.ok) return;
    const record = JSON.stringify(makeRecord(fn, event, requestId, condition, outcome));
    if (destination) {
      const [service, action] = destination.split(':')[2] === 'sns' ? ['sns', 'Publish'] : ['sqs', 'SendMessage'];
      onRequest?.({ type: 'request', by: fn.logicalId, service, action, resource: destination });
    }
    // On AWS, a record that its destination does not take is a metric and nothing else.
    const refusal = destination && (await messaging.send(destination, record).then(() => undefined, messageOf));
    onEvent({
      type: 'destination',
      function: fn.logicalId,
      requestId,
      condition,
      destination,
      ...(refusal !== undefined && { refusal }),
    });
  }

  return {
    accept: (fn, event) => {
      checkEvent(event);
      const requestId = randomUUID();
      attemptUntilDone(fn, event, requestId).catch((error: unknown) => {
        // Whatever was still waiting when the stack stopped is forgotten, as everything in memory is.
        const expected = stopping.signal.aborted || error instanceof TooManyRequests;
        if (!expected) throw error;
      });
      return requestId;
    },
    stop: () => stopping.abort(),
  };
}

function readSettings(template: Template, lambda: Lambda, timeScale: number): (fn: LambdaFunction) => Settings {
  const configured = new Map<string, Settings>();
  for (const { logicalId, properties } of ofType(template, 'AWS::Lambda::EventInvokeConfig')) {
    const fn = lambda.find(properties.FunctionName);
    if (!fn)
      throw new Error(`${logicalId} configures ${properties.FunctionName}, which is no function of this template.`);
    configured.set(fn.logicalId, {
      retries: properties.MaximumRetryAttempts,
      maximumAgeMs: (properties.MaximumEventAgeInSeconds * 1000) / timeScale,
      onFailure: destinationArn(logicalId, properties.DestinationConfig?.OnFailure?.Destination),
      onSuccess: destinationArn(logicalId, properties.DestinationConfig?.OnSuccess?.Destination),
    });
  }
  const standard: Settings = {
    retries: DEFAULT_RETRIES,
    maximumAgeMs: DEFAULT_MAXIMUM_AGE_MS / timeScale,
    onFailure: undefined,
    onSuccess: undefined,
  };
  return (fn) => configured.get(fn.logicalId) ?? standard;
}

function destinationArn(logicalId: string, arn: string | undefined): string | undefined {
  if (arn === undefined || /^arn:[^:]*:(sqs|sns):/.test(arn)) return arn;
  throw new Error(`${logicalId} has the destination ${arn}; the local stack delivers to queues and topics only.`);
}

/** The record that Lambda sends to a destination. */
function makeRecord(fn: LambdaFunction, event: string, requestId: string, condition: string, outcome: Attempted) {
  return {
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId,
      functionArn: `${fn.arn}:$LATEST`,
      condition,
      approximateInvokeCount: outcome.attempt,
    },
    requestPayload: JSON.parse(event),
    responseContext: {
      statusCode: 200,
      executedVersion: '$LATEST',
      ...(!outcome.ok && { functionError: 'Unhandled' }),
    },
    responsePayload: outcome.ok ? JSON.parse(outcome.payload) : outcome.error,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** @throws InvalidEvent when the event is not JSON */
export function checkEvent(event: string): string {
  try {
    JSON.parse(event);
    return event;
  } catch (cause) {
    throw new InvalidEvent(`Could not parse the event as JSON: ${(cause as Error).message}`, { cause });
  }
}
