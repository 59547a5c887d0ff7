/** Messages that come again: as SNS and SQS promise, each at least once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { makeRandom } from '../judging/noise.ts';
import type { Answer } from './answer.ts';
import { type Call, formOf, messagesOf } from './call.ts';

/** Of a hundred messages. */
const REPEATED = 25;
const LATEST_MS = 10_000;

/**
 * @param sns straight to the stack
 * @param onEcho a message was published again
 */
export function makeEcho(seed: number, sns: SNSClient, leftMs: () => number, onEcho: () => void) {
  const random = makeRandom(seed, 'echo', 0);
  return async (call: Call, answer: Answer): Promise<void> => {
    if (call.service !== 'sns' || answer.status !== 200) return;
    const TopicArn = formOf(call).get('TopicArn') ?? '';
    const repeated = messagesOf(call).filter(() => leftMs() > 0 && random() * 100 < REPEATED);
    for (const Message of repeated) {
      await sleep(Math.min(leftMs(), random() * LATEST_MS));
      await sns.send(new PublishCommand({ TopicArn, Message }));
      onEcho();
    }
  };
}
