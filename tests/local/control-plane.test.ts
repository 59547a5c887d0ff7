/** What the local services tell of themselves, to unmodified clients. */
import { CloudWatchClient, DescribeAlarmsCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { GetRoleCommand, IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import {
  GetAccountSettingsCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import {
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { ListSubscriptionsByTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { cleanUp, clientOptions, type Recorded, startSample } from './sample-stack.ts';

const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const statement = (Effect: string, Action: unknown, Resource: unknown = '*', more: object = {}) => ({
  Effect,
  Action,
  Resource,
  ...more,
});
const role = (...Statement: object[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: { AssumeRolePolicyDocument: {}, Policies: [{ PolicyName: 'p', PolicyDocument: { Statement } }] },
});

const RESOURCES = {
  Beside: {
    Type: 'AWS::IAM::Policy',
    Properties: {
      PolicyName: 'beside',
      Roles: [{ Ref: 'Role' }],
      PolicyDocument: { Statement: statement('Allow', 'kinesisvideo:UpdateStream') },
    },
  },
  Role: role(
    statement('Allow', ['kinesisvideo:List*', 'sqs:ReceiveMessage']),
    statement('Allow', 'kinesisvideo:DescribeStream', 'arn:aws:kinesisvideo:*:*:stream/*'),
    statement('Allow', 'kinesisvideo:TagStream', '*', { Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
    statement('Deny', 'kinesisvideo:ListTags*'),
  ),
  Work: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'work' } },
  Spare: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'spare' } },
  EchoEvents: {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: {
      FunctionName: { Ref: 'EchoLambdaFunction' },
      Qualifier: '$LATEST',
      DestinationConfig: { OnFailure: { Destination: arnOf('Spare') } },
    },
  },
  WorkMapping: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: arnOf('Work'),
      FunctionName: arnOf('EchoLambdaFunction'),
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    },
  },
  SpareMapping: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: { EventSourceArn: arnOf('Spare'), FunctionName: arnOf('EchoLambdaFunction'), Enabled: false },
  },
  Ticks: {
    Type: 'AWS::Scheduler::Schedule',
    Properties: {
      Name: 'ticks',
      ScheduleExpression: 'rate(5 minutes)',
      State: 'DISABLED',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: arnOf('EchoLambdaFunction'), RoleArn: arnOf('Role'), Input: '{}' },
    },
  },
  Alarms: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'alarms' } },
  Email: {
    Type: 'AWS::SNS::Subscription',
    Properties: { TopicArn: { Ref: 'Alarms' }, Protocol: 'email', Endpoint: 'cameras@example.com' },
  },
  Nudge: {
    Type: 'AWS::SNS::Subscription',
    Properties: { TopicArn: { Ref: 'Alarms' }, Protocol: 'lambda', Endpoint: arnOf('EchoLambdaFunction') },
  },
  Alarm: {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: 'sample-errors',
      AlarmActions: [{ Ref: 'Alarms' }],
      Threshold: '3',
      EvaluationPeriods: 1,
      Period: 900,
    },
  },
  OtherAlarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmName: 'other', ActionsEnabled: 'false' } },
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 'ledger',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: 'true' },
    },
  },
  PlainTable: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 'plain',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    },
  },
};

let stack: Recorded;
let options: ReturnType<typeof clientOptions>;
const clients: { destroy(): void }[] = [];
beforeAll(async () => {
  stack = await startSample({
    functions: {
      echo: {
        body: 'return event;',
        properties: {
          Role: arnOf('Role'),
          Environment: { Variables: { TABLE_NAME: { Ref: 'Table' }, MAX_RECEIVES: 5 } },
          ReservedConcurrentExecutions: 7,
        },
      },
      free: { body: 'return event;' },
    },
    resources: RESOURCES,
  });
  options = clientOptions(stack);
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await cleanUp();
});

function client<C extends { destroy(): void }>(Make: new (given: ReturnType<typeof clientOptions>) => C): C {
  const made = new Make(options);
  clients.push(made);
  return made;
}

