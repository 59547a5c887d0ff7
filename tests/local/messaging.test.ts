import { PublishBatchCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { cleanUp, clientOptions, eventually, type Recorded, startSample } from './sample-stack.ts';

afterEach(cleanUp);

const ACCOUNT = '123456789012';
const RESOURCES = {
  News: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'news' } },
  Tasks: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      QueueName: 'tasks',
      VisibilityTimeout: 20,
      MessageRetentionPeriod: 345600,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 2 },
    },
  },
  Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } },
  Link: {
    Type: 'AWS::SNS::Subscription',
    Properties: {
      TopicArn: { Ref: 'News' },
      Protocol: 'sqs',
      Endpoint: { 'Fn::GetAtt': ['Tasks', 'Arn'] },
      RawMessageDelivery: true,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] } },
    },
  },
};

function clients(stack: Recorded) {
  return {
    sns: new SNSClient(clientOptions(stack)),
    sqs: new SQSClient(clientOptions(stack)),
    tasks: stack.resource('Tasks').url ?? '',
    dead: stack.resource('Dead').url ?? '',
    news: stack.resource('News').arn,
  };
}

async function receive(sqs: SQSClient, QueueUrl: string, more: object = {}) {
  const answer = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1, MessageSystemAttributeNames: ['All'], ...more }),
  );
  return answer.Messages?.[0];
}

test('what is published to a topic lies in the queue as it was, and the queue says which account it is in', async () => {
  const { sns, sqs, tasks, news } = clients(await startSample({ resources: RESOURCES }));
  await sns.send(new PublishCommand({ TopicArn: news, Message: '{"region":"eu-west-1"}' }));
  expect(await receive(sqs, tasks)).toMatchObject({ Body: '{"region":"eu-west-1"}' });
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: tasks, AttributeNames: ['All'] }));
  expect(Attributes).toMatchObject({
    QueueArn: `arn:aws:sqs:eu-central-1:${ACCOUNT}:tasks`,
    VisibilityTimeout: '20',
    MessageRetentionPeriod: '345600',
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: `arn:aws:sqs:eu-central-1:${ACCOUNT}:dead`,
      maxReceiveCount: 2,
    }),
  });
});

test('an unmodified client is sent to the queue at the address that it called', async () => {
  const stack = await startSample({ resources: RESOURCES });
  const { sqs, tasks } = clients(stack);
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'tasks' }));
  expect(QueueUrl).toBe(`${stack.url}/${ACCOUNT}/tasks`);
  expect(QueueUrl).toBe(tasks);
});

test('a message body keeps an ARN of any account unchanged', async () => {
  const { sqs, tasks } = clients(await startSample({ resources: RESOURCES }));
  const body = 'arn:aws:sqs:eu-central-1:000000000000:tasks arn:aws:sns:eu-central-1:123456789012:news';
  await sqs.send(new SendMessageCommand({ QueueUrl: tasks, MessageBody: body }));
  expect((await receive(sqs, tasks))?.Body).toBe(body);
});

test('a queue’s visibility is divided by the time scale, to fractions of a second', async () => {
  const { sqs, tasks } = clients(await startSample({ resources: RESOURCES }, { timeScale: 40 }));
  await sqs.send(new SendMessageCommand({ QueueUrl: tasks, MessageBody: 'x' }));
  expect(await receive(sqs, tasks)).toBeDefined();
  const receivedAt = performance.now();
  const again = await receive(sqs, tasks, { WaitTimeSeconds: 5 });
  expect(again?.Attributes?.ApproximateReceiveCount).toBe('2');
  expect(performance.now() - receivedAt).toBeGreaterThan(400);
  expect(performance.now() - receivedAt).toBeLessThan(4_000);
});

