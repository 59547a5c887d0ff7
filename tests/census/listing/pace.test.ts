import fc from 'fast-check';
import { makePace } from '../../../src/census/listing/pace.ts';
import { makeVirtualClock } from './virtual-clock.ts';

const CALLS_PER_SECOND = 45;
const INTERVAL_MS = 1000 / CALLS_PER_SECOND;

/** The most instants within any one second. */
function mostInASecond(instants: readonly number[]): number {
  const sorted = [...instants].sort((a, b) => a - b);
  let first = 0;
  return sorted.reduce((most, at, index) => {
    while (at - sorted[first]! >= 1000) first += 1;
    return Math.max(most, index - first + 1);
  }, 0);
}

/** Makes `calls` calls as soon as the pace allows each, and gives the instants. */
async function callsOf(
  calls: number,
  {
    spare = () => false,
    lateMs = () => 0,
  }: { spare?: (call: number) => boolean; lateMs?: (call: number) => number } = {},
) {
  const clock = makeVirtualClock();
  const pace = makePace(clock, CALLS_PER_SECOND);
  const instants: number[] = [];
  const work = async () => {
    for (let call = 0; call < calls; call++) {
      const waitMs = pace.waitMs(spare(call));
      if (waitMs > 0) await clock.sleep(waitMs);
      await clock.sleep(lateMs(call));
      pace.take();
      instants.push(clock.nowMs());
    }
  };
  await clock.run(work());
  return instants;
}

const spanOf = (instants: readonly number[]) => Math.max(...instants) - Math.min(...instants);

test('the first call may start at once', () => {
  const pace = makePace(makeVirtualClock(), CALLS_PER_SECOND);
  expect(pace.waitMs(false)).toBe(0);
  expect(pace.waitMs(true)).toBe(0);
});

test('calls come at the full rate while there are any', async () => {
  const instants = await callsOf(450);
  expect(450 / (spanOf(instants) / 1000)).toBeCloseTo(CALLS_PER_SECOND, 0);
});

test('timers and a process that are a little late do not lower the rate', async () => {
  const instants = await callsOf(450, { lateMs: (call) => (call % 3) * 5 });
  expect(450 / (spanOf(instants) / 1000)).toBeCloseTo(CALLS_PER_SECOND, 0);
});

test('no second sees more calls than the rate and three, whichever calls are spare and however late they start', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.boolean(), fc.nat(60)), { minLength: 1, maxLength: 50 }), async (pattern) => {
      const at = (call: number) => pattern[call % pattern.length]!;
      const instants = await callsOf(300, { spare: (call) => at(call)[0], lateMs: (call) => at(call)[1] });
      expect(mostInASecond(instants)).toBeLessThanOrEqual(CALLS_PER_SECOND + 3);
    }),
    { numRuns: 30 },
  );
});

test('what was not called in an idle minute is never made up for', async () => {
  const instants = await callsOf(100, { lateMs: (call) => (call === 30 ? 60_000 : 0) });
  expect(mostInASecond(instants.slice(31))).toBeLessThanOrEqual(CALLS_PER_SECOND + 3);
});

test('a spare call leaves room for the next call that is waited for', async () => {
  const clock = makeVirtualClock();
  const pace = makePace(clock, CALLS_PER_SECOND);
  const work = async () => {
    for (let call = 0; call < 100; call++) {
      await clock.sleep(pace.waitMs(true));
      pace.take();
      expect(pace.waitMs(false)).toBe(0);
    }
  };
  await clock.run(work());
});

describe('a throttled call', () => {
  test('halves the rate', () => {
    const pace = makePace(makeVirtualClock(), CALLS_PER_SECOND);
    pace.throttled(pace.take());
    expect(pace.intervalMs()).toBeCloseTo(2 * INTERVAL_MS);
  });

  test('does not halve it again for calls that were under way already', () => {
    const pace = makePace(makeVirtualClock(), CALLS_PER_SECOND);
    const calls = [pace.take(), pace.take(), pace.take()];
    for (const call of calls) pace.throttled(call);
    expect(pace.intervalMs()).toBeCloseTo(2 * INTERVAL_MS);
    pace.throttled(pace.take());
    expect(pace.intervalMs()).toBeCloseTo(4 * INTERVAL_MS);
  });

  test('is followed by no burst: if all are throttled, the next second sees half as many calls and fewer', async () => {
    const clock = makeVirtualClock();
    const pace = makePace(clock, CALLS_PER_SECOND);
    const instants: number[] = [];
    const work = async () => {
      for (let call = 1; call <= 120; call++) {
        await clock.sleep(pace.waitMs(false));
        const taken = pace.take();
        if (call > 90) {
          instants.push(clock.nowMs());
          pace.throttled(taken);
        }
      }
    };
    await clock.run(work());
    const gaps = instants.slice(1).map((at, index) => at - instants[index]!);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(INTERVAL_MS);
    expect(mostInASecond(instants)).toBeLessThanOrEqual(CALLS_PER_SECOND / 2);
  });

  test('leaves a rate above zero, however often it happens', () => {
    const pace = makePace(makeVirtualClock(), CALLS_PER_SECOND);
    for (let i = 0; i < 100; i++) pace.throttled(pace.take());
    expect(pace.intervalMs()).toBeCloseTo(16 * INTERVAL_MS);
  });

  test('is made good in small steps by calls that succeed, and no further than the full rate', () => {
    const pace = makePace(makeVirtualClock(), CALLS_PER_SECOND);
    pace.throttled(pace.take());
    const intervals = Array.from({ length: 30 }, () => {
      pace.succeeded();
      return pace.intervalMs();
    });
    expect(intervals[0]).toBeGreaterThan(1.9 * INTERVAL_MS);
    expect(intervals).toEqual([...intervals].sort((a, b) => b - a));
    expect(intervals.at(-1)).toBeCloseTo(INTERVAL_MS);
  });
});

test.each([-3_600_000, 3_600_000])('a clock that steps by %d ms stops nothing and starts no burst', async (stepMs) => {
  const clock = makeVirtualClock();
  const pace = makePace(clock, CALLS_PER_SECOND);
  const instants: number[] = [];
  let elapsedMs = 0;
  const work = async () => {
    for (let call = 0; call < 200; call++) {
      if (call === 50) clock.step(stepMs);
      const waitMs = pace.waitMs(false);
      if (waitMs > 0) await clock.sleep(waitMs);
      elapsedMs += waitMs;
      pace.take();
      instants.push(elapsedMs);
    }
  };
  await clock.run(work());
  expect(mostInASecond(instants)).toBeLessThanOrEqual(CALLS_PER_SECOND + 5);
  expect(elapsedMs).toBeLessThan(200 * INTERVAL_MS + 1000);
});

test('a first call that takes long to reach the service is no reason for the next ones to be closer', async () => {
  const clock = makeVirtualClock();
  const pace = makePace(clock, 4.5);
  const arrivals: number[] = [];
  const work = async () => {
    for (let call = 0; call < 12; call++) {
      await clock.sleep(pace.waitMs(false));
      pace.take();
      await clock.sleep(call === 0 ? 300 : 10);
      arrivals.push(clock.nowMs());
      await clock.sleep(20);
      pace.succeeded();
    }
  };
  await clock.run(work());
  expect(mostInASecond(arrivals)).toBe(5);
});