describe('Lambda', () => {
  test('tells how a function is set up, by its name or its ARN', async () => {
    const lambda = client(LambdaClient);
    const { arn } = stack.resource('EchoLambdaFunction');
    for (const FunctionName of ['sample-echo', arn]) {
      expect(await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))).toMatchObject({
        ...{ FunctionName: 'sample-echo', FunctionArn: arn, State: 'Active', LastUpdateStatus: 'Successful' },
        ...{ Timeout: 30, MemorySize: 256, Runtime: 'nodejs24.x', Handler: 'src/functions/echo.handler' },
        Role: 'arn:aws:iam::123456789012:role/local-Role',
        Environment: { Variables: { TABLE_NAME: 'ledger', MAX_RECEIVES: '5' } },
      });
    }
  });

  test('tells what is reserved for a function, and what is left for all', async () => {
    const lambda = client(LambdaClient);
    const reserved = async (FunctionName: string) =>
      (await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }))).ReservedConcurrentExecutions;
    expect([await reserved('sample-echo'), await reserved('sample-free')]).toEqual([7, undefined]);
    expect((await lambda.send(new GetAccountSettingsCommand({}))).AccountLimit).toMatchObject({
      ConcurrentExecutions: 1000,
      UnreservedConcurrentExecutions: 993,
    });
  });

  test('tells what becomes of an event on which a function fails', async () => {
    const lambda = client(LambdaClient);
    const ask = (FunctionName: string) => lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName }));
    expect(await ask('sample-echo')).toMatchObject({
      ...{ MaximumRetryAttempts: 2, LastModified: expect.any(Date) },
      DestinationConfig: { OnFailure: { Destination: stack.resource('Spare').arn } },
    });
    await expect(ask('sample-free')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('tells what feeds a function, or what reads a queue', async () => {
    const lambda = client(LambdaClient);
    const list = async (asked: object) =>
      (await lambda.send(new ListEventSourceMappingsCommand(asked))).EventSourceMappings ?? [];
    const [work, spare] = await list({ FunctionName: 'sample-echo' });
    expect(work).toMatchObject({
      ...{ State: 'Enabled', BatchSize: 1, EventSourceArn: stack.resource('Work').arn },
      ...{ FunctionResponseTypes: ['ReportBatchItemFailures'], ScalingConfig: { MaximumConcurrency: 2 } },
      LastModified: expect.any(Date),
    });
    expect(spare).toMatchObject({ State: 'Disabled' });
    expect(work?.UUID).not.toBe(spare?.UUID);
    expect(await list({ EventSourceArn: stack.resource('Spare').arn })).toEqual([spare]);
    expect(await list({ FunctionName: 'sample-free' })).toEqual([]);
  });

  test('knows no function that is not there', async () => {
    const lambda = client(LambdaClient);
    const absent = { name: 'ResourceNotFoundException', message: 'Function not found: none' };
    const asked = { FunctionName: 'none' };
    await expect(lambda.send(new GetFunctionConfigurationCommand(asked))).rejects.toMatchObject(absent);
    await expect(lambda.send(new ListEventSourceMappingsCommand(asked))).rejects.toMatchObject(absent);
  });

  test('still invokes, and refuses by name what it does not know', async () => {
    const lambda = client(LambdaClient);
    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: 'sample-echo', Payload: '{"a":1}' }));
    expect(Payload?.transformToString()).toBe('{"a":1}');
    await expect(lambda.send(new ListFunctionsCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
    });
  });
});

test('the Scheduler tells of its schedules, and refuses by name what it does not know', async () => {
  const scheduler = client(SchedulerClient);
  const { $metadata: _, ...schedule } = await scheduler.send(new GetScheduleCommand({ Name: 'ticks' }));
  expect(schedule).toMatchObject({
    ...{ Name: 'ticks', GroupName: 'default', State: 'DISABLED', ScheduleExpression: 'rate(5 minutes)' },
    ...{ ScheduleExpressionTimezone: 'UTC', FlexibleTimeWindow: { Mode: 'OFF' }, CreationDate: expect.any(Date) },
    Target: { Arn: stack.resource('EchoLambdaFunction').arn, RoleArn: 'arn:aws:iam::123456789012:role/local-Role' },
  });
  const { Schedules } = await scheduler.send(new ListSchedulesCommand({}));
  expect(Schedules).toMatchObject([{ Name: 'ticks', State: 'DISABLED' }]);
  const none = scheduler.send(new GetScheduleCommand({ Name: 'none' }));
  await expect(none).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  const deletion = scheduler.send(new DeleteScheduleCommand({ Name: 'ticks' }));
  await expect(deletion).rejects.toMatchObject({ name: 'UnknownOperationException' });
});

test('CloudWatch tells of alarms, none of which was ever evaluated, and refuses by name what it does not know', async () => {
  const watch = client(CloudWatchClient);
  const names = async (asked: object) =>
    ((await watch.send(new DescribeAlarmsCommand(asked))).MetricAlarms ?? []).map(({ AlarmName }) => AlarmName);
  const { MetricAlarms } = await watch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: 'sample-' }));
  expect(MetricAlarms).toMatchObject([
    {
      ...{ AlarmName: 'sample-errors', StateValue: 'INSUFFICIENT_DATA', ActionsEnabled: true },
      ...{ Threshold: 3, Period: 900, AlarmActions: [stack.resource('Alarms').arn] },
      StateUpdatedTimestamp: expect.any(Date),
    },
  ]);
  expect(await names({ AlarmNames: ['other'] })).toEqual(['other']);
  expect(await names({ StateValue: 'OK' })).toEqual([]);
  const { MetricAlarms: [other] = [] } = await watch.send(new DescribeAlarmsCommand({ AlarmNames: ['other'] }));
  expect(other?.ActionsEnabled).toBe(false);
  await expect(watch.send(new ListMetricsCommand({}))).rejects.toMatchObject({ name: 'UnknownOperationException' });
});

