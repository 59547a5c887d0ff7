/** What opens a run, and what is published: the dispatcher's body on the simulated ledger, in virtual time. */
import { InvalidInputError } from '../../src/census/errors.ts';
import type { RegionTask } from '../../src/census/messages.ts';
import { type DispatcherDeps, dispatcher } from '../../src/functions/dispatcher.ts';
import { aRun, aTask, aTotal, DEADLINE, KEY, OPENED_MS, RUN_ID } from '../census/examples.ts';
import { DISPATCHER_CONFIG } from '../judging/numbers.ts';
import { contextOf, failing, ledgerError, makeWorld, type World } from './world.ts';

const IRELAND = 'eu-west-1';
const VIRGINIA = 'us-east-1';
const OPENED = { ...KEY, opened: true, published: 2 };

/** @param refused by the topic at the first, second ... request */
function open(refused: (readonly string[])[] = [], startMs = OPENED_MS) {
  const world = makeWorld(startMs);
  const published: (readonly RegionTask[])[] = [];
  const deps: DispatcherDeps = {
    ...world,
    async publishTasks(tasks) {
      const not = refused[published.length] ?? [];
      published.push(tasks);
      return tasks.filter(({ region }) => not.includes(region));
    },
    random: () => 0.5,
    config: { ...DISPATCHER_CONFIG, regions: [VIRGINIA, IRELAND] },
  };
  return { ...world, deps, published };
}

function trigger({ clock, deps }: { clock: World['clock']; deps: DispatcherDeps }, event: unknown = { runId: RUN_ID }) {
  return clock.run(dispatcher(deps)(event, contextOf('dispatcher')));
}

describe('The first trigger of an instant', () => {
  test('opens the run of that instant, in the account of the function, for the regions that are configured', async () => {
    const world = open();
    await expect(trigger(world)).resolves.toEqual(OPENED);
    expect(await world.ledger.readRun(KEY)).toEqual({ ...aRun([IRELAND, VIRGINIA]), dispatchedRound: 0 });
  });

  test('publishes one task for each region, and says so', async () => {
    const world = open();
    await trigger(world);
    expect(world.published).toEqual([[aTask(IRELAND), aTask(VIRGINIA)]]);
    expect(world.said).toEqual([{ level: 'info', message: 'run opened', ...KEY, tasks: 2 }]);
  });

  test('that comes late gives the run its whole time all the same', async () => {
    const world = open([], OPENED_MS + 60_000);
    await trigger(world);
    const deadlineAt = new Date(Date.parse(DEADLINE) + 60_000).toISOString();
    expect(await world.ledger.readRun(KEY)).toMatchObject({ deadlineAt });
    expect(world.published[0]).toMatchObject([{ deadlineAt }, { deadlineAt }]);
  });
});

describe('Another trigger of the same instant', () => {
  test('opens nothing, publishes nothing and marks nothing', async () => {
    const world = open();
    await trigger(world);
    const before = await world.ledger.readRun(KEY);
    const deps = { ...world.deps, ledger: failing(world.ledger, 'markDispatched', ledgerError()) };
    await expect(trigger({ ...world, deps })).resolves.toEqual({ ...KEY, opened: false, published: 0 });
    expect(await world.ledger.readRun(KEY)).toEqual(before);
    expect(world.published).toHaveLength(1);
    expect(world.said.at(-1)).toEqual({ level: 'info', message: 'run was open already', ...KEY, tasks: 0 });
  });

  test('publishes what the first did not live to publish: the tasks of the run as it was opened', async () => {
    const world = open();
    await world.ledger.openRun(aRun(['ap-east-1', IRELAND], { pending: ['ap-east-1'] }));
    await expect(trigger(world)).resolves.toEqual({ ...KEY, opened: false, published: 1 });
    expect(world.published).toEqual([[aTask('ap-east-1')]]);
    expect(await world.ledger.readRun(KEY)).toMatchObject({ dispatchedRound: 0 });
  });

  test('publishes the tasks of a round that somebody opened and did not live to publish', async () => {
    const world = open();
    await trigger(world);
    await world.ledger.storeTotal(KEY, aTotal({ verdict: 'partial' }), 0, DEADLINE);
    const deadlineAt = '2026-11-20T09:00:00.000Z';
    await world.ledger.openRound(KEY, [VIRGINIA], 1, deadlineAt);
    await trigger(world);
    expect(world.published.at(-1)).toEqual([aTask(VIRGINIA, { round: 1, deadlineAt })]);
    expect(await world.ledger.readRun(KEY)).toMatchObject({ dispatchedRound: 1 });
  });

  test('is an error if the run can be neither opened nor read', async () => {
    const world = open();
    const ledger = { ...world.ledger, openRun: async () => 'exists' as const };
    await expect(trigger({ ...world, deps: { ...world.deps, ledger } })).rejects.toThrow(
      `The run ${RUN_ID} exists, but cannot be read.`,
    );
    expect(world.published).toEqual([]);
  });
});

