import { ago, finePercent, instantBeside, percent, signed } from '../../../src/page/client/words.ts';

test('shares and signs never write something as nothing, nor nearly all as all', () => {
  expect([percent(0, 9), percent(1, 100_000), percent(1, 3), percent(99_999, 100_000), percent(9, 9)]).toEqual([
    '0 %',
    '< 1 %',
    '33 %',
    '> 99 %',
    '100 %',
  ]);
  expect([signed(0), signed(1234), signed(-1234)]).toEqual(['±0', '+1,234', '\u22121,234']);
});

test('a small share of many is told closer', () => {
  const shares = [0, 1, 30, 9_940, 99_999, 100_000].map((part) => finePercent(part, 100_000));
  expect(shares).toEqual(['0 %', '< 0.1 %', '< 0.1 %', '9.9 %', '> 99 %', '100 %']);
  expect(finePercent(190, 100_000)).toBe('0.2 %');
});

test('instants and lengths name a time as shortly as it stays clear', () => {
  expect(instantBeside('2026-11-20T05:30:00Z', '2026-11-20T06:00:00Z')).toBe('05:30 UTC');
  expect(instantBeside('2026-11-19T05:30:12Z', '2026-11-20T06:00:00Z')).toBe('2026-11-19 05:30:12 UTC');
  expect(ago('2026-11-20T06:00:00Z', Date.parse('2026-11-20T08:30:00Z'))).toBe('2 h ago');
  expect(ago('2026-11-20T06:00:00Z', Date.parse('2026-11-20T05:59:00Z'))).toBe('in 1 min');
});
