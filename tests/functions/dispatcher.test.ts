/** What opens a run, and what is published: the dispatcher's body on the simulated ledger, in virtual time. */

import { censusIdOf } from '../../src/census/census-id.ts';
import { InvalidInputError } from '../../src/census/errors.ts';
import { KINESIS_VIDEO_REGIONS } from '../../src/census/kinds/kinesis-video.ts';
import { KINDS, type Kind } from '../../src/census/kinds.ts';
import type { RegionTask } from '../../src/census/messages.ts';
import { type DispatcherDeps, dispatcher } from '../../src/functions/dispatcher.ts';
import {
  aRun,
  aTask,
  aTotal,
  counted,
  DEADLINE,
  KEY,
  MEMORY,
  OPENED_MS,
  RUN_ID,
  SETTINGS,
} from '../census/examples.ts';
import { DISPATCHER_CONFIG } from '../judging/numbers.ts';
import { contextOf, failing, ledgerError, makeWorld, type World, type WorldLedger } from './world.ts';

const IRELAND = 'eu-west-1';
const VIRGINIA = 'us-east-1';
const OPENED = [{ ...KEY, opened: true, published: 2 }];

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
    readLiveRegions: () => Promise.reject(new Error('Nobody asks where the service is.')),
    readOptInStates: () => Promise.reject(new Error('Nobody asks what is switched on.')),
    readOptInStatesOf: () => () => Promise.reject(new Error('Nobody asks what others have switched on.')),
    readAccounts: () => Promise.reject(new Error('Nobody asks which accounts there are.')),
    askAccess: () => Promise.reject(new Error('Nobody asks whether another account may be counted.')),
    config: { ...DISPATCHER_CONFIG, regionSettings: { ...SETTINGS, regions: [VIRGINIA, IRELAND] } },
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
    const sources = { regions: { from: 'parameter' }, optIn: { from: 'parameter' } };
    expect(await world.ledger.readRun(KEY)).toEqual({ ...aRun([IRELAND, VIRGINIA]), sources, dispatchedRound: 0 });
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
    await expect(trigger({ ...world, deps })).resolves.toEqual([{ ...KEY, opened: false, published: 0 }]);
    expect(await world.ledger.readRun(KEY)).toEqual(before);
    expect(world.published).toHaveLength(1);
    expect(world.said.at(-1)).toEqual({ level: 'info', message: 'run was open already', ...KEY, tasks: 0 });
  });

  test('publishes what the first did not live to publish: the tasks of the run as it was opened', async () => {
    const world = open();
    await world.ledger.openRun(aRun(['ap-east-1', IRELAND], { pending: ['ap-east-1'] }));
    await expect(trigger(world)).resolves.toEqual([{ ...KEY, opened: false, published: 1 }]);
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

const EARLIER = '2026-11-20T00:00:00Z';

describe('A region that was dark in three runs before', () => {
  /** The newest run before has this total, or none. */
  async function afterRun(dark: number | undefined) {
    const world = open();
    const key = { ...KEY, runId: EARLIER };
    await world.ledger.openRun(aRun([IRELAND, VIRGINIA], key));
    if (dark === undefined) return world;
    const missing = [{ region: VIRGINIA, reason: 'timed-out' as const, dark }];
    await world.ledger.storeTotal(key, aTotal({ verdict: 'partial', missing }), 0, '2026-11-20T00:30:00.000Z');
    return world;
  }

  test('gets one quick try, and no other region does', async () => {
    const world = await afterRun(3);
    await trigger(world);
    const previous = EARLIER;
    expect(world.published).toEqual([[aTask(IRELAND, { previous }), aTask(VIRGINIA, { previous, quick: true })]]);
  });

  test.each([2, undefined])('is not one that was so in %j of them', async (dark) => {
    const world = await afterRun(dark);
    await trigger(world);
    const previous = EARLIER;
    expect(world.published).toEqual([[aTask(IRELAND, { previous }), aTask(VIRGINIA, { previous })]]);
  });

  test('gets all of its time if a person asked for it', async () => {
    const world = await afterRun(3);
    await trigger(world);
    await world.ledger.storeTotal(KEY, aTotal({ verdict: 'partial' }), 0, DEADLINE);
    await world.ledger.openRound(KEY, [VIRGINIA], 1, DEADLINE);
    const deps = { ...world.deps, ledger: failing(world.ledger, 'earlierRuns', new Error('Nobody asks.')) };
    await trigger({ ...world, deps });
    expect(world.published.at(-1)).toEqual([aTask(VIRGINIA, { round: 1, deadlineAt: DEADLINE })]);
    expect(world.said.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  test('is not looked for once everything is published', async () => {
    const world = await afterRun(3);
    await trigger(world);
    const deps = { ...world.deps, ledger: failing(world.ledger, 'earlierRuns', new Error('Nobody asks.')) };
    await trigger({ ...world, deps });
    expect(world.said.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  test('gets all of its time where earlier runs cannot be read, and the run is dispatched all the same', async () => {
    const world = await afterRun(3);
    const deps = { ...world.deps, ledger: failing(world.ledger, 'earlierRuns', ledgerError()) };
    await expect(trigger({ ...world, deps })).resolves.toEqual(OPENED);
    expect(world.published).toEqual([[aTask(IRELAND), aTask(VIRGINIA)]]);
    expect(world.said[0]).toMatchObject({
      level: 'warn',
      message: 'it is not known which regions are dark',
      ...KEY,
      error: 'ProvisionedThroughputExceededException',
    });
  });

  test('gets all of its time where the answer does not come, and the run waits for it a second', async () => {
    const world = await afterRun(3);
    const silent = () => new Promise<never>(() => {});
    const deps = { ...world.deps, ledger: { ...world.ledger, earlierRuns: silent } };
    const startedMs = world.clock.nowMs();
    await expect(trigger({ ...world, deps })).resolves.toEqual(OPENED);
    expect(world.published).toEqual([[aTask(IRELAND), aTask(VIRGINIA)]]);
    expect(world.clock.nowMs() - startedMs).toBe(DISPATCHER_CONFIG.lookBackMs);
    expect(world.said[0]).toMatchObject({ level: 'warn', message: 'it is not known which regions are dark' });
  });
});

describe('The run before', () => {
  test('is the newest one, and each task names it, whatever became of that run', async () => {
    const world = open();
    await world.ledger.openRun(aRun([IRELAND], { runId: '2026-11-19T00:00:00Z' }));
    await world.ledger.openRun(aRun([IRELAND], { runId: EARLIER }));
    await world.ledger.openRun(aRun([IRELAND], { runId: '2026-11-20T07:00:00Z' }));
    await trigger(world);
    const previous = EARLIER;
    expect(world.published).toEqual([[aTask(IRELAND, { previous }), aTask(VIRGINIA, { previous })]]);
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

describe('Where no regions are set', () => {
  const AFRICA = 'af-south-1';
  const BAHRAIN = 'me-south-1';
  const COUNTED = counted(AFRICA, 12, { runId: '2026-11-19T06:00:00Z' });

  /** A service that is in three regions, of which the account has switched off two. */
  function truth(more: Partial<DispatcherDeps> = {}) {
    const world = open();
    const asked: string[] = [];
    const answer = (what: string, regions: string[]) => async () => {
      asked.push(what);
      return { regions };
    };
    const deps: DispatcherDeps = {
      ...world.deps,
      readLiveRegions: answer('live', [IRELAND, 'il-central-1']),
      readOptInStates: answer('off', [AFRICA, BAHRAIN]),
      config: { ...world.deps.config, regionSettings: SETTINGS },
      ...more,
    };
    return { ...world, deps, asked };
  }

  const tasksOf = ({ published }: { published: (readonly RegionTask[])[] }) =>
    published.flat().map((task) => task.region);

  test('the run says what is off, and where its plan comes from', async () => {
    const world = truth();
    await trigger(world);
    const run = await world.ledger.readRun(KEY);
    const now = new Date(OPENED_MS).toISOString();
    expect(run).toMatchObject({
      off: [{ region: AFRICA }, { region: BAHRAIN }],
      sources: { regions: { from: 'asked', askedAt: now }, optIn: { from: 'asked', askedAt: now } },
      dispatchedRound: 0,
    });
    // The eighteen that the code knows and that are on, and one that only the service knows.
    expect(run?.plan).toHaveLength(18);
    expect(run?.plan).toContain('il-central-1');
    expect(tasksOf(world)).toEqual(run?.plan);
  });

  test('a region that is off, and held something, is missing from the start; nobody is asked for it', async () => {
    const world = truth();
    await world.ledger.writeRecord(COUNTED, aRun([AFRICA]));
    await trigger(world);
    const run = await world.ledger.readRun(KEY);
    expect(run?.plan).toContain(AFRICA);
    expect(run?.pending).not.toContain(AFRICA);
    expect(run?.off).toEqual([
      { region: AFRICA, lastKnown: { runId: COUNTED.runId, streams: 12, countedAt: COUNTED.endedAt } },
      { region: BAHRAIN },
    ]);
    expect(await world.ledger.readRecords(KEY)).toMatchObject([
      { region: AFRICA, round: 0, status: 'failed', reason: 'not-enabled' },
    ]);
    expect(tasksOf(world)).not.toContain(AFRICA);
    expect(tasksOf(world)).toHaveLength(18);
  });

  test('another trigger asks nobody, and keeps to the plan of the first', async () => {
    const world = truth();
    await trigger(world);
    const before = await world.ledger.readRun(KEY);
    world.asked.length = 0;
    const deps = { ...world.deps, readOptInStates: async () => ({ regions: [] }) };
    await trigger({ ...world, deps });
    expect(world.asked).toEqual([]);
    expect(await world.ledger.readRun(KEY)).toEqual(before);
  });

  test.each(['writeRecord', 'strike'] as const)(
    'a first trigger that dies at the %s of what is missing has published nothing; the next one does the rest',
    async (verb) => {
      const world = truth();
      await world.ledger.writeRecord(COUNTED, aRun([AFRICA]));
      const deps = { ...world.deps, ledger: failing(world.ledger, verb, ledgerError()) };
      await expect(trigger({ ...world, deps })).rejects.toThrow('The table is busy.');
      expect(await world.ledger.readRun(KEY)).not.toHaveProperty('dispatchedRound');
      expect(world.published).toEqual([]);
      await trigger(world);
      expect(await world.ledger.readRecords(KEY)).toMatchObject([{ region: AFRICA, reason: 'not-enabled' }]);
      expect((await world.ledger.readRun(KEY))?.pending).not.toContain(AFRICA);
      expect(tasksOf(world)).toHaveLength(18);
    },
  );

  test('a person who asks for a region that is off has it asked', async () => {
    const world = truth();
    await world.ledger.writeRecord(COUNTED, aRun([AFRICA]));
    await trigger(world);
    const { rev = 0 } = (await world.ledger.readRun(KEY)) ?? {};
    await world.ledger.storeTotal(KEY, aTotal({ verdict: 'partial' }), rev, DEADLINE);
    await world.ledger.openRound(KEY, [AFRICA], 1, '2026-11-20T09:00:00.000Z');
    await trigger(world);
    expect(world.published.at(-1)).toMatchObject([{ region: AFRICA, round: 1 }]);
  });

  test('the next run remembers, and asks only what is switched on', async () => {
    const world = truth();
    await trigger(world);
    world.asked.length = 0;
    await trigger(
      { ...world, deps: { ...world.deps, ledger: failing(world.ledger, 'writeMemory', ledgerError()) } },
      {
        runId: '2026-11-20T06:00:30Z',
      },
    );
    expect(world.asked).toEqual(['off']);
    expect(world.said.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  test('a ledger that cannot say what it remembers costs nothing, and is not told to forget', async () => {
    const world = truth();
    await world.ledger.writeMemory(KEY.censusId, MEMORY);
    const deps = { ...world.deps, ledger: failing(world.ledger, 'readRunAndMemory', ledgerError()) };
    await expect(trigger({ ...world, deps })).resolves.toMatchObject([{ opened: true, published: 18 }]);
    expect(world.said[0]).toMatchObject({ level: 'warn', message: 'what is remembered of regions cannot be read' });
    expect(await world.ledger.readRunAndMemory(KEY)).toMatchObject({ memory: MEMORY });
  });

  test('nor does a ledger that cannot say so of a run that is there: its plan stands', async () => {
    const world = truth();
    await trigger(world);
    const before = await world.ledger.readRun(KEY);
    const ledger = failing(world.ledger, 'readRunAndMemory', ledgerError());
    await trigger({ ...world, deps: { ...world.deps, ledger, readOptInStates: async () => ({ regions: [] }) } });
    expect(await world.ledger.readRun(KEY)).toEqual(before);
  });

  test('a source that fails is logged by its name and reason, without a word of what it said', async () => {
    const cause = Object.assign(new Error('arn:aws:secret'), { name: 'AccessDeniedException' });
    const world = truth({ readOptInStates: async () => ({ because: 'denied', cause }) });
    await trigger(world);
    expect(world.said[0]).toEqual({
      level: 'warn',
      message: 'a source of the plan failed',
      ...KEY,
      source: 'off',
      reason: 'denied',
      error: 'AccessDeniedException',
    });
  });

  test('nothing is opened if nothing is left to count', async () => {
    const world = truth();
    const regionSettings = { ...SETTINGS, excludeRegions: [...KINESIS_VIDEO_REGIONS, 'il-central-1'] };
    const deps = { ...world.deps, config: { ...world.deps.config, regionSettings } };
    await expect(trigger({ ...world, deps })).rejects.toThrow(InvalidInputError);
    expect(await world.ledger.readRun(KEY)).toBeUndefined();
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
      await expect(trigger(open(), { runId })).resolves.toMatchObject([{ runId, opened: true }]);
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

describe('Where several kinds are counted', () => {
  /** One that is asked about the run of streams says it in its own way. */
  async function openAll(ofStreams: () => Promise<never>) {
    const world = open();
    const asked: string[] = [];
    const ledger: WorldLedger = {
      ...world.ledger,
      openRun(run) {
        asked.push(run.censusId);
        return run.censusId === KEY.censusId ? ofStreams() : world.ledger.openRun(run);
      },
    };
    const config = { ...world.deps.config, kinds: [...KINDS] };
    const runOf = (kind: Kind) => world.ledger.readRun({ ...KEY, censusId: censusIdOf(KEY.censusId, kind) });
    return { ...world, asked, runOf, deps: { ...world.deps, ledger, config } };
  }
  const OTHERS = KINDS.filter((kind) => kind !== 'streams');

  test('a ledger that answers nothing about streams keeps no other kind from being opened and asked for', async () => {
    const world = await openAll(() => new Promise(() => {}));
    // Its invocation ends with its time.
    await expect(trigger(world)).rejects.toThrow('Nothing is waited for');
    for (const kind of OTHERS) expect(await world.runOf(kind)).toMatchObject({ dispatchedRound: 0 });
    expect(world.published).toHaveLength(OTHERS.length);
  });

  test('streams ask first', async () => {
    const world = await openAll(() => Promise.reject(ledgerError()));
    await expect(trigger(world)).rejects.toThrow();
    expect(world.asked[0]).toBe(KEY.censusId);
  });

  test('the invocation fails once all are done if one fails, and says which it was', async () => {
    const world = await openAll(() => Promise.reject(ledgerError()));
    await expect(trigger(world)).rejects.toThrow(
      /^1 of 3 kinds could not be dispatched; the first: .*ProvisionedThroughputExceededException/,
    );
    for (const kind of OTHERS) expect(await world.runOf(kind)).toMatchObject({ dispatchedRound: 0 });
    expect(world.said.filter(({ level }) => level === 'error')).toMatchObject([{ censusId: KEY.censusId }]);
  });
});
