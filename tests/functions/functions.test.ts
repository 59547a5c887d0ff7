/**
 * The handlers as Lambda calls them: bound to the SDK's clients by the variables of their environment. One service over
 * HTTP stands for all of AWS; behind its DynamoDB is the simulated table.
 */
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Context, SNSEvent } from 'aws-lambda';
import { makeLedger } from '../../src/aws/ledger.ts';
import { printNudge } from '../../src/census/messages.ts';
import { type RunKey, runIdOf } from '../../src/census/run.ts';
import { handler as aggregator } from '../../src/functions/aggregator.ts';
import { handler as dispatcher } from '../../src/functions/dispatcher.ts';
import { handler as undelivered } from '../../src/functions/undelivered.ts';
import { handler as worker } from '../../src/functions/worker.ts';
import { type Answer, type Asked, json, refusal, type Service, startService } from '../aws/service.ts';
import { ACCOUNT, aRun, aTask, counted, failed } from '../census/examples.ts';
import { makeTable, type Table } from '../simulation/table.ts';
import { contextOf, eventOf, messageOf, variablesOf } from './world.ts';

const IRELAND = 'eu-west-1';

const COMMANDS: Readonly<Record<string, new (input: never) => object>> = {
  BatchGetItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
};

let service: Service;
let table: Table;
let key: RunKey;
let listStreams: Answer;
let getQuota: Answer;
let said: object[];

beforeAll(async () => {
  service = await startService();
  Object.assign(process.env, variablesOf(service.options.endpoint));
});
beforeEach(() => {
  key = { censusId: ACCOUNT, runId: runIdOf(Date.now()) ?? '' };
  table = makeTable({ nowMs: Date.now });
  listStreams = json({ StreamInfoList: [] });
  getQuota = json({ Quota: { Value: 10_000 } });
  service.answerBy(answer);
  said = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => said.push(JSON.parse(String(line))) > 0);
});
afterEach(() => void jest.restoreAllMocks());
afterAll(() => service.close());

function answer({ path, headers, body }: Asked): Answer {
  if (path === '/listStreams') return listStreams;
  if (path === '/getRegionOptStatus') return json({ RegionOptStatus: 'DISABLED' });
  const target = String(headers['x-amz-target'] ?? '');
  if (target.startsWith('AmazonSQS.')) return json({});
  if (target.startsWith('ServiceQuotas')) return getQuota;
  if (target === '') {
    const ids = [...new URLSearchParams(body)].filter(([field]) => field.endsWith('.Id')).map(([, id]) => id);
    const confirmed = ids.map((id) => `<member><Id>${id}</Id></member>`).join('');
    return {
      headers: { 'content-type': 'text/xml' },
      body: `<R><PublishResult></PublishResult><PublishBatchResult><Successful>${confirmed}</Successful></PublishBatchResult></R>`,
    };
  }
  const Command = COMMANDS[`${target.split('.')[1]}Command`]!;
  try {
    return json(table.carryOut(new Command(JSON.parse(body) as never)));
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return refusal(400, error.name);
    throw error;
  }
}

/** Each request in a word or two, and where it went to. */
const requests = () =>
  service.asked.map(({ path, headers, body }) => {
    const target = headers['x-amz-target'];
    if (target === undefined && path !== '/') return path;
    const fields = target === undefined ? Object.fromEntries(new URLSearchParams(body)) : JSON.parse(body);
    const to: string =
      fields.TopicArn ?? fields.QueueUrl ?? fields.TableName ?? fields.QuotaCode ?? Object.keys(fields.RequestItems)[0];
    return `${fields.Action ?? String(target).split('.')[1]} ${to.split(/[:/]/).at(-1)}`;
  });

/** The ledger without HTTP between, to lay something into it. */
function ledger() {
  const client = { send: async (command: object) => table.carryOut(command) } as unknown as DynamoDBClient;
  return makeLedger({ client, tableName: 'the-ledger', nowMs: Date.now });
}

const context = (name: string, remainingMs = 60_000) => contextOf(name, remainingMs) as Context;
const deadlineAt = new Date(Date.now() + 5_400_000).toISOString();
const opened = (pending = [IRELAND]) => ledger().openRun({ ...aRun([IRELAND]), ...key, deadlineAt, pending });
const task = () => aTask(IRELAND, { ...key, deadlineAt });
const nudge = () => ({ Records: [{ Sns: { Message: printNudge(key) } }] }) as unknown as SNSEvent;

