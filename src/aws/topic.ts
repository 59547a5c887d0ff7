import { type MessageAttributeValue, PublishBatchCommand, PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { announcementOf, attributesOf } from '../census/announcement.ts';
import { kindOf } from '../census/census-id.ts';
import { NotMailedError } from '../census/errors.ts';
import { STREAMS } from '../census/kinds.ts';
import { type Mail, mailOf, type StackPlace } from '../census/mail.ts';
import { printNudge, printTask, type RegionTask } from '../census/messages.ts';
import { organizationAnnouncementOf, organizationAttributesOf } from '../census/organization/announcement.ts';
import { organizationMailOf } from '../census/organization/mail.ts';
import type { AnnounceOrganization } from '../census/organization/ports.ts';
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

/** Of streams: one topic for programs, one for people. Of every other kind, and of parts of an organisation: one for programs. */
type TotalsTopics = { totals: string; mail: string; detail: string };

/**
 * To programs, then to people, or it is an error: whatever comes next tells both again, and programs know by `rev` what they have
 * been told. Of another kind than streams, and of an account of an organisation, people are told nothing by mail, and only those
 * programs that asked for it.
 */
export function makeAnnounceTotal(client: SNSClient, topics: TotalsTopics, place: StackPlace): AnnounceTotal {
  return (run, total, records) =>
    announce(client, topics, {
      isForPeople: kindOf(run.censusId) === STREAMS && run.parent === undefined,
      body: announcementOf(run, total),
      attributes: attributesOf(run, total),
      mail: () => mailOf(run, total, place, records),
    });
}

/** As `makeAnnounceTotal`, of an organisation's. */
export function makeAnnounceOrganization(
  client: SNSClient,
  topics: TotalsTopics,
  place: StackPlace,
): AnnounceOrganization {
  return (run, total) =>
    announce(client, topics, {
      isForPeople: kindOf(run.censusId) === STREAMS,
      body: organizationAnnouncementOf(run, total),
      attributes: organizationAttributesOf(run, total),
      mail: () => organizationMailOf(run, total, place),
    });
}

type Announced = {
  isForPeople: boolean;
  body: object;
  attributes: Readonly<Record<string, string | readonly string[]>>;
  mail: () => Mail;
};

/**
 * Not one message with `MessageStructure: json`: SNS sends message attributes only where the structure is a string
 * (https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html), and by them people filter.
 */
async function announce(client: SNSClient, topics: TotalsTopics, announced: Announced): Promise<void> {
  const { isForPeople, body, attributes } = announced;
  const MessageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, attributeOf(value)]),
  );
  const TopicArn = isForPeople ? topics.totals : topics.detail;
  await client.send(new PublishCommand({ TopicArn, Message: JSON.stringify(body), MessageAttributes }));
  if (!isForPeople) return;
  const { subject, text } = announced.mail();
  const mail = new PublishCommand({ TopicArn: topics.mail, Subject: subject, Message: text, MessageAttributes });
  try {
    await client.send(mail);
  } catch (cause) {
    throw new NotMailedError('The topic for people did not take the total.', { cause });
  }
}

function attributeOf(value: string | readonly string[]): MessageAttributeValue {
  if (typeof value === 'string') return { DataType: 'String', StringValue: value };
  return { DataType: 'String.Array', StringValue: JSON.stringify(value) };
}
