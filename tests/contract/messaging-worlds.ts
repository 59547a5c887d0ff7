/**
 * Topics and queues as the functions' ports see them: the simulated ones, and the embedded ones through unmodified SDK
 * clients. The queue `tasks` hides a message for a second and gives it up after two receives, to `dead`.
 */
import { SNSClient } from '@aws-sdk/client-sns';
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type DelayMessage, makeDelayMessage, makeParkMessage, type ParkMessage } from '../../src/aws/queue.ts';
import { makeAnnounceTotal, makePublishTasks, makeSendNudge } from '../../src/aws/topic.ts';
import type { AnnounceTotal, PublishTasks, SendNudge } from '../../src/census/ports.ts';
import { cleanUp, clientOptions, startSample } from '../local/sample-stack.ts';
import { makeQueue, type Queue } from '../simulation/queue.ts';
import { order, publish, type Topic } from '../simulation/services.ts';
import { makeVirtualTime } from '../simulation/virtual-time.ts';

const TOPICS = ['tasks', 'nudges', 'totals', 'mail', 'detail'] as const;
/** Each topic delivers to the queue of its name. */
const QUEUES = [...TOPICS, 'dead', 'parked'] as const;
type QueueName = (typeof QUEUES)[number];

export const MAX_RECEIVES = 2;
export const VISIBILITY_MS = 1000;

/** A message as somebody who polls the queue gets it. */
type Message = { body: string; handle: string; receives: number; attributes: Readonly<Record<string, string>> };

export type MessagingWorld = {
  publishTasks: PublishTasks;
  sendNudge: SendNudge;
  announceTotal: AnnounceTotal;
  delayMessage: DelayMessage;
  parkMessage: ParkMessage;
  send(queue: QueueName, body: string): Promise<void>;
  /** As soon as there is one, or nothing after `withinMs`. */
  receive(queue: QueueName, withinMs?: number): Promise<Message | undefined>;
  remove(queue: QueueName, handle: string): Promise<void>;
  nowMs(): number;
  close(): Promise<void>;
};

const PLACE = { stage: 'dev', region: 'us-east-1' };

type Clients = { sns: SNSClient; sqs: SQSClient; topic: (name: string) => string; queue: (name: string) => string };

function makePorts({ sns, sqs, topic, queue }: Clients) {
  return {
    publishTasks: makePublishTasks(sns, topic('tasks')),
    sendNudge: makeSendNudge(sns, topic('nudges')),
    announceTotal: makeAnnounceTotal(
      sns,
      { totals: topic('totals'), mail: topic('mail'), detail: topic('detail') },
      PLACE,
    ),
    delayMessage: makeDelayMessage(sqs, queue('tasks')),
    parkMessage: makeParkMessage(sqs, queue('parked')),
  };
}

export const MESSAGING_WORLDS: Readonly<Record<string, () => Promise<MessagingWorld>>> = {
  'simulated services': simulatedWorld,
  'embedded services': embeddedWorld,
};

async function simulatedWorld(): Promise<MessagingWorld> {
  const time = makeVirtualTime(0);
  const queues: Record<string, Queue> = {};
  for (const name of ['dead', 'parked', 'nudges', 'totals', 'mail', 'detail', 'tasks'] as const) {
    const redrive = name === 'tasks' && { redrive: { maxReceives: MAX_RECEIVES, deadLetters: queues.dead! } };
    queues[name] = makeQueue({ name, time, visibilityMs: VISIBILITY_MS, ...redrive });
  }
  const topics = Object.fromEntries(TOPICS.map((name): [string, Topic] => [name, deliverTo(queues[name]!)]));
  const clients = {
    sns: { send: async (command: object) => publish(topics, command) },
    sqs: { send: async (command: object) => order(queues, command) },
  } as unknown as Pick<Clients, 'sns' | 'sqs'>;
  const name = (of: string) => of;

  return {
    ...makePorts({ ...clients, topic: name, queue: name }),
    send: async (queue, body) => queues[queue]!.send(body),
    async receive(queue, withinMs = 3000) {
      const take = () => queues[queue]!.receive();
      let received = take();
      if (received === undefined) {
        let isLate = false;
        const giveUp = time.after(withinMs, () => {
          isLate = true;
        });
        await time.run(() => {
          received = take();
          return isLate || received !== undefined;
        });
        giveUp();
      }
      return received && { ...received, handle: received.receiptHandle };
    },
    remove: async (queue, handle) => queues[queue]!.remove(handle),
    nowMs: time.nowMs,
    close: async () => {},
  };
}

const deliverTo =
  (queue: Queue): Topic =>
  (body) => {
    queue.send(body);
    return 'accepted';
  };

async function embeddedWorld(): Promise<MessagingWorld> {
  const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
  const queue = (QueueName: string, more: object = {}) => ({
    Type: 'AWS::SQS::Queue',
    Properties: { QueueName, VisibilityTimeout: VISIBILITY_MS / 1000, ...more },
  });
  const stack = await startSample({
    resources: {
      ...Object.fromEntries(QUEUES.map((name) => [`${name}Queue`, queue(name)])),
      tasksQueue: queue('tasks', {
        RedrivePolicy: { deadLetterTargetArn: arn('deadQueue'), maxReceiveCount: MAX_RECEIVES },
      }),
      ...Object.fromEntries(
        TOPICS.flatMap((name) => [
          [`${name}Topic`, { Type: 'AWS::SNS::Topic', Properties: { TopicName: name } }],
          [
            `${name}Link`,
            {
              Type: 'AWS::SNS::Subscription',
              Properties: {
                TopicArn: { Ref: `${name}Topic` },
                Protocol: 'sqs',
                Endpoint: arn(`${name}Queue`),
                RawMessageDelivery: true,
              },
            },
          ],
        ]),
      ),
    },
  });
  const sqs = new SQSClient(clientOptions(stack));
  const sns = new SNSClient(clientOptions(stack));
  const urlOf = (name: string) => stack.resource(`${name}Queue`).url ?? '';

  return {
    ...makePorts({ sns, sqs, topic: (name) => stack.resource(`${name}Topic`).arn, queue: urlOf }),
    async send(name, MessageBody) {
      await sqs.send(new SendMessageCommand({ QueueUrl: urlOf(name), MessageBody }));
    },
    async receive(name, withinMs = 3000) {
      const { Messages: [message] = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: urlOf(name),
          WaitTimeSeconds: Math.ceil(withinMs / 1000),
          MessageSystemAttributeNames: ['All'],
          MessageAttributeNames: ['All'],
        }),
      );
      if (message === undefined) return undefined;
      const { Body: body = '', ReceiptHandle: handle = '', Attributes = {}, MessageAttributes = {} } = message;
      const attributes = Object.entries(MessageAttributes).map(([key, { StringValue = '' }]) => [key, StringValue]);
      return {
        body,
        handle,
        receives: Number(Attributes.ApproximateReceiveCount),
        attributes: Object.fromEntries(attributes),
      };
    },
    async remove(name, ReceiptHandle) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl: urlOf(name), ReceiptHandle }));
    },
    nowMs: () => performance.now(),
    async close() {
      sqs.destroy();
      sns.destroy();
      await cleanUp();
    },
  };
}