describe('A topic that refuses tasks', () => {
  test('is given those again, and no others, after waits that double', async () => {
    const world = open([[IRELAND], [IRELAND], [IRELAND]]);
    const atMs: number[] = [];
    const publishTasks: typeof world.deps.publishTasks = (tasks) => {
      atMs.push(world.clock.nowMs() - OPENED_MS);
      return world.deps.publishTasks(tasks);
    };
    await expect(trigger({ ...world, deps: { ...world.deps, publishTasks } })).resolves.toEqual(OPENED);
    expect(world.published.map((tasks) => tasks.map(({ region }) => region))).toEqual([
      [IRELAND, VIRGINIA],
      [IRELAND],
      [IRELAND],
      [IRELAND],
    ]);
    // Half of 400, 800 and 1,600 ms.
    expect(atMs).toEqual([0, 200, 600, 1400]);
    expect(world.said).toEqual([
      { level: 'warn', message: 'the topic refused tasks', tasks: 1 },
      { level: 'warn', message: 'the topic refused tasks', tasks: 1 },
      { level: 'warn', message: 'the topic refused tasks', tasks: 1 },
      { level: 'info', message: 'run opened', ...KEY, tasks: 2 },
    ]);
  });

  test('four times fails the invocation; the next one publishes them', async () => {
    const world = open([[IRELAND], [IRELAND], [IRELAND], [IRELAND]]);
    await expect(trigger(world)).rejects.toThrow('The topic refused 1 of 2 region tasks 4 times.');
    expect(world.published).toHaveLength(4);
    expect(await world.ledger.readRun(KEY)).not.toHaveProperty('dispatchedRound');
    await trigger(world);
    expect(world.published.at(-1)).toEqual([aTask(IRELAND), aTask(VIRGINIA)]);
    expect(await world.ledger.readRun(KEY)).toMatchObject({ dispatchedRound: 0 });
  });

  test('altogether fails the invocation', async () => {
    const world = open();
    const publishTasks = () => Promise.reject(new Error('The topic is gone.'));
    await expect(trigger({ ...world, deps: { ...world.deps, publishTasks } })).rejects.toThrow('The topic is gone.');
    expect(await world.ledger.readRun(KEY)).not.toHaveProperty('dispatchedRound');
  });
});

describe('What is no trigger of a run', () => {
  test.each([
    ['nothing', null, 'The run id (none) is not an instant'],
    ['an event without an instant', {}, 'The run id (none) is not an instant'],
    ['an instant that is none', { runId: 'now' }, 'The run id "now" is not an instant'],
    ['an instant of long ago', { runId: '2026-11-20T05:00:02Z' }, 'is too old to open'],
    ['an instant to come', { runId: '2026-11-20T06:01:04Z' }, 'lies 61 s in the future'],
  ])('is %s: it is refused, and nothing is opened', async (_what, event, why) => {
    const world = open();
    const error = await trigger(world, event).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InvalidInputError);
    expect((error as Error).message).toContain(why);
    expect(world.table.items()).toEqual([]);
    expect(world.published).toEqual([]);
  });

  test('is not an instant that is just young enough, or just near enough', async () => {
    for (const runId of ['2026-11-20T05:00:03Z', '2026-11-20T06:01:03Z']) {
      await expect(trigger(open(), { runId })).resolves.toMatchObject({ runId, opened: true });
    }
  });

  test('is one of a function whose account cannot be told', async () => {
    const world = open();
    const context = { invokedFunctionArn: 'arn:aws:lambda:eu-west-1::function:dispatcher' };
    await expect(dispatcher(world.deps)({ runId: RUN_ID }, context)).rejects.toThrow(InvalidInputError);
  });
});

test.each(['openRun', 'markDispatched'] as const)('a ledger that refuses the %s fails the invocation', async (verb) => {
  const world = open();
  const deps = { ...world.deps, ledger: failing(world.ledger, verb, ledgerError()) };
  await expect(trigger({ ...world, deps })).rejects.toThrow('The table is busy.');
});
