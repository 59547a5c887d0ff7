/** How a plan is chosen, and what may keep it from being chosen: nothing. What is decided: tests/census/plan.test.ts. */
import { type ChoosingPorts, choosePlan } from '../../src/census/choose-plan.ts';
import type { PlanSituation } from '../../src/census/plan.ts';
import type { RegionMemory, RegionsAnswer } from '../../src/census/region-memory.ts';
import type { LastKnown } from '../../src/census/run.ts';
import { KEY, MEMORY, OPENED_MS, RUN_ID, SETTINGS } from './examples.ts';
import { makeVirtualClock } from './listing/virtual-clock.ts';

const TIMEOUT_MS = 3000;
const COUNT: LastKnown = { runId: '2026-11-19T06:00:00Z', streams: 12, countedAt: '2026-11-19T06:00:09.000Z' };
const LIVE: RegionsAnswer = { regions: ['eu-west-1', 'af-south-1'] };
const OFF: RegionsAnswer = { regions: ['af-south-1'] };
const never = () => new Promise<never>(() => {});

type Given = Partial<{
  live: () => Promise<RegionsAnswer>;
  off: () => Promise<RegionsAnswer>;
  lastCount: () => Promise<LastKnown | undefined>;
  writeMemory: () => Promise<void>;
  situation: Partial<PlanSituation>;
  mayRemember: boolean;
}>;

function choose(given: Given = {}) {
  const clock = makeVirtualClock(OPENED_MS);
  const asked: string[] = [];
  const aborted: string[] = [];
  const written: RegionMemory[] = [];
  const troubles: object[] = [];
  const note = (what: string, answer: () => Promise<RegionsAnswer>) => (signal: AbortSignal) => {
    asked.push(what);
    signal.addEventListener('abort', () => aborted.push(what));
    return answer();
  };
  const ports: ChoosingPorts = {
    clock,
    readLiveRegions: note('live', given.live ?? (async () => LIVE)),
    readOptInStates: note('off', given.off ?? (async () => OFF)),
    ledger: {
      async lastCount(_account, region, before) {
        asked.push(`${region} before ${before}`);
        return await (given.lastCount?.() ?? Promise.resolve(COUNT));
      },
      async writeMemory(_account, memory) {
        written.push(memory);
        await given.writeMemory?.();
      },
    },
  };
  const situation: PlanSituation = {
    home: 'eu-west-1',
    settings: SETTINGS,
    alwaysOn: [],
    floor: ['eu-west-1'],
    memory: { lastCounts: {} },
    nowMs: OPENED_MS,
    ...given.situation,
  };
  const chosen = clock.run(
    choosePlan(ports, KEY, situation, {
      timeoutMs: TIMEOUT_MS,
      mayRemember: given.mayRemember ?? true,
      onTrouble: (trouble) => troubles.push(trouble),
    }),
  );
  return { chosen, asked, aborted, written, troubles, tookMs: () => clock.nowMs() - OPENED_MS };
}

test('both services are asked, and the ledger for what a region that is off held last; then it is remembered', async () => {
  const world = choose();
  await expect(world.chosen).resolves.toMatchObject({
    plan: ['af-south-1', 'eu-west-1'],
    off: [{ region: 'af-south-1', lastKnown: COUNT }],
  });
  expect(world.asked).toEqual(['live', 'off', `af-south-1 before ${RUN_ID}`]);
  expect(world.written).toMatchObject([{ lastCounts: { 'af-south-1': COUNT } }]);
  expect(world.troubles).toEqual([]);
  expect(world.tookMs()).toBe(0);
});

test('in a calm run one service is asked, and nothing is looked up or written', async () => {
  const off = async () => ({ regions: ['af-south-1', 'me-south-1'] });
  const world = choose({ off, situation: { memory: MEMORY } });
  await world.chosen;
  expect({ asked: world.asked, written: world.written }).toEqual({ asked: ['off'], written: [] });
});

test('where a person has set the regions nobody is asked', async () => {
  const world = choose({ situation: { settings: { ...SETTINGS, regions: ['us-east-1'] } } });
  await expect(world.chosen).resolves.toMatchObject({ plan: ['us-east-1'] });
  expect({ asked: world.asked, written: world.written }).toEqual({ asked: [], written: [] });
});

test('services that never answer cost their time limit, both together, and are told to stop', async () => {
  const world = choose({ live: never, off: never });
  await expect(world.chosen).resolves.toEqual({
    plan: ['eu-west-1'],
    sources: {
      regions: { from: 'floor', because: 'timed-out' },
      optIn: { from: 'nowhere', because: 'timed-out' },
    },
  });
  expect(world.tookMs()).toBe(TIMEOUT_MS);
  expect(world.aborted).toEqual(['live', 'off']);
  expect(world.troubles).toEqual([
    { what: 'live', because: 'timed-out' },
    { what: 'off', because: 'timed-out' },
  ]);
  expect(world.written).toEqual([]);
});

test('what went wrong is told, with the error', async () => {
  const cause = new Error('denied');
  const world = choose({ live: async () => ({ because: 'denied', cause }) });
  await world.chosen;
  expect(world.troubles).toEqual([{ what: 'live', because: 'denied', cause }]);
});

test('a list that cannot be true is told of, as one that does not come is', async () => {
  const world = choose({ off: async () => ({ regions: ['eu-west-1'] }) });
  await expect(world.chosen).resolves.toMatchObject({ sources: { optIn: { from: 'nowhere', because: 'bad-answer' } } });
  expect(world.troubles).toEqual([{ what: 'off', because: 'bad-answer' }]);
});

test.each<[string, Given['lastCount'], number, object]>([
  ['cannot be read', () => Promise.reject(new Error('busy')), 0, { cause: new Error('busy') }],
  ['never answers', never, TIMEOUT_MS, { because: 'timed-out' }],
])('a ledger that %s leaves its region to be asked', async (_what, lastCount, tookMs, trouble) => {
  const world = choose({ ...(lastCount && { lastCount }) });
  const plan = await world.chosen;
  expect(plan.plan).toEqual(['af-south-1', 'eu-west-1']);
  expect(plan.off).toBeUndefined();
  expect(world.troubles).toEqual([{ what: 'lastCount', region: 'af-south-1', ...trouble }]);
  expect(world.tookMs()).toBe(tookMs);
  expect(world.written).toMatchObject([{ lastCounts: {} }]);
});

test.each<[string, Given['writeMemory'], number]>([
  ['refuses', () => Promise.reject(new Error('busy')), 0],
  ['never answers', never, TIMEOUT_MS],
])('a ledger that %s to remember costs nothing else', async (_what, writeMemory, tookMs) => {
  const world = choose({ ...(writeMemory && { writeMemory }) });
  await expect(world.chosen).resolves.toMatchObject({ off: [{ region: 'af-south-1', lastKnown: COUNT }] });
  expect(world.troubles).toMatchObject([{ what: 'memory' }]);
  expect(world.tookMs()).toBe(tookMs);
});

test('what is remembered is left alone where it could not be read', async () => {
  const world = choose({ mayRemember: false });
  await world.chosen;
  expect(world.written).toEqual([]);
});
