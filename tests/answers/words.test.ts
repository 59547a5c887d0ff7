import { ago, duration, list, number, plural, seconds, signed, span, toSecond } from '../../src/answers/words.ts';

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [60_953, '60,953'],
  [1_234_567, '1,234,567'],
])('%d is written %s', (value, words) => {
  expect(number(value)).toBe(words);
});

test('a change has a sign, unless there is none', () => {
  expect([signed(1200), signed(-1200), signed(0)]).toEqual(['+1,200', '-1,200', '0']);
});

test('one is not many', () => {
  expect([plural(1, 'stream'), plural(0, 'stream'), plural(2, 'region that is', 'regions that are')]).toEqual([
    '1 stream',
    '0 streams',
    '2 regions that are',
  ]);
});

test.each([
  [999, '0 s'],
  [1000, '1 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_600_000, '1 h'],
  [86_399_999, '23 h'],
  [86_400_000, '1 day'],
  [172_800_000, '2 days'],
])('%d ms is %s', (ms, words) => {
  expect(duration(ms)).toBe(words);
});

test.each([
  [-1, '0 s'],
  [374, '1 s'],
  [100_001, '101 s'],
  [180_000, '180 s'],
  [180_001, '4 min'],
  [4_000_000, '67 min'],
  [10_800_001, '4 h'],
])('%d ms to come are %s', (ms, words) => {
  expect(span(ms)).toBe(words);
});

test('an instant lies in the past or ahead', () => {
  const now = '2026-11-20T08:00:00Z';
  expect([ago('2026-11-20T06:00:00Z', now), ago('2026-11-20T08:05:00Z', now)]).toEqual(['2 h ago', 'in 5 min']);
});

test('seconds have a tenth, and names an "and"', () => {
  expect(seconds(1250)).toBe('1.3 s');
  expect([list([]), list(['a']), list(['a', 'b']), list(['a', 'b', 'c'])]).toEqual(['', 'a', 'a and b', 'a, b and c']);
});

test('an instant is read to the second', () => {
  expect(toSecond('2026-11-20T06:00:01.711Z')).toBe('2026-11-20T06:00:01Z');
  expect(toSecond('2026-11-20T06:00:01Z')).toBe('2026-11-20T06:00:01Z');
});
