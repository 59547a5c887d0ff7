/** What the adapters make of the services' answers, whole ones and odd ones; the clients are the SDK's own. */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { readAlarms } from '../../../src/aws/health/alarms.ts';
import { type Ask, makeAsk } from '../../../src/aws/health/ask.ts';
import { readConcurrency, readDestination, readFunction, readMappings } from '../../../src/aws/health/functions.ts';
import { readQueue } from '../../../src/aws/health/queues.ts';
import { readRight } from '../../../src/aws/health/rights.ts';
import { readRuns } from '../../../src/aws/health/runs.ts';
import { readSchedule } from '../../../src/aws/health/schedules.ts';
import { readExpiry, readIsRecoverable, readTable } from '../../../src/aws/health/table.ts';
import { readSubscriptions } from '../../../src/aws/health/topics.ts';
import { type Answer, json, refusal, type Service, startService, xmlRefusal } from '../service.ts';

let service: Service;
let destroy: (() => void)[];
const ask: Ask = makeAsk(() => AbortSignal.timeout(2000), 4);
beforeAll(async () => {
  service = await startService();
  destroy = [];
});
afterAll(async () => {
  for (const one of destroy) one();
  await service.close();
});

type Client = { destroy(): void };
function of<C extends Client>(Make: new (options: Service['options'] & { maxAttempts: number }) => C): C {
  const client = new Make({ ...service.options, maxAttempts: 1 });
  destroy.push(() => client.destroy());
  return client;
}

const xml = (body: string): Answer => ({ headers: { 'content-type': 'text/xml' }, body });

describe('a function', () => {
  const ARN = 'arn:aws:iam::123456789012:role/worker';
  const answerWith = (configuration: object, concurrency: Answer = json({})) =>
    service.answerBy(({ path }) => (path.includes('/concurrency') ? concurrency : json(configuration)));

  test('with all that is looked at', async () => {
    answerWith(
      {
        Role: ARN,
        State: 'Active',
        LastUpdateStatus: 'InProgress',
        Environment: { Variables: { TABLE_NAME: 'ledger', MAX_RECEIVES: '5', KINDS: 'streams, channels' } },
      },
      json({ ReservedConcurrentExecutions: 0 }),
    );
    expect(await readFunction(of(LambdaClient), ask, 'worker')).toEqual({
      answer: {
        roleArn: ARN,
        state: 'Active',
        lastUpdate: 'InProgress',
        tableName: 'ledger',
        maxReceives: 5,
        kinds: ['streams', 'channels'],
        reserved: { answer: 0 },
      },
    });
  });

  test('that says nothing of its state is active, and knows no ledger', async () => {
    answerWith({ Role: ARN });
    expect(await readFunction(of(LambdaClient), ask, 'worker')).toMatchObject({
      answer: {
        state: 'Active',
        lastUpdate: 'Successful',
        tableName: null,
        maxReceives: null,
        kinds: null,
        reserved: { answer: null },
      },
    });
  });

  test('whose reserved concurrency nobody may ask for is known all the same', async () => {
    answerWith({ Role: ARN }, refusal(403, 'AccessDeniedException'));
    expect(await readFunction(of(LambdaClient), ask, 'worker')).toMatchObject({
      answer: { reserved: { refusal: { action: 'lambda:GetFunctionConcurrency', why: 'denied' } } },
    });
  });

  test('that is not there, and one that nobody may ask for', async () => {
    service.answer(refusal(404, 'ResourceNotFoundException'));
    expect(await readFunction(of(LambdaClient), ask, 'worker')).toEqual({ answer: null });
    service.answer(refusal(403, 'AccessDeniedException'));
    expect(await readFunction(of(LambdaClient), ask, 'worker')).toMatchObject({ refusal: { why: 'denied' } });
  });
});

describe('mappings', () => {
  test('on several pages', async () => {
    const mapping = (UUID: string, more: object = {}) => ({ UUID, EventSourceArn: 'arn:q', State: 'Enabled', ...more });
    const full = { FunctionResponseTypes: ['ReportBatchItemFailures'], ScalingConfig: { MaximumConcurrency: 5 } };
    service.answer(
      json({ EventSourceMappings: [mapping('one', full)], NextMarker: 'more' }),
      json({ EventSourceMappings: [mapping('two')] }),
    );
    const found = { queueArn: 'arn:q', state: 'Enabled' };
    expect(await readMappings(of(LambdaClient), ask, 'worker')).toEqual({
      answer: [
        { id: 'one', ...found, maximumConcurrency: 5, reportsFailures: true },
        { id: 'two', ...found, maximumConcurrency: null, reportsFailures: false },
      ],
    });
    expect(service.asked.map(({ path }) => path)).toEqual([
      '/2015-03-31/event-source-mappings?FunctionName=worker',
      '/2015-03-31/event-source-mappings?FunctionName=worker&Marker=more',
    ]);
  });

  test('of a function that is not there', async () => {
    service.answer(refusal(404, 'ResourceNotFoundException'));
    expect(await readMappings(of(LambdaClient), ask, 'worker')).toEqual({ answer: null });
  });

  test('without a list are none', async () => {
    service.answer(json({}));
    expect(await readMappings(of(LambdaClient), ask, 'worker')).toEqual({ answer: [] });
  });
});

