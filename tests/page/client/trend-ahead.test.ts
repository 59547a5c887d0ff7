/** What of a projection the trend draws. */
import type { ProjectedLine } from '../../../src/page/client/projection.ts';
import { aheadOf, topOfAhead } from '../../../src/page/client/trend-ahead.ts';
import type { TrendPoint } from '../../../src/page/client/trend-points.ts';

const DAY = 86_400;

const points = (days: number) =>
  Array.from({ length: days + 1 }, (_, day) => ({ at: day * DAY, streams: 500 + 10 * day }) as TrendPoint);

const line = (days: number, over: Partial<ProjectedLine> = {}): ProjectedLine => {
  const value = 500 + 10 * days;
  const perDay = { likely: 10, low: 5, high: 20 };
  return { from: { at: days * DAY, value }, perDay, limit: value + 100, daysToFull: 10, ...over };
};

test('it goes on to a little beyond its quota, where that is near', () => {
  const ahead = aheadOf(points(30), line(30));
  expect(ahead).toEqual({
    from: { at: 30 * DAY, value: 800 },
    to: 41 * DAY,
    ends: { likely: 910, low: 855, high: 1020 },
    limit: 900,
  });
  expect(topOfAhead(ahead!)).toBe(900);
});

test('it does not squeeze what was counted: where its quota is far, it ends before', () => {
  const ahead = aheadOf(points(20), line(20));
  expect(ahead).toMatchObject({ to: 28 * DAY, limit: null });
  expect(topOfAhead(ahead!)).toBe(860);
  expect(aheadOf(points(20), line(20, { limit: null, daysToFull: null }))).toMatchObject({ to: 28 * DAY, limit: null });
});

test('without a projection, or with one run only, there is nothing ahead', () => {
  expect(aheadOf(points(20), null)).toBe(null);
  expect(aheadOf(points(0), line(0))).toBe(null);
});
