/** Messages that wait in a queue for a person. Looking at them does not use them up. */
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { ParkedMessage } from '../answers/parked.ts';
import { batches } from './batches.ts';

/** As it was received. */
export type ReceivedMessage = ParkedMessage & { receiptHandle: string };

export type ParkedQueue = {
  /**
   * All messages, oldest first; of more than `limit` some, and then `isAll` is false. They are hidden from others until
   * `release`, or for a minute should the process die. Messages that somebody else is looking at are not seen.
   */
  receive(limit: number): Promise<{ messages: ReceivedMessage[]; isAll: boolean }>;
  release(messages: readonly ReceivedMessage[]): Promise<void>;
  delete(message: ReceivedMessage): Promise<void>;
};

const HIDDEN_SECONDS = 60;
/** More than none, so that all of SQS's servers are asked and an empty answer means an empty queue. */
const WAIT_SECONDS = 1;
/** SQS's limit for one request. */
const BATCH = 10;

export async function queueUrlOf(client: SQSClient, queueName: string): Promise<string> {
  const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: queueName }));
  if (QueueUrl === undefined) throw new Error(`SQS gave no URL for the queue ${queueName}.`);
  return QueueUrl;
}

export async function openParkedQueue(client: SQSClient, queueName: string): Promise<ParkedQueue> {
  const QueueUrl = await queueUrlOf(client, queueName);
  return {
    async receive(limit) {
      const found = new Map<string, ReceivedMessage>();
      let isAll = false;
      while (!isAll && found.size < limit) {
        const { Messages = [] } = await client.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: BATCH,
            VisibilityTimeout: HIDDEN_SECONDS,
            WaitTimeSeconds: WAIT_SECONDS,
            MessageAttributeNames: ['All'],
            MessageSystemAttributeNames: ['SentTimestamp'],
          }),
        );
        const before = found.size;
        for (const message of Messages.map(parkedMessage)) found.set(message.id, message);
        // None, or only such as became visible again while the others were received.
        isAll = found.size === before;
      }
      return { messages: [...found.values()].sort((a, b) => (a.sentAt < b.sentAt ? -1 : 1)), isAll };
    },

    async release(messages) {
      for (const batch of batches(messages, BATCH)) {
        const Entries = batch.map(({ receiptHandle }, index) => ({
          Id: String(index),
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: 0,
        }));
        await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
      }
    },

    async delete({ receiptHandle }) {
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receiptHandle }));
    },
  };
}

function parkedMessage({
  MessageId = '',
  Body = '',
  ReceiptHandle = '',
  Attributes,
  MessageAttributes,
}: Message): ReceivedMessage {
  const texts = Object.entries(MessageAttributes ?? {}).flatMap(([name, { StringValue }]) =>
    StringValue === undefined ? [] : [[name, StringValue] as const],
  );
  return {
    id: MessageId,
    body: Body,
    sentAt: new Date(Number(Attributes?.SentTimestamp ?? 0)).toISOString(),
    attributes: Object.fromEntries(texts),
    receiptHandle: ReceiptHandle,
  };
}

type SendBody = (body: string) => Promise<void>;

export async function makeSendBody(client: SQSClient, queueName: string): Promise<SendBody> {
  const QueueUrl = await queueUrlOf(client, queueName);
  return async (body) => {
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
  };
}
