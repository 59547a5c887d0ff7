/** A stack for the commands that set something going, on the embedded SNS, SQS, Lambda and DynamoDB. */
import { join } from 'node:path';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { makeReader } from '../../../src/aws/reader.ts';
import type { Run } from '../../../src/census/run.ts';
import type { Io } from '../../../src/cli/io.ts';
import { run } from '../../../src/cli/program.ts';
import { makeStackNote } from '../../../src/cli/source/stack-note.ts';
import type { StackOptions } from '../../../src/local/stack.ts';
import type { OrganizationPast } from '../../fixtures/organization.ts';
import { cleanUp as cleanUpStacks, type Recorded, startSample } from '../../local/sample-stack.ts';
import { ACCOUNT, counted, failed, type Past, settled } from '../history.ts';
import { TABLE_SHAPE } from '../ledger-folder.ts';
import { cleanUp, fill, fillOrganization, makeClient, makeIo, NOW_MS, TABLE, temporaryFolder } from '../world.ts';

export const RUN_ID = '2026-11-20T06:00:00Z';
export const KEY = { censusId: ACCOUNT, runId: RUN_ID };

const queue = (name: string, properties = {}) => ({
  Type: 'AWS::SQS::Queue',
  Properties: { QueueName: `${TABLE}-${name}`, ...properties },
});
const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

/** As infra/ has it, as far as these commands can see; a dispatcher that fails, or tells what it was given. */
const SAMPLE = {
  functions: {
    dispatcher: {
      body: 'if (event.fail) throw new Error("The topic refused everything."); console.log(JSON.stringify({ given: event }));',
      properties: { FunctionName: `${TABLE}-dispatcher` },
    },
  },
  resources: {
    LedgerTable: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: TABLE, ...TABLE_SHAPE } },
    RegionTasksTopic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: `${TABLE}-region-tasks` } },
    RegionTasksQueue: queue('region-tasks'),
    UnreadableTasksQueue: queue('unreadable-tasks'),
    FailedInvocationsQueue: queue('failed-invocations'),
    RegionTasksSubscription: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        TopicArn: { Ref: 'RegionTasksTopic' },
        Protocol: 'sqs',
        Endpoint: arnOf('RegionTasksQueue'),
        RawMessageDelivery: true,
      },
    },
    DispatcherInvokeConfig: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: { Ref: 'DispatcherLambdaFunction' },
        Qualifier: '$LATEST',
        MaximumRetryAttempts: 0,
        DestinationConfig: { OnFailure: { Destination: arnOf('FailedInvocationsQueue') } },
      },
    },
  },
};

export let stack: Recorded;
/** In which commands find the stack. */
let folder: string;
export let sqs: SQSClient;
/** Says where the stack is, and by how much it divides every wait. */
export let noteStack: (timeScale?: number) => void;

/** For beforeEach. @param kinds what its dispatcher says that it counts; empty: nothing. @param told what it is told besides */
export async function startStack(kinds = '', told: Readonly<Record<string, string>> = {}): Promise<void> {
  folder = temporaryFolder();
  const note = makeStackNote(join(folder, '.kvs-census'), process.pid);
  const onPage: StackOptions['onPage'] = (request, response) => void note.answer(request, response);
  const { dispatcher } = SAMPLE.functions;
  const Variables = { ...(kinds && { KINDS: kinds }), ...told };
  const properties = { ...dispatcher.properties, Environment: { Variables } };
  const sample = { ...SAMPLE, functions: { dispatcher: { ...dispatcher, properties } } };
  stack = await startSample(sample, { accountId: ACCOUNT, region: 'us-east-1', onPage });
  noteStack = (timeScale) => note.leave(stack.url, timeScale);
  noteStack();
  sqs = new SQSClient({
    endpoint: stack.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
}

/** For afterEach. */
export async function stopStack(): Promise<void> {
  sqs.destroy();
  await cleanUp();
  await cleanUpStacks();
}

export async function command(line: string, overrides: Partial<Io> = {}) {
  const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms / 20));
  const io = makeIo(folder, { sleep, ...overrides });
  const whose = line.includes('--account') ? [] : ['--account', ACCOUNT];
  const code = await run([...line.split(' '), '--local', ...whose], io);
  return { code, out: io.out(), err: io.err() };
}

export const urlOf = (logicalId: string) => stack.resource(logicalId).url;

export async function messagesIn(logicalId: string): Promise<string[]> {
  const bodies: string[] = [];
  for (;;) {
    const request = { QueueUrl: urlOf(logicalId), MaxNumberOfMessages: 10, WaitTimeSeconds: 0 };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(request));
    if (Messages.length === 0) return bodies;
    bodies.push(...Messages.map(({ Body = '' }) => Body));
  }
}

/** Hidden messages too. */
export async function sizeOf(logicalId: string): Promise<number> {
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const request = { QueueUrl: urlOf(logicalId), AttributeNames: [...names] };
  const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand(request));
  return names.reduce((sum, name) => sum + Number(Attributes[name]), 0);
}

export async function until<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const giveUpAtMs = Date.now() + 20_000;
  while (Date.now() < giveUpAtMs) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('What was waited for did not come.');
}

/** Four regions; two of them are missing. */
export function partial(runId = RUN_ID, censusId = ACCOUNT): Past {
  const key = { censusId, runId };
  const records = [
    counted(key, 'eu-west-1', 7),
    failed(key, 'me-south-1'),
    failed(key, 'sa-east-1'),
    counted(key, 'us-east-1', 9),
  ];
  return { run: settled(key, records), records };
}

export async function put(past: Past): Promise<void> {
  const client = makeClient(stack.url);
  await fill(client, [past]);
  client.destroy();
}

export async function putOrganization(past: OrganizationPast): Promise<void> {
  const client = makeClient(stack.url);
  await fillOrganization(client, [past]);
  client.destroy();
}

export async function readRun(runId = RUN_ID, censusId = ACCOUNT): Promise<Run> {
  const client = makeClient(stack.url);
  const whole = await makeReader({ client, tableName: TABLE, nowMs: () => NOW_MS }).wholeRun({
    censusId,
    runId,
  });
  client.destroy();
  if (whole === undefined) throw new Error(`The run ${runId} is not there.`);
  return whole.run;
}
