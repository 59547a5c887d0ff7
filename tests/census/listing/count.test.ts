import { countRegion } from '../../../src/census/listing/count.ts';
import { makePace } from '../../../src/census/listing/pace.ts';
import type { PageRequest } from '../../../src/census/ports.ts';
import { calm, expectBounded, expectExact, LETTERS, numbered } from './counting.ts';
import {
  count,
  denied,
  LIMITS,
  type Listed,
  RUN_MS,
  refused,
  STREAMS,
  serve,
  throttled,
  timedOut,
  truthOf,
  unreachable,
} from './listing.ts';
import { makeVirtualClock } from './virtual-clock.ts';

describe('a region without trouble', () => {
  test.each([
    [0, 1],
    [1, 1],
    [10, 1],
    [11, 2],
    [30, 3],
  ])('of %i streams, 10 a page, takes %i calls: no call but its pages', async (streams, pages) => {
    for (const order of ['name', 'hash'] as const) {
      const { result } = await count(calm(numbered('camera-', streams), { order }));
      expect(result).toMatchObject({ outcome: 'counted', effort: { calls: pages, pages } });
    }
  });

  test('lists to the absent token, past pages that are short or empty', async () => {
    const { result } = await count(calm(numbered('camera-', 5), { pageCaps: [0, 1, 0, 0, 2] }));
    expect(result).toMatchObject({ outcome: 'counted', tally: { streams: 5 }, effort: { pages: expect.any(Number) } });
    expect(result.effort.pages).toBeGreaterThanOrEqual(10);
  });
});

describe('a large region', () => {
  const spread = Array.from({ length: 4000 }, (_, i) => LETTERS[i % 65]! + LETTERS[(i * 7) % 65]! + String(i));
  const secondsAt = async (names: readonly string[], latencyMs: number, order: Listed['order']) => {
    const { ms } = await count(calm(names, { latencyMs: () => latencyMs, order }));
    return ms / 1000;
  };

  test.each(['name', 'hash'] as const)(
    'with spread names, in the order of %s, is counted near the pace, not one page after the other',
    async (order) => {
      // 400 pages: 8.9 s at 45 calls/s.
      expect(await secondsAt(spread, 80, order)).toBeLessThan(12);
      expect(await secondsAt(spread, 300, order)).toBeLessThan(13);
    },
  );

  test.each(['name', 'hash'] as const)(
    'whose names share 12 letters, in the order of %s, is told apart where that is quicker than its list',
    async (order) => {
      const shared = numbered('camera-house', 4000, 4);
      // The list alone takes 400 x 300 ms = 120 s.
      expect(await secondsAt(shared, 300, order)).toBeLessThan(45);
      // 400 x 80 ms = 32 s, and some 830 branches that are empty.
      expect(await secondsAt(shared, 80, order)).toBeLessThan(31);
    },
  );

  test('has up to forty calls under way at the same time, and no more', async () => {
    const { calls } = await count(calm(spread, { latencyMs: () => 2000 }));
    const underWay = calls.map(
      ({ atMs }) => calls.filter((other) => other.atMs <= atMs && atMs < other.atMs + 2000).length,
    );
    expect(Math.max(...underWay)).toBe(40);
  });

  test.each([true, false])(
    'is not done before it is known whether a stream is named like what the others begin with: %s',
    async (thereIs) => {
      const names = [...(thereIs ? ['camera'] : []), ...numbered('camera-', 999, 3)];
      const slow = calm(names, {
        order: 'hash',
        // The list alone would take 100 s, and the question for the one name 20 s.
        latencyMs: (_, request) => (request.name === 'camera' ? 20_000 : request.prefix ? 100 : 1000),
      });
      const counted = await count(slow);
      expectExact(counted, names);
      expect(counted.ms).toBeGreaterThan(20_000);
      expect(counted.ms).toBeLessThan(40_000);
    },
  );
});

