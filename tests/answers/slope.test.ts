/** What a projection is worth, on fleets whose truth is known. docs/headroom.md states the errors that are held here. */
import fc from 'fast-check';
import { DAY_MS, LEAST_DAYS, LEAST_POINTS, onePerDay, type Point, slopeOf } from '../../src/answers/slope.ts';
import { makeRandom } from '../judging/noise.ts';

const NOW_MS = Date.parse('2026-11-20T06:00:00Z');

/** Streams on a day; day 0 is the newest, the days before it are negative. */
type Fleet = (day: number) => number;

/** As counted every 6 hours, oldest first. */
function counted(fleet: Fleet, { days = 30, perDay = 4 } = {}): Point[] {
  return Array.from({ length: days * perDay + 1 }, (_, at) => {
    const day = at / perDay - days;
    return { atMs: NOW_MS + day * DAY_MS, value: Math.round(fleet(day)) };
  });
}

/** One that there is enough of. */
function sloped(points: readonly Point[]) {
  const slope = slopeOf(points);
  if (slope.trend === 'not-enough-history') throw new Error('There is enough of it.');
  return slope;
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const spans = fc.integer({ min: LEAST_DAYS, max: 120 });

/** Of a normal distribution of mean 0 and spread 1. */
function makeNoise(seed: number): () => number {
  const random = makeRandom(seed, 'fleet', 0);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** How many of 400 fleets have their true slope within what is stated. */
function shareWithin(days: number, truth: number, makeFleet: (seed: number) => Fleet): number {
  const all = Array.from({ length: 400 }, (_, seed) => sloped(counted(makeFleet(seed), { days, perDay: 1 })));
  return all.filter(({ low, high }) => low <= truth && truth <= high).length / all.length;
}

describe('A fleet that', () => {
  test('stands still is flat, and its slope is 0 exactly', () => {
    fc.assert(
      fc.property(spans, fc.nat(400_000), (days, streams) => {
        expect(sloped(counted(() => streams, { days }))).toMatchObject({ trend: 'flat', perDay: 0, low: 0, high: 0 });
      }),
    );
  });

  test('grows evenly is growing, and its slope is exact', () => {
    fc.assert(
      fc.property(spans, fc.integer({ min: 1, max: 5_000 }), (days, perDay) => {
        const fleet = (day: number) => 600_000 + perDay * day;
        expect(sloped(counted(fleet, { days }))).toMatchObject({ trend: 'growing', perDay, low: perDay, high: perDay });
      }),
    );
  });

  test('falls evenly is shrinking, and its slope is exact', () => {
    const slope = sloped(counted((day) => 9_000 - 40 * day));
    expect(slope).toMatchObject({ trend: 'shrinking', perDay: -40, low: -40, high: -40 });
  });

  test('made one step, up or down, whenever that was, is flat: a step is no growth', () => {
    fc.assert(
      fc.property(
        spans,
        fc.integer({ min: -4_000, max: 4_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (...drawn) => {
          const [days, height, share] = drawn;
          const slope = sloped(counted((day) => (day > -days * share ? 5_000 + height : 5_000), { days }));
          expect(slope.trend).toBe('flat');
          expect(Math.abs(slope.perDay)).toBeLessThanOrEqual((2 * Math.abs(height)) / days);
        },
      ),
    );
  });

  test('goes up and down in a day is looked at as if it stood still', () => {
    fc.assert(
      fc.property(spans, fc.nat(3_000), fc.double({ min: 0, max: 1, noNaN: true }), (days, height, phase) => {
        const fleet = (day: number) => 5_000 + height * Math.sin(2 * Math.PI * (day + phase));
        expect(sloped(counted(fleet, { days }))).toMatchObject({ trend: 'flat', perDay: 0 });
      }),
    );
  });

  test('goes up and down in a week is flat, wherever in its week it is looked at', () => {
    fc.assert(
      fc.property(spans, fc.nat(3_000), fc.double({ min: 0, max: 7, noNaN: true }), (days, height, phase) => {
        const wave = sloped(counted((day) => 5_000 + height * Math.sin((2 * Math.PI * (day + phase)) / 7), { days }));
        const workdays = sloped(
          counted((day) => 5_000 + ((Math.floor(day + phase) + 700) % 7 < 5 ? height : 0), { days }),
        );
        expect([wave.trend, workdays.trend]).toEqual(['flat', 'flat']);
      }),
    );
  });

  test('grows under a week that is as high as two weeks of growth: the slope is within what is stated', () => {
    fc.assert(
      fc.property(spans, fc.integer({ min: 1, max: 200 }), fc.double({ min: 0, max: 7, noNaN: true }), (...drawn) => {
        const [days, perDay, phase] = drawn;
        const fleet = (day: number) => 90_000 + perDay * (day + 14 * Math.sin((2 * Math.PI * (day + phase)) / 7));
        const { low, high } = sloped(counted(fleet, { days }));
        expect(low).toBeLessThanOrEqual(perDay);
        expect(high).toBeGreaterThanOrEqual(perDay);
      }),
    );
  });
});

describe('A noisy fleet: what is called 95 % is', () => {
  const noisy = (perDay: number, spread: number) => (seed: number) => {
    const noise = makeNoise(seed);
    return (day: number) => 50_000 + perDay * day + spread * noise();
  };

  test.each([14, 30, 90])('at least that, where each day differs for itself: %d days', (days) => {
    expect(shareWithin(days, 10, noisy(10, 50))).toBeGreaterThanOrEqual(0.95);
  });

  test.each([14, 30, 90])(
    'at least 88 %, where each day keeps half of what the day before was off by: %d days',
    (days) => {
      const made = (seed: number) => {
        const noise = makeNoise(seed);
        let off = 50 * noise();
        return (day: number) => {
          off = off / 2 + 43 * noise();
          return 50_000 + 10 * day + off;
        };
      };
      expect(shareWithin(days, 10, made)).toBeGreaterThanOrEqual(0.88);
    },
  );

  test.each([14, 30, 90])('60 to 80 %, where streams come and go by chance and nothing pulls back: %d days', (days) => {
    const made = (seed: number) => {
      const noise = makeNoise(seed);
      let streams = 50_000;
      return () => {
        streams += 10 + 40 * noise();
        return streams;
      };
    };
    const share = shareWithin(days, 10, made);
    expect(share).toBeGreaterThanOrEqual(0.6);
    expect(share).toBeLessThanOrEqual(0.8);
  });

  test('a fleet without a trend is given one in at most 5 of 100', () => {
    const trends = Array.from({ length: 400 }, (_, seed) => sloped(counted(noisy(0, 200)(seed), { perDay: 1 })).trend);
    expect(trends.filter((trend) => trend !== 'flat').length / trends.length).toBeLessThanOrEqual(0.05);
  });

  test('a growth of a fifth of the noise a day is found in 30 days, always', () => {
    const trends = Array.from({ length: 100 }, (_, seed) => sloped(counted(noisy(40, 200)(seed), { perDay: 1 })).trend);
    expect(new Set(trends)).toEqual(new Set(['growing']));
  });
});

test('days that are anything at all do not move a slope, as long as a quarter of them is right about nothing', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 100 }), (seed, perDay) => {
      const random = makeRandom(seed, 'wrong', 0);
      const points = counted((day) => 10_000 + perDay * day, { perDay: 1 });
      const wrong = new Set(Array.from({ length: 7 }, () => Math.floor(random() * points.length)));
      const odd = points.map((point, at) =>
        wrong.has(at) ? { ...point, value: Math.floor(random() * 60_000) } : point,
      );
      expect(sloped(odd).perDay).toBeCloseTo(perDay, 6);
    }),
  );
});

