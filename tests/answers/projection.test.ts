import fc from 'fast-check';
import { projectionOf, type UsedAt } from '../../src/answers/projection.ts';

const NEWEST = '2026-11-20T06:00:00Z';

/** A run every 12 hours, oldest first; day 0 is the newest, the days before it are negative. */
function counted(used: (day: number) => number, days = 30): UsedAt[] {
  return Array.from({ length: 2 * days + 1 }, (_, at) => {
    const day = at / 2 - days;
    const runId = new Date(Date.parse(NEWEST) + day * 86_400_000).toISOString().replace('.000Z', 'Z');
    return { runId, used: Math.round(used(day)) };
  });
}

test('what grows evenly is full when all that is left is used, to the day', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 400 }), (perDay, days) => {
      const history = counted((day) => 50_000 + perDay * day);
      const { daysToFull } = projectionOf(history, 50_000 + perDay * days);
      expect(daysToFull).toEqual({ likely: days, soonest: days, latest: days });
    }),
  );
});

test('what is full soonest grows fastest: the range goes the other way round', () => {
  const { trend, perDay, daysToFull } = projectionOf(
    counted((day) => 5_000 + 30 * day + ((day * 7) % 5) * 40),
    10_000,
  );
  expect(trend).toBe('growing');
  expect(daysToFull?.soonest).toBeCloseTo(5_000 / (perDay?.high ?? 0), 0);
  expect(daysToFull?.latest).toBeCloseTo(5_000 / (perDay?.low ?? 0), 0);
  expect(daysToFull?.soonest).toBeLessThan(daysToFull?.likely ?? 0);
  expect(daysToFull?.latest).toBeGreaterThan(daysToFull?.likely ?? 0);
});

test.each<[string, UsedAt[], number | null]>([
  ['what shrinks', counted((day) => 5_000 - 10 * day), 10_000],
  ['what is flat', counted(() => 5_000), 10_000],
  ['what has not enough history', counted((day) => 5_000 + 10 * day, 13), 10_000],
  ['what grows against a quota that nobody knows', counted((day) => 5_000 + 10 * day), null],
])('nobody says when it is full: %s', (_, history, limit) => {
  expect(projectionOf(history, limit).daysToFull).toBeNull();
});

test('what is full is full now, whatever its history says', () => {
  const now = { likely: 0, soonest: 0, latest: 0 };
  expect(projectionOf([{ runId: NEWEST, used: 10_000 }], 10_000).daysToFull).toEqual(now);
  expect(
    projectionOf(
      counted((day) => 10_000 - day),
      10_000,
    ).daysToFull,
  ).toEqual(now);
});

test('the window names the first and the last run that were looked at, and how many', () => {
  const { window } = projectionOf(counted((day) => 5_000 + day).reverse(), null);
  expect(window).toEqual({ from: '2026-10-21T06:00:00Z', to: NEWEST, runs: 31 });
  expect(projectionOf([], 10).window).toBeNull();
});