test('the dispatcher opens a run in the ledger, and publishes its tasks to their topic', async () => {
  await expect(dispatcher({ runId: key.runId }, context('dispatcher'))).resolves.toMatchObject([{ opened: true }]);
  expect(requests()).toEqual([
    'PutItem the-ledger',
    'Query the-ledger',
    'PublishBatch region-tasks',
    'UpdateItem the-ledger',
  ]);
  await expect(ledger().readRun(key)).resolves.toMatchObject({ plan: [IRELAND], dispatchedRound: 0 });
  expect(said).toMatchObject([{ level: 'info', message: 'run opened', requestId: 'invocation-1' }]);
});

test('the worker holds its message, asks the region, and puts down what it said', async () => {
  await opened();
  await expect(worker(eventOf(messageOf(task())), context('worker'))).resolves.toEqual({ batchItemFailures: [] });
  expect(requests()).toEqual([
    'ChangeMessageVisibility region-tasks',
    'BatchGetItem the-ledger',
    '/listStreams',
    'GetServiceQuota L-F06528A6',
    'PutItem the-ledger',
    'UpdateItem the-ledger',
    'Publish nudges',
  ]);
  expect(service.asked[2]?.headers.authorization).toContain(`/${IRELAND}/kinesisvideo/`);
  expect(service.asked[3]?.headers.authorization).toContain(`/${IRELAND}/servicequotas/`);
  const quota = { from: 'applied', limit: 10_000 };
  await expect(ledger().readRecords(key)).resolves.toMatchObject([{ status: 'counted', tally: { streams: 0 }, quota }]);
  expect(said).toMatchObject([{ level: 'info', message: 'region counted' }]);
});

test('the worker counts a region whose quota it may not ask for, and says why that is not known', async () => {
  await opened();
  getQuota = refusal(400, 'AccessDeniedException');
  await worker(eventOf(messageOf(task())), context('worker'));
  const quota = { from: 'unknown', because: 'denied' };
  await expect(ledger().readRecords(key)).resolves.toMatchObject([{ status: 'counted', tally: { streams: 0 }, quota }]);
  expect(said).toContainEqual(
    expect.objectContaining({
      level: 'warn',
      message: 'quota is not known',
      reason: 'denied',
      error: 'AccessDeniedException',
    }),
  );
});

test('the worker asks whether a region that refuses the identity is enabled', async () => {
  await opened();
  listStreams = refusal(403, 'UnrecognizedClientException');
  await worker(eventOf(messageOf(task())), context('worker'));
  expect(requests()).toContain('/getRegionOptStatus');
  await expect(ledger().readRecords(key)).resolves.toMatchObject([{ status: 'failed', reason: 'not-enabled' }]);
});

test('the dead letter of a region fails it, and the last one nudges', async () => {
  await opened();
  await expect(undelivered(eventOf(messageOf(task())), context('undelivered'))).resolves.toEqual({
    batchItemFailures: [],
  });
  expect(requests().at(-1)).toBe('Publish nudges');
  await expect(ledger().readRecords(key)).resolves.toMatchObject([{ status: 'failed', reason: 'undelivered' }]);
  expect(said).toMatchObject([{ level: 'warn', message: 'region failed' }]);
});

test('a dead letter that nobody can read is parked in its queue', async () => {
  await undelivered(eventOf(messageOf('not a task')), context('undelivered'));
  expect(requests()).toEqual(['SendMessage unreadable-tasks']);
});

test('the aggregator settles a run that was nudged, and announces its total', async () => {
  await opened([]);
  await ledger().writeRecord({ ...failed(IRELAND), ...key }, aRun([IRELAND]));
  await aggregator(nudge(), context('aggregator'));
  expect(requests()).toEqual(expect.arrayContaining(['Publish totals', 'Publish totals-mail']));
  await expect(ledger().readRun(key)).resolves.toMatchObject({ total: { verdict: 'partial' }, sweep: 'PARTIAL' });
  expect(said).toMatchObject([
    { level: 'info', message: 'total announced' },
    { ...key, Streams: 0, RegionsMissing: 1 },
  ]);
});

