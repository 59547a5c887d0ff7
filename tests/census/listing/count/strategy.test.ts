/**
 * How long the engine takes, and how many calls, in virtual time. That says nothing of whether it is right (count.test.ts
 * does); a change that nobody meant shows here, and one that was meant is judged by `npm run bench:shapes` and accepted
 * with `npx jest tests/census/listing/count/strategy -u`.
 */
import { fleetOf, SHAPE_NAMES } from '../fleets.ts';
import { count, prefixTruthOf } from '../listing.ts';

test.each(SHAPE_NAMES)('takes so long and so many calls: %s', async (shape) => {
  const names = fleetOf(shape, 597);
  const table: string[] = [];
  for (const latencies of [[50], [150], [400], [50, 400]]) {
    for (const order of ['name', 'hash'] as const) {
      const latencyMs = (call: number) => latencies[call % latencies.length]!;
      const { result, calls, ms } = await count({ names, order, pageCaps: [10], latencyMs });
      expect(result.outcome).toBe('counted');
      const answered = calls.filter(({ outcome }) => outcome === 'page').length;
      const took = `${Math.round(ms)} ms, ${calls.length} calls, ${answered} answered`;
      table.push(`${latencies.join(' or ')} ms, by ${order}: ${took}`);
    }
  }
  expect(table).toMatchSnapshot();
});

test.each([88, 308])(
  'an earlier count of a fleet of which little is left costs next to nothing, at %i ms',
  async (ms) => {
    const before = fleetOf('`camera-house` + number', 4000);
    const names = before.slice(0, 195);
    const listed = { names, order: 'name' as const, pageCaps: [10], latencyMs: () => ms };
    const earlier = { streams: before.length, prefixes: prefixTruthOf(before) };
    const alone = 20 * ms;
    expect((await count(listed, { earlier })).ms).toBeLessThan(1.05 * alone + 100);
  },
);
