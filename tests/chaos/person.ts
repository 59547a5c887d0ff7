/** Somebody who asks again for what runs are missing, over the same bad connection that the functions have. */
import { SNSClient } from '@aws-sdk/client-sns';
import { makeDynamoDB } from '../../src/aws/clients.ts';
import { makeLedger } from '../../src/aws/ledger.ts';
import { makePublishTasks } from '../../src/aws/topic.ts';
import { InvalidInputError } from '../../src/census/errors.ts';
import { planRetry } from '../../src/census/retry.ts';
import { type RunKey, tasksToPublish } from '../../src/census/run.ts';
import { DISPATCHER_CONFIG, RETENTION_DAYS } from '../simulation/numbers.ts';

export type PersonOptions = {
  url: string;
  tableName: string;
  regionTasksTopicArn: string;
  timeScale: number;
  requestTimeoutMs: number;
};

export type Person = {
  /** `asked`; `refused` where there was nothing to ask for; or the name of what went wrong. */
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
  const ports = {
    ledger: makeLedger({ client, tableName, retentionDays: RETENTION_DAYS, nowMs: Date.now }),
    publishTasks: makePublishTasks(sns, regionTasksTopicArn),
  };
  /** What `kvs-census retry` does, with a deadline that fits the time scale. */
  async function ask(key: RunKey): Promise<string> {
    const run = await ports.ledger.readRun(key);
    if (run === undefined) return 'refused';
    const nowMs = Date.now();
    const plan = planRetry(run, await ports.ledger.readRecords(key), { regions: [], nowMs, force: false });
    const deadlineAt = new Date(nowMs + DISPATCHER_CONFIG.runDeadlineMs / timeScale).toISOString();
    const asked =
      plan.step === 'resume' ? run : await ports.ledger.openRound(key, plan.regions, run.round + 1, deadlineAt);
    if (asked === undefined) return 'refused';
    const left = await ports.publishTasks(tasksToPublish(asked));
    if (left.length > 0) return 'unpublished';
    await ports.ledger.markDispatched(key, asked.round);
    return 'asked';
  }

  return {
    async retry(key) {
      try {
        return await ask(key);
      } catch (error) {
        if (error instanceof InvalidInputError) return 'refused';
        return error instanceof Error ? error.name : 'unknown';
      }
    },
    close() {
      client.destroy();
      sns.destroy();
    },
  };
}
