/** A whole stack for one test file: the packaged functions on the embedded services, reached by unmodified SDK clients. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { makeLedger } from '../../src/aws/ledger.ts';
import type { Ledger } from '../../src/census/ports.ts';
import type { RegionRecord } from '../../src/census/region.ts';
import { isSettled, type Run, type RunKey, runIdOf } from '../../src/census/run.ts';
import { DISPATCH_SCHEDULE, SWEEP_SCHEDULE } from '../../src/cli/local/schedules.ts';
import { ensurePackaged } from '../../src/local/package.ts';
import { parseWorld } from '../../src/local/parse-world.ts';
import type { Sessions } from '../../src/local/sessions.ts';
import { type Stack, type StackOptions, startStack } from '../../src/local/stack.ts';
import { makeVideoService, type VideoService } from '../../src/local/video-service.ts';
import type { World } from '../../src/local/world.ts';

export const ACCOUNT = '123456789012';

/** A machine that is busy with other tests must not look like a service that does not answer. */
const PATIENT = { HTTP_CONNECT_TIMEOUT_MS: '5000', HTTP_REQUEST_TIMEOUT_MS: '5000', REGION_SOURCES_TIMEOUT_MS: '5000' };

/**
 * For runs whose regions AWS is asked for. A source can then be given up long after a busy machine has answered, and long
 * before the dispatcher's minute is over.
 */
export const ASKING = { regions: [], timeScale: 4, environment: { REGION_SOURCES_TIMEOUT_MS: '6000' } };

/**
 * For regions that must fail for their own reason: twice the time for each try, so that a busy machine is none, and short waits
 * between the tries, so that it takes no longer.
 */
export const FAILING = { timeScale: 20, environment: { TASK_BACKOFF_MS: '500,1000,1500,2000' } };

export type Harness = {
  stack: Stack;
  /** Of the world as it is at present. */
  readonly video: VideoService;
  /** The world is another one from now on; who has a session keeps it. */
  become(change: (world: World) => World): void;
  ledger: Ledger;
  dynamodb: DynamoDBClient;
  sns: SNSClient;
  sqs: SQSClient;
  lambda: LambdaClient;
  /** Opens a run as the Scheduler would, at a second of its own. */
  open(): Promise<RunKey>;
  /** The run once its total is announced and nobody has to look at it any more. */
  settled(key: RunKey): Promise<Run & { records: RegionRecord[] }>;
  /** A new queue that hears everything a topic says, or what passes its filter policy, with raw delivery. */
  listen(topicLogicalId: string, filterPolicy?: object): Promise<string>;
  /** The first message of a queue, which is then deleted; waits for it. */
  take(queueUrl: string): Promise<Message>;
  /** The bodies of whatever is in a queue, which is empty then. */
  takeAll(queueUrl: string): Promise<string[]>;
  depth(queueLogicalId: string): Promise<number>;
  stop(): Promise<void>;
};

/** Waits until `look` finds something. The test's own time-out is the limit. */
export async function until<T>(look: () => Promise<T | undefined> | T | undefined, everyMs = 20): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(everyMs);
  }
}

/** What the tests say of a world; with accounts, the hub's is ACCOUNT. */
export type WorldJson = {
  regions: Record<string, object>;
  kinds?: Record<string, object>;
  seed?: string;
  accounts?: readonly object[];
  memberRole?: object;
  organization?: object;
};

/** A service whose world can change while the stack runs. */
function makeChangingVideo(first: World) {
  let world = first;
  const videos = [makeVideoService(world)];
  const current = () => videos.at(-1)!;
  return {
    current,
    become(change: (world: World) => World) {
      world = change(world);
      videos.push(makeVideoService(world));
    },
    close() {
      for (const video of videos) video.close();
    },
    handler: {
      handle: (...asked: Parameters<VideoService['handle']>) => current().handle(...asked),
      ...(world.organization && {
        sessions: {
          issue: (...asked: Parameters<Sessions['issue']>) => current().sessions!.issue(...asked),
          callerOf: (...asked: Parameters<Sessions['callerOf']>) => current().sessions!.callerOf(...asked),
          secretOf: (...asked: Parameters<Sessions['secretOf']>) => current().sessions!.secretOf(...asked),
        },
      }),
    },
  };
}