test('where an event goes on which a function failed for good', async () => {
  const client = of(LambdaClient);
  service.answer(
    json({ DestinationConfig: { OnFailure: { Destination: 'arn:d' } } }),
    json({ MaximumRetryAttempts: 2 }),
    refusal(404, 'ResourceNotFoundException'),
    refusal(403, 'AccessDeniedException'),
  );
  expect(await readDestination(client, ask, 'f')).toEqual({ answer: 'arn:d' });
  expect(await readDestination(client, ask, 'f')).toEqual({ answer: null });
  expect(await readDestination(client, ask, 'f')).toEqual({ answer: null });
  expect(await readDestination(client, ask, 'f')).toMatchObject({ refusal: { why: 'denied' } });
});

test('the concurrency of an account; an answer without it is none', async () => {
  service.answer(json({ AccountLimit: { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 8 } }), json({}));
  const client = of(LambdaClient);
  expect(await readConcurrency(client, ask)).toEqual({ answer: { quota: 10, unreserved: 8 } });
  expect(await readConcurrency(client, ask)).toMatchObject({ refusal: { why: 'failed' } });
});

describe('a schedule', () => {
  // In the order in which the SDK reads it.
  const target = {
    Arn: 'arn:f',
    RoleArn: 'arn:r',
    DeadLetterConfig: { Arn: 'arn:d' },
    Input: '{"runId":"<aws.scheduler.scheduled-time>"}',
  };

  test('with all that must be said again to change a part of it', async () => {
    service.answer(
      json({
        ...{ Name: 'dispatch', State: 'DISABLED', ScheduleExpression: 'rate(1 hour)', Description: 'Runs.' },
        ...{ FlexibleTimeWindow: { Mode: 'OFF' }, Target: target, EndDate: 1_800_000_000 },
      }),
    );
    expect(await readSchedule(of(SchedulerClient), ask, 'dispatch')).toEqual({
      answer: {
        ...{ name: 'dispatch', isEnabled: false, expression: 'rate(1 hour)', timezone: 'UTC' },
        ...{ targetArn: 'arn:f', roleArn: 'arn:r', deadLetterArn: 'arn:d' },
        asItIs: [
          ['--schedule-expression', 'rate(1 hour)'],
          ['--schedule-expression-timezone', 'UTC'],
          ['--flexible-time-window', '{"Mode":"OFF"}'],
          ['--target', JSON.stringify(target)],
          ['--description', 'Runs.'],
          ['--end-date', '2027-01-15T08:00:00.000Z'],
        ],
      },
    });
  });

  test('that is not there', async () => {
    service.answer(refusal(404, 'ResourceNotFoundException'));
    expect(await readSchedule(of(SchedulerClient), ask, 'dispatch')).toEqual({ answer: null });
  });
});

describe('a queue', () => {
  const url = json({ QueueUrl: 'https://sqs/q' });
  const attributes = (Attributes: object) => json({ Attributes: { QueueArn: 'arn:q', ...Attributes } });

  test.each([
    ['{"deadLetterTargetArn":"arn:d","maxReceiveCount":5}', { targetArn: 'arn:d', maxReceives: 5 }],
    ['{"deadLetterTargetArn":"arn:d","maxReceiveCount":"5"}', { targetArn: 'arn:d', maxReceives: 5 }],
    [undefined, null],
  ])('with the redrive policy %s', async (RedrivePolicy, redrive) => {
    const client = new SQSClient({ ...service.options, useQueueUrlAsEndpoint: false });
    service.answer(url, attributes({ ApproximateNumberOfMessages: '3', ...(RedrivePolicy && { RedrivePolicy }) }));
    expect(await readQueue(client, ask, 'q')).toEqual({
      answer: { url: 'https://sqs/q', arn: 'arn:q', waiting: 3, inFlight: 0, redrive },
    });
    client.destroy();
  });

  test('that is not there, and one that may be found and not asked', async () => {
    const client = new SQSClient({ ...service.options, useQueueUrlAsEndpoint: false });
    service.answer(refusal(400, 'QueueDoesNotExist'));
    expect(await readQueue(client, ask, 'q')).toEqual({ answer: null });
    service.answer(url, refusal(403, 'AccessDenied'));
    expect(await readQueue(client, ask, 'q')).toEqual({
      refusal: { action: 'sqs:GetQueueAttributes', why: 'denied', error: 'AccessDenied' },
    });
    service.answer(url, attributes({ RedrivePolicy: 'no JSON' }));
    expect(await readQueue(client, ask, 'q')).toMatchObject({ refusal: { why: 'failed', error: 'SyntaxError' } });
    client.destroy();
  });
});

