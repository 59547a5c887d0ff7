/** Every planted bug is noticed, by the invariant that it names. */
import { readFileSync } from 'node:fs';
import { INVARIANTS } from '../../judging/invariants.ts';
import { judge } from '../check.ts';
import { countOf, LARGE, QUICK } from '../large.ts';
import * as realProduct from '../product.ts';
import { ALL_BUGS } from './all-bugs.ts';
import { type Bug, SLOW_BUGS } from './bugs.ts';
import { caughtAt, caughtBefore, schedules } from './catching.ts';
import { FOUND } from './found.ts';
import { plant } from './plant.ts';

/** Those that had to be looked for. */
const anew: string[] = [];

test.each(ALL_BUGS)('$caughtBy notices that $name', async (bug) => {
  const at = await caughtAt(bug);
  expect(at).toBeLessThan(schedules.length);
  if (bug.schedule === undefined && at !== caughtBefore[bug.name]) anew.push(bug.name);
});

afterAll(() => {
  if (anew.length > 0)
    process.stdout.write(`Where ${anew.length} bugs are caught is not known: npm run planted notes it.\n`);
});

test.each(SLOW_BUGS)('that $name costs a large region its branches', async ({ region, ...bug }) => {
  const product = plant(bug);
  const ways = new Set<string>();
  for (let seed = 1; seed <= 5; seed += 1)
    ways.add((await countOf({ ...LARGE, ...QUICK[region]!(seed) }, seed, product)).by);
  expect([...ways]).toContain('list');
});

test('each bug stands where it can still be planted', () => {
  const astray = [...ALL_BUGS, ...SLOW_BUGS].flatMap(({ name, edits }) =>
    edits
      .filter(({ file, replace }) => readFileSync(file, 'utf8').split(replace).length !== 2)
      .map(({ file }) => `${name}: ${file}`),
  );
  expect(astray).toEqual([]);
});

test('every invariant notices one of them, or it would prove nothing', () => {
  const noticing = new Set(ALL_BUGS.map(({ caughtBy }) => caughtBy));
  expect(Object.keys(INVARIANTS).filter((name) => !noticing.has(name as Bug['caughtBy']))).toEqual([]);
});

test('the product as it is has none of them', async () => {
  const product = plant({ name: 'none', edits: [] });
  for (const schedule of schedules.slice(0, 50)) expect(await judge(schedule, product)).toEqual([]);
});

describe('What was found in the product itself', () => {
  test.each(FOUND)('$caughtBy noticed that $name, and would again', async (found) => {
    const named = (await judge(found.schedule, plant(found))).map(({ invariant }) => invariant);
    expect(named).toContain(found.caughtBy);
  });

  test.each(FOUND)('is no more: $name', async ({ schedule }) => {
    expect(await judge(schedule, realProduct)).toEqual([]);
  });
});

test('a bug is looked for in every schedule when it is not caught where it was before', async () => {
  const [bug] = ALL_BUGS.filter(({ name }) => name === 'a total is stored whatever is still awaited');
  expect(await caughtAt(bug!, 0)).toBeGreaterThan(0);
});

test('a bug whose place in the source is gone says so', () => {
  const edits = [{ file: 'src/census/settle.ts', replace: 'what was never there', by: '' }];
  expect(() => plant({ name: 'old', edits })).toThrow(
    'The planted bug "old" wants to replace this in src/census/settle.ts, where it stands 0 times: what was never there',
  );
});
