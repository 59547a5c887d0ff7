/** What is promised of publishing, on the simulated topics and on the embedded ones. */
import { parseNudge, parseTask } from '../../src/census/messages.ts';
import { aStoredTotal, aTask, KEY } from '../census/examples.ts';
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
