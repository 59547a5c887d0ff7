/**
 * Lambda's pollers: what takes messages from a queue and invokes a function with them.
 *
 * An SQS event source mapping receives up to BatchSize messages (waiting for more as long as its batching window says)
 * whenever fewer than MaximumConcurrency invocations run, and invokes the function synchronously. Messages of a
 * successful invocation are deleted. With ReportBatchItemFailures, those that the answer names stay, as do all of them
 * if the answer makes no sense; an empty or absent list means that everything succeeded. What stays comes back when its
 * visibility ends, and is dead-lettered by the queue's own redrive policy.
 *
 * A throttled invocation is tried again, with growing waits, for as long as the batch is hidden: "Lambda continues to retry
 * the message until the message's timestamp exceeds your queue's visibility timeout, at which point Lambda drops the
 * message" (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html). Only then is the receive spent.
 * Meanwhile the batch keeps its place within MaximumConcurrency.
 *
 * A topic's subscription by a function is a queue that no listing shows (messaging.ts); each message in it becomes one
 * asynchronous invocation. Handing over cannot fail here, so such a subscription's redrive policy has nothing to do.
 *
 * Polling is a long poll inside the process: no traffic while nothing happens, and at most some 20 ms until a message
 * whose visibility ended is seen.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Asynchronous } from './asynchronous.ts';
import type { Outcome } from './environment.ts';
import type { Listeners } from './events.ts';
import { type Lambda, type LambdaFunction, TooManyRequests } from './lambda.ts';
import type { Message, Messaging } from './messaging.ts';
import type { Place, Properties } from './resource-types.ts';
import { ofType, type Template } from './template.ts';

type Poller = { stop(): void };
type PollerOptions = Omit<Listeners, 'onLog'> & { readonly timeScale: number };
type MappingServices = { readonly lambda: Lambda; readonly messaging: Messaging };
type Batch = { readonly messages: readonly Message[] /** By performance.now(). */; readonly hiddenUntil: number };

type Mapping = {
  readonly fn: LambdaFunction;
  readonly queue: {
    readonly arn: string;
    readonly url: string;
    readonly logicalId: string;
    /** Under the time scale. */
    readonly visibilityMs: number;
  };
  readonly properties: Properties<'AWS::Lambda::EventSourceMapping'>;
};

/** Where a mapping sets no limit, the function's own concurrency is one. */
const UNLIMITED = 1000;
/** The poller's waits after a throttle are not documented; these are those of asynchronous invocation, which are. */
const FIRST_THROTTLE_WAIT_MS = 1000;
const LONGEST_THROTTLE_WAIT_MS = 300_000;
/** A hidden queue's message is handed over in no time; this only keeps it from being handed over twice. */
const HAND_OVER_SECONDS = 30;

/** @throws when a mapping or subscription names a queue or function that the template does not have */
export async function startPollers(
  template: Template,
  place: Place,
  services: { lambda: Lambda; messaging: Messaging; asynchronous: Asynchronous },
  options: PollerOptions,
): Promise<Poller> {
  const { lambda, messaging, asynchronous } = services;
  const stopping = new AbortController();
  const { signal } = stopping;

  for (const { logicalId, properties } of ofType(template, 'AWS::Lambda::EventSourceMapping')) {
    const queue = ofType(template, 'AWS::SQS::Queue').find(({ arn }) => arn === properties.EventSourceArn);
    const fn = lambda.find(properties.FunctionName);
    if (!queue?.url || !fn) {
      throw new Error(
        `${logicalId} feeds ${properties.FunctionName} from ${properties.EventSourceArn}; expected a function and a queue of this template.`,
      );
    }
    const visibilityMs = (queue.properties.VisibilityTimeout * 1000) / options.timeScale;
    const { arn, url } = queue;
    const mapping = { fn, properties, queue: { arn, url, logicalId: queue.logicalId, visibilityMs } };
    if (properties.Enabled) void pollMapping(mapping, place, { lambda, messaging }, options, signal);
  }

  for (const { logicalId, properties } of ofType(template, 'AWS::SNS::Subscription')) {
    if (properties.Protocol !== 'lambda') continue;
    const fn = lambda.find(properties.Endpoint);
    if (!fn) throw new Error(`${logicalId} subscribes ${properties.Endpoint}, which is no function of this template.`);
    const url = await messaging.subscribeHidden({ ...properties, RawMessageDelivery: false }, logicalId);
    void pollSubscription(url, fn, properties.TopicArn, { messaging, asynchronous }, signal);
  }
  return { stop: () => stopping.abort() };
}

