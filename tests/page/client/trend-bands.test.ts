/** Where the trend is hatched. */
import { bandsOf } from '../../../src/page/client/trend-bands.ts';
import type { TrendPoint } from '../../../src/page/client/trend-points.ts';

/** One letter for each run: a gap, a known or an open one; a blank is an hour without a run. */
const bands = (runs: string) =>
  bandsOf(
    [...runs].flatMap((letter, at) => (letter === ' ' ? [] : [point(letter, at)])),
    (at) => at * 10,
    1,
  ).map(({ left, right }) => [left, right]);

function point(letter: string, at: number): TrendPoint {
  const kind = letter === 'g' ? 'gap' : letter === 'k' ? 'known' : 'open';
  return { runId: '', at, kind, streams: 1, lastKnown: null, misses: '', replanned: null, says: '' };
}

test('a gap is hatched half of the way to its neighbours', () => {
  expect(bands('kgk')).toEqual([[5, 15]]);
  expect(bands('kgkgk')).toEqual([
    [5, 15],
    [25, 35],
  ]);
});

test('gaps that follow each other are hatched through, however far apart they are', () => {
  expect(bands('kggk')).toEqual([[5, 25]]);
  expect(bands('kg    gg k')).toEqual([[5, 75]]);
});

test('a gap beside a long silence does not fill it, and one that is alone is seen all the same', () => {
  expect(bands('kg        k')).toEqual([[5, 15]]);
  expect(bands('g')).toEqual([[-24, 24]]);
});
