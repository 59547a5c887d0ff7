import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startAsynchronous } from '../../src/local/asynchronous.ts';
import { startLambda } from '../../src/local/lambda.ts';
import { startMessaging } from '../../src/local/messaging.ts';
import { makeScheduler } from '../../src/local/schedule.ts';
import { readTemplate } from '../../src/local/template.ts';
import {
  cleanUp,
  clientOptions,
  eventually,
  linesOf,
  makeTemplate,
  startSample,
  temporaryFolder,
  writePackage,
} from './sample-stack.ts';

afterEach(cleanUp);

const PRINT = { body: 'console.log(JSON.stringify(event));' };

function schedule(properties: Record<string, unknown> = {}, target: Record<string, unknown> = {}) {
  return {
    Type: 'AWS::Scheduler::Schedule',
    Properties: {
      ScheduleExpression: 'rate(5 minutes)',
      State: 'ENABLED',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: { 'Fn::GetAtt': ['PrintLambdaFunction', 'Arn'] }, Input: '{"sweep":true}', ...target },
      ...properties,
    },
  };
}

/** The instants at which an expression ticks, without running anything. */
async function instants(expression: string, timezone: string, after: string, count: number, timeScale = 1) {
  const place = { accountId: '123456789012', region: 'eu-west-1', stackName: 'sample', endpoint: 'http://127.0.0.1:1' };
  const sample = {
    functions: { print: PRINT },
    resources: { Tick: schedule({ ScheduleExpression: expression, ScheduleExpressionTimezone: timezone }) },
  };
  const template = readTemplate(makeTemplate(sample), place);
  const ignore = { onLog: () => {}, onEvent: () => {} };
  const messaging = await startMessaging(template, place, 1);
  const lambda = await startLambda(template, place, {
    ...ignore,
    packageDir: await writePackage(sample),
    folder: await temporaryFolder(),
    timeScale: 1,
    environment: {},
  });
  const asynchronous = startAsynchronous(template, lambda, messaging, { ...ignore, timeScale: 1 });
  const { schedules } = makeScheduler(template, { lambda, asynchronous, messaging }, { ...ignore, timeScale });
  await messaging.close();
  const found: string[] = [];
  let at: Date | null | undefined = new Date(after);
  while (found.length < count && at) {
    at = schedules[0]?.next(at);
    if (at) found.push(at.toISOString());
  }
  return found;
}

describe('expressions', () => {
  test.each([
    [
      'cron(0 0/6 * * ? *)',
      'UTC',
      ['2026-11-20T12:00:00.000Z', '2026-11-20T18:00:00.000Z', '2026-11-21T00:00:00.000Z'],
    ],
    ['cron(30 6 * * ? *)', 'Europe/Berlin', ['2026-11-21T05:30:00.000Z', '2026-11-22T05:30:00.000Z']],
    ['cron(0 9 ? * 1 *)', 'UTC', ['2026-11-22T09:00:00.000Z', '2026-11-29T09:00:00.000Z']],
    ['cron(0 9 ? * MON-FRI *)', 'UTC', ['2026-11-20T09:00:00.000Z', '2026-11-23T09:00:00.000Z']],
    ['cron(0 0 L * ? *)', 'UTC', ['2026-11-30T00:00:00.000Z', '2026-12-31T00:00:00.000Z']],
    ['cron(0 0 1 1 ? 2027)', 'UTC', ['2027-01-01T00:00:00.000Z']],
  ])('%s in %s ticks when AWS would', async (expression, timezone, expected) => {
    const found = await instants(expression, timezone, '2026-11-20T06:00:00Z', expected.length);
    expect(found).toEqual(expected);
  });

  test('a cron expression with a year ends with it', async () => {
    expect(await instants('cron(0 0 1 1 ? 2027)', 'UTC', '2026-11-20T06:00:00Z', 5)).toHaveLength(1);
  });

  test('a rate is divided by the time scale, a cron expression follows the clock', async () => {
    expect(await instants('rate(5 minutes)', 'UTC', '2026-11-20T06:00:00Z', 2, 40)).toEqual([
      '2026-11-20T06:00:07.500Z',
      '2026-11-20T06:00:15.000Z',
    ]);
    expect(await instants('cron(0 7 * * ? *)', 'UTC', '2026-11-20T06:00:00Z', 1, 40)).toEqual([
      '2026-11-20T07:00:00.000Z',
    ]);
  });

  test.each([
    'rate(0 minutes)',
    'rate(5 fortnights)',
    'cron(0 6 * * *)',
    'cron(0 6 * * * *)',
    'cron(61 6 * * ? *)',
    'at(2026-11-20T06:00:00)',
  ])('%s is an error that names the schedule', async (ScheduleExpression) => {
    const started = startSample({ functions: { print: PRINT }, resources: { Tick: schedule({ ScheduleExpression }) } });
    await expect(started).rejects.toThrow(`Tick has the schedule ${ScheduleExpression}`);
  });
});

