/** Where the trend is hatched. */
import type { TrendPoint } from './trend-points.ts';

/** CSS pixels. */
const BAND_LEAST = 2;
const BAND_ALONE = 24;

type Band = { left: number; right: number };

/**
 * One for all gaps that follow each other, so that it is hatched through: from half of the way to the run before to half of
 * the way to the run after, but not so far as to reach into a longer silence.
 */
export function bandsOf(points: readonly TrendPoint[], xOf: (at: number) => number, scale: number): Band[] {
  const bands: Band[] = [];
  points.forEach(({ kind, at }, index) => {
    if (kind !== 'gap') return;
    const x = xOf(at);
    const [before, after] = [points[index - 1], points[index + 1]];
    const ways = [before, after].flatMap((point) => (point === undefined ? [] : Math.abs(xOf(point.at) - x) / 2));
    const reach = Math.max(ways.length === 0 ? BAND_ALONE * scale : Math.min(...ways), (BAND_LEAST * scale) / 2);
    const last = bands.at(-1);
    if (before?.kind === 'gap' && last !== undefined) last.right = x + reach;
    else bands.push({ left: Math.max(x - reach, last?.right ?? x - reach), right: x + reach });
  });
  return bands.filter(({ left, right }) => right > left);
}
