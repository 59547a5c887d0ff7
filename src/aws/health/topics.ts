import { ListSubscriptionsByTopicCommand, type SNSClient, type Subscription } from '@aws-sdk/client-sns';
import type { Asked, SubscriptionFacts } from '../../answers/health/facts.ts';
import { type Ask, orNull } from './ask.ts';

/** Who has subscribed to a topic; `null`: there is no such topic. */
export async function readSubscriptions(
  client: SNSClient,
  ask: Ask,
  topicArn: string,
): Promise<Asked<SubscriptionFacts[] | null>> {
  return await ask('sns:ListSubscriptionsByTopic', (signal) => orNull(listAll(client, topicArn, signal)));
}

async function listAll(client: SNSClient, TopicArn: string, abortSignal: AbortSignal): Promise<SubscriptionFacts[]> {
  const found: SubscriptionFacts[] = [];
  let NextToken: string | undefined;
  do {
    const command = new ListSubscriptionsByTopicCommand({ TopicArn, NextToken });
    const page = await client.send(command, { abortSignal });
    found.push(...(page.Subscriptions ?? []).map(subscriptionOf));
    NextToken = page.NextToken || undefined;
  } while (NextToken !== undefined);
  // SNS gives them in any order.
  return found.sort((a, b) => (a.endpoint < b.endpoint ? -1 : 1));
}

/** In place of an ARN stands `PendingConfirmation`, or `Deleted`. */
function subscriptionOf({ Protocol = '', Endpoint = '', SubscriptionArn = '' }: Subscription): SubscriptionFacts {
  return { protocol: Protocol, endpoint: Endpoint, isConfirmed: SubscriptionArn.startsWith('arn:') };
}
