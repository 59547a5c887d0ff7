/**
 * The packaged functions on the embedded stack, with a proxy in between that decides every request's fate:
 *
 *   functions, person ──▶ proxy (stage.ts) ──▶ the stack's front door ──▶ ledger, topics, queues, Kinesis Video, Kinesis
 *                           └──▶ witness: the history that the invariants judge
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { KINDS } from '../../src/census/kinds.ts';
import { type Stack, startStack } from '../../src/local/stack.ts';
import { SAY_WHO_YOU_ARE, SERVICES } from './call.ts';
import { makeEcho } from './echo.ts';
import { makeDice } from './fate.ts';
import { makeKiller } from './killer.ts';
import { type WatchedLedger, watchLedger } from './ledger.ts';
import { copyPackage } from './package-copy.ts';
import { makePerson, type Person } from './person.ts';
import { makeForward, openProxy } from './proxy.ts';
import { makeOnCall } from './stage.ts';
import { makeStatistics, type Statistics } from './statistics.ts';
import { drawWeather, type Spell, skyAt } from './weather.ts';
import { makeWitness, type Witness } from './witness.ts';
import { makeWorld, type VideoWorld } from './world.ts';

export const ACCOUNT = '123456789012';
const REGION = 'us-east-1';
export const TIME_SCALE = 50;
/**
 * Waits are divided and processors are not, and a busy machine is slower still. So what the template promises in 5 minutes
 * may here take five times as long before it counts as broken; the simulation holds the functions to the minute.
 */
const LENIENCE = 5;
/** For the same reason functions have more time: what hangs is ended by the limit on requests, and chaos kills anyway. */
const TIMEOUTS = 15;
/** Under the time scale it would be 200 ms, which a busy machine takes now and then. */
const REQUEST_TIMEOUT_MS = 1500;

type SceneOptions = {
  packageDir: string;
  seed: number;
  /** How long chaos lasts, from `begin` on. */
  lastsMs: number;
};

export type Scene = {
  stack: Stack;
  world: VideoWorld;
  ledger: WatchedLedger;
  witness: Witness;
  person: Person;
  statistics: Statistics;
  spells: readonly Spell[];
  /** What the proxy could not do. */
  troubles: readonly string[];
  /** Chaos begins. */
  begin(): void;
  /** Milliseconds until chaos ends; 0 before it has begun, and once it is over. */
  leftMs(): number;
  /** Ends a process of the stack; whether there was one of that id. */
  kill(pid: string): boolean;
  /** Straight into a queue. */
  send(queue: QueueName, body: string): Promise<void>;
  /** Messages in a queue, hidden ones included. */
  depth(queue: QueueName): Promise<number>;
  /** The bodies of all messages in a queue, which is empty afterwards. */
  drain(queue: QueueName): Promise<string[]>;
  close(): Promise<void>;
};

type QueueName = 'RegionTasksQueue' | 'UndeliveredTasksQueue' | 'UnreadableTasksQueue' | 'FailedInvocationsQueue';

