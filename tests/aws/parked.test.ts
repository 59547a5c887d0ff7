/** How messages that wait for a person are looked at, left and taken: the SDK's client over HTTP. */
import { createHash } from 'node:crypto';
import { SQSClient } from '@aws-sdk/client-sqs';
import { makeSendBody, openParkedQueue, queueUrlOf, type ReceivedMessage } from '../../src/aws/parked.ts';
import { type Answer, json, refusal, type Service, startService } from './service.ts';

const RUN_MS = Date.parse('2026-11-20T06:00:00Z');
const NAME = 'kvs-census-dev-unreadable-tasks';

let service: Service;
let client: SQSClient;
let QueueUrl: string;
beforeAll(async () => {
  service = await startService();
  client = new SQSClient({ ...service.options, maxAttempts: 1 });
  QueueUrl = `${service.options.endpoint}/123456789012/${NAME}`;
});
afterAll(async () => {
  client.destroy();
  await service.close();
});

const operations = () => service.asked.map(({ headers }) => String(headers['x-amz-target']).replace('AmazonSQS.', ''));
const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** A message in SQS's form, parked so many seconds after the run. */
const message = (id: string, afterSeconds = 0, more: object = {}) => ({
  MessageId: id,
  ReceiptHandle: `handle-${id}`,
  Body: `body-${id}`,
  MD5OfBody: md5(`body-${id}`),
  Attributes: { SentTimestamp: String(RUN_MS + afterSeconds * 1000) },
  ...more,
});
const batch = (...messages: object[]): Answer => json(messages.length > 0 ? { Messages: messages } : {});

async function opened(...answers: Answer[]) {
  service.answer(json({ QueueUrl }));
  const queue = await openParkedQueue(client, NAME);
  service.answer(...answers);
  return queue;
}

describe('A queue', () => {
  test('is found by its name', async () => {
    service.answer(json({ QueueUrl }));
    await expect(queueUrlOf(client, NAME)).resolves.toBe(QueueUrl);
    expect(operations()).toEqual(['GetQueueUrl']);
    expect(service.bodies()).toEqual([{ QueueName: NAME }]);
  });

  test('without an address is none', async () => {
    service.answer(json({}));
    await expect(queueUrlOf(client, NAME)).rejects.toThrow(`SQS gave no URL for the queue ${NAME}.`);
  });

  test('that is not there is an error', async () => {
    service.answer(refusal(400, 'QueueDoesNotExist'));
    await expect(openParkedQueue(client, NAME)).rejects.toThrow('This is QueueDoesNotExist.');
  });
});

describe('Looking', () => {
  test('hides messages from others for a minute, and asks all servers of SQS', async () => {
    const queue = await opened(batch());
    await queue.receive(500);
    expect(operations()).toEqual(['ReceiveMessage']);
    expect(service.bodies()).toEqual([
      {
        QueueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 60,
        WaitTimeSeconds: 1,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['SentTimestamp'],
      },
    ]);
  });

  test('goes on until nothing comes, and gives all, the oldest first', async () => {
    const queue = await opened(
      batch(message('c', 3), message('a', 1)),
      batch(message('d', 4), message('b', 2)),
      batch(),
    );
    const { messages, isAll } = await queue.receive(500);
    expect(messages.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
    expect(isAll).toBe(true);
    expect(service.asked).toHaveLength(3);
  });

  test('ends when only such come as came before', async () => {
    const queue = await opened(batch(message('a'), message('b')), batch(message('b', 0, { ReceiptHandle: 'newer' })));
    const { messages, isAll } = await queue.receive(500);
    expect(messages.map(({ receiptHandle }) => receiptHandle)).toEqual(['handle-a', 'newer']);
    expect(isAll).toBe(true);
    expect(service.asked).toHaveLength(2);
  });

  test('ends at its limit, and does not say that this is all', async () => {
    const queue = await opened(batch(message('a'), message('b')), batch(message('c'), message('d')), batch());
    const { messages, isAll } = await queue.receive(4);
    expect(messages).toHaveLength(4);
    expect(isAll).toBe(false);
    expect(service.asked).toHaveLength(2);
  });

  test('finds of a message what SQS said of it', async () => {
    const attributes = {
      why: { DataType: 'String', StringValue: 'not-a-task' },
      bytes: { DataType: 'Binary', BinaryValue: 'AA==' },
    };
    const queue = await opened(batch(message('a', 90, { MessageAttributes: attributes })), batch());
    const { messages } = await queue.receive(1);
    expect(messages).toEqual([
      {
        id: 'a',
        body: 'body-a',
        sentAt: '2026-11-20T06:01:30.000Z',
        attributes: { why: 'not-a-task' },
        receiptHandle: 'handle-a',
      },
    ]);
  });

  test('finds an empty message, of which SQS said nothing', async () => {
    const queue = await opened(batch({ Body: '', MD5OfBody: md5('') }), batch());
    const { messages } = await queue.receive(1);
    expect(messages).toEqual([
      { id: '', body: '', sentAt: '1970-01-01T00:00:00.000Z', attributes: {}, receiptHandle: '' },
    ]);
  });
});

const parked = (count: number): ReceivedMessage[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `m-${index}`,
    body: '',
    sentAt: '2026-11-20T06:00:00.000Z',
    attributes: {},
    receiptHandle: `handle-${index}`,
  }));

describe('Leaving', () => {
  test('shows messages to others at once, ten in a request', async () => {
    const queue = await opened(json({ Successful: [], Failed: [] }));
    await queue.release(parked(11));
    expect(operations()).toEqual(['ChangeMessageVisibilityBatch', 'ChangeMessageVisibilityBatch']);
    const entry = (id: number, handle: number) => ({
      Id: String(id),
      ReceiptHandle: `handle-${handle}`,
      VisibilityTimeout: 0,
    });
    expect(service.bodies()).toEqual([
      { QueueUrl, Entries: Array.from({ length: 10 }, (_, index) => entry(index, index)) },
      { QueueUrl, Entries: [entry(0, 10)] },
    ]);
  });

  test.each([
    ['ten are one request', 10, 1],
    ['none is none', 0, 0],
  ])('%s', async (_what, count, requests) => {
    const queue = await opened(json({ Successful: [], Failed: [] }));
    await queue.release(parked(count));
    expect(service.asked).toHaveLength(requests);
  });
});

test('a message is taken out by the handle with which it came', async () => {
  const queue = await opened(json({}));
  await queue.delete(parked(8)[7] as ReceivedMessage);
  expect(operations()).toEqual(['DeleteMessage']);
  expect(service.bodies()).toEqual([{ QueueUrl, ReceiptHandle: 'handle-7' }]);
});

test('a body is sent to a queue by its name, as it is', async () => {
  service.answer(json({ QueueUrl }), json({ MessageId: 'm-1', MD5OfMessageBody: md5('a täsk') }));
  const send = await makeSendBody(client, NAME);
  await send('a täsk');
  expect(operations()).toEqual(['GetQueueUrl', 'SendMessage']);
  expect(service.bodies()).toEqual([{ QueueName: NAME }, { QueueUrl, MessageBody: 'a täsk' }]);
});
