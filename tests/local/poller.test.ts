import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { StackOptions } from '../../src/local/stack.ts';
import {
  cleanUp,
  clientOptions,
  eventually,
  linesOf,
  type Recorded,
  type SampleFunction,
  startSample,
  temporaryFolder,
} from './sample-stack.ts';

afterEach(cleanUp);

type Settings = { mapping?: object; queue?: object; fn?: Partial<SampleFunction>; options?: Partial<StackOptions> };

/** A queue that feeds a function, with a dead-letter queue after three receives. */
async function startFed(body: string, { mapping, queue, fn, options }: Settings = {}) {
  const stack = await startSample(
    {
      functions: { eater: { body, ...fn } },
      resources: {
        Food: {
          Type: 'AWS::SQS::Queue',
          Properties: {
            QueueName: 'food',
            VisibilityTimeout: 30,
            RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 3 },
            ...queue,
          },
        },
        Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } },
        Feed: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            EventSourceArn: { 'Fn::GetAtt': ['Food', 'Arn'] },
            FunctionName: { 'Fn::GetAtt': ['EaterLambdaFunction', 'Arn'] },
            BatchSize: 1,
            FunctionResponseTypes: ['ReportBatchItemFailures'],
            ...mapping,
          },
        },
      },
    },
    options,
  );
  return { stack, sqs: new SQSClient(clientOptions(stack)) };
}

async function send(stack: Recorded, sqs: SQSClient, ...bodies: string[]) {
  const QueueUrl = stack.resource('Food').url;
  await Promise.all(bodies.map((MessageBody) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }))));
}

/** How many messages a queue holds, visible or not. */
async function count(stack: Recorded, sqs: SQSClient, queue: 'Food' | 'Dead'): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: stack.resource(queue).url, AttributeNames: [...AttributeNames] }),
  );
  return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
}

const isEmpty = (stack: Recorded, sqs: SQSClient) =>
  eventually('the queue to be empty', async () => (await count(stack, sqs, 'Food')) === 0 || undefined);
const PRINT = 'console.log(JSON.stringify(event.Records[0]));';
const receives = (stack: Recorded) =>
  linesOf(stack, 'eater').map((line) => JSON.parse(line).attributes.ApproximateReceiveCount);

test('a message reaches the function as SQS events look, and is deleted when it succeeds', async () => {
  const { stack, sqs } = await startFed(PRINT);
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: stack.resource('Food').url,
      MessageBody: 'hello',
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'test' } },
    }),
  );
  const line = await eventually('the function to print', () => stack.lines[0]?.line);
  expect(JSON.parse(line)).toEqual({
    messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    receiptHandle: expect.any(String),
    body: 'hello',
    md5OfBody: '5d41402abc4b2a76b9719d911017c592',
    md5OfMessageAttributes: expect.any(String),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: expect.stringMatching(/^\d{13}$/),
      SenderId: expect.any(String),
      ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
    },
    messageAttributes: {
      kind: { stringValue: 'test', stringListValues: [], binaryListValues: [], dataType: 'String' },
    },
    eventSource: 'aws:sqs',
    eventSourceARN: stack.resource('Food').arn,
    awsRegion: 'eu-central-1',
  });
  await isEmpty(stack, sqs);
});

test.each([
  ['nothing', 'return undefined;'],
  ['null', 'return null;'],
  ['an empty list', 'return { batchItemFailures: [] };'],
  ['a list that is null', 'return { batchItemFailures: null };'],
])('an answer of %s means that everything succeeded', async (_, body) => {
  const { stack, sqs } = await startFed(body);
  await send(stack, sqs, 'x');
  await isEmpty(stack, sqs);
  expect(await count(stack, sqs, 'Dead')).toBe(0);
});

test('only the messages that the answer names come back', async () => {
  const body = `
    for (const { body, attributes } of event.Records) console.log(body + attributes.ApproximateReceiveCount);
    const bad = event.Records.filter(({ body, attributes }) => body === 'bad' && attributes.ApproximateReceiveCount === '1');
    return { batchItemFailures: bad.map(({ messageId }) => ({ itemIdentifier: messageId })) };`;
  const mapping = { BatchSize: 10, MaximumBatchingWindowInSeconds: 5 };
  // Three seconds of this machine: as long as a function may take to start where others do as well.
  const { stack, sqs } = await startFed(body, {
    mapping,
    queue: { VisibilityTimeout: 120 },
    options: { timeScale: 40 },
  });
  await send(stack, sqs, 'good', 'bad', 'fine');
  await isEmpty(stack, sqs);
  expect(linesOf(stack, 'eater').sort()).toEqual(['bad1', 'bad2', 'fine1', 'good1']);
});

