import fc from 'fast-check';
import { listMs, plan, type Task } from '../../../src/census/listing/plan.ts';

/** Five turns to a call. */
const SPEED = { intervalMs: 20, latencyMs: 100 };

const aList = (prefix: string, list: number): Task => ({ prefix, list });

/** A part of so many pages, with branches of so many each, and 60 that are empty. */
const aPart = (prefix: string, list: number, ...branches: Task[]): Task => ({
  ...aList(prefix, list),
  branches: { tasks: branches, calls: 60, chain: 1, unseen: 0 },
});

const cutOf = (task: Task, speed = SPEED) => [...plan(task, speed).cut];

describe('what is planned', () => {
  test('is the list, where its branches take more turns than it takes time', () => {
    // Ten pages, 1 s; or 70 calls, 1.4 s.
    const task = aPart('', 10, aList('a', 5), aList('b', 5));
    expect(plan(task, SPEED)).toEqual({ ms: 1000, cut: new Set() });
  });

  test('is the branches, where these take less, and each of them by its list', () => {
    // 60 pages, 6 s; or 120 calls, 2.4 s, and 20 pages one after the other, 2 s.
    const task = aPart('', 60, aPart('a', 20, aList('aa', 20)), aList('b', 20), aList('c', 20));
    const { ms, cut } = plan(task, SPEED);
    expect(cut).toEqual(new Set(['']));
    expect(ms).toBe(2400);
  });

  test('is to cut the longest list, and no other, where it would last longer than all calls', () => {
    const halves = (prefix: string, pages: number) =>
      aPart(prefix, pages, aList(`${prefix}0`, pages / 2), aList(`${prefix}1`, pages / 2));
    // By a, b and c 5 s, since a is 50 pages, though they are but 160 turns; with a row for a 220 turns, 4.4 s.
    expect(cutOf(aPart('', 100, halves('a', 50), halves('b', 30), halves('c', 20)))).toEqual(['', 'a']);
    // Calls that are quick, in turns: 50 pages then end before the others have had their turns.
    const quick = { intervalMs: 20, latencyMs: 40 };
    expect(cutOf(aPart('', 100, halves('a', 50), halves('b', 30), halves('c', 20)), quick)).toEqual(['']);
  });

  test('does without branches of which nobody knows that they are shorter', () => {
    const task: Task = { ...aList('', 100), branches: { tasks: [], calls: 65, chain: 100, unseen: 0 } };
    expect(cutOf(task)).toEqual([]);
  });

  test('takes pages of which nobody knows in which list they are for a part of the longest', () => {
    const region = (unseen: number): Task => ({
      ...aList('', 100),
      branches: { tasks: [aList('a', 40), aList('b', 40)], calls: 0, chain: 1, unseen },
    });
    expect(plan(region(20), SPEED)).toMatchObject({ ms: 60 * SPEED.latencyMs, cut: new Set(['']) });
    expect(cutOf(region(60))).toEqual([]);
  });
});

const speeds = fc.record({
  intervalMs: fc.integer({ min: 20, max: 400 }),
  latencyMs: fc.integer({ min: 0, max: 900 }),
});

/** Parts within parts, each with a prefix of its own. */
const tasks = fc
  .letrec<{ task: Task }>((tie) => ({
    task: fc.record(
      {
        prefix: fc.constant(''),
        list: fc.integer({ min: 1, max: 400 }),
        branches: fc.record({
          tasks: fc.array(tie('task'), { maxLength: 5 }),
          calls: fc.integer({ min: 0, max: 130 }),
          chain: fc.integer({ min: 0, max: 40 }),
          unseen: fc.nat(40),
        }),
      },
      { requiredKeys: ['prefix', 'list'] },
    ),
  }))
  .task.map(named);

function named(task: Task, at = 0, above = ''): Task {
  const prefix = `${above}${at}`;
  const { branches } = task;
  if (branches === undefined) return { ...task, prefix };
  return {
    ...task,
    prefix,
    branches: { ...branches, tasks: branches.tasks.map((each, nth) => named(each, nth, prefix)) },
  };
}

/** Calls, and the longest chain of them, if it goes as planned. */
function worked({ prefix, list, branches }: Task, cut: ReadonlySet<string>): { calls: number; chain: number } {
  if (!cut.has(prefix)) return { calls: list, chain: list };
  const all = branches!.tasks.map((each) => worked(each, cut));
  return {
    calls: all.reduce((sum, { calls }) => sum + calls, branches!.calls + branches!.unseen),
    chain: Math.max(branches!.chain, ...all.map(({ chain }) => chain)) + branches!.unseen,
  };
}

const deepPrefixes = (task: Task): string[] => [task.prefix, ...(task.branches?.tasks ?? []).flatMap(deepPrefixes)];

test('takes as long as it says, and never longer than the list alone', () => {
  fc.assert(
    fc.property(tasks, speeds, (task, speed) => {
      const { ms, cut } = plan(task, speed);
      expect(ms).toBeLessThanOrEqual(listMs(task, speed));
      if (!cut.has(task.prefix)) expect(ms).toBe(listMs(task, speed));
      else {
        const { calls, chain } = worked(task, cut);
        expect(ms).toBe(Math.max(calls * speed.intervalMs, chain * speed.latencyMs));
      }
    }),
  );
});

test('cuts what is there and has branches, and nothing that is listed with all that it is part of', () => {
  fc.assert(
    fc.property(tasks, speeds, (task, speed) => {
      const { cut } = plan(task, speed);
      const there = new Set(deepPrefixes(task));
      for (const prefix of cut) {
        expect(there).toContain(prefix);
        if (prefix.length > 1) expect(cut).toContain(prefix.slice(0, -1));
      }
      expect(Number.isFinite(worked(task, cut).calls)).toBe(true);
    }),
  );
});

/** The same with more left to do: `calls` more in a row of branches, and `pages` more in a list. */
const withMore = (task: Task, calls: number, pages: number): Task => ({
  ...task,
  list: task.list + pages,
  ...(task.branches && { branches: { ...task.branches, calls: task.branches.calls + calls } }),
});

test('is never sooner done for more that is left to do', () => {
  fc.assert(
    fc.property(tasks, speeds, fc.nat(50), fc.nat(50), (task, speed, calls, pages) => {
      const before = plan(task, speed).ms;
      // The horizon is found to a 4,000th of the time of the list alone.
      const step = listMs(withMore(task, calls, pages), speed) / 4000;
      expect(plan(withMore(task, calls, pages), speed).ms).toBeGreaterThanOrEqual(before - step);
      const [first, ...others] = task.branches?.tasks ?? [];
      if (first === undefined) return;
      const longer = { ...task, branches: { ...task.branches!, tasks: [withMore(first, calls, pages), ...others] } };
      expect(plan(longer, speed).ms).toBeGreaterThanOrEqual(before - step);
    }),
  );
});
