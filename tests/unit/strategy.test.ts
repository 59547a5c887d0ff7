/**
 * How long the engine takes, and how many calls, in virtual time. That says nothing of whether it is right (count.test.ts
 * does); a change that nobody meant shows here, and one that was meant is judged by `npm run bench:shapes` and accepted
 * with `npx jest tests/unit/strategy -u`.
 */
import { fleetOf, SHAPE_NAMES } from './fleets.ts';
import { count } from './listing.ts';

test.each(SHAPE_NAMES)('takes so long and so many calls: %s', async (shape) => {
  const names = fleetOf(shape, 597);
  const table: string[] = [];
  for (const latencyMs of [50, 150, 400]) {
    for (const order of ['name', 'hash'] as const) {
      const { result, calls, ms } = await count({ names, order, pageCaps: [10], latencyMs: () => latencyMs });
      expect(result.outcome).toBe('counted');
      const answered = calls.filter(({ outcome }) => outcome === 'page').length;
      table.push(`${latencyMs} ms, by ${order}: ${Math.round(ms)} ms, ${calls.length} calls, ${answered} answered`);
    }
  }
  expect(table).toMatchSnapshot();
});
