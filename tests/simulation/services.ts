/** The real adapters of src/aws on clients that send to the simulated services, in the name of one process. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PublishBatchCommand, PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { ChangeMessageVisibilityCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { kindOf, ownerOf } from '../../src/census/census-id.ts';
import type { Ledger } from '../../src/census/ports.ts';
import { type Census, goesOnAbout } from './about.ts';
import type { Process } from './process.ts';
import type { Product } from './product.ts';
import type { Queue } from './queue.ts';
import type { Table } from './table.ts';

/** A topic: takes a message, or refuses it. With the attribute that says which kind it is of, if it has that. */
export type Topic = (message: string, kind?: string) => 'accepted' | 'refused';

export type Services = {
  table: Table;
  queues: Readonly<Record<string, Queue>>;
  topics: Readonly<Record<string, Topic>>;
};

const VERBS = [
  'readRunAndMemory',
  'writeMemory',
  'lastCount',
  'openRun',
  'readRun',
  'readRunAndRecord',
  'readRecords',
  'markDispatched',
  'writeRecord',
  'strike',
  'storeTotal',
  'markAnnounced',
  'markSettled',
  'runsForSweep',
  'readSweepPlace',
  'writeSweepPlace',
  'lastKnown',
  'earlierRuns',
  'openRound',
] as const satisfies (keyof Ledger)[];

const ORGANIZATION_VERBS = [
  'readOrganization',
  'readAccountRecords',
  'writeAccountRecord',
  'strikeAccount',
  'organizationBefore',
  'lastTotal',
  'openOrganization',
  'openOrganizationRound',
  'adoptRun',
  'earlierOrganizations',
  'storeOrganizationTotal',
  'noteDark',
] as const satisfies (keyof OrganizationLedger)[];

type OrganizationLedger = ReturnType<Product['makeOrganizationLedger']>;

const PLACE = { stage: 'dev', region: 'eu-west-1' };
const TOTALS = { totals: 'totals', mail: 'totals-mail', detail: 'totals-detail' };

/** A client that sends with the given name of the request, by which faults find it. */
function client<Client>(send: (command: object) => Promise<object>): Client {
  return { send } as unknown as Client;
}

export function makePorts(product: Product, { table, queues, topics }: Services, process: Process) {
  const dynamodb = (name: string) =>
    client<DynamoDBClient>((command) => {
      const { invocation } = process;
      const census = censusAsked(command);
      if (census !== undefined) goesOnAbout(invocation, census);
      return process.request({ service: 'ledger', name, carryOut: () => table.carryOut(command, invocation) });
    });
  const sns = (nameOf: string | ((topic: string) => string)) =>
    client<SNSClient>((command) => {
      const { TopicArn = '' } = (command as PublishCommand).input;
      const name = typeof nameOf === 'string' ? nameOf : nameOf(TopicArn);
      return process.request({ service: 'topics', name, carryOut: () => publish(topics, command) });
    });
  const toTotals = sns((topic) => (topic === TOTALS.mail ? 'mailTotal' : 'announceTotal'));
  const sqs = (name: string) =>
    client<SQSClient>((command) =>
      process.request({ service: 'queues', name, carryOut: () => order(queues, command) }),
    );

  return {
    ledger: makeLedger(product, process, dynamodb),
    publishTasks: product.makePublishTasks(sns('publishTasks'), 'region-tasks'),
    sendNudge: product.makeSendNudge(sns('sendNudge'), 'nudges'),
    announceTotal: product.makeAnnounceTotal(toTotals, TOTALS, PLACE),
    announceOrganization: product.makeAnnounceOrganization(toTotals, TOTALS, PLACE),
    delayMessage: product.makeDelayMessage(sqs('delayMessage'), 'region-tasks'),
    parkMessage: product.makeParkMessage(sqs('parkMessage'), 'unreadable-tasks'),
  };
}

/** Each verb through a client of its own, so that its requests carry its name. Made when used: most are not. */
function makeLedger(
  product: Product,
  process: Process,
  dynamodb: (name: string) => DynamoDBClient,
): Ledger & OrganizationLedger {
  const options = (verb: string) => ({
    client: dynamodb(verb),
    tableName: 'ledger',
    nowMs: process.clock.nowMs,
  });
  const ledger = {};
  for (const verb of VERBS) Object.defineProperty(ledger, verb, { get: () => product.makeLedger(options(verb))[verb] });
  for (const verb of ORGANIZATION_VERBS)
    Object.defineProperty(ledger, verb, { get: () => product.makeOrganizationLedger(options(verb))[verb] });
  return ledger as Ledger & OrganizationLedger;
}

/** What a request of the ledger asks for; none, of where a sweep stopped, and of its lists. */
function censusAsked(command: object): Census | undefined {
  const { Key, Item, RequestItems = {}, ExpressionAttributeValues: values } = (command as { input: Asked }).input;
  const [batch] = Object.values(RequestItems);
  const pk = (Key ?? Item ?? batch?.Keys?.[0])?.pk ?? values?.[':pk'] ?? values?.[':timePk'];
  const [, censusId] = pk?.S?.split('#') ?? [];
  if (censusId === undefined) return undefined;
  // What lies in the organisation's run may be about one account of it.
  const [, account = ownerOf(censusId)] = /^ACCOUNT#(\d+)$/.exec((Key ?? Item)?.sk?.S ?? '') ?? [];
  return { kind: kindOf(censusId), account };
}

type Keyed = Record<string, { S?: string }>;
type Asked = {
  Key?: Keyed;
  Item?: Keyed;
  RequestItems?: Record<string, { Keys?: Keyed[] }>;
  ExpressionAttributeValues?: Keyed;
};

/** What SNS does. */
export function publish(topics: Services['topics'], command: object): object {
  if (command instanceof PublishCommand) {
    const { TopicArn = '', Message = '', MessageAttributes } = command.input;
    topics[TopicArn]!(Message, MessageAttributes?.kind?.StringValue);
    return {};
  }
  if (command instanceof PublishBatchCommand) {
    const entries = command.input.PublishBatchRequestEntries ?? [];
    const topic = topics[command.input.TopicArn ?? '']!;
    const answers = entries.map(({ Id, Message = '' }) => ({ Id, answer: topic(Message) }));
    return {
      Successful: answers.filter(({ answer }) => answer === 'accepted').map(({ Id }) => ({ Id })),
      Failed: answers.filter(({ answer }) => answer === 'refused').map(({ Id }) => ({ Id, Code: 'InternalError' })),
    };
  }
  throw new Error('The simulated topics do not know this command.');
}

/** What SQS does of what functions ask. */
export function order(queues: Services['queues'], command: object): object {
  if (command instanceof ChangeMessageVisibilityCommand) {
    const { QueueUrl = '', ReceiptHandle = '', VisibilityTimeout = 0 } = command.input;
    queues[QueueUrl]!.delay(ReceiptHandle, VisibilityTimeout);
    return {};
  }
  if (command instanceof SendMessageCommand) {
    const { QueueUrl = '', MessageBody = '', MessageAttributes = {} } = command.input;
    const attributes = Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue ?? '']);
    queues[QueueUrl]!.send(MessageBody, Object.fromEntries(attributes));
    return {};
  }
  throw new Error('The simulated queues do not know this command.');
}
