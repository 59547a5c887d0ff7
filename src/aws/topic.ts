import { PublishBatchCommand, PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { printTask, type RegionTask } from '../census/messages.ts';
import type { AnnounceTotal, PublishTasks, SendNudge } from '../census/ports.ts';
import { batches } from './batches.ts';

/** Entries per PublishBatch request, SNS's limit. */
const BATCH_SIZE = 10;

export function makePublishTasks(client: SNSClient, topicArn: string): PublishTasks {
  return async (tasks) => {
    const refused: RegionTask[] = [];
    for (const batch of batches(tasks, BATCH_SIZE)) {
      const answer = await client.send(
        new PublishBatchCommand({
          TopicArn: topicArn,
          PublishBatchRequestEntries: batch.map((task, index) => ({ Id: String(index), Message: printTask(task) })),
        }),
      );
      // Whatever was not confirmed was not published.
      const confirmed = new Set(answer.Successful?.map(({ Id }) => Id));
      refused.push(...batch.filter((_, index) => !confirmed.has(String(index))));
    }
    return refused;
  };
}

export function makeSendNudge(client: SNSClient, topicArn: string): SendNudge {
  return async ({ accountId, runId }) => {
    await client.send(
      new PublishCommand({ TopicArn: topicArn, Message: JSON.stringify({ version: 1, accountId, runId }) }),
    );
  };
}

/** Subscribers can filter on the attribute `verdict`. */
export function makeAnnounceTotal(client: SNSClient, topicArn: string): AnnounceTotal {
  return async ({ accountId, runId }, { rev, ...total }) => {
    await client.send(
      new PublishCommand({
        TopicArn: topicArn,
        Message: JSON.stringify({ version: 1, accountId, runId, rev, total }),
        MessageAttributes: { verdict: { DataType: 'String', StringValue: total.verdict } },
      }),
    );
  };
}
