/** The simulation notices bugs: one for each invariant here, and every one of them at night (every-bug.nightly.ts). */

import { readFileSync } from 'node:fs';
import { INVARIANTS } from '../../judging/invariants.ts';
import { judge } from '../check.ts';
import * as realProduct from '../product.ts';
import { ALL_BUGS } from './all-bugs.ts';
import { type Bug, SLOW_BUGS } from './bugs.ts';
import { caughtAfter, endPlanting, SCHEDULES, schedules } from './catching.ts';
import { FOUND } from './found.ts';
import { plant } from './plant.ts';

afterAll(endPlanting);

const ONE_OF_EACH = [...new Map(ALL_BUGS.toReversed().map((bug) => [bug.caughtBy, bug])).values()];

test.each(ONE_OF_EACH)('$caughtBy notices that $name', async (bug) => {
  expect(await caughtAfter(bug)).toBeLessThanOrEqual(SCHEDULES);
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
  const product = await plant({ name: 'none', edits: [] });
  for (const schedule of schedules.slice(0, 50)) expect(await judge(schedule, product)).toEqual([]);
});

describe('What was found in the product itself', () => {
  test.each(FOUND)('$caughtBy noticed that $name, and would again', async (found) => {
    const named = (await judge(found.schedule, await plant(found))).map(({ invariant }) => invariant);
    expect(named).toContain(found.caughtBy);
  });

  test.each(FOUND)('is no more: $name', async ({ schedule }) => {
    expect(await judge(schedule, realProduct)).toEqual([]);
  });
});

test('a bug whose place in the source is gone says so', async () => {
  const edits = [{ file: 'src/census/settle.ts', replace: 'what was never there', by: '' }];
  await expect(plant({ name: 'old', edits })).rejects.toThrow(
    'The planted bug "old" wants to replace this in src/census/settle.ts, where it stands 0 times: what was never there',
  );
});