async function pollMapping(
  mapping: Mapping,
  place: Place,
  services: MappingServices,
  options: PollerOptions,
  stopping: AbortSignal,
): Promise<void> {
  // On AWS the poller looks at the queue before it takes messages, with the function's role, as whatever it does.
  tell(mapping, options, 'GetQueueAttributes');
  const limit = mapping.properties.ScalingConfig?.MaximumConcurrency ?? UNLIMITED;
  const underWay = new Set<Promise<void>>();
  while (!stopping.aborted) {
    if (underWay.size >= limit) {
      await Promise.race(underWay);
      continue;
    }
    tell(mapping, options, 'ReceiveMessage');
    const batch = await receiveBatch(mapping, services.messaging, options.timeScale, stopping);
    if (batch.messages.length === 0 || stopping.aborted) continue;
    const work: Promise<void> = processBatch(mapping, batch, place, services, options, stopping).finally(() =>
      underWay.delete(work),
    );
    underWay.add(work);
  }
}

function tell({ fn, queue }: Mapping, { onRequest }: PollerOptions, action: string): void {
  onRequest?.({ type: 'request', by: fn.logicalId, service: 'sqs', action, resource: queue.arn });
}

async function receiveBatch(
  { queue, properties }: Mapping,
  messaging: Messaging,
  timeScale: number,
  stopping: AbortSignal,
): Promise<Batch> {
  const { BatchSize, MaximumBatchingWindowInSeconds } = properties;
  const messages = await messaging.receive(queue.url, BatchSize);
  const receivedAt = performance.now();
  const windowEndsAt = receivedAt + (MaximumBatchingWindowInSeconds * 1000) / timeScale;
  while (messages.length > 0 && messages.length < BatchSize && !stopping.aborted) {
    const leftSeconds = (windowEndsAt - performance.now()) / 1000;
    if (leftSeconds <= 0) break;
    messages.push(...(await messaging.receive(queue.url, BatchSize - messages.length, Math.min(leftSeconds, 20))));
  }
  return { messages, hiddenUntil: receivedAt + queue.visibilityMs };
}

async function processBatch(
  mapping: Mapping,
  batch: Batch,
  place: Place,
  services: MappingServices,
  options: PollerOptions,
  stopping: AbortSignal,
): Promise<void> {
  const { fn, queue, properties } = mapping;
  const event = JSON.stringify({
    Records: batch.messages.map((message) => makeRecord(message, queue.arn, place.region)),
  });
  const outcome = await invoke(mapping, batch, event, services.lambda, options, stopping);
  if (outcome === undefined) return;
  const verdict = judge(outcome, batch.messages, properties.FunctionResponseTypes.length > 0);
  for (const message of batch.messages) {
    const reason = verdict(message);
    if (reason === undefined) {
      tell(mapping, options, 'DeleteMessage');
      await services.messaging.remove(queue.url, message);
    } else {
      const receives = Number(message.Attributes?.ApproximateReceiveCount);
      const { MessageId: messageId } = message;
      options.onEvent({
        type: 'message-failed',
        function: fn.logicalId,
        queue: queue.logicalId,
        messageId,
        receives,
        reason,
      });
    }
  }
}

