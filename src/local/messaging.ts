/**
 * SNS and SQS, by fauxqs, in this process. It never listens: the front door hands requests in, and the poller calls it
 * directly.
 *
 * What AWS does and fauxqs does not is added here, as hooks on its public server, so that clients need no change:
 * - a QueueUrl carries the host that the client called (SDK v3 follows it), and every ARN the account of the stack
 *   (fauxqs knows one account);
 * - a queue's visibility is divided by the time scale, although fauxqs knows whole seconds only: a receive that asks for
 *   no visibility of its own gets the queue's as a fraction, while GetQueueAttributes shows the template's number;
 * - an address for e-mail that has subscribed waits for its confirmation for ever, since nobody reads e-mail here;
 * - a subscription's redrive: SNS does not retry a queue that does not exist, it sends the message to the subscription's
 *   dead-letter queue. Deleting a queue points such subscriptions there, creating it again points them back.
 *
 * On purpose not emulated: rights (queue and topic policies), encryption, retention, quotas, FIFO. A message from a
 * subscription without raw delivery names fauxqs's own account in its envelope. A dead letter keeps its receive count.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { buildApp } from 'fauxqs';
import { signedScope } from './front-door.ts';
import { refuse } from './listen.ts';
import type { Place, Properties } from './resource-types.ts';
import { ofType, type Template } from './template.ts';

export type Message = {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly MD5OfMessageAttributes?: string;
  readonly Attributes?: Readonly<Record<string, string>>;
  readonly MessageAttributes?: Readonly<Record<string, MessageAttribute>>;
};
type MessageAttribute = { DataType: string; StringValue?: string; BinaryValue?: string };

export type Messaging = {
  /** Answers a request of either service. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /**
   * Up to ten messages, as soon as there is one. Empty after 20 s without any, or when the stack stops.
   * @param visibilitySeconds absent: the queue's own, under the time scale
   */
  receive(queueUrl: string, limit: number, waitSeconds?: number, visibilitySeconds?: number): Promise<Message[]>;
  remove(queueUrl: string, message: Message): Promise<void>;
  /** To a queue or a topic, by ARN. */
  send(arn: string, body: string, attributes?: Readonly<Record<string, string>>): Promise<void>;
  /** A queue that no listing shows, which gets what a topic sends to somebody who is no queue. */
  subscribeHidden(subscription: Properties<'AWS::SNS::Subscription'>, name: string): Promise<string>;
  close(): Promise<void>;
};

type Json = Record<string, unknown>;
type App = ReturnType<typeof buildApp>;
type Redrivable = { readonly properties: Properties<'AWS::SNS::Subscription'>; subscriptionArn: string };

const EMULATED_ACCOUNT = '000000000000';
const HIDDEN_PREFIX = 'local-sns-to-lambda--';
const LONGEST_POLL_SECONDS = 20;
/** How often a poller looks for a queue that was deleted. */
const ABSENT_QUEUE_WAIT_MS = 100;

/** A service said no. */
class Refusal extends Error {}

/** @throws when the template asks for something that cannot be created, naming it */
export async function startMessaging(template: Template, place: Place, timeScale: number): Promise<Messaging> {
  const app = buildApp({ logger: false, defaultRegion: place.region });
  const calls = makeCalls(app, place);
  const redrivable: Redrivable[] = [];
  const heardBy: HeardBy = new Map();
  const onQueue: HookOptions['onQueue'] = (name, exists) => repoint(redrivable, name, exists, calls);
  addHooks(app, place, { timeScale, calls, heardBy, onQueue });
  await app.ready();

  for (const topic of ofType(template, 'AWS::SNS::Topic')) await calls.sns('CreateTopic', { Name: topic.name });
  for (const queue of ofType(template, 'AWS::SQS::Queue')) {
    await calls.sqs('CreateQueue', { QueueName: queue.name, Attributes: queueAttributes(queue.properties) });
  }
  for (const { properties } of ofType(template, 'AWS::SNS::Subscription')) {
    if (properties.Protocol === 'lambda') continue;
    const subscriptionArn = await subscribe(calls, properties, properties.Endpoint);
    if (properties.RedrivePolicy) redrivable.push({ properties, subscriptionArn });
  }
  return makeMessaging(app, calls, place, heardBy);
}

