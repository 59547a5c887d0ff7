/** What a web page of somebody else's can do to the servers of this machine: nothing. In a real browser. */
import { createServer } from 'node:http';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { history } from '../../cli/history.ts';
import { cleanUp, clientOptions, type Recorded, startSample } from '../../local/sample-stack.ts';
import { describeInBrowser, read, startPage } from '../harness.ts';

const SAMPLE = {
  functions: { echo: { body: 'return event;' } },
  resources: {
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'heard' } },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'news' } },
    Subscription: {
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'sqs', Endpoint: { 'Fn::GetAtt': ['Queue', 'Arn'] } },
    },
  },
};
const PRESIGNED = 'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a%2F20261120%2Feu-west-1%2F';

/** A page of another origin: the name localhost at a port of its own is one already. */
async function startForeignPage(): Promise<{ url: string; close(): void }> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<title>Kittens</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://localhost:${(server.address() as { port: number }).port}/`, close: () => server.close() };
}

describeInBrowser('A page of somebody else’s', ({ open }) => {
  let stack: Recorded;
  let foreign: { url: string; close(): void };
  beforeAll(async () => {
    stack = await startSample(SAMPLE, { onPage: (_request, response) => void response.end('our own page') });
    foreign = await startForeignPage();
  });
  afterAll(async () => {
    foreign.close();
    await cleanUp();
  });

  async function heard(): Promise<string | undefined> {
    const sqs = new SQSClient(clientOptions(stack));
    const asked = { QueueUrl: stack.resource('Queue').url, AttributeNames: ['ApproximateNumberOfMessages' as const] };
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand(asked));
    sqs.destroy();
    return Attributes?.ApproximateNumberOfMessages;
  }

  test('cannot publish with a form, and whoever sent it reads why', async () => {
    const page = await open(foreign.url);
    const fields = { Action: 'Publish', TopicArn: stack.resource('Topic').arn, Message: 'hello' };
    const inputs = Object.entries(fields).map(([name, value]) => `<input name="${name}" value="${value}">`);
    const action = `${stack.url}/?${PRESIGNED}sns%2Faws4_request`;
    await page.setContent(`<form method="post" action="${action}">${inputs.join('')}<button>Kittens</button></form>`);
    await page.click('button');
    await page.getByText('This server answers no other web page').waitFor();
    expect(await heard()).toBe('0');
  });

  test('cannot invoke a function, publish, or read, by requests that need no leave', async () => {
    const page = await open(foreign.url);
    const answers = await page.evaluate(
      async ([url, presigned, topic]) => {
        const publish = new URLSearchParams({ Action: 'Publish', TopicArn: topic ?? '', Message: 'hello' });
        const invoke = `${url}/2015-03-31/functions/sample-echo/invocations?${presigned}lambda%2Faws4_request`;
        const targets: [string, RequestInit][] = [
          [invoke, { method: 'POST', body: '{}', mode: 'no-cors' }],
          [`${url}/?${presigned}sns%2Faws4_request`, { method: 'POST', body: publish, mode: 'no-cors' }],
          [`${url}/?${publish}&${presigned}sns%2Faws4_request`, { mode: 'no-cors' }],
          [`${url}/`, {}],
          [
            `${url}/`,
            {
              method: 'POST',
              headers: { authorization: 'AWS4-HMAC-SHA256 Credential=a/20261120/eu-west-1/sns/aws4_request' },
            },
          ],
        ];
        return await Promise.all(
          targets.map(([target, init]) => fetch(target, init).then((answer) => answer.type, String)),
        );
      },
      [stack.url, PRESIGNED, stack.resource('Topic').arn],
    );
    const unseen = ['opaque', 'opaque', 'opaque', 'TypeError: Failed to fetch', 'TypeError: Failed to fetch'];
    expect(answers).toEqual(unseen);
    expect(stack.events).toEqual([]);
    expect(await heard()).toBe('0');
  });

  test('gets nothing under a name of its own that points here, and ours goes on working', async () => {
    const server = await startPage();
    await server.fill(history({ runs: 2 }));
    const { port } = new URL(server.page);
    // The browser resolves every name under localhost to this machine, as a name server of an attacker would.
    const rebound = await open(`http://evil.localhost:${port}/`);
    expect(await rebound.innerText('body')).toContain('answers only under the names 127.0.0.1, localhost and [::1]');
    for (const host of ['127.0.0.1', 'localhost']) {
      const own = await open(`http://${host}:${port}/`);
      expect(await read(own, 'h1, .headline')).toMatch(/\d/);
      expect(await own.evaluate(async () => (await fetch('/data/newest')).status)).toBe(200);
      expect(own.complaints).toEqual([]);
    }
  });
});
