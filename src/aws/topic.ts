import { type MessageAttributeValue, PublishBatchCommand, PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { announcementOf, attributesOf } from '../census/announcement.ts';
import { kindOf } from '../census/census-id.ts';
import { NotMailedError } from '../census/errors.ts';
import { STREAMS } from '../census/kinds.ts';
import { mailOf, type StackPlace } from '../census/mail.ts';
import { printNudge, printTask, type RegionTask } from '../census/messages.ts';
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
  return async (key) => {
    await client.send(new PublishCommand({ TopicArn: topicArn, Message: printNudge(key) }));
  };
}

/** Of streams: one topic for programs, one for people. Of every other kind: one for programs. */
type TotalsTopics = { totals: string; mail: string; detail: string };

/**
 * To programs, then to people, or it is an error: whatever comes next tells both again, and programs know by `rev` what they have
 * been told. Of another kind than streams people are told nothing by mail, and only those programs that asked for it. Not one
 * message with `MessageStructure: json`: SNS sends message attributes only where the structure is a string
 * (https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html), and by them people filter.
 */
export function makeAnnounceTotal(client: SNSClient, topics: TotalsTopics, place: StackPlace): AnnounceTotal {
  return async (run, total, records) => {
    const attributes = Object.entries(attributesOf(run, total)).map(([name, value]) => [name, attributeOf(value)]);
    const MessageAttributes: Record<string, MessageAttributeValue> = Object.fromEntries(attributes);
    const isOfStreams = kindOf(run.censusId) === STREAMS;
    const TopicArn = isOfStreams ? topics.totals : topics.detail;
    const Message = JSON.stringify(announcementOf(run, total));
    await client.send(new PublishCommand({ TopicArn, Message, MessageAttributes }));
    if (!isOfStreams) return;
    const { subject, text } = mailOf(run, total, place, records);
    const mail = new PublishCommand({ TopicArn: topics.mail, Subject: subject, Message: text, MessageAttributes });
    try {
      await client.send(mail);
    } catch (cause) {
      throw new NotMailedError('The topic for people did not take the total.', { cause });
    }
  };
}

function attributeOf(value: string | readonly string[]): MessageAttributeValue {
  if (typeof value === 'string') return { DataType: 'String', StringValue: value };
  return { DataType: 'String.Array', StringValue: JSON.stringify(value) };
}
