/** What functions ask of a queue: the SDK's client over HTTP. What a queue then does: tests/contract/queue.test.ts. */
import { createHash } from 'node:crypto';
import { SQSClient } from '@aws-sdk/client-sqs';
import { makeDelayMessage, makeParkMessage } from '../../src/aws/queue.ts';
import { json, refusal, type Service, startService } from './service.ts';

let service: Service;
let client: SQSClient;
let queueUrl: string;
beforeAll(async () => {
  service = await startService();
  client = new SQSClient({ ...service.options, maxAttempts: 1 });
  queueUrl = `${service.options.endpoint}/123456789012/queue`;
});
afterAll(async () => {
  client.destroy();
  await service.close();
});

const operations = () => service.asked.map(({ headers }) => headers['x-amz-target']);

test.each([
  ['at once', 0, 0],
  ['after a part of a second, on a stack whose time is scaled down', 250, 0.25],
  ['after just under a second', 999, 0.999],
  ['after a second', 1000, 1],
  ['after the nearest whole second', 1499, 1],
  ['after the nearest whole second', 1500, 2],
  ['after minutes', 120_000, 120],
])('a message comes back %s: %i ms are %d s', async (_when, ms, VisibilityTimeout) => {
  service.answer(json({}));
  await makeDelayMessage(client, queueUrl)('handle', ms);
  expect(operations()).toEqual(['AmazonSQS.ChangeMessageVisibility']);
  expect(service.bodies()).toEqual([{ QueueUrl: queueUrl, ReceiptHandle: 'handle', VisibilityTimeout }]);
});

test('a body is parked as it is, with why beside it', async () => {
  const body = '{"not": "a täsk"';
  service.answer(json({ MessageId: 'm-1', MD5OfMessageBody: createHash('md5').update(body).digest('hex') }));
  await makeParkMessage(client, queueUrl)(body, 'not-a-task');
  expect(operations()).toEqual(['AmazonSQS.SendMessage']);
  expect(service.bodies()).toEqual([
    {
      QueueUrl: queueUrl,
      MessageBody: body,
      MessageAttributes: { why: { DataType: 'String', StringValue: 'not-a-task' } },
    },
  ]);
});

test.each([
  ['to hold a message', () => makeDelayMessage(client, queueUrl)('handle', 1000)],
  ['to park a body', () => makeParkMessage(client, queueUrl)('body', 'why')],
])('a queue that refuses %s is an error', async (_what, ask) => {
  service.answer(refusal(400, 'ReceiptHandleIsInvalid'));
  await expect(ask()).rejects.toThrow('This is ReceiptHandleIsInvalid.');
});
