/** What holds of every region that can be thought of; count.test.ts has those that were. */
import fc from 'fast-check';
import { askedFor, expectBounded, expectExact, LETTERS, numbered } from '../counting.ts';
import {
  type Call,
  count,
  type Listed,
  pagesOf,
  prefixTruthOf,
  TIME_LIMIT_MS,
  throttled,
  timedOut,
  unreachable,
} from '../listing.ts';

const aName = (options: { letters?: string; minLength?: number; maxLength: number }) =>
  fc.string({ minLength: 1, unit: fc.constantFrom(...(options.letters ?? LETTERS)), ...options });

/** Fleets as people name them, and as nobody would. */
const names = fc
  .oneof(
    fc.array(aName({ maxLength: 3 }), { maxLength: 250 }),
    // Names that are prefixes of other names, over and over.
    fc.array(aName({ letters: 'ab', maxLength: 12 }), { maxLength: 250 }),
    fc
      .record({ prefix: aName({ maxLength: 14 }), count: fc.nat(250) })
      .map(({ prefix, count }) => numbered(prefix, count)),
    fc
      .array(fc.record({ prefix: aName({ maxLength: 4 }), count: fc.nat(100) }), { maxLength: 6 })
      .map((fleets) => fleets.flatMap(({ prefix, count }) => [prefix, ...numbered(prefix, count, 3)])),
    // As long as names can be, told apart by the last letters or by the first.
    fc.nat(200).map((count) => numbered('x'.repeat(251), count)),
    fc.nat(200).map((count) => numbered('', count).map((digits) => digits.padEnd(256, '-'))),
  )
  .map((all) => [...new Set(all)]);

const pageCaps = fc.array(fc.nat(25), { minLength: 1, maxLength: 5 }).filter((caps) => caps.some((cap) => cap > 0));

const latencies = fc
  .array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 4 })
  .map((each) => (call: number) => each[call % each.length]!);

const region: fc.Arbitrary<Listed> = fc.record({
  names,
  order: fc.constantFrom('name' as const, 'hash' as const),
  pageCaps,
  latencyMs: latencies,
});

const isError = (call: Call) => call.outcome === 'error';

test('a region without trouble is counted exactly, with every facet, whatever its names, their order, its pages and their time', async () => {
  await fc.assert(
    fc.asyncProperty(region, async (listed) => {
      const counted = await count(listed);
      expectExact(counted, listed.names);
      expectBounded(counted);
    }),
    { numRuns: 100 },
  );
});

/** What another region may have held, or this one in other days. */
const anEarlier = fc.record({
  streams: fc.nat(100_000),
  prefixes: fc.record({ length: fc.nat(4), names }).map(({ length, names }) => ({
    length,
    counts: names.map((name, index) => ({ prefix: name.slice(0, length), streams: index * index })),
  })),
});

test('whatever an earlier count lets one expect, the count is exact', async () => {
  await fc.assert(
    fc.asyncProperty(region, anEarlier, async (listed, earlier) => {
      const counted = await count(listed, { earlier });
      expectExact(counted, listed.names);
      expectBounded(counted);
    }),
    { numRuns: 60 },
  );
});

test('whatever an earlier count lets one expect, it costs at most a second, and nothing where there is but a page', async () => {
  // Empty pages are so odd that nobody can tell how long a list is.
  const plain = region.filter(({ pageCaps }) => pageCaps.every((cap) => cap > 0));
  const ofOthers = names.map((all) => ({ streams: all.length, prefixes: prefixTruthOf(all) }));
  await fc.assert(
    fc.asyncProperty(
      plain,
      fc.oneof(anEarlier, ofOthers),
      fc.integer({ min: 15, max: 500 }),
      async (listed, earlier, latencyMs) => {
        const { ms, calls } = await count({ ...listed, latencyMs: () => latencyMs }, { earlier });
        expect(ms).toBeLessThanOrEqual(pagesOf(listed) * Math.max(latencyMs, 1000 / 45) + 1000);
        if (pagesOf(listed) === 1) expect(calls).toHaveLength(1);
      },
    ),
    // A figure, not a promise: it is taken of the same regions each time.
    { numRuns: 200, seed: 20_261_120 },
  );
});

test('a region that is as it was at an earlier count is hardly ever counted later than its list alone would be', async () => {
  await fc.assert(
    fc.asyncProperty(region, fc.integer({ min: 15, max: 500 }), async (listed, latencyMs) => {
      const earlier = { streams: listed.names.length, prefixes: prefixTruthOf(listed.names) };
      const { ms } = await count({ ...listed, latencyMs: () => latencyMs }, { earlier });
      const alone = pagesOf(listed) * Math.max(latencyMs, 1000 / 45);
      expect(ms).toBeLessThanOrEqual(1.15 * alone + 250);
    }),
    // A figure, not a promise: it is taken of the same regions each time.
    { numRuns: 200, seed: 20_261_120 },
  );
});

test('a region is hardly ever counted later than its list alone would be', async () => {
  await fc.assert(
    fc.asyncProperty(region, fc.integer({ min: 15, max: 500 }), async (listed, latencyMs) => {
      const { ms } = await count({ ...listed, latencyMs: () => latencyMs });
      const alone = pagesOf(listed) * Math.max(latencyMs, 1000 / 45);
      expect(ms).toBeLessThanOrEqual(1.15 * alone + 250);
    }),
    // A figure, not a promise: it is taken of the same regions each time.
    { numRuns: 300, seed: 20_261_120 },
  );
});

describe('trouble that passes', () => {
  const trouble = fc.constantFrom(throttled, unreachable, timedOut);
  /** Each call of some, by its number. */
  const troubles = fc.array(fc.option(trouble, { nil: undefined, freq: 3 }), { maxLength: 60 });

  test('ends in the exact count, or in the reason of a call that met it four times', async () => {
    await fc.assert(
      fc.asyncProperty(
        region,
        troubles,
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        async (listed, some, random) => {
          const counted = await count({ ...listed, trouble: (call) => some[call]?.() }, { random: () => random });
          expectBounded(counted);
          const { result, calls } = counted;
          if (result.outcome === 'counted') expectExact(counted, listed.names);
          else {
            const attempts = calls.filter((call) => askedFor(call) === askedFor(calls.findLast(isError)!));
            expect(attempts).toHaveLength(4);
            expect(['throttled', 'unreachable', 'timed-out']).toContain(result.reason);
          }
        },
      ),
      { numRuns: 80 },
    );
  });

  test('of up to three calls in a row never fails the region while there is time', async () => {
    await fc.assert(
      fc.asyncProperty(region, trouble, async (listed, make) => {
        const seen = new Map<string, number>();
        const counted = await count({
          ...listed,
          trouble: (_, { prefix, name, token }) => {
            const key = JSON.stringify([prefix, name, token]);
            seen.set(key, (seen.get(key) ?? 0) + 1);
            return seen.get(key)! <= 3 ? make() : undefined;
          },
        });
        // Out of time in the middle of a wait, the region fails for what it was waiting for.
        if (counted.result.outcome === 'failed') expect(counted.ms).toBeGreaterThan(TIME_LIMIT_MS - 10_000);
        else expectExact(counted, listed.names);
        expectBounded(counted);
      }),
      { numRuns: 40 },
    );
  });
});