/** @throws one sentence when the stack cannot be started */
export async function openScene({ packageDir, seed, lastsMs }: SceneOptions): Promise<Scene> {
  const statistics = makeStatistics();
  const witness = makeWitness(Date.now(), TIME_SCALE / LENIENCE);
  const world = makeWorld(seed, ACCOUNT);
  const spells = drawWeather(seed, lastsMs);
  const dice = makeDice(seed);
  let beganAtMs: number | undefined;
  const leftMs = () => (beganAtMs === undefined ? 0 : Math.max(0, beganAtMs + lastsMs - Date.now()));

  const killer = makeKiller(seed, leftMs, kill);
  const forward = makeForward(() => stack.url);
  const troubles: string[] = [];
  let closing = false;
  const onError = (error: unknown) =>
    void (closing || troubles.push(error instanceof Error ? error.message : String(error)));
  const proxy = await openProxy(
    makeOnCall({
      forward,
      witness,
      statistics,
      kill,
      onCarriedOut(call, answer) {
        witness.sawCall(call, answer);
        echo(call, answer).catch(onError);
      },
      ledger: { carryOut: (call) => ledger.carryOut(call) },
      fateOf(call) {
        const sky = skyAt(spells, call.service, lastsMs - leftMs());
        if (sky === 'out') statistics.count('outageCalls');
        return sky === 'healed' ? { kind: 'served' } : dice(call, witness.callerOf(call.sender), sky, leftMs());
      },
    }),
    onError,
  );
  const copy = await copyPackage(packageDir, TIMEOUTS);
  const stack = await startStack({
    packageDir: copy.packageDir,
    timeScale: TIME_SCALE,
    accountId: ACCOUNT,
    region: REGION,
    video: world,
    environment: functionEnvironment(proxy.url, world),
    onLog: witness.onLog,
    onEvent(event) {
      witness.onEvent(event);
      killer(event);
    },
  });
  checkQueues(stack);

  function kill(pid: string): boolean {
    const found = stack.environments().find((environment) => String(environment.pid) === pid);
    if (found === undefined) return false;
    process.kill(found.pid, 'SIGKILL');
    statistics.count('kills');
    return true;
  }

  const where = {
    endpoint: stack.url,
    region: REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const client = new DynamoDBClient(where);
  const sqs = new SQSClient(where);
  const sns = new SNSClient(where);
  const echo = makeEcho(seed, sns, leftMs, () => statistics.count('duplicates'));
  const tableName = stack.resource('LedgerTable').name;
  const ledger = watchLedger({ forward, client, tableName, onWrite: witness.sawWrite });
  const person = makePerson({
    url: proxy.url,
    tableName,
    regionTasksTopicArn: stack.resource('RegionTasksTopic').arn,
    timeScale: TIME_SCALE,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
  });
  const urlOf = (queue: QueueName) => stack.resource(queue).url;

  return {
    ...{ stack, world, ledger, witness, person, statistics, spells, leftMs, kill, troubles },
    begin() {
      beganAtMs = Date.now();
    },
    async send(queue, body) {
      await sqs.send(new SendMessageCommand({ QueueUrl: urlOf(queue), MessageBody: body }));
    },
    async depth(queue) {
      const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: urlOf(queue), AttributeNames: [...names] }),
      );
      return names.reduce((sum, name) => sum + Number(Attributes?.[name] ?? 0), 0);
    },
    async drain(queue) {
      const bodies: string[] = [];
      for (;;) {
        const asked = { QueueUrl: urlOf(queue), MaxNumberOfMessages: 10 };
        const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(asked));
        if (Messages.length === 0) return bodies;
        for (const { Body = '', ReceiptHandle } of Messages) {
          bodies.push(Body);
          await sqs.send(new DeleteMessageCommand({ QueueUrl: urlOf(queue), ReceiptHandle }));
        }
      }
    },
    async close() {
      closing = true;
      await proxy.close();
      await forward.idle();
      await ledger.idle();
      await stack.stop();
      await copy.remove();
      world.close();
      person.close();
      for (const used of [client, sqs, sns]) used.destroy();
    },
  };
}

const PREFIX = 'kvs-census-dev';
/** The SDK sends to the address in a queue's URL, whatever the endpoint is. */
const QUEUES = { RegionTasksQueue: 'region-tasks', UnreadableTasksQueue: 'unreadable-tasks' } as const;

/** All that is secret says so. */
function functionEnvironment(proxyUrl: string, { regions }: VideoWorld): Record<string, string> {
  const names: Record<(typeof SERVICES)[number], string> = {
    dynamodb: 'DYNAMODB',
    sns: 'SNS',
    sqs: 'SQS',
    kinesisvideo: 'KINESIS_VIDEO',
    kinesis: 'KINESIS',
    account: 'ACCOUNT',
  };
  const queueUrl = (name: string) => `${proxyUrl}/${ACCOUNT}/${PREFIX}-${name}`;
  return {
    ...Object.fromEntries(SERVICES.map((service) => [`AWS_ENDPOINT_URL_${names[service]}`, proxyUrl])),
    REGION_TASKS_QUEUE_URL: queueUrl(QUEUES.RegionTasksQueue),
    UNREADABLE_TASKS_QUEUE_URL: queueUrl(QUEUES.UnreadableTasksQueue),
    KINDS: KINDS.join(','),
    REGIONS: regions.join(','),
    HTTP_CONNECT_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS),
    HTTP_REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS),
    AWS_SECRET_ACCESS_KEY: 'secret-access-key',
    AWS_SESSION_TOKEN: 'secret-session-token',
    NODE_OPTIONS: SAY_WHO_YOU_ARE,
  };
}

function checkQueues(stack: Stack): void {
  for (const [logicalId, name] of Object.entries(QUEUES)) {
    const found = stack.resource(logicalId).name;
    if (found !== `${PREFIX}-${name}`)
      throw new Error(`The queue ${logicalId} is called ${found}; chaos expects ${PREFIX}-${name}, of the stage dev.`);
  }
}