export const testWorld = (json: object) => parseWorld({ seed: 'stack', accountId: ACCOUNT, ...json }, 'the test world');

export async function startHarness(
  world: WorldJson,
  options: Partial<StackOptions> & { sweep?: boolean; regions?: string[] } = {},
): Promise<Harness> {
  const { sweep = true, regions = Object.keys(world.regions), ...rest } = options;
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const packageDir = await ensurePackaged({ root, log: () => {} });
  const { handler, current, become, close } = makeChangingVideo(testWorld(world));
  const stack = await startStack({
    packageDir,
    timeScale: 40,
    accountId: ACCOUNT,
    region: 'us-east-1',
    video: handler,
    ...rest,
    environment: { REGIONS: regions.join(','), ...PATIENT, ...rest.environment },
  });
  if (sweep) stack.startSchedules({ only: [SWEEP_SCHEDULE] });

  const where = {
    endpoint: stack.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const sns = new SNSClient(where);
  const sqs = new SQSClient(where);
  const lambda = new LambdaClient(where);
  const dynamodb = new DynamoDBClient(where);
  const ledger = makeLedger({
    client: dynamodb,
    tableName: stack.resource('LedgerTable').name,
    nowMs: Date.now,
  });
  let lastRunMs = 0;
  let queues = 0;

  return {
    stack,
    get video() {
      return current();
    },
    become,
    ledger,
    dynamodb,
    sns,
    sqs,
    lambda,
    async open() {
      lastRunMs = Math.max(Date.now(), lastRunMs + 1000);
      const runId = runIdOf(lastRunMs) as string;
      await stack.fire(DISPATCH_SCHEDULE, new Date(Date.parse(runId)));
      return { censusId: ACCOUNT, runId };
    },
    async settled(key) {
      const run = await until(async () => {
        const found = await ledger.readRun(key);
        return found?.total && found.announcedRev === found.total.rev && isSettled(found) ? found : undefined;
      });
      return { ...run, records: await ledger.readRecords(key) };
    },
    async listen(topicLogicalId, filterPolicy) {
      queues += 1;
      const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: `listener-${queues}` }));
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
      await sns.send(
        new SubscribeCommand({
          TopicArn: stack.resource(topicLogicalId).arn,
          Protocol: 'sqs',
          Endpoint: Attributes?.QueueArn,
          Attributes: {
            RawMessageDelivery: 'true',
            ...(filterPolicy && { FilterPolicy: JSON.stringify(filterPolicy) }),
          },
        }),
      );
      return QueueUrl as string;
    },
    async take(queueUrl) {
      return await until(async () => {
        const { Messages } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl: queueUrl, WaitTimeSeconds: 1, MessageAttributeNames: ['All'] }),
        );
        const [message] = Messages ?? [];
        if (message)
          await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: message.ReceiptHandle }));
        return message;
      });
    },
    async takeAll(QueueUrl) {
      const bodies: string[] = [];
      for (;;) {
        const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
        if (Messages.length === 0) return bodies;
        for (const { Body = '', ReceiptHandle } of Messages) {
          bodies.push(Body);
          await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
        }
      }
    },
    async depth(queueLogicalId) {
      const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: stack.resource(queueLogicalId).url, AttributeNames: [...names] }),
      );
      return names.reduce((sum, name) => sum + Number(Attributes?.[name] ?? 0), 0);
    },
    async stop() {
      await stack.stop();
      close();
      for (const used of [sns, sqs, lambda, dynamodb]) used.destroy();
    },
  };
}
