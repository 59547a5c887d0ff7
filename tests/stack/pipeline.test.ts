/** The pipeline from the compiled template, over HTTP, with the packaged functions. */

import { InvokeCommand } from '@aws-sdk/client-lambda';
import { PublishCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { DISPATCH_SCHEDULE } from '../../src/cli/local/schedules.ts';
import { ACCOUNT, type Harness, startHarness, until } from './harness.ts';

jest.setTimeout(120_000);

const WORLD = {
  regions: {
    'us-east-1': { streams: 2500, latencyMs: 20 },
    'eu-west-1': { streams: 1000, latencyMs: 20 },
    'ap-south-1': { streams: 1, latencyMs: 20 },
    'sa-east-1': { streams: 0, latencyMs: 20 },
  },
};
const TRUTH = 3501;

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness(WORLD);
});
afterAll(async () => {
  await harness?.stop();
});

test('a calm run counts every region and announces one complete total', async () => {
  const heard = await harness.listen('TotalsTopic');
  const key = await harness.open();
  const run = await harness.settled(key);
  expect(run.total).toMatchObject({ verdict: 'complete', streams: TRUTH, expected: 4, counted: 4, missing: [] });
  expect(run.records.map(({ region, status }) => `${region} ${status}`).sort()).toEqual([
    'ap-south-1 counted',
    'eu-west-1 counted',
    'sa-east-1 counted',
    'us-east-1 counted',
  ]);
  const announced = await harness.take(heard);
  expect(JSON.parse(announced.Body ?? '')).toMatchObject({
    version: 1,
    kind: 'streams',
    accountId: ACCOUNT,
    runId: key.runId,
    rev: run.total?.rev,
    total: { verdict: 'complete', streams: TRUTH },
  });
  expect(announced.MessageAttributes?.verdict?.StringValue).toBe('complete');
});

test('the next run says of every region what came and went since, and announces it', async () => {
  const before = await harness.open();
  await harness.settled(before);
  const heard = await harness.listen('TotalsTopic');
  const { records, total } = await harness.settled(await harness.open());
  const churn = { against: before.runId, created: 0, gone: 0 };
  expect(records.map((record) => record.status === 'counted' && record.churn)).toEqual([churn, churn, churn, churn]);
  expect(total?.churn).toEqual({ ...churn, unknown: [] });
  expect(JSON.parse((await harness.take(heard)).Body ?? '').total.churn).toEqual({ ...churn, unknown: [] });
});

test('the same schedule twice opens one run, and the second publishes nothing once the first is done', async () => {
  const key = await harness.open();
  await harness.settled(key);
  const tasks = await harness.listen('RegionTasksTopic');
  await harness.stack.fire(DISPATCH_SCHEDULE, new Date(key.runId));
  const { Payload } = await harness.lambda.send(
    new InvokeCommand({
      FunctionName: harness.stack.resource('DispatcherLambdaFunction').name,
      Payload: JSON.stringify({ runId: key.runId }),
    }),
  );
  expect(JSON.parse(Payload?.transformToString() ?? '')).toEqual([{ ...key, opened: false, published: 0 }]);
  expect((await harness.settled(key)).total).toMatchObject({ verdict: 'complete', streams: TRUTH });
  // A marker sent after the second dispatch is the first thing that the listener hears.
  await harness.sns.send(
    new PublishCommand({ TopicArn: harness.stack.resource('RegionTasksTopic').arn, Message: 'marker' }),
  );
  expect((await harness.take(tasks)).Body).toBe('marker');
  await harness.take(harness.stack.resource('UnreadableTasksQueue').url as string);
});

test('every message delivered twice counts every stream once', async () => {
  const tasks = await harness.listen('RegionTasksTopic');
  const nudges = await harness.listen('NudgesTopic');
  const key = await harness.open();
  for (let copies = 0; copies < Object.keys(WORLD.regions).length; copies++) {
    const task = await harness.take(tasks);
    await harness.sqs.send(
      new SendMessageCommand({ QueueUrl: harness.stack.resource('RegionTasksQueue').url, MessageBody: task.Body }),
    );
  }
  const nudge = await harness.take(nudges);
  await harness.sns.send(
    new PublishCommand({ TopicArn: harness.stack.resource('NudgesTopic').arn, Message: nudge.Body }),
  );
  await until(async () => ((await harness.depth('RegionTasksQueue')) === 0 ? true : undefined));
  const run = await harness.settled(key);
  expect(run.total).toMatchObject({ verdict: 'complete', streams: TRUTH });
});

test('a task that is not JSON ends in unreadable-tasks, with the reason, and hurts no run', async () => {
  const queueUrl = harness.stack.resource('RegionTasksQueue').url;
  await harness.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'not { a task' }));
  const run = await harness.settled(await harness.open());
  expect(run.total).toMatchObject({ verdict: 'complete', streams: TRUTH });
  const parked = await harness.take(harness.stack.resource('UnreadableTasksQueue').url as string);
  expect(parked.Body).toBe('not { a task');
  expect(parked.MessageAttributes?.why?.StringValue).toBe('not-a-task');
});

test('a task of no run is parked, and creates none', async () => {
  const task = {
    version: 1,
    accountId: ACCOUNT,
    runId: '2020-01-01T00:00:00Z',
    region: 'eu-west-1',
    round: 0,
    deadlineAt: '2020-01-01T01:30:00.000Z',
  };
  await harness.sqs.send(
    new SendMessageCommand({
      QueueUrl: harness.stack.resource('RegionTasksQueue').url,
      MessageBody: JSON.stringify(task),
    }),
  );
  const parked = await harness.take(harness.stack.resource('UnreadableTasksQueue').url as string);
  expect(JSON.parse(parked.Body ?? '')).toEqual(task);
  expect(parked.MessageAttributes?.why?.StringValue).toBe('no-such-run');
  expect(await harness.ledger.readRun({ censusId: ACCOUNT, runId: task.runId })).toBeUndefined();
});

test('an aggregator that fails three times leaves its event, with the error, in failed-invocations', async () => {
  await harness.sns.send(
    new PublishCommand({ TopicArn: harness.stack.resource('NudgesTopic').arn, Message: 'not a nudge' }),
  );
  const { Body } = await harness.take(harness.stack.resource('FailedInvocationsQueue').url as string);
  const record = JSON.parse(Body ?? '');
  expect(record.requestContext).toMatchObject({ condition: 'RetriesExhausted', approximateInvokeCount: 3 });
  expect(record.requestPayload.Records[0].Sns.Message).toBe('not a nudge');
  expect(record.responsePayload).toMatchObject({
    errorType: 'InvalidInputError',
    errorMessage: 'The nudge is not JSON.',
  });
});

test.each([
  ['no instant', {}, 'is not an instant'],
  ['a malformed instant', { runId: 'yesterday' }, 'is not an instant'],
  ['an instant of long ago', { runId: '2020-01-01T00:00:00Z' }, 'too old'],
  ['an instant to come', { runId: '2999-01-01T00:00:00Z' }, 'in the future'],
])('the dispatcher refuses %s with a clear error', async (_name, event, words) => {
  const { FunctionError, Payload } = await harness.lambda.send(
    new InvokeCommand({
      FunctionName: harness.stack.resource('DispatcherLambdaFunction').name,
      Payload: JSON.stringify(event),
    }),
  );
  expect(FunctionError).toBeDefined();
  expect(JSON.parse(Payload?.transformToString() ?? '').errorMessage).toContain(words);
});