test('one message’s visibility can be changed to a fraction of a second', async () => {
  const { sqs, tasks } = clients(await startSample({ resources: RESOURCES }));
  await sqs.send(new SendMessageCommand({ QueueUrl: tasks, MessageBody: 'x' }));
  const { ReceiptHandle } = (await receive(sqs, tasks)) ?? {};
  await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: tasks, ReceiptHandle, VisibilityTimeout: 0.25 }));
  const changedAt = performance.now();
  expect(await receive(sqs, tasks, { WaitTimeSeconds: 5 })).toBeDefined();
  expect(performance.now() - changedAt).toBeGreaterThan(200);
  expect(performance.now() - changedAt).toBeLessThan(4_000);
});

test('after the receives that the template allows a message lies in the dead-letter queue', async () => {
  const { sqs, tasks, dead } = clients(await startSample({ resources: RESOURCES }, { timeScale: 400 }));
  await sqs.send(new SendMessageCommand({ QueueUrl: tasks, MessageBody: 'poison' }));
  expect((await receive(sqs, tasks))?.Attributes?.ApproximateReceiveCount).toBe('1');
  expect((await receive(sqs, tasks))?.Attributes?.ApproximateReceiveCount).toBe('2');
  expect(await receive(sqs, tasks)).toBeUndefined();
  expect((await receive(sqs, dead))?.Body).toBe('poison');
});

test('what a subscription cannot deliver lies in its dead-letter queue, until the queue is there again', async () => {
  const { sns, sqs, tasks, dead, news } = clients(await startSample({ resources: RESOURCES }));
  const entries = ['a', 'b'].map((Id) => ({ Id, Message: `lost ${Id}` }));
  await sqs.send(new DeleteQueueCommand({ QueueUrl: tasks }));
  await sns.send(new PublishBatchCommand({ TopicArn: news, PublishBatchRequestEntries: entries }));
  expect([(await receive(sqs, dead))?.Body, (await receive(sqs, dead))?.Body]).toEqual(['lost a', 'lost b']);

  await sqs.send(new CreateQueueCommand({ QueueName: 'tasks' }));
  await sns.send(new PublishCommand({ TopicArn: news, Message: 'found' }));
  expect((await receive(sqs, tasks))?.Body).toBe('found');
  expect(await receive(sqs, dead)).toBeUndefined();
});

test('a person can subscribe a queue of their own', async () => {
  const { sns, sqs, news } = clients(await startSample({ resources: RESOURCES }));
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'mine' }));
  await sns.send(
    new SubscribeCommand({
      TopicArn: news,
      Protocol: 'sqs',
      Endpoint: `arn:aws:sqs:eu-central-1:${ACCOUNT}:mine`,
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  await sns.send(new PublishCommand({ TopicArn: news, Message: 'hello' }));
  expect((await receive(sqs, QueueUrl))?.Body).toBe('hello');
});

test('a function that subscribes to a topic is invoked with the notification, and its hidden queue is in no listing', async () => {
  const stack = await startSample({
    functions: { reader: { body: 'console.log(JSON.stringify(event));' } },
    resources: {
      ...RESOURCES,
      ReaderLink: {
        Type: 'AWS::SNS::Subscription',
        Properties: {
          TopicArn: { Ref: 'News' },
          Protocol: 'lambda',
          Endpoint: { 'Fn::GetAtt': ['ReaderLambdaFunction', 'Arn'] },
          FilterPolicy: { kind: ['wanted'] },
        },
      },
    },
  });
  const { sns, sqs, news } = clients(stack);
  const publish = (Message: string, kind: string) =>
    sns.send(
      new PublishCommand({
        TopicArn: news,
        Message,
        Subject: 'S',
        MessageAttributes: { kind: { DataType: 'String', StringValue: kind } },
      }),
    );
  await publish('no', 'other');
  await publish('yes', 'wanted');
  const line = await eventually('the function to print', () => stack.lines[0]?.line);
  expect(JSON.parse(line)).toEqual({
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: expect.stringContaining(news),
        Sns: expect.objectContaining({
          Type: 'Notification',
          TopicArn: news,
          Subject: 'S',
          Message: 'yes',
          MessageAttributes: { kind: { Type: 'String', Value: 'wanted' } },
        }),
      },
    ],
  });
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  expect(QueueUrls.map((url) => url.split('/').at(-1)).sort()).toEqual(['dead', 'tasks']);
});
