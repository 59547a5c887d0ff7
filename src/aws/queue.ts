import { ChangeMessageVisibilityCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Makes a received message visible again after `ms` from now; 0 is at once. */
export type DelayMessage = (receiptHandle: string, ms: number) => Promise<void>;

export function makeDelayMessage(client: SQSClient, queueUrl: string): DelayMessage {
  return async (receiptHandle, ms) => {
    await client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: queueUrl,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: visibilitySeconds(ms),
      }),
    );
  };
}

/**
 * SQS counts visibility in whole seconds. Less than a second, which only a scaled-down stack asks for, is passed on
 * as it is rather than rounded to nothing.
 */
function visibilitySeconds(ms: number): number {
  return ms >= 1000 ? Math.round(ms / 1000) : ms / 1000;
}

export type ParkMessage = (body: string, why: string) => Promise<void>;

/** Sends a body on, unchanged; `why` travels as a message attribute. */
export function makeParkMessage(client: SQSClient, queueUrl: string): ParkMessage {
  return async (body, why) => {
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: body,
        MessageAttributes: { why: { DataType: 'String', StringValue: why } },
      }),
    );
  };
}