describe('a service that cannot be counted by parts', () => {
  const fleet = calm([...numbered('camera-', 700), 'c', 'camera', 'camera-0', ...numbered('door-', 50)]);
  const ways: [string, Listed['trouble']][] = [
    ['refuses to list by prefix', (_, { prefix }) => (prefix === undefined ? undefined : refused())],
    ['does not let us ask for one name', (_, { name }) => (name === undefined ? undefined : denied())],
  ];

  test.each(ways)('because it %s is counted by its list', async (_way, trouble) => {
    for (const order of ['name', 'hash'] as const) {
      expectExact(await count({ ...fleet, order, ...(trouble && { trouble }) }), fleet.names);
    }
  });

  test.each([
    ['ignores prefixes', ({ prefix: _, ...rest }) => rest],
    ['ignores names', ({ name: _, ...rest }) => rest],
    ['takes A for a', ({ prefix, ...rest }) => ({ ...rest, ...(prefix && { prefix: prefix.toLowerCase() }) })],
  ] satisfies [string, (request: PageRequest) => object][])(
    'because it %s is counted by its list',
    async (_way, alter) => {
      const clock = makeVirtualClock(RUN_MS);
      const { listPage } = serve(clock, { ...fleet, latencyMs: () => 300 });
      const ports = {
        listPage: (request: Parameters<typeof listPage>[0]) => listPage(alter(request)),
        pace: makePace(clock, 45),
        clock,
        random: () => 0.5,
      };
      const result = await clock.run(countRegion(ports, { ...LIMITS, stopAtMs: RUN_MS + 285_000 }, STREAMS));
      expect(result).toMatchObject({ outcome: 'counted', tally: truthOf(fleet.names) });
    },
  );

  test.each<[string, (request: PageRequest) => boolean]>([
    ['a list by prefix', ({ prefix }) => prefix !== undefined],
    ['the one stream of a name', ({ name }) => name !== undefined],
  ])('because it never answers when asked for %s is counted by its list', async (_what, isUnanswered) => {
    for (const trouble of [unreachable, timedOut, throttled]) {
      const slow = {
        ...fleet,
        trouble: (_: number, request: PageRequest) => (isUnanswered(request) ? trouble() : undefined),
      };
      expectExact(await count(slow), fleet.names);
    }
  });

  test('because it looks for a prefix only after it has filled a page is counted in hardly more time than its list', async () => {
    const spread = Array.from({ length: 2000 }, (_, i) => LETTERS[i % 65]! + LETTERS[(i * 7) % 65]! + String(i));
    for (const order of ['name', 'hash'] as const) {
      for (const latencyMs of [50, 90, 300]) {
        const counted = await count(calm(spread, { order, latencyMs: () => latencyMs, prefixAfterPaging: true }));
        expectExact(counted, spread);
        expect([order, latencyMs, counted.ms / (200 * latencyMs) < 1.2]).toEqual([order, latencyMs, true]);
      }
    }
  });

  test('because a name has a letter that names should not have is counted by its list', async () => {
    const odd = [...fleet.names, 'camera-0:1', 'camera-ü'];
    for (const order of ['name', 'hash'] as const) expectExact(await count({ ...fleet, names: odd, order }), odd);
  });
});

describe('trouble that lasts', () => {
  const fleet = calm(numbered('camera-', 3000), { latencyMs: () => 300 });

  test.each([0, 1, 40, 300])(
    'throttling from call %i on ends as throttled, after a bounded number of calls',
    async (from) => {
      const counted = await count({ ...fleet, trouble: (call) => (call >= from ? throttled() : undefined) });
      expect(counted.result).toMatchObject({ outcome: 'failed', reason: 'throttled' });
      // At most what was under way at the same time, four times each.
      expect(counted.calls.length - from).toBeLessThanOrEqual(4 * 40);
      expectBounded(counted);
    },
  );

  test('throttling from the first call on takes four calls, at least as far apart as their waits', async () => {
    const { calls, ms, result } = await count({ ...fleet, trouble: throttled }, { random: () => 0.5 });
    // 300 ms each, and between them half of 500, of 1000 and of 2000 ms.
    const gaps = calls.slice(1).map(({ atMs }, index) => atMs - calls[index]!.atMs);
    expect(gaps.map(Math.round)).toEqual([550, 800, 1300]);
    expect(ms).toBeCloseTo(4 * 300 + 250 + 500 + 1000);
    expect(result.effort).toEqual({ pages: 0, calls: 4, throttled: 4, ms: Math.round(ms) });
  });

  test('no wait is longer than the longest', async () => {
    const clock = makeVirtualClock(RUN_MS);
    const { listPage, calls } = serve(clock, { ...fleet, trouble: unreachable });
    const ports = { listPage, pace: makePace(clock, 45), clock, random: () => 0.5 };
    const limits = { ...LIMITS, attemptsPerPage: 8, pageBackoffLimitMs: 3000, stopAtMs: RUN_MS + 285_000 };
    await clock.run(countRegion(ports, limits, STREAMS));
    const gaps = calls.slice(1).map(({ atMs }, index) => Math.round(atMs - calls[index]!.atMs - 300));
    expect(gaps).toEqual([250, 500, 1000, 1500, 1500, 1500, 1500]);
  });

  test('a denial is not asked about again', async () => {
    const { result, calls } = await count({ ...fleet, trouble: denied });
    expect(result).toMatchObject({ outcome: 'failed', reason: 'denied' });
    expect(calls).toHaveLength(1);
  });

  test('a token that the service repeats ends the list as a bad answer', async () => {
    const clock = makeVirtualClock(RUN_MS);
    const listPage = async () => ({ streams: [], nextToken: 'again' });
    const ports = { listPage, pace: makePace(clock, 45), clock, random: () => 0.5 };
    const result = await clock.run(countRegion(ports, { ...LIMITS, stopAtMs: RUN_MS + 285_000 }, STREAMS));
    expect(result).toMatchObject({ outcome: 'failed', reason: 'bad-answer', effort: { pages: 2, calls: 2 } });
  });

  test('a region that never ends is ended by the time, and is no endless listing', async () => {
    const clock = makeVirtualClock(RUN_MS);
    let page = 0;
    const listPage = async () => ({ streams: [], nextToken: String(page++) });
    const ports = { listPage, pace: makePace(clock, 45), clock, random: () => 0.5 };
    const result = await clock.run(countRegion(ports, { ...LIMITS, stopAtMs: RUN_MS + 285_000 }, STREAMS));
    expect(result).toMatchObject({ outcome: 'failed', reason: 'timed-out' });
    expect(result.effort.pages / (45 * 285)).toBeCloseTo(1);
  });

  test('when one call fails for good, those under way are ended at once, and no other is made', async () => {
    const clock = makeVirtualClock(RUN_MS);
    const { listPage, calls } = serve(clock, {
      ...fleet,
      trouble: (call) => (call === 200 ? new Error('crash') : undefined),
    });
    const ports = { listPage, pace: makePace(clock, 45), clock, random: () => 0.5 };
    const counting = countRegion(ports, { ...LIMITS, stopAtMs: RUN_MS + 285_000 }, STREAMS);
    await expect(clock.run(counting)).rejects.toThrow('crash');
    const underWay = calls.filter((call) => call.atMs > calls[200]!.atMs);
    expect(underWay.length).toBeGreaterThan(5);
    expect(calls.every((call) => call.outcome !== undefined)).toBe(true);
    expect(clock.nowMs()).toBe(calls[200]!.atMs + 300);
  });
});

