import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { cleanUp, clientOptions, eventually, linesOf, type Recorded, startSample } from './sample-stack.ts';

afterEach(cleanUp);

/** A function with a failure queue; `settings` go into its EventInvokeConfig. */
function startRetried(body: string, timeScale: number, settings: object = {}): Promise<Recorded> {
  return startSample(
    {
      functions: { task: { body: `console.log(Date.now()); ${body}`, properties: { Timeout: 900 } } },
      resources: {
        Failed: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'failed' } },
        TaskLambdaEvConf: {
          Type: 'AWS::Lambda::EventInvokeConfig',
          Properties: {
            FunctionName: { Ref: 'TaskLambdaFunction' },
            Qualifier: '$LATEST',
            DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Failed', 'Arn'] } } },
            ...settings,
          },
        },
      },
    },
    { timeScale },
  );
}

async function receiveRecord(stack: Recorded, queue = 'Failed') {
  const sqs = new SQSClient(clientOptions(stack));
  const ask = new ReceiveMessageCommand({ QueueUrl: stack.resource(queue).url, WaitTimeSeconds: 10 });
  const { Messages } = await sqs.send(ask);
  return JSON.parse(Messages?.[0]?.Body ?? 'null');
}

/** The waits between attempts, in milliseconds. */
function waits(stack: Recorded): number[] {
  const times = linesOf(stack, 'task').map(Number);
  return times.slice(1).map((time, index) => time - (times[index] ?? 0));
}

test('an event that fails three times leaves its record, with request and error, in the failure queue', async () => {
  const stack = await startRetried('throw new TypeError("no ledger");', 600);
  const lambda = new LambdaClient(clientOptions(stack));
  const accepted = await lambda.send(
    new InvokeCommand({
      FunctionName: 'sample-task',
      InvocationType: 'Event',
      Payload: JSON.stringify({ sweep: true }),
    }),
  );
  expect(accepted.StatusCode).toBe(202);
  expect(await receiveRecord(stack)).toEqual({
    version: '1.0',
    timestamp: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T.*Z$/),
    requestContext: {
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      functionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:sample-task:$LATEST',
      condition: 'RetriesExhausted',
      approximateInvokeCount: 3,
    },
    requestPayload: { sweep: true },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: { errorType: 'TypeError', errorMessage: 'no ledger', trace: expect.any(Array) },
  });
});

test('retries come after one and two minutes, divided by the time scale, with the same request id', async () => {
  const stack = await startRetried('console.error(context.awsRequestId); throw new Error();', 120);
  await stack.invokeAsync('TaskLambdaFunction', {});
  await receiveRecord(stack);
  const [first = 0, second = 0] = waits({ ...stack, lines: stack.lines.filter(({ stream }) => stream === 'stdout') });
  expect(first).toBeGreaterThanOrEqual(499);
  expect(first).toBeLessThan(950);
  expect(second).toBeGreaterThanOrEqual(999);
  expect(second).toBeLessThan(1_900);
  expect(new Set(stack.lines.filter(({ stream }) => stream === 'stderr').map(({ line }) => line)).size).toBe(1);
});

test('an event that succeeds at last leaves nothing in the failure queue', async () => {
  const stack = await startRetried(
    'globalThis.n = (globalThis.n ?? 0) + 1; if (globalThis.n < 3) throw new Error();',
    1200,
  );
  await stack.invokeAsync('TaskLambdaFunction', {});
  await eventually(
    'three attempts',
    () => stack.events.filter(({ type }) => type === 'invocation-ended').length === 3 || undefined,
  );
  expect(stack.events.filter(({ type }) => type === 'retry')).toHaveLength(2);
  expect(stack.events.filter(({ type }) => type === 'destination')).toEqual([]);
});

test('another number of retries in the template is another number of attempts', async () => {
  const stack = await startRetried('throw new Error();', 1200, { MaximumRetryAttempts: 0 });
  await stack.invokeAsync('TaskLambdaFunction', {});
  expect(await receiveRecord(stack)).toMatchObject({ requestContext: { approximateInvokeCount: 1 } });
});

test('an event that would be too old at its next attempt is given up at that age', async () => {
  const stack = await startRetried('throw new Error("late");', 20, { MaximumEventAgeInSeconds: 90 });
  const startedAt = performance.now();
  await stack.invokeAsync('TaskLambdaFunction', {});
  expect(await receiveRecord(stack)).toMatchObject({
    requestContext: { condition: 'EventAgeExceeded', approximateInvokeCount: 2 },
    responsePayload: { errorMessage: 'late' },
  });
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(4499);
});

test('a process that is killed is a failed attempt like any other', async () => {
  const stack = await startRetried(
    'process.kill(process.pid, "SIGKILL"); await new Promise(() => setInterval(() => {}, 1000));',
    1200,
  );
  await stack.invokeAsync('TaskLambdaFunction', {});
  expect(await receiveRecord(stack)).toMatchObject({
    requestContext: { approximateInvokeCount: 3 },
    responsePayload: { errorType: 'Runtime.ExitError' },
  });
});

test('a success goes to the on-success destination when the template has one', async () => {
  const destination = { OnSuccess: { Destination: { 'Fn::GetAtt': ['Failed', 'Arn'] } } };
  const stack = await startRetried('return { settled: 1 };', 1, { DestinationConfig: destination });
  await stack.invokeAsync('TaskLambdaFunction', {});
  const record = await receiveRecord(stack);
  expect(record).toMatchObject({ requestContext: { condition: 'Success' }, responsePayload: { settled: 1 } });
  expect(record.responseContext).not.toHaveProperty('functionError');
});

test('a function without a configuration is retried twice, and its event is dropped with a word', async () => {
  const stack = await startSample(
    { functions: { task: { body: 'throw new Error();', properties: { Timeout: 900 } } } },
    { timeScale: 1200 },
  );
  await stack.invokeAsync('TaskLambdaFunction', {});
  const dropped = await eventually('the end', () => stack.events.find(({ type }) => type === 'destination'));
  expect(dropped).toMatchObject({ condition: 'RetriesExhausted', destination: undefined });
  expect(stack.events.filter(({ type }) => type === 'invocation-ended')).toHaveLength(3);
});

test('events above the function’s concurrency wait in line', async () => {
  const body = 'await new Promise((done) => setTimeout(done, 50)); return process.pid;';
  const properties = { ReservedConcurrentExecutions: 1 };
  const stack = await startSample({ functions: { task: { body, properties } } });
  for (const n of [1, 2, 3]) await stack.invokeAsync('TaskLambdaFunction', { n });
  const ended = () => stack.events.filter(({ type }) => type === 'invocation-ended');
  await eventually('three to end', () => ended().length === 3 || undefined);
  expect(stack.environments()).toHaveLength(1);
  const order = stack.events.map(({ type }) => type);
  expect(order).toEqual([1, 2, 3].flatMap(() => ['invocation-started', 'invocation-ended']));
});