describe('subscriptions', () => {
  const member = (protocol: string, endpoint: string, arn: string) =>
    `<member><Protocol>${protocol}</Protocol><Endpoint>${endpoint}</Endpoint><SubscriptionArn>${arn}</SubscriptionArn></member>`;
  const page = (members: string, more = '') =>
    xml(
      `<ListSubscriptionsByTopicResponse><ListSubscriptionsByTopicResult><Subscriptions>${members}</Subscriptions>${more}</ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>`,
    );

  test('on several pages, confirmed, pending and deleted', async () => {
    service.answer(
      page(member('sqs', 'arn:q', 'arn:s:1'), '<NextToken>more</NextToken>'),
      page(member('email', 'a@b.c', 'PendingConfirmation') + member('email', 'd@e.f', 'Deleted')),
    );
    expect(await readSubscriptions(of(SNSClient), ask, 'arn:t')).toEqual({
      answer: [
        { protocol: 'email', endpoint: 'a@b.c', isConfirmed: false },
        { protocol: 'sqs', endpoint: 'arn:q', isConfirmed: true },
        { protocol: 'email', endpoint: 'd@e.f', isConfirmed: false },
      ],
    });
  });

  test('of a topic that is not there, or of which nobody may ask', async () => {
    service.answer(xmlRefusal(404, 'NotFound'));
    expect(await readSubscriptions(of(SNSClient), ask, 'arn:t')).toEqual({ answer: null });
    service.answer(xmlRefusal(403, 'AuthorizationError'));
    expect(await readSubscriptions(of(SNSClient), ask, 'arn:t')).toMatchObject({ refusal: { why: 'denied' } });
    service.answer(page(''));
    expect(await readSubscriptions(of(SNSClient), ask, 'arn:t')).toEqual({ answer: [] });
  });
});

test('alarms on several pages; what an alarm does not say is as AWS has it', async () => {
  const whole = {
    AlarmName: 'a',
    StateValue: 'ALARM',
    StateTransitionedTimestamp: 1_763_618_400,
    ActionsEnabled: false,
  };
  service.answer(
    json({ MetricAlarms: [{ ...whole, AlarmActions: ['arn:t'] }], NextToken: 'more' }),
    json({ MetricAlarms: [{ AlarmName: 'b' }] }),
  );
  expect(await readAlarms(of(CloudWatchClient), ask, 'x')).toEqual({
    answer: [
      { name: 'a', state: 'ALARM', since: '2025-11-20T06:00:00.000Z', actionsEnabled: false, actions: ['arn:t'] },
      { name: 'b', state: 'INSUFFICIENT_DATA', since: null, actionsEnabled: true, actions: [] },
    ],
  });
  expect(service.bodies()).toMatchObject([{ AlarmNamePrefix: 'x' }, { AlarmNamePrefix: 'x', NextToken: 'more' }]);
});