/** Whom a hidden queue stands for, by its ARN. */
type HeardBy = Map<string, Properties<'AWS::SNS::Subscription'>>;

function makeMessaging(app: App, calls: Calls, place: Place, heardBy: HeardBy): Messaging {
  let closing = false;
  /** Pollers go on when a queue is deleted, and are not heard any more when the stack stops. */
  const tolerant = (error: unknown): Json => {
    if (closing || (error instanceof Refusal && error.message.includes('QueueDoesNotExist'))) return {};
    throw error;
  };
  return {
    handle: (request, response) => {
      const signed = signedScope(request)?.service;
      // fauxqs minds the form of a request alone: SQS speaks JSON with a target, SNS sends forms.
      const meant = sqsAction(request.headers) === undefined ? 'sns' : 'sqs';
      if (signed === meant) return app.routing(request, response);
      const message = `The request is signed for ${signed}, but has the form of one for ${meant}.`;
      refuse(request, response, 403, 'InvalidSignatureException', message);
    },
    receive: async (queueUrl, limit, waitSeconds = LONGEST_POLL_SECONDS, visibilitySeconds) => {
      const asked = {
        QueueUrl: queueUrl,
        MaxNumberOfMessages: Math.min(limit, 10),
        WaitTimeSeconds: waitSeconds,
        ...(visibilitySeconds !== undefined && { VisibilityTimeout: visibilitySeconds }),
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      };
      const { Messages = [] } = await calls.sqs('ReceiveMessage', asked).catch(async (error: unknown) => {
        await wait(closing ? 0 : ABSENT_QUEUE_WAIT_MS);
        return tolerant(error);
      });
      return Messages as Message[];
    },
    remove: async (queueUrl, message) => {
      await calls.sqs('DeleteMessage', { QueueUrl: queueUrl, ReceiptHandle: message.ReceiptHandle }).catch(tolerant);
    },
    send: async (arn, body, attributes = {}) => {
      const entries = Object.entries(attributes);
      if (arn.split(':')[2] === 'sns') {
        await calls.sns('Publish', { TopicArn: arn, Message: body });
        return;
      }
      await calls.sqs('SendMessage', {
        QueueUrl: `${place.endpoint}/${place.accountId}/${lastPart(arn)}`,
        MessageBody: body,
        ...(entries.length > 0 && {
          MessageAttributes: Object.fromEntries(
            entries.map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
          ),
        }),
      });
    },
    subscribeHidden: async (subscription, name) => {
      const queueName = `${HIDDEN_PREFIX}${name}`.slice(0, 80);
      await calls.sqs('CreateQueue', { QueueName: queueName, Attributes: {} });
      const arn = `arn:aws:sqs:${place.region}:${place.accountId}:${queueName}`;
      heardBy.set(arn, subscription);
      await subscribe(calls, { ...subscription, Protocol: 'sqs' }, arn);
      return `${place.endpoint}/${place.accountId}/${queueName}`;
    },
    close: async () => {
      closing = true;
      await app.close();
    },
  };
}

function queueAttributes(properties: Properties<'AWS::SQS::Queue'>): Record<string, string> {
  const { VisibilityTimeout, ReceiveMessageWaitTimeSeconds, MaximumMessageSize, MessageRetentionPeriod } = properties;
  const numbers = { VisibilityTimeout, ReceiveMessageWaitTimeSeconds, MaximumMessageSize, MessageRetentionPeriod };
  return {
    ...Object.fromEntries(
      Object.entries(numbers)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => [name, String(value)]),
    ),
    ...(properties.RedrivePolicy && { RedrivePolicy: JSON.stringify(properties.RedrivePolicy) }),
  };
}