describe('time', () => {
  const fleet = calm(numbered('camera-', 20_000), { latencyMs: () => 200 });

  test('a region that is too large for its invocation ends as timed-out, in time, and says how far it came', async () => {
    const counted = await count(fleet, { timeLimitMs: 5000 });
    const { pages } = counted.result.effort;
    expect(counted.result).toMatchObject({
      outcome: 'failed',
      reason: 'timed-out',
      cause: { message: `The time was over after ${pages} pages; the region has more.` },
    });
    expect(pages).toBeGreaterThan(20);
    expectBounded(counted, 5000);
    expect(counted.ms).toBeGreaterThan(4500);
  });

  test('a call that never comes back is ended when the time is over', async () => {
    const counted = await count({ ...fleet, latencyMs: (call) => (call === 30 ? 1e9 : 200) }, { timeLimitMs: 5000 });
    expect(counted.result).toMatchObject({ outcome: 'failed', reason: 'timed-out' });
    expectBounded(counted, 5000);
  });

  test('no call is made when there was no time to begin with', async () => {
    const { result, calls } = await count(fleet, { timeLimitMs: 0 });
    expect(result).toMatchObject({ outcome: 'failed', reason: 'timed-out' });
    expect(calls).toEqual([]);
  });

  test('a retry that would come too late is not waited for', async () => {
    const { result, ms } = await count({ ...fleet, trouble: unreachable }, { timeLimitMs: 650, random: () => 0.99 });
    expect(result).toMatchObject({ outcome: 'failed', reason: 'unreachable' });
    expect(ms).toBeLessThan(650);
  });
});

test('two workers that list one region at the same time share the limit of the service, and both count', async () => {
  const clock = makeVirtualClock(RUN_MS);
  const instants: number[] = [];
  const isOverLimit = () => {
    const nowMs = clock.nowMs();
    const recent = instants.filter((at) => at > nowMs - 1000).length;
    if (recent < 50) instants.push(nowMs);
    return recent >= 50;
  };
  const fleet = calm(
    Array.from({ length: 6000 }, (_, i) => LETTERS[i % 65]! + i),
    { latencyMs: () => 150 },
  );
  const all: number[] = [];
  const worker = async (startMs: number) => {
    await clock.sleep(startMs);
    const { listPage } = serve(clock, fleet);
    const ports = {
      listPage: async (request: Parameters<typeof listPage>[0]) => {
        all.push(clock.nowMs());
        if (isOverLimit()) {
          await clock.sleep(20);
          throw throttled();
        }
        return await listPage(request);
      },
      pace: makePace(clock, 45),
      clock,
      random: () => 0.5,
    };
    return await countRegion(ports, { ...LIMITS, stopAtMs: RUN_MS + 285_000 }, STREAMS);
  };
  const results = await clock.run(Promise.all([worker(0), worker(2000)]));
  for (const result of results) expect(result).toMatchObject({ outcome: 'counted', tally: { streams: 6000 } });
  // Two seconds after the second one began, the two together call hardly more often than one may.
  const settled = all.filter((at) => at >= RUN_MS + 4000 && at < RUN_MS + 14_000);
  expect(settled.length / 10).toBeLessThan(60);
});

test('what is not a CountError is a fault of this program, and is thrown', async () => {
  const crash = () => new TypeError('not a function');
  await expect(count(calm(numbered('camera-', 5), { trouble: crash }))).rejects.toBeInstanceOf(TypeError);
});