describe('A slope', () => {
  const histories = fc.array(fc.record({ atMs: fc.integer({ min: 0, max: 60 * DAY_MS }), value: fc.nat(50_000) }), {
    minLength: LEAST_POINTS,
    maxLength: 80,
  });
  const distinct = histories.map((points) => [...new Map(points.map((point) => [point.atMs, point])).values()]);

  test('is the same in whichever order its points come, and whenever they lie', () => {
    fc.assert(
      fc.property(distinct, fc.nat(1e12), (points, laterMs) => {
        const slope = slopeOf(points);
        expect(slopeOf([...points].reverse())).toEqual(slope);
        const moved = slopeOf(points.map(({ atMs, value }) => ({ atMs: atMs + laterMs, value })));
        expect(moved.trend).toBe(slope.trend);
        expect('perDay' in moved ? moved.perDay : null).toEqual('perDay' in slope ? slope.perDay : null);
      }),
    );
  });

  test('lies within what is stated, and its word says what that is', () => {
    fc.assert(
      fc.property(distinct, (points) => {
        const slope = slopeOf(points);
        if (slope.trend === 'not-enough-history') return;
        const { trend, perDay, low, high } = slope;
        expect(low).toBeLessThanOrEqual(perDay);
        expect(high).toBeGreaterThanOrEqual(perDay);
        expect(trend).toBe(low > 0 ? 'growing' : high < 0 ? 'shrinking' : 'flat');
      }),
    );
  });

  test('is turned round when what is counted is', () => {
    fc.assert(
      fc.property(distinct, (points) => {
        const [slope, turned] = [slopeOf(points), slopeOf(points.map(({ atMs, value }) => ({ atMs, value: -value })))];
        if (slope.trend === 'not-enough-history' || turned.trend === 'not-enough-history') return;
        expect([turned.perDay, turned.low, turned.high].map((one) => 0 - one)).toEqual(
          [slope.perDay, slope.high, slope.low].map((one) => one + 0),
        );
      }),
    );
  });
});

