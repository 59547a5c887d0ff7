/** What is promised of publishing, on the simulated topics and on the embedded ones. */
import { announcementOf } from '../../src/census/announcement.ts';
import { censusIdOf } from '../../src/census/census-id.ts';
import { mailOf } from '../../src/census/mail.ts';
import { parseNudge, parseTask } from '../../src/census/messages.ts';
import { ACCOUNT, aRun, aStoredTotal, aTask, KEY } from '../census/examples.ts';
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
    expect(parseNudge(message!.body)).toEqual(KEY);
  });

  test('a total of another kind than streams is announced to those programs alone that asked for it', async () => {
    const run = { ...aRun(['eu-west-1']), censusId: censusIdOf(ACCOUNT, 'channels') };
    await world.announceTotal(run, aStoredTotal({ streams: 3 }), []);
    const announced = JSON.parse((await world.receive('detail'))!.body);
    expect(announced).toMatchObject({ kind: 'channels', accountId: ACCOUNT, total: { streams: 3 } });
    expect([await world.receive('totals', 0), await world.receive('mail', 0)]).toEqual([undefined, undefined]);
  });

  test('a total is announced to programs and to people', async () => {
    const run = aRun(['eu-west-1']);
    const total = aStoredTotal({ streams: 7 });
    await world.announceTotal(run, total, []);
    expect(JSON.parse((await world.receive('totals'))!.body)).toEqual(announcementOf(run, total));
    expect((await world.receive('mail'))!.body).toBe(
      mailOf(run, total, { stage: 'dev', region: 'us-east-1' }, []).text,
    );
  });
});