/** Tries until the function is not throttled, or the batch is visible again. Nothing: the stack stopped meanwhile. */
async function invoke(
  { fn, queue }: Mapping,
  { messages, hiddenUntil }: Batch,
  event: string,
  lambda: Lambda,
  { timeScale, onEvent }: PollerOptions,
  stopping: AbortSignal,
): Promise<Outcome | undefined> {
  const messageIds = messages.map(({ MessageId }) => MessageId);
  for (let waitMs = FIRST_THROTTLE_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_THROTTLE_WAIT_MS)) {
    try {
      return await lambda.invoke(fn, event);
    } catch (error) {
      if (!(error instanceof TooManyRequests)) throw error;
      const leftMs = hiddenUntil - performance.now();
      if (leftMs <= 0) return { ok: false, error: { errorType: error.name, errorMessage: error.message } };
      onEvent({ type: 'batch-throttled', function: fn.logicalId, queue: queue.logicalId, messageIds });
      await wait(Math.min(waitMs / timeScale, leftMs), undefined, { signal: stopping }).catch(() => undefined);
      if (stopping.aborted) return undefined;
    }
  }
}

/** Why a message stays in the queue; `undefined` for one that is done. */
function judge(
  outcome: Outcome,
  batch: readonly Message[],
  reportsFailures: boolean,
): (message: Message) => string | undefined {
  if (!outcome.ok) return () => `${outcome.error.errorType}: ${outcome.error.errorMessage}`;
  if (!reportsFailures) return () => undefined;
  const failed = failedItems(outcome.payload);
  const known = new Set(batch.map(({ MessageId }) => MessageId));
  if (failed === undefined || failed.some((id) => !known.has(id)))
    return () => 'the partial-batch response is malformed';
  return ({ MessageId }) => (failed.includes(MessageId) ? 'reported as failed' : undefined);
}

/** The ids in a partial-batch response; `undefined` when it is not one. */
function failedItems(payload: string): string[] | undefined {
  const answer: unknown = JSON.parse(payload);
  if (answer === null) return [];
  if (typeof answer !== 'object') return undefined;
  const { batchItemFailures } = answer as { batchItemFailures?: unknown };
  if (batchItemFailures === undefined || batchItemFailures === null) return [];
  if (!Array.isArray(batchItemFailures)) return undefined;
  const ids = batchItemFailures.map((item: { itemIdentifier?: unknown } | null) => item?.itemIdentifier);
  return ids.every((id): id is string => typeof id === 'string' && id !== '') ? ids : undefined;
}

function makeRecord(message: Message, queueArn: string, region: string) {
  const attributes = Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [
    name,
    {
      ...(value.StringValue !== undefined && { stringValue: value.StringValue }),
      ...(value.BinaryValue !== undefined && { binaryValue: value.BinaryValue }),
      stringListValues: [],
      binaryListValues: [],
      dataType: value.DataType,
    },
  ]);
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(attributes),
    md5OfBody: message.MD5OfBody,
    ...(message.MD5OfMessageAttributes && { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: region,
  };
}

async function pollSubscription(
  queueUrl: string,
  fn: LambdaFunction,
  topicArn: string,
  { messaging, asynchronous }: { messaging: Messaging; asynchronous: Asynchronous },
  stopping: AbortSignal,
): Promise<void> {
  while (!stopping.aborted) {
    for (const message of await messaging.receive(queueUrl, 10, undefined, HAND_OVER_SECONDS)) {
      if (stopping.aborted) return;
      asynchronous.accept(fn, JSON.stringify({ Records: [makeNotification(message.Body, topicArn)] }));
      await messaging.remove(queueUrl, message);
    }
  }
}

/** A notification as SNS puts it into a queue, turned into the record that it sends to a function. */
function makeNotification(envelope: string, topicArn: string) {
  const sent = JSON.parse(envelope) as Record<string, unknown>;
  return {
    EventSource: 'aws:sns',
    EventVersion: '1.0',
    EventSubscriptionArn: `${topicArn}:local`,
    Sns: {
      Type: sent.Type,
      MessageId: sent.MessageId,
      TopicArn: topicArn,
      Subject: sent.Subject ?? null,
      Message: sent.Message,
      Timestamp: sent.Timestamp,
      SignatureVersion: sent.SignatureVersion,
      Signature: sent.Signature,
      SigningCertUrl: sent.SigningCertURL,
      UnsubscribeUrl: sent.UnsubscribeURL,
      MessageAttributes: sent.MessageAttributes ?? {},
    },
  };
}
