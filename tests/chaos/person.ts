/** Somebody who asks again for what runs are missing, over the same bad connection that the functions have. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SNSClient } from '@aws-sdk/client-sns';
import { makeDynamoDB } from '../../src/aws/clients.ts';
import { makeLedger } from '../../src/aws/ledger.ts';
import { makePublishTasks } from '../../src/aws/topic.ts';
import type { Clock } from '../../src/census/ports.ts';
import { planRetry } from '../../src/census/retry.ts';
import type { RunKey } from '../../src/census/run.ts';
import { retry } from '../../src/cli/retry-run.ts';
import { askAgain } from '../judging/person.ts';

type PersonOptions = {
  url: string;
  tableName: string;
  regionTasksTopicArn: string;
  timeScale: number;
  requestTimeoutMs: number;
};

export type Person = {
  /** What `kvs-census retry RUN` does. Gives `asked`, or the name of the error. */
  retry(key: RunKey): Promise<string>;
  close(): void;
};

export function makePerson({
  url,
  tableName,
  regionTasksTopicArn,
  timeScale,
  requestTimeoutMs,
}: PersonOptions): Person {
  const where = {
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'secret-access-key' },
    userAgentAppId: 'person',
  };
  const limits = { connectTimeoutMs: requestTimeoutMs, requestTimeoutMs };
  const client = makeDynamoDB(limits, where);
  const sns = new SNSClient({
    ...where,
    requestHandler: { requestTimeout: requestTimeoutMs, throwOnRequestTimeout: true },
  });
  const ledger = makeLedger({ client, tableName, nowMs: Date.now });
  const ports = {
    publishTasks: makePublishTasks(sns, regionTasksTopicArn),
    ledger: {
      ...ledger,
      openRound: (key: RunKey, regions: readonly string[], round: number, deadlineAt: string) =>
        ledger.openRound(key, regions, round, sooner(deadlineAt)),
    },
  };
  const clock: Clock = { nowMs: Date.now, sleep: (ms) => sleep(ms / timeScale) };

  /** A command knows nothing of a time scale. */
  function sooner(deadlineAt: string): string {
    const nowMs = Date.now();
    return new Date(nowMs + (Date.parse(deadlineAt) - nowMs) / timeScale).toISOString();
  }

  return {
    async retry(key) {
      try {
        await askAgain({ planRetry, retry }, { ...ports, clock, random: Math.random }, key, { regions: [] });
        return 'asked';
      } catch (error) {
        return error instanceof Error ? error.name : 'unknown';
      }
    },
    close() {
      client.destroy();
      sns.destroy();
    },
  };
}