describe('a table', () => {
  test('with keys in any order', async () => {
    const key = (AttributeName: string, KeyType: string) => ({ AttributeName, KeyType });
    const keys = [key('sk', 'RANGE'), key('pk', 'HASH')];
    const index = {
      IndexName: 'byTime',
      KeySchema: keys,
      Projection: { ProjectionType: 'ALL' },
      IndexStatus: 'ACTIVE',
    };
    const AttributeDefinitions = [{ AttributeName: 'pk', AttributeType: 'S' }];
    service.answer(
      json({
        Table: { TableStatus: 'ACTIVE', KeySchema: keys, AttributeDefinitions, GlobalSecondaryIndexes: [index] },
      }),
    );
    expect(await readTable(of(DynamoDBClient), ask, 't')).toEqual({
      answer: {
        ...{ status: 'ACTIVE', types: { pk: 'S' }, keys: ['pk', 'sk'] },
        indexes: [{ name: 'byTime', keys: ['pk', 'sk'], projection: 'ALL', status: 'ACTIVE' }],
      },
    });
  });

  test('that is not there', async () => {
    service.answer(refusal(400, 'ResourceNotFoundException'));
    expect(await readTable(of(DynamoDBClient), ask, 't')).toEqual({ answer: null });
    expect(await readExpiry(of(DynamoDBClient), ask, 't')).toEqual({ answer: null });
    service.answer(refusal(400, 'TableNotFoundException'));
    expect(await readIsRecoverable(of(DynamoDBClient), ask, 't')).toEqual({ answer: false });
  });

  test.each([
    ['ENABLED', 'expiresAt'],
    ['ENABLING', 'expiresAt'],
    ['DISABLING', null],
    ['DISABLED', null],
  ])('whose time to live is %s', async (TimeToLiveStatus, expected) => {
    service.answer(json({ TimeToLiveDescription: { TimeToLiveStatus, AttributeName: 'expiresAt' } }));
    expect(await readExpiry(of(DynamoDBClient), ask, 't')).toEqual({ answer: expected });
  });

  test('that can be recovered, and one that cannot', async () => {
    const backups = (PointInTimeRecoveryStatus: string) =>
      json({ ContinuousBackupsDescription: { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus } } });
    service.answer(backups('ENABLED'), backups('DISABLED'));
    const client = of(DynamoDBClient);
    expect(await readIsRecoverable(client, ask, 't')).toEqual({ answer: true });
    expect(await readIsRecoverable(client, ask, 't')).toEqual({ answer: false });
  });

  test('whose runs nobody may ask for, or that never answers', async () => {
    const ledger = { tableName: 't', censusId: '123456789012', nowMs: 0, onDamaged: () => {} };
    service.answer(refusal(400, 'AccessDeniedException'));
    expect(await readRuns(of(DynamoDBClient), ask, ledger)).toMatchObject({
      refusal: { action: 'dynamodb:Query', why: 'denied' },
    });
    service.answer('silence');
    const soon = makeAsk(() => AbortSignal.timeout(100), 1);
    expect(await readRuns(of(DynamoDBClient), soon, ledger)).toMatchObject({ refusal: { why: 'timed-out' } });
  });
});

describe("a role's right", () => {
  const RIGHT = { roleArn: 'arn:r', action: 'a:B', region: 'eu-west-1' };
  const asked = (name: string) => new URLSearchParams(service.asked[0]?.body).get(name);
  const decided = (inner: string) =>
    xml(
      `<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><EvaluationResults>${inner}</EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>`,
    );
  const member = (decision: string, more = '') =>
    decided(`<member><EvalActionName>a</EvalActionName><EvalDecision>${decision}</EvalDecision>${more}</member>`);
  const organisation =
    '<OrganizationsDecisionDetail><AllowedByOrganizations>false</AllowedByOrganizations></OrganizationsDecisionDetail>';
  const boundary =
    '<PermissionsBoundaryDecisionDetail><AllowedByPermissionsBoundary>false</AllowedByPermissionsBoundary></PermissionsBoundaryDecisionDetail>';

  test.each<[string, Answer, object]>([
    ['is there', member('allowed'), { decision: 'allowed', byOrganization: false, byBoundary: false }],
    [
      'is taken by the organisation',
      member('implicitDeny', organisation),
      { decision: 'implicitDeny', byOrganization: true, byBoundary: false },
    ],
    [
      'is taken by the boundary',
      member('implicitDeny', boundary),
      { decision: 'implicitDeny', byOrganization: false, byBoundary: true },
    ],
  ])('%s', async (_what, answer, expected) => {
    service.answer(answer);
    expect(await readRight(of(IAMClient), ask, RIGHT)).toEqual({ answer: expected });
    expect(new URLSearchParams(service.asked[0]?.body).get('ContextEntries.member.1.ContextKeyValues.member.1')).toBe(
      'eu-west-1',
    );
  });

  test('on one thing alone, or on all', async () => {
    service.answer(member('allowed'));
    await readRight(of(IAMClient), ask, { ...RIGHT, resourceArn: 'arn:f' });
    expect([asked('ActionNames.member.1'), asked('ResourceArns.member.1')]).toEqual(['a:B', 'arn:f']);
    service.answer(member('allowed'));
    await readRight(of(IAMClient), ask, RIGHT);
    expect(asked('ResourceArns.member.1')).toBeNull();
  });

  test('may be asked for by few', async () => {
    service.answer(xmlRefusal(403, 'AccessDenied'));
    expect(await readRight(of(IAMClient), ask, RIGHT)).toEqual({
      refusal: { action: 'iam:SimulatePrincipalPolicy', why: 'denied', error: 'AccessDenied' },
    });
    service.answer(decided(''));
    expect(await readRight(of(IAMClient), ask, RIGHT)).toMatchObject({ refusal: { why: 'failed' } });
  });
});

// The last, since a request of it may still be on its way.
test('mappings that never end are given up in time', async () => {
  service.answer(json({ EventSourceMappings: [], NextMarker: 'more' }));
  const soon = makeAsk(() => AbortSignal.timeout(200), 1);
  expect(await readMappings(of(LambdaClient), soon, 'worker')).toMatchObject({ refusal: { why: 'timed-out' } });
});