test.each([
  ['an id that was not sent', 'return { batchItemFailures: [{ itemIdentifier: "nobody" }] };'],
  ['an empty id', 'return { batchItemFailures: [{ itemIdentifier: "" }] };'],
  ['a wrong key', 'return { batchItemFailures: [{ id: event.Records[0].messageId }] };'],
  ['no list', 'return { batchItemFailures: "all" };'],
])('an answer with %s makes no sense, so every message comes back', async (_, answer) => {
  const body = `${PRINT} if (event.Records[0].attributes.ApproximateReceiveCount === '1') { ${answer} }`;
  // Hidden for three seconds: longer than a busy machine takes to start a process.
  const { stack, sqs } = await startFed(body, { options: { timeScale: 10 } });
  await send(stack, sqs, 'x');
  await isEmpty(stack, sqs);
  expect(receives(stack)).toEqual(['1', '2']);
});

test('a batch waits for more as long as its window says, divided by the time scale', async () => {
  const body = 'console.log(event.Records.map((record) => record.body).sort().join());';
  const mapping = { BatchSize: 10, MaximumBatchingWindowInSeconds: 20 };
  const { stack, sqs } = await startFed(body, { mapping, options: { timeScale: 40 } });
  const sentAt = performance.now();
  await send(stack, sqs, 'first');
  await send(stack, sqs, 'second');
  const started = await eventually('the invocation', () => stack.events[0]);
  expect(started.type).toBe('invocation-started');
  expect(performance.now() - sentAt).toBeGreaterThan(490);
  expect(performance.now() - sentAt).toBeLessThan(5_000);
  expect(await eventually('the line', () => linesOf(stack, 'eater')[0])).toBe('first,second');
});

test('the answer is not looked at when the mapping does not ask for it', async () => {
  const body = 'return { batchItemFailures: event.Records.map(({ messageId }) => ({ itemIdentifier: messageId })) };';
  const { stack, sqs } = await startFed(body, { mapping: { FunctionResponseTypes: [] } });
  await send(stack, sqs, 'x');
  await isEmpty(stack, sqs);
});

test('a failed message comes back when its visibility ends, and is dead-lettered after the receives that the template allows', async () => {
  const { stack, sqs } = await startFed(`${PRINT} throw new Error('indigestible');`, { options: { timeScale: 100 } });
  const sentAt = performance.now();
  await send(stack, sqs, 'stone');
  await eventually('the dead letter', async () => (await count(stack, sqs, 'Dead')) === 1 || undefined);
  expect(performance.now() - sentAt).toBeGreaterThan(900);
  expect(receives(stack)).toEqual(['1', '2', '3']);
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: stack.resource('Dead').url }));
  expect(Messages?.[0]?.Body).toBe('stone');
  const failures = stack.events.filter(({ type }) => type === 'message-failed');
  expect(failures[0]).toMatchObject({ queue: 'Food', receives: 1, reason: 'Error: indigestible' });
});

test('another maxReceiveCount in the template is another number of receives', async () => {
  const RedrivePolicy = { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 1 };
  const { stack, sqs } = await startFed(`${PRINT} throw new Error();`, {
    queue: { RedrivePolicy },
    options: { timeScale: 100 },
  });
  await send(stack, sqs, 'stone');
  await eventually('the dead letter', async () => (await count(stack, sqs, 'Dead')) === 1 || undefined);
  // On a busy machine the message dies before the function's process, which has it, is up.
  await eventually('the first line', () => receives(stack).length > 0 || undefined);
  expect(receives(stack)).toEqual(['1']);
});

test('a worker that is killed in the middle costs its message one visibility, and nothing else', async () => {
  const body = `${PRINT} if (event.Records[0].attributes.ApproximateReceiveCount === '1') await new Promise((done) => setTimeout(done, 20000));`;
  const { stack, sqs } = await startFed(body, { options: { timeScale: 40 } });
  await send(stack, sqs, 'x');
  await eventually('the worker to work', () => linesOf(stack, 'eater')[0]);
  const busy = stack.environments().find((environment) => environment.busy);
  process.kill(busy?.pid ?? Number.NaN, 'SIGKILL');
  await isEmpty(stack, sqs);
  expect(receives(stack)).toEqual(['1', '2']);
});