async function subscribe(
  calls: Calls,
  properties: Properties<'AWS::SNS::Subscription'>,
  endpoint: string,
): Promise<string> {
  const attributes = {
    ...(properties.RawMessageDelivery && { RawMessageDelivery: 'true' }),
    ...(properties.FilterPolicy && { FilterPolicy: JSON.stringify(properties.FilterPolicy) }),
    ...(properties.FilterPolicyScope && { FilterPolicyScope: properties.FilterPolicyScope }),
    ...(properties.RedrivePolicy && { RedrivePolicy: JSON.stringify(properties.RedrivePolicy) }),
  };
  const flat = Object.entries(attributes).flatMap(([key, value], index) => [
    [`Attributes.entry.${index + 1}.key`, key],
    [`Attributes.entry.${index + 1}.value`, value],
  ]);
  const answer = await calls.sns('Subscribe', {
    TopicArn: properties.TopicArn,
    Protocol: properties.Protocol,
    Endpoint: endpoint,
    ...Object.fromEntries(flat),
  });
  return /<SubscriptionArn>([^<]*)</.exec(answer)?.[1] ?? '';
}

/** Sends what a subscription cannot deliver any more to its dead-letter queue, and back. */
async function repoint(redrivable: Redrivable[], queueName: string, exists: boolean, calls: Calls): Promise<void> {
  for (const entry of redrivable) {
    const { properties } = entry;
    if (lastPart(properties.Endpoint) !== queueName || !properties.RedrivePolicy) continue;
    await calls.sns('Unsubscribe', { SubscriptionArn: entry.subscriptionArn });
    const endpoint = exists ? properties.Endpoint : properties.RedrivePolicy.deadLetterTargetArn;
    entry.subscriptionArn = await subscribe(calls, properties, endpoint);
  }
}

type Calls = {
  sqs(action: string, input: Json): Promise<Json>;
  sns(action: string, input: Readonly<Record<string, string>>): Promise<string>;
};

/** Requests from inside the process, without a socket. */
function makeCalls(app: App, place: Place): Calls {
  const post = async (service: string, headers: Record<string, string>, payload: string): Promise<string> => {
    const authorization = `AWS4-HMAC-SHA256 Credential=local/20000101/${place.region}/${service}/aws4_request`;
    const answer = await app.inject({ method: 'POST', url: '/', headers: { ...headers, authorization }, payload });
    if (answer.statusCode < 300) return answer.payload;
    throw new Refusal(
      `The local ${service.toUpperCase()} refused ${headers['x-amz-target'] ?? payload}: ${answer.payload}`,
    );
  };
  return {
    sqs: async (action, input) => {
      const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` };
      return JSON.parse(await post('sqs', headers, JSON.stringify(input)));
    },
    sns: (action, input) =>
      post(
        'sns',
        { 'content-type': 'application/x-www-form-urlencoded' },
        new URLSearchParams({ Action: action, ...input }).toString(),
      ),
  };
}

type HookOptions = {
  readonly timeScale: number;
  readonly calls: Calls;
  readonly heardBy: HeardBy;
  /** A queue was created or deleted. */
  readonly onQueue: (name: string, exists: boolean) => Promise<void>;
};

function addHooks(app: App, place: Place, options: HookOptions): void {
  app.addHook('preHandler', async (request) => {
    const action = sqsAction(request.headers);
    const body = request.body;
    if (typeof body !== 'object' || body === null) return;
    const input = body as Json;
    if (action === undefined) return renameAccounts(input, place.accountId);
    if (action === 'CreateQueue' || action === 'SetQueueAttributes') {
      return renameAccounts((input.Attributes ?? {}) as Json, place.accountId);
    }
    if (action === 'ReceiveMessage' && input.VisibilityTimeout === undefined && options.timeScale !== 1) {
      input.VisibilityTimeout = await scaledVisibility(input.QueueUrl, options);
    }
  });

  app.addHook('onSend', async (request, reply, payload) => {
    if (typeof payload !== 'string') return payload;
    const action = sqsAction(request.headers);
    const host = request.headers.host ?? '';
    // Bodies of messages stay as they are: their digests go with them.
    if (action === 'ReceiveMessage') return payload;
    if (action === undefined) return asSnsTells(payload.replaceAll(EMULATED_ACCOUNT, place.accountId), options.heardBy);
    const input = (request.body ?? {}) as Json;
    if (reply.statusCode < 300 && action === 'CreateQueue') await options.onQueue(String(input.QueueName), true);
    if (reply.statusCode < 300 && action === 'DeleteQueue') await options.onQueue(lastPart(input.QueueUrl), false);
    const answer = payload
      .replaceAll(/http:\/\/sqs\.[^"/]*\/000000000000\//g, `http://${host}/${place.accountId}/`)
      .replaceAll(`:${EMULATED_ACCOUNT}:`, `:${place.accountId}:`);
    return action === 'ListQueues' ? withoutHidden(answer) : answer;
  });
}