describe('IAM', () => {
  const PolicySourceArn = 'arn:aws:iam::123456789012:role/local-Role';

  test.each([
    ['kinesisvideo:ListStreams', 'allowed'],
    ['KinesisVideo:liststreams', 'allowed'],
    ['sqs:ReceiveMessage', 'allowed'],
    ['kinesisvideo:UpdateStream', 'allowed'],
    ['kinesisvideo:ListTagsForStream', 'explicitDeny'],
    ['kinesisvideo:DeleteStream', 'implicitDeny'],
    ['kinesisvideo:DescribeStream', 'implicitDeny'],
    ['kinesisvideo:TagStream', 'implicitDeny'],
  ])('simulates %s on all resources: %s', async (action, decision) => {
    const asked = { PolicySourceArn, ActionNames: [action] };
    const { EvaluationResults } = await client(IAMClient).send(new SimulatePrincipalPolicyCommand(asked));
    expect(EvaluationResults).toMatchObject([
      { EvalActionName: action, EvalDecision: decision, EvalResourceName: '*' },
    ]);
  });

  test('simulates on one resource', async () => {
    const decide = async (...ResourceArns: string[]) => {
      const asked = { PolicySourceArn, ActionNames: ['kinesisvideo:DescribeStream'], ResourceArns };
      const { EvaluationResults = [] } = await client(IAMClient).send(new SimulatePrincipalPolicyCommand(asked));
      return EvaluationResults.map(({ EvalResourceName, EvalDecision }) => [EvalResourceName, EvalDecision]);
    };
    const stream = 'arn:aws:kinesisvideo:eu-west-1:123456789012:stream/cam/1';
    const channel = 'arn:aws:kinesisvideo:eu-west-1:123456789012:channel/cam/1';
    expect(await decide(stream, channel)).toEqual([
      [stream, 'allowed'],
      [channel, 'implicitDeny'],
    ]);
  });

  test('knows no role that is not in the template, and refuses by name what it does not know', async () => {
    const iam = client(IAMClient);
    const asked = { PolicySourceArn: 'arn:aws:iam::123456789012:role/none', ActionNames: ['a:B'] };
    await expect(iam.send(new SimulatePrincipalPolicyCommand(asked))).rejects.toThrow('There is no role');
    await expect(iam.send(new GetRoleCommand({ RoleName: 'Role' }))).rejects.toMatchObject({ name: 'InvalidAction' });
  });
});

test('DynamoDB tells what its emulator does not keep of a table, and the rest as before', async () => {
  const dynamodb = client(DynamoDBClient);
  const expiry = async (TableName: string) =>
    (await dynamodb.send(new DescribeTimeToLiveCommand({ TableName }))).TimeToLiveDescription;
  const recovery = async (TableName: string) =>
    (await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName }))).ContinuousBackupsDescription
      ?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
  expect(await expiry('ledger')).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' });
  expect(await expiry('plain')).toEqual({ TimeToLiveStatus: 'DISABLED' });
  expect([await recovery('ledger'), await recovery('plain')]).toEqual(['ENABLED', 'DISABLED']);
  await expect(expiry('none')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await expect(recovery('none')).rejects.toMatchObject({ name: 'TableNotFoundException' });
  expect((await dynamodb.send(new DescribeTableCommand({ TableName: 'ledger' }))).Table?.TableStatus).toBe('ACTIVE');
});

test('SNS tells whom a function hears for, and that nobody here confirms an address', async () => {
  const sns = client(SNSClient);
  const TopicArn = stack.resource('Alarms').arn;
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: stack.resource('Spare').arn }));
  const { Subscriptions = [] } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
  expect(Subscriptions.map(({ Protocol, Endpoint }) => [Protocol, Endpoint]).sort()).toEqual([
    ['email', 'cameras@example.com'],
    ['lambda', stack.resource('EchoLambdaFunction').arn],
    ['sqs', stack.resource('Spare').arn],
  ]);
  const pending = Subscriptions.filter(({ SubscriptionArn }) => SubscriptionArn === 'PendingConfirmation');
  expect(pending.map(({ Protocol }) => Protocol)).toEqual(['email']);
});