describe('ticks', () => {
  test('a schedule fired for an instant sends that instant, without a fraction of a second', async () => {
    const Input = '{"runId":"<aws.scheduler.scheduled-time>"}';
    const stack = await startSample({ functions: { print: PRINT }, resources: { Tick: schedule({}, { Input }) } });
    await stack.fire('Tick', new Date('2026-11-20T06:00:00.000Z'));
    expect(await eventually('the line', () => linesOf(stack, 'print')[0])).toBe('{"runId":"2026-11-20T06:00:00Z"}');
  });

  test('nothing ticks before it is told to, and then only what was named and is enabled', async () => {
    const stack = await startSample(
      {
        functions: { print: { ...PRINT, properties: { Timeout: 900 } } },
        resources: {
          Wanted: schedule({}, { Input: '"wanted"' }),
          Unwanted: schedule({}, { Input: '"unwanted"' }),
          Disabled: schedule({ State: 'DISABLED' }, { Input: '"disabled"' }),
        },
      },
      { timeScale: 3000 },
    );
    expect(stack.schedules.map(({ logicalId, enabled, target }) => [logicalId, enabled, target])).toEqual([
      ['Wanted', true, 'PrintLambdaFunction'],
      ['Unwanted', true, 'PrintLambdaFunction'],
      ['Disabled', false, 'PrintLambdaFunction'],
    ]);
    await stack.invoke('PrintLambdaFunction', 'warm up');
    stack.startSchedules({ only: ['Wanted', 'Disabled'] });
    await eventually('three ticks', () => linesOf(stack, 'print').length > 3 || undefined);
    expect(new Set(linesOf(stack, 'print'))).toEqual(new Set(['"warm up"', '"wanted"']));
  });

  test('a schedule that nobody has is an error that names it', async () => {
    const stack = await startSample({ functions: { print: PRINT }, resources: { Tick: schedule() } });
    expect(() => stack.startSchedules({ only: ['Tock'] })).toThrow('The template has no schedule Tock.');
    await expect(stack.fire('Tock', new Date())).rejects.toThrow('Tock');
  });

  test('an event that Lambda does not take is tried again and then lies in the dead-letter queue, with the reason', async () => {
    const target = {
      Input: 'not JSON <aws.scheduler.attempt-number>',
      RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 900 },
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['Dead', 'Arn'] } },
    };
    const Dead = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } };
    const stack = await startSample(
      { functions: { print: PRINT }, resources: { Dead, Tick: schedule({}, target) } },
      { timeScale: 40 },
    );
    await stack.fire('Tick', new Date('2026-11-20T06:00:00Z'));
    const sqs = new SQSClient(clientOptions(stack));
    const ask = new ReceiveMessageCommand({ QueueUrl: stack.resource('Dead').url, MessageAttributeNames: ['All'] });
    const { Messages: [message] = [] } = await sqs.send(ask);
    expect(message?.Body).toBe('not JSON 3');
    expect(message?.MessageAttributes).toMatchObject({
      ERROR_CODE: { StringValue: 'InvalidRequestContentException' },
      EXHAUSTED_RETRY_CONDITION: { StringValue: 'MaximumRetryAttempts' },
      RETRY_ATTEMPTS: { StringValue: '2' },
      SCHEDULED_TIME: { StringValue: '2026-11-20T06:00:00Z' },
    });
  });

  test('a context attribute that the Scheduler does not have stops the start', async () => {
    const resources = { Tick: schedule({}, { Input: '{"at":"<aws.scheduler.now>"}' }) };
    await expect(startSample({ functions: { print: PRINT }, resources })).rejects.toThrow('<aws.scheduler.now>');
  });
});