/** In lists of subscriptions: who stands behind a hidden queue; and nobody reads e-mail here, so nobody confirms it. */
function asSnsTells(xml: string, heardBy: HeardBy): string {
  return xml.replaceAll(/<member>\s*<SubscriptionArn>[\s\S]*?<\/member>/g, (member) => {
    const [, endpoint = ''] = /<Endpoint>([^<]*)</.exec(member) ?? [];
    const heard = heardBy.get(endpoint);
    const told =
      heard === undefined ? member : within(within(member, 'Protocol', heard.Protocol), 'Endpoint', heard.Endpoint);
    return /<Protocol>email/.test(told) ? within(told, 'SubscriptionArn', 'PendingConfirmation') : told;
  });
}

function within(xml: string, tag: string, text: string): string {
  return xml.replace(new RegExp(`<${tag}>[^<]*<`), () => `<${tag}>${text}<`);
}

async function scaledVisibility(queueUrl: unknown, { calls, timeScale }: HookOptions): Promise<number | undefined> {
  const asked = { QueueUrl: queueUrl, AttributeNames: ['VisibilityTimeout'] };
  // A queue that does not exist is for the receive itself to refuse.
  const { Attributes } = await calls.sqs('GetQueueAttributes', asked).catch((): Json => ({}));
  const seconds = Number((Attributes as Json | undefined)?.VisibilityTimeout);
  return Number.isFinite(seconds) ? seconds / timeScale : undefined;
}

/** In every parameter but the message itself, the stack's account becomes the one that fauxqs knows. */
function renameAccounts(input: Json, accountId: string): void {
  for (const [key, value] of Object.entries(input)) {
    if (typeof value !== 'string' || /Message|Subject/.test(key)) continue;
    input[key] = value.replaceAll(
      new RegExp(`(arn:aws:(?:sns|sqs):[a-z0-9-]*):${accountId}:`, 'g'),
      `$1:${EMULATED_ACCOUNT}:`,
    );
  }
}

function withoutHidden(listing: string): string {
  const { QueueUrls = [], ...rest } = JSON.parse(listing) as { QueueUrls?: string[] };
  return JSON.stringify({ ...rest, QueueUrls: QueueUrls.filter((url) => !lastPart(url).startsWith(HIDDEN_PREFIX)) });
}

function sqsAction(headers: IncomingMessage['headers']): string | undefined {
  const target = headers['x-amz-target'];
  return typeof target === 'string' ? target.replace('AmazonSQS.', '') : undefined;
}

/** The name at the end of an ARN or a queue's URL. */
function lastPart(arnOrUrl: unknown): string {
  return String(arnOrUrl).split(/[:/]/).at(-1) ?? '';
}
