/** Every planted bug, by the name of the invariant that it breaks: some minutes, so `npm run planted` does it at night. */
import { countOf, LARGE, QUICK } from '../large.ts';
import { ALL_BUGS } from './all-bugs.ts';
import { SLOW_BUGS } from './bugs.ts';
import { caughtAfter, endPlanting, SCHEDULES } from './catching.ts';
import { plant } from './plant.ts';

afterAll(endPlanting);

test.each(ALL_BUGS)('$caughtBy notices that $name', async (bug) => {
  expect(await caughtAfter(bug)).toBeLessThanOrEqual(SCHEDULES);
});

test.each(SLOW_BUGS)('that $name costs a large region its branches', async ({ region, ...bug }) => {
  const product = await plant(bug);
  const ways = new Set<string>();
  for (let seed = 1; seed <= 5; seed += 1)
    ways.add((await countOf({ ...LARGE, ...QUICK[region]!(seed) }, seed, product)).by);
  expect([...ways]).toContain('list');
});