test('no more invocations run at once than the mapping allows', async () => {
  const body = 'console.log("start"); await new Promise((done) => setTimeout(done, 150)); console.log("end");';
  const { stack, sqs } = await startFed(body, { mapping: { ScalingConfig: { MaximumConcurrency: 2 } } });
  await send(stack, sqs, ...Array.from({ length: 8 }, (_, index) => `m${index}`));
  await isEmpty(stack, sqs);
  let running = 0;
  let most = 0;
  for (const { type } of stack.events) {
    running += type === 'invocation-started' ? 1 : type === 'invocation-ended' ? -1 : 0;
    most = Math.max(most, running);
  }
  expect(most).toBe(2);
  expect(stack.environments()).toHaveLength(2);
});

/** A queue that feeds a function whose whole concurrency is taken, until it is let go. */
async function startOccupied(visibilitySeconds: number) {
  const door = path.join(await temporaryFolder(), 'open');
  const body = `
    if (event.Records) { ${PRINT} return; }
    console.log('occupied');
    while (!require('node:fs').existsSync(${JSON.stringify(door)})) await new Promise((done) => setTimeout(done, 5));`;
  const fed = await startFed(body, {
    queue: { VisibilityTimeout: visibilitySeconds },
    fn: { properties: { ReservedConcurrentExecutions: 1, Timeout: 900 } },
    options: { timeScale: 40 },
  });
  const { stack } = fed;
  const occupied = stack.invoke('EaterLambdaFunction', {});
  await eventually('the function to be occupied', () => linesOf(stack, 'eater')[0]);
  const letGo = async () => {
    await writeFile(door, '');
    await occupied;
  };
  return { ...fed, letGo };
}
const eaten = (stack: Recorded) =>
  linesOf(stack, 'eater')
    .slice(1)
    .map((line) => JSON.parse(line).attributes.ApproximateReceiveCount);

test('the poller does not know reserved concurrency: what it cannot place is tried again, at no receive, while it is hidden', async () => {
  const { stack, sqs, letGo } = await startOccupied(12 * 3600);
  await send(stack, sqs, 'x');
  const throttles = () => stack.events.filter(({ type }) => type === 'batch-throttled');
  await eventually('the third refusal', () => throttles()[2]);
  await letGo();
  await isEmpty(stack, sqs);
  expect(eaten(stack)).toEqual(['1']);
  expect(stack.events.some(({ type }) => type === 'message-failed')).toBe(false);
  expect(throttles()[0]).toMatchObject({
    function: 'EaterLambdaFunction',
    queue: 'Food',
    messageIds: [expect.any(String)],
  });
});

test('what is throttled until it is visible again has spent a receive', async () => {
  const { stack, sqs, letGo } = await startOccupied(60);
  await send(stack, sqs, 'x');
  const failures = () => stack.events.filter(({ type }) => type === 'message-failed');
  const failed = await eventually('the receive to be spent', () => failures()[0]);
  await letGo();
  await isEmpty(stack, sqs);
  expect(failed).toMatchObject({ receives: 1, reason: expect.stringMatching(/^TooManyRequestsException/) });
  // One more than were spent until the door was open.
  expect(eaten(stack)).toEqual([String(failures().length + 1)]);
});

test('a mapping that is switched off takes nothing', async () => {
  const { stack, sqs } = await startFed(PRINT, { mapping: { Enabled: false } });
  await send(stack, sqs, 'x');
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: stack.resource('Food').url, WaitTimeSeconds: 1 }),
  );
  expect(Messages?.[0]?.Body).toBe('x');
});

test('an idle queue is noticed within a moment', async () => {
  const { stack, sqs } = await startFed('return null;');
  await send(stack, sqs, 'warm up');
  await isEmpty(stack, sqs);
  const seen = stack.events.length;
  await send(stack, sqs, 'now');
  const sentAt = performance.now();
  await eventually('the invocation', () => stack.events[seen]);
  expect(performance.now() - sentAt).toBeLessThan(500);
});