describe('There is not enough history', () => {
  const even = (day: number) => 5_000 + 10 * day;

  test('of nothing', () => {
    expect(slopeOf([])).toEqual({ trend: 'not-enough-history', window: null });
  });

  test(`of less than ${LEAST_DAYS} days, however many runs there were`, () => {
    const slope = slopeOf(counted(even, { days: LEAST_DAYS - 1, perDay: 24 }));
    expect(slope.trend).toBe('not-enough-history');
    expect(slope.window?.points).toBe(LEAST_DAYS);
  });

  test(`of less than ${LEAST_POINTS} days with a count, over whatever time`, () => {
    const points = counted(even, { days: 300, perDay: 1 }).filter((_, at) => at % 50 === 0);
    expect(points).toHaveLength(LEAST_POINTS - 1);
    expect(slopeOf(points).trend).toBe('not-enough-history');
  });

  test('and as soon as there is, it is said', () => {
    expect(slopeOf(counted(even, { days: LEAST_DAYS, perDay: 4 })).trend).toBe('growing');
    const points = counted(even, { days: 350, perDay: 1 }).filter((_, at) => at % 50 === 0);
    expect(points).toHaveLength(LEAST_POINTS);
    expect(slopeOf(points).trend).toBe('growing');
  });
});

describe('One point a day', () => {
  test('is that nearest to the time of day of the newest', () => {
    const days = onePerDay(counted((day) => day, { days: 3, perDay: 24 }));
    expect(days.map(({ atMs }) => (atMs - NOW_MS) / DAY_MS)).toEqual([-3, -2, -1, 0]);
  });

  test('is one of those that there are, and twice is the same as once', () => {
    const instants = fc.uniqueArray(fc.integer({ min: 0, max: 2_000 * DAY_MS }), { maxLength: 200 });
    fc.assert(
      fc.property(instants, (all) => {
        const points = all.map((atMs) => ({ atMs }));
        const once = onePerDay(points);
        expect(points).toEqual(expect.arrayContaining(once));
        expect(onePerDay(once)).toEqual(once);
        expect(once.at(-1)?.atMs ?? null).toEqual(all.length === 0 ? null : Math.max(...all));
      }),
    );
  });

  test('is 400 at most: a history of six years of a run every hour', () => {
    const points = counted((day) => 100_000 + day, { days: 2_200, perDay: 24 });
    expect(onePerDay(points).length).toBeLessThanOrEqual(401);
    expect(slopeOf(points)).toMatchObject({ trend: 'growing', perDay: 1 });
  });
});