test('the aggregator sweeps the runs of its own account', async () => {
  await opened([]);
  await ledger().writeRecord({ ...failed(IRELAND), ...key }, aRun([IRELAND]));
  await aggregator({ sweep: true }, context('aggregator'));
  await expect(ledger().readRun(key)).resolves.toMatchObject({ total: { verdict: 'partial' } });
});

describe('An item that a newer release has written', () => {
  const OTHER = () => ({ censusId: ACCOUNT, runId: runIdOf(Date.now() - 60_000) ?? '' });
  const PROBLEM = 'was written by a newer kvs-census (item version 4, this one reads up to 3); update this one.';

  /** The item as it is from now on. */
  function takeOver(sk: string): Record<string, unknown> {
    const item = table.items().find((one) => one.sk?.S === sk && one.pk?.S?.includes(key.runId));
    const taken = { ...item, version: { N: '4' } };
    table.slip(taken);
    return taken;
  }

  test('keeps the dispatcher from its run: it names the item, and publishes nothing', async () => {
    await opened();
    const run = takeOver('RUN');
    await expect(dispatcher({ runId: key.runId }, context('dispatcher'))).rejects.toThrow(`RUN ${PROBLEM}`);
    expect(requests()).toEqual(['PutItem the-ledger', 'GetItem the-ledger']);
    expect(table.items()).toEqual([run]);
  });

  test.each([
    ['a run', 'RUN'],
    ['a record', `REGION#${IRELAND}`],
  ])('sends the task back if it is %s, and nobody asks the region', async (_what, sk) => {
    await opened();
    await ledger().writeRecord({ ...failed(IRELAND), ...key }, aRun([IRELAND]));
    const item = takeOver(sk);
    const event = eventOf(messageOf(task()));
    await expect(worker(event, context('worker'))).resolves.toEqual({ batchItemFailures: [{ itemIdentifier: 'm-1' }] });
    expect(requests()).not.toContain('/listStreams');
    expect(table.items()).toContainEqual(item);
    const problem = `The ledger's item ${`RUN#${ACCOUNT}#${key.runId}`} ${sk} ${PROBLEM}`;
    expect(said).toContainEqual(expect.objectContaining({ level: 'error', message: 'task failed', problem }));
  });

  test('leaves a dead letter in its queue', async () => {
    await opened();
    const run = takeOver('RUN');
    const event = eventOf(messageOf(task()));
    await expect(undelivered(event, context('undelivered'))).resolves.toEqual({
      batchItemFailures: [{ itemIdentifier: 'm-1' }],
    });
    expect(table.items()).toEqual([run]);
    expect(said).toMatchObject([{ message: 'dead letter stays', problem: expect.stringContaining(`RUN ${PROBLEM}`) }]);
  });

  test('is named by the sweep, which settles the other runs', async () => {
    await opened([]);
    const run = takeOver('RUN');
    const other = { ...aRun([IRELAND]), ...OTHER(), deadlineAt, pending: [] };
    await ledger().openRun(other);
    await ledger().writeRecord({ ...failed(IRELAND), ...OTHER(), runId: other.runId }, other);
    await expect(aggregator({ sweep: true }, context('aggregator'))).rejects.toThrow(
      `1 runs could not be settled; the first: The ledger's item RUN#${ACCOUNT}#${key.runId} RUN ${PROBLEM}`,
    );
    await expect(ledger().readRun(other)).resolves.toMatchObject({ total: { verdict: 'partial' } });
    expect(table.items()).toContainEqual(run);
    expect(said).toContainEqual(
      expect.objectContaining({ message: 'run could not be settled', runId: key.runId, error: 'InvalidInputError' }),
    );
  });

  test('of an earlier run costs its last count, and not the total', async () => {
    const before = { censusId: ACCOUNT, runId: '2026-11-19T06:00:00Z' };
    await ledger().writeRecord({ ...counted(IRELAND, 7), ...before }, aRun([IRELAND]));
    const [earlier] = table.items();
    table.slip({ ...earlier, version: { N: '4' } });
    await opened([]);
    await ledger().writeRecord({ ...failed(IRELAND), ...key }, aRun([IRELAND]));
    await aggregator(nudge(), context('aggregator'));
    const run = await ledger().readRun(key);
    expect(run?.total?.missing).toEqual([expect.not.objectContaining({ lastKnown: expect.anything() })]);
    expect(said).toContainEqual(expect.objectContaining({ message: 'an earlier count cannot be read' }));
  });
});
