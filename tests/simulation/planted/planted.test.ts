/** The simulation notices bugs: each of these, by the name of the invariant that it breaks. */
import { INVARIANTS } from '../../judging/invariants.ts';
import { judge } from '../check.ts';
import { countOf, LARGE, QUICK } from '../large.ts';
import * as realProduct from '../product.ts';
import { BUGS, type Bug, SLOW_BUGS } from './bugs.ts';
import { caughtAfter, endPlanting, SCHEDULES, schedules } from './catching.ts';
import { CHURN_BUGS } from './churn-bugs.ts';
import { FOUND } from './found.ts';
import { KIND_BUGS } from './kind-bugs.ts';
import { LEDGER_BUGS } from './ledger-bugs.ts';
import { PLAN_BUGS } from './plan-bugs.ts';
import { plant } from './plant.ts';
import { QUICK_BUGS } from './quick-bugs.ts';
import { QUOTA_BUGS } from './quota-bugs.ts';

afterAll(endPlanting);

const ALL = [...BUGS, ...LEDGER_BUGS, ...PLAN_BUGS, ...QUICK_BUGS, ...CHURN_BUGS, ...QUOTA_BUGS, ...KIND_BUGS];

// The others are caught in further.test.ts, at the same time.
test.each([...BUGS, ...LEDGER_BUGS])('$caughtBy notices that $name', async (bug) => {
  expect(await caughtAfter(bug)).toBeLessThanOrEqual(SCHEDULES);
});

test.each(SLOW_BUGS)('that $name costs a large region its branches', async ({ region, ...bug }) => {
  const product = await plant(bug);
  const ways = new Set<string>();
  for (let seed = 1; seed <= 5; seed += 1)
    ways.add((await countOf({ ...LARGE, ...QUICK[region]!(seed) }, seed, product)).by);
  expect([...ways]).toContain('list');
});

test('every invariant notices one of them, or it would prove nothing', () => {
  const noticing = new Set(ALL.map(({ caughtBy }) => caughtBy));
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
