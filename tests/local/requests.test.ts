import { BatchGetItemCommand, DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { DescribeStreamCommand, KinesisVideoClient, ListStreamsCommand } from '@aws-sdk/client-kinesis-video';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { parseWorld } from '../../src/local/parse-world.ts';
import type { ApiRequest, StackOptions } from '../../src/local/stack.ts';
import { makeVideoService } from '../../src/local/video-service.ts';
import { cleanUp, clientOptions, eventually, startSample } from './sample-stack.ts';

afterEach(cleanUp);

const WORLD = parseWorld({ regions: { 'eu-central-1': { names: { kind: 'list', names: ['door'] } } } }, 'this test');
const ARN = (service: string, name: string) => `arn:aws:${service}:eu-central-1:123456789012:${name}`;
const at = (name: string) => ({ 'Fn::GetAtt': [name, 'Arn'] });

const queue = (name: string) => ({ Type: 'AWS::SQS::Queue', Properties: { QueueName: name } });
const SAMPLE = {
  functions: {
    env: { body: 'return process.env;' },
    eater: { body: 'console.log("eaten");' },
    failing: { body: 'throw new Error();' },
  },
  resources: {
    Food: queue('food'),
    Failed: queue('failed'),
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'topic' } },
    Feed: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { EventSourceArn: at('Food'), FunctionName: at('EaterLambdaFunction') },
    },
    FailingConfig: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: { Ref: 'FailingLambdaFunction' },
        Qualifier: '$LATEST',
        MaximumRetryAttempts: 0,
        DestinationConfig: { OnFailure: { Destination: at('Failed') } },
      },
    },
    Tick: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        ScheduleExpression: 'rate(5 minutes)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: at('EaterLambdaFunction'),
          Input: '<aws.scheduler.scheduled-time>',
          RetryPolicy: { MaximumRetryAttempts: 0 },
          DeadLetterConfig: { Arn: at('Failed') },
        },
      },
    },
    Ledger: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: 'ledger',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      },
    },
  },
};

async function watched(options: Partial<StackOptions> = {}) {
  const seen: ApiRequest[] = [];
  const stack = await startSample(SAMPLE, {
    video: makeVideoService(WORLD),
    onRequest: (request) => seen.push(request),
    ...options,
  });
  /** As text, one for each that is of this caller. */
  const of = (by: string) =>
    seen.flatMap((one) => (one.by === by ? [[one.service, one.action, one.resource].filter(Boolean).join(' ')] : []));
  return { stack, seen, of, options: clientOptions(stack) };
}

test('who asks what of which service, and of what', async () => {
  const { stack, of, options } = await watched();
  const key = { pk: { S: 'a' } };
  const table = ARN('dynamodb', 'table/ledger');
  const dynamodb = new DynamoDBClient(options);
  await dynamodb.send(new PutItemCommand({ TableName: 'ledger', Item: key }));
  const { Responses } = await dynamodb.send(new BatchGetItemCommand({ RequestItems: { ledger: { Keys: [key] } } }));
  expect(Responses).toEqual({ ledger: [key] });
  const query = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: 'a' } } };
  await dynamodb.send(new QueryCommand({ TableName: 'ledger', IndexName: 'no', ...query })).catch(() => {});
  await new SNSClient(options).send(new PublishCommand({ TopicArn: stack.resource('Topic').arn, Message: 'hello' }));
  const QueueUrl = stack.resource('Failed').url;
  const sqs = new SQSClient(options);
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x'.repeat(200_000) }));
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  expect(Messages?.[0]?.Body).toHaveLength(200_000);
  await new LambdaClient(options).send(new InvokeCommand({ FunctionName: 'sample-env' }));
  await new STSClient(options).send(new GetCallerIdentityCommand({}));
  await new SSMClient(options).send(new GetParametersByPathCommand({ Path: '/aws/service' }));
  const video = new KinesisVideoClient(options);
  await video.send(new ListStreamsCommand({}));
  await video.send(new DescribeStreamCommand({ StreamName: 'door' }));
  expect(of('anybody')).toEqual([
    `dynamodb PutItem ${table}`,
    `dynamodb BatchGetItem ${table}`,
    `dynamodb Query ${table}/index/no`,
    `sns Publish ${ARN('sns', 'topic')}`,
    `sqs SendMessage ${ARN('sqs', 'failed')}`,
    `sqs ReceiveMessage ${ARN('sqs', 'failed')}`,
    `lambda Invoke ${ARN('lambda', 'function:sample-env')}`,
    'sts GetCallerIdentity',
    'ssm GetParametersByPath arn:aws:ssm:eu-central-1::parameter/aws/service',
    'kinesisvideo ListStreams',
    `kinesisvideo DescribeStream ${ARN('kinesisvideo', 'stream/door/0')}`,
  ]);
});

test('a function asks under its logical id', async () => {
  const { stack } = await watched();
  expect(await stack.invoke('EnvLambdaFunction', {})).toMatchObject({ AWS_ACCESS_KEY_ID: 'EnvLambdaFunction' });
});

test('what Lambda does with the role of a function: it polls, logs, and reports failures', async () => {
  const { stack, of, options } = await watched();
  const food = ARN('sqs', 'food');
  const logs = ARN('logs', 'log-group:/aws/lambda/sample-eater:log-stream:local');
  await new SQSClient(options).send(new SendMessageCommand({ QueueUrl: stack.resource('Food').url, MessageBody: 'x' }));
  await eventually('the message to be eaten', () => of('EaterLambdaFunction').includes(`sqs DeleteMessage ${food}`));
  expect(of('EaterLambdaFunction')).toEqual(
    expect.arrayContaining([
      `sqs GetQueueAttributes ${food}`,
      `sqs ReceiveMessage ${food}`,
      `logs CreateLogStream ${logs}`,
      `logs PutLogEvents ${logs}`,
    ]),
  );
  await stack.invokeAsync('FailingLambdaFunction', {});
  const reported = `sqs SendMessage ${ARN('sqs', 'failed')}`;
  await eventually('the failure to be reported', () => of('FailingLambdaFunction').includes(reported));
});

test('what the Scheduler does with the role of a schedule: it invokes, and gives up', async () => {
  const { stack, of } = await watched();
  // The instant alone is no JSON.
  await stack.fire('Tick', new Date(0));
  expect(of('Tick')).toEqual([
    `lambda InvokeFunction ${ARN('lambda', 'function:sample-eater')}`,
    `sqs SendMessage ${ARN('sqs', 'failed')}`,
  ]);
});
