/** How the engine goes about its single calls: their time, their pace, their retries, and what it does without. */
import fc from 'fast-check';
import { countRegion } from '../../../src/census/listing/count.ts';
import { makePace } from '../../../src/census/listing/pace.ts';
import type { Pace } from '../../../src/census/ports.ts';
import { calm, expectExact, LETTERS, numbered } from './counting.ts';
import {
  type Call,
  count,
  LIMITS,
  type Listed,
  RUN_MS,
  refused,
  STREAMS,
  serve,
  throttled,
  unreachable,
} from './listing.ts';
import { makeVirtualClock } from './virtual-clock.ts';

const spread = Array.from({ length: 2000 }, (_, i) => LETTERS[i % 65]! + LETTERS[(i * 7) % 65]! + String(i));

const isOfBranch = ({ prefix, name }: Call['request']) => prefix !== undefined || name !== undefined;

/** Counts at a pace that is watched. */
async function countPaced(listed: Listed) {
  const clock = makeVirtualClock(RUN_MS);
  const { listPage, calls } = serve(clock, listed);
  const real = makePace(clock, 45);
  const seen = { spare: [] as boolean[], throttled: [] as number[], succeeded: 0 };
  const pace: Pace = {
    ...real,
    waitMs(spare) {
      seen.spare.push(spare);
      return real.waitMs(spare);
    },
    throttled(call) {
      seen.throttled.push(call);
      real.throttled(call);
    },
    succeeded() {
      seen.succeeded += 1;
      real.succeeded();
    },
  };
  const ports = { listPage, pace, clock, random: () => 0.5 };
  const result = await clock.run(countRegion(ports, { ...LIMITS, stopAtMs: RUN_MS + 285_000 }, STREAMS));
  return { result, calls, seen };
}

test('each call may take the time that is left', async () => {
  const { calls } = await count(calm(numbered('camera-', 25)), { timeLimitMs: 5000 });
  expect(calls.map(({ request, atMs }) => request.timeLimitMs! - (RUN_MS + 5000 - atMs))).toEqual([0, 0, 0]);
});

describe('the pace', () => {
  const troubled = (trouble: () => Error) => calm(spread, { trouble: (call) => (call === 7 ? trouble() : undefined) });

  test('hears of each call that succeeded, and of the one that was throttled', async () => {
    const { calls, seen } = await countPaced(troubled(throttled));
    expect(seen.throttled).toEqual([8]);
    expect(seen.succeeded).toBe(calls.filter(({ outcome }) => outcome === 'page').length);
  });

  test('hears of no other trouble', async () => {
    expect((await countPaced(troubled(unreachable))).seen.throttled).toEqual([]);
  });

  test('knows that a retry is waited for', async () => {
    const { seen } = await countPaced(calm(['camera'], { trouble: (call) => (call < 2 ? unreachable() : undefined) }));
    expect(new Set(seen.spare)).toEqual(new Set([false]));
  });
});

test('a retry comes in time, whatever else takes long', async () => {
  const { calls } = await count(
    calm(spread, {
      latencyMs: (_, request) => (isOfBranch(request) ? 8000 : 100),
      trouble: (call, request) => (!isOfBranch(request) && call > 20 && call < 40 ? unreachable() : undefined),
    }),
  );
  const failed = calls.findIndex(({ outcome, request }) => outcome === 'error' && !isOfBranch(request));
  const { request, atMs } = calls[failed]!;
  const retry = calls.find((call, index) => index > failed && call.request.token === request.token)!;
  // 100 ms until it failed, and half of 500.
  expect(retry.atMs - atMs).toBeGreaterThanOrEqual(350);
  expect(retry.atMs - atMs).toBeLessThan(450);
});

