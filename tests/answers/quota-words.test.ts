import { type Projection, projectionOf } from '../../src/answers/projection.ts';
import { percentWords, projectionWords, rate, unknownSentence, windowWords } from '../../src/answers/quota-words.ts';
import { QUOTA_FAILURES } from '../../src/census/quota.ts';

test.each([
  [0, 0, '0 %'],
  [0, 4, '<0.1 %'],
  [0.01, 1, '<0.1 %'],
  [0.1, 10, '0.1 %'],
  [8.29, 829, '8.2 %'],
  [79.99, 7_999, '79.9 %'],
  [99.99, 9_999, '99.9 %'],
  [100, 10_000, '100.0 %'],
])(
  '%d percent of %d are %s: never more than there is, and nothing only where there is nothing',
  (percent, used, words) => {
    expect(percentWords(percent, used)).toBe(words);
  },
);

test.each([
  [55, '+55'],
  [1_234.4, '+1,234'],
  [3.96, '+4.0'],
  [-0.42, '-0.4'],
  [0.01, '0'],
  [0, '0'],
  [-12.3, '-12'],
])('%d a day is %s', (perDay, words) => {
  expect(rate(perDay)).toBe(words);
});

const WINDOW = { from: '2026-10-21T06:00:00Z', to: '2026-11-20T06:00:00Z', runs: 31 };
test.each([
  [null, 'no count'],
  [{ ...WINDOW, to: WINDOW.from, runs: 1 }, '1 count, of 2026-10-21'],
  [WINDOW, '31 counts, one a day, from 2026-10-21 to 2026-11-20'],
])('the counts of %j are %s', (window, words) => {
  expect(windowWords({ window })).toBe(words);
});

const growing = (likely: number, soonest: number, latest: number): Projection => ({
  trend: 'growing',
  perDay: { likely: 10, low: 8, high: 12 },
  daysToFull: { likely, soonest, latest },
  window: WINDOW,
});

test.each<[Projection, string]>([
  [growing(44.7, 31.2, 60.1), '44 days (31 to 61)'],
  [growing(44.2, 44.1, 44.4), '44 days'],
  [growing(1.4, 0.6, 2.2), '1 day (0 to 3)'],
  [growing(0.4, 0.3, 0.6), 'less than a day'],
  [growing(500, 300, 1_400), '500 days (300 to years)'],
  [growing(1_000, 800, 1_400), 'more than two years'],
  [growing(1_000, 40.9, 9_000), 'more than two years (40 days at the soonest)'],
  [{ ...growing(1, 1, 1), daysToFull: null }, 'growing'],
  [{ ...growing(0, 0, 0), trend: 'flat' }, 'full now'],
  [{ trend: 'shrinking', perDay: { likely: -3, low: -4, high: -2 }, daysToFull: null, window: WINDOW }, 'shrinking'],
  [{ trend: 'flat', perDay: { likely: 0, low: 0, high: 0 }, daysToFull: null, window: WINDOW }, 'flat'],
  [
    { trend: 'flat', perDay: { likely: 3, low: -12, high: 18.4 }, daysToFull: null, window: WINDOW },
    'flat (-12 to +18)',
  ],
  [projectionOf([{ runId: '2026-11-20T06:00:00Z', used: 3 }], 10), 'not enough history'],
  [projectionOf([], null), 'not enough history'],
])('%#: %s', (projection, words) => {
  expect(projectionWords(projection)).toBe(words);
});

test.each([...QUOTA_FAILURES, null])('%s: what is not known of a quota is said in sentences', (because) => {
  expect(unknownSentence('eu-west-1', because)).toMatch(/^eu-west-1: quota unknown.* because .*\.$/);
});
