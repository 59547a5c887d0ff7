/** What is promised of publishing, on the simulated topics and on the embedded ones. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SNSClient } from '@aws-sdk/client-sns';
import { makePublishTasks } from '../../src/aws/topic.ts';
import { parseNudge, parseTask } from '../../src/census/region.ts';
import { aStoredTotal, aTask, KEY } from '../unit/examples.ts';
import { MESSAGING_WORLDS, type MessagingWorld } from './messaging-worlds.ts';

const regions = Array.from({ length: 19 }, (_, index) => `eu-west-${index + 1}`);

describe.each(Object.keys(MESSAGING_WORLDS))('On the %s', (name) => {
  let world: MessagingWorld;
  beforeAll(async () => {
    world = await MESSAGING_WORLDS[name]!();
  });
  afterAll(() => world.close());

  test('every task that is published arrives once, and reads back as it was', async () => {
    const tasks = regions.map((region) => aTask(region, { round: 1 }));
    expect(await world.publishTasks(tasks)).toEqual([]);
    const arrived = [];
    while (arrived.length < tasks.length) {
      const message = await world.receive('tasks');
      arrived.push(parseTask(message!.body));
      await world.remove('tasks', message!.handle);
    }
    expect(arrived.map(({ region }) => region).sort()).toEqual([...regions].sort());
    expect(arrived.find(({ region }) => region === 'eu-west-7')).toEqual(aTask('eu-west-7', { round: 1 }));
    expect(await world.receive('tasks', 0)).toBeUndefined();
  });

  test('no tasks are no request, and nothing arrives', async () => {
    expect(await world.publishTasks([])).toEqual([]);
    expect(await world.receive('tasks', 0)).toBeUndefined();
  });

  test('a nudge names its run', async () => {
    await world.sendNudge(KEY);
    const message = await world.receive('nudges');
    expect(parseNudge(message!.body)).toEqual({ version: 1, ...KEY });
  });

  test('a total is announced with its run and its rev', async () => {
    const { rev, ...total } = aStoredTotal({ streams: 7 });
    await world.announceTotal(KEY, { ...total, rev });
    const message = await world.receive('totals');
    expect(JSON.parse(message!.body)).toEqual({ version: 1, ...KEY, rev, total });
  });
});

/** An SNS that answers each batch as its turn says: which entries failed, in AWS's own words. */
async function withSns(failed: readonly (readonly number[])[], use: (client: SNSClient) => Promise<void>) {
  const batches: number[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      const entries = new URLSearchParams(body);
      const ids = [...entries.keys()].filter((key) => key.endsWith('.Id')).map((key) => entries.get(key)!);
      const turn = failed[batches.length] ?? [];
      batches.push(ids.length);
      const member = (id: string) =>
        turn.includes(Number(id))
          ? ['Failed', `<member><Id>${id}</Id><Code>InternalError</Code><SenderFault>false</SenderFault></member>`]
          : ['Successful', `<member><Id>${id}</Id><MessageId>m-${id}</MessageId></member>`];
      const list = (of: string) =>
        ids
          .map(member)
          .filter(([kind]) => kind === of)
          .map(([, xml]) => xml)
          .join('');
      response.setHeader('content-type', 'text/xml');
      response.end(
        `<PublishBatchResponse><PublishBatchResult><Successful>${list('Successful')}</Successful><Failed>${list('Failed')}</Failed></PublishBatchResult></PublishBatchResponse>`,
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new SNSClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'anybody', secretAccessKey: 'anything' },
  });
  try {
    await use(client);
  } finally {
    client.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  return batches;
}

test('nineteen tasks go out in two requests, and those that the topic refused come back', async () => {
  const tasks = regions.map((region) => aTask(region));
  const batches = await withSns([[0, 9], [8]], async (client) => {
    const refused = await makePublishTasks(client, 'arn:aws:sns:eu-west-1:123456789012:tasks')(tasks);
    expect(refused).toEqual([tasks[0], tasks[9], tasks[18]]);
  });
  expect(batches).toEqual([10, 9]);
});