describe('branches', () => {
  test('are asked for only where the time is enough for all of them', async () => {
    // Seven rows of 65, at 45 calls/s: 10 s.
    const shared = calm(numbered('cam', 3000), { latencyMs: () => 300 });
    for (const [timeLimitMs, isEnough] of [
      [5000, false],
      [20_000, true],
    ] as const) {
      const { calls } = await count(shared, { timeLimitMs });
      expect([timeLimitMs, calls.some(({ request }) => isOfBranch(request))]).toEqual([timeLimitMs, isEnough]);
    }
  });

  test('are given up once one fails for good: none is asked for again, none is retried, and none counts as a page', async () => {
    let asked = 0;
    const listed = calm(spread, {
      latencyMs: (_, request) => (isOfBranch(request) ? 300 : 80),
      trouble(_, request) {
        if (!isOfBranch(request)) return undefined;
        asked += 1;
        if (asked === 8) return refused();
        return asked < 8 ? unreachable() : undefined;
      },
    });
    const counted = await count(listed);
    expectExact(counted, spread);
    const ofBranches = counted.calls.filter(({ request }) => isOfBranch(request));
    const refusedAtMs = ofBranches[7]!.atMs + 300;
    expect(ofBranches.filter(({ atMs }) => atMs > refusedAtMs)).toEqual([]);
    expect(ofBranches.length).toBeGreaterThan(8);
    expect(counted.result.effort.pages).toBe(200);
  });

  test('are given up at the first page that shows what was not asked for, which does not count', async () => {
    const clock = makeVirtualClock(RUN_MS);
    const { listPage, calls } = serve(clock, calm(spread));
    const ports = {
      listPage: ({ prefix: _, ...rest }: Call['request']) => listPage(rest),
      pace: makePace(clock, 45),
      clock,
      random: () => 0.5,
    };
    const result = await clock.run(countRegion(ports, { ...LIMITS, stopAtMs: RUN_MS + 285_000 }, STREAMS));
    expect(result).toMatchObject({ outcome: 'counted', effort: { pages: 200, calls: calls.length } });
    expect(calls.length).toBeLessThan(220);
  });
});

test('more listings than there is memory for end the region as a bad answer, and no fewer', async () => {
  const region = calm(numbered('camera-', 25));
  expect((await count(region, { listings: 25 })).result.outcome).toBe('counted');
  const { result } = await count(region, { listings: 19 });
  expect(result).toMatchObject({
    outcome: 'failed',
    reason: 'bad-answer',
    cause: { message: 'There is no memory to tell more than 19 streams apart.' },
  });
});

test('no sleep outlasts the answer that it waits for', async () => {
  const clock = makeVirtualClock(RUN_MS);
  const { listPage } = serve(clock, calm(numbered('camera-', 25)));
  const asleep = new Set<object>();
  const watched = {
    ...clock,
    async sleep(ms: number, signal?: AbortSignal) {
      const one = { ms };
      asleep.add(one);
      await clock.sleep(ms, signal);
      asleep.delete(one);
    },
  };
  const ports = { listPage, pace: makePace(clock, 45), clock: watched, random: () => 0.5 };
  await clock.run(countRegion(ports, { ...LIMITS, stopAtMs: RUN_MS + 285_000 }, STREAMS));
  expect([asleep.size, clock.nowMs()]).toEqual([0, RUN_MS + 240]);
});

test('a retry is made when it is due, however time passes between two looks at the clock', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 40 }),
      fc.nat(99),
      async (ticks, n) => {
        const virtual = makeVirtualClock(RUN_MS);
        let looks = 0;
        const clock = {
          nowMs() {
            virtual.step(ticks[looks++ % ticks.length]!);
            return virtual.nowMs();
          },
          // Node cuts what a timer waits to whole milliseconds, of which it waits at least one.
          sleep: (ms: number, signal?: AbortSignal) => virtual.sleep(Math.max(1, Math.trunc(ms)), signal),
        };
        let asked = 0;
        const listed = calm(['door'], { trouble: () => (asked++ < 3 ? throttled() : undefined) });
        const { listPage } = serve(virtual, listed);
        const ports = { listPage, pace: makePace(clock, 45), clock, random: () => 0.1 + n / 200 };
        const result = await virtual.run(countRegion(ports, { ...LIMITS, stopAtMs: RUN_MS + 285_000 }, STREAMS));
        expect(result.outcome).toBe('counted');
        expect(result.effort.ms).toBeLessThan(10_000);
      },
    ),
  );
});
