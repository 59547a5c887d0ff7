import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Asked, QueueFacts } from '../../answers/health/facts.ts';
import { type Ask, orNull } from './ask.ts';

const NAMES = [
  'QueueArn',
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'RedrivePolicy',
] as const;

export async function readQueue(client: SQSClient, ask: Ask, name: string): Promise<Asked<QueueFacts | null>> {
  const found = await ask('sqs:GetQueueUrl', (abortSignal) =>
    orNull(client.send(new GetQueueUrlCommand({ QueueName: name }), { abortSignal })),
  );
  if ('refusal' in found) return found;
  const url = found.answer?.QueueUrl;
  if (url === undefined) return { answer: null };
  return await ask('sqs:GetQueueAttributes', async (abortSignal) => {
    const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...NAMES] });
    const answer = await orNull(client.send(command, { abortSignal }));
    return answer && queueOf(url, answer.Attributes ?? {});
  });
}

function queueOf(url: string, attributes: Partial<Record<string, string>>): QueueFacts {
  return {
    url,
    arn: attributes.QueueArn ?? '',
    waiting: Number(attributes.ApproximateNumberOfMessages ?? 0),
    inFlight: Number(attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    redrive: redriveOf(attributes.RedrivePolicy),
  };
}

/** JSON, in which the number may be a text. */
function redriveOf(policy: string | undefined): QueueFacts['redrive'] {
  if (!policy) return null;
  const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(policy) as Record<string, unknown>;
  return { targetArn: String(deadLetterTargetArn ?? ''), maxReceives: Number(maxReceiveCount) };
}
