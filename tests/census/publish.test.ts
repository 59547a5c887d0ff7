import type { RegionTask } from '../../src/census/messages.ts';
import { PUBLISH_ATTEMPTS, publishAll, tasksToPublish } from '../../src/census/publish.ts';
import { aRun, aTask } from './examples.ts';

describe('the tasks of a run', () => {
  test('are one for each pending region, of its round and with its deadline', () => {
    const run = aRun(['eu-west-1', 'us-east-1', 'us-west-2'], { pending: ['eu-west-1', 'us-west-2'], round: 2 });
    expect(tasksToPublish(run)).toEqual([aTask('eu-west-1', { round: 2 }), aTask('us-west-2', { round: 2 })]);
  });

  test('are none once this round was dispatched, so that a repeated trigger publishes nothing', () => {
    expect(tasksToPublish(aRun(['eu-west-1'], { dispatchedRound: 0 }))).toEqual([]);
    expect(tasksToPublish(aRun(['eu-west-1'], { round: 1, dispatchedRound: 0 }))).toHaveLength(1);
  });

  test('give a region that is dark a quick try, and no other', () => {
    const run = aRun(['eu-west-1', 'us-east-1']);
    expect(tasksToPublish(run, { dark: new Set(['us-east-1', 'sa-east-1']) })).toEqual([
      aTask('eu-west-1'),
      aTask('us-east-1', { quick: true }),
    ]);
  });

  test('give a region that a person asked for all of its time, dark or not', () => {
    const run = aRun(['us-east-1'], { round: 1 });
    expect(tasksToPublish(run, { dark: new Set(['us-east-1']) })).toEqual([aTask('us-east-1', { round: 1 })]);
  });

  test('do so in a run that is opened because a person asked, too', () => {
    const hindsight = { dark: new Set(['us-east-1']) };
    const run = (round: number) => aRun(['us-east-1'], { parent: { position: 0, round, expiresAt: 1_800_000_000 } });
    expect(tasksToPublish(run(0), hindsight)).toEqual([aTask('us-east-1', { quick: true })]);
    expect(tasksToPublish(run(1), hindsight)).toEqual([aTask('us-east-1')]);
  });

  test('name the run before, in every round', () => {
    const previous = '2026-11-20T05:00:00Z';
    const hindsight = { dark: new Set<string>(), previous };
    expect(tasksToPublish(aRun(['us-east-1']), hindsight)).toEqual([aTask('us-east-1', { previous })]);
    const retried = aRun(['us-east-1'], { round: 1 });
    expect(tasksToPublish(retried, hindsight)).toEqual([aTask('us-east-1', { round: 1, previous })]);
  });
});

describe('publishing', () => {
  const [first, second] = [aTask('eu-west-1'), aTask('us-east-1')];

  /** @param refusals what the topic refuses, request by request */
  async function publish(refusals: readonly (readonly RegionTask[])[]) {
    const asked: (readonly RegionTask[])[] = [];
    const waits: number[] = [];
    const told: number[] = [];
    const publishTasks = async (tasks: readonly RegionTask[]) => {
      asked.push(tasks);
      return [...(refusals[asked.length - 1] ?? [])];
    };
    const clock = { sleep: async (ms: number) => void waits.push(ms) };
    const ports = { publishTasks, clock, random: () => 0.5 };
    const refused = await publishAll(ports, [first, second], 100, (tasks) => told.push(tasks));
    return { asked, waits, told, refused };
  }

  test('asks once where nothing is refused', async () => {
    expect(await publish([])).toEqual({ asked: [[first, second]], waits: [], told: [], refused: [] });
  });

  test('asks again for what was refused, and only for that, after a wait that grows', async () => {
    expect(await publish([[first, second], [second]])).toEqual({
      asked: [[first, second], [first, second], [second]],
      waits: [100, 200],
      told: [2, 1],
      refused: [],
    });
  });

  test('gives what was refused every time, and waits for nothing after the last', async () => {
    const all = Array.from({ length: PUBLISH_ATTEMPTS }, () => [second]);
    expect(await publish(all)).toMatchObject({ waits: [100, 200, 400], told: [1, 1, 1, 1], refused: [second] });
  });
});
