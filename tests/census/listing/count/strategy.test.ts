/**
 * How long the engine takes, and how many calls, in virtual time. That says nothing of whether it is right (count.test.ts
 * does); a change that nobody meant shows here, and one that was meant is judged by `npm run bench:shapes` and accepted
 * with `npx jest tests/census/listing/count/strategy -u`.
 */
import { fleetOf, SHAPE_NAMES } from '../fleets.ts';
import { count, pagesOf, prefixTruthOf } from '../listing.ts';

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

describe('an earlier count that is wrong costs at most a second more than the list alone', () => {
  const SHAPES = ['`camera-house` + number', '12 cities + `-cam-` + number', 'random hexadecimal'] as const;
  const half = (names: readonly string[]) => [...names].sort().slice(0, names.length / 2);
  const cases = SHAPES.flatMap((shape, index) => {
    const fleet = fleetOf(shape, 3000);
    const other = fleetOf(SHAPES[(index + 1) % SHAPES.length]!, 3000);
    return [
      { what: `${shape}, of which every third is left`, before: fleet, now: fleet.filter((_, nth) => nth % 3 === 0) },
      { what: `${shape}, of which the first half is left`, before: fleet, now: half(fleet) },
      { what: `${shape}, which has grown sixfold`, before: fleet.slice(0, 300), now: fleet.slice(0, 1800) },
      { what: `${shape}, renamed`, before: other, now: fleet.slice(0, 1200) },
    ];
  });

  test.each(cases)('$what', async ({ before, now }) => {
    const earlier = { streams: before.length, prefixes: prefixTruthOf(before) };
    for (const latencyMs of [26, 88, 308]) {
      for (const order of ['name', 'hash'] as const) {
        const listed = { names: now, order, pageCaps: [10], latencyMs: () => latencyMs };
        const { result, ms } = await count(listed, { earlier });
        expect(result).toMatchObject({ outcome: 'counted', tally: { streams: now.length } });
        expect(ms).toBeLessThan(pagesOf(listed) * latencyMs + 1000);
      }
    }
  });
});
