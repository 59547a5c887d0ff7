/**
 * How fast a number grows, from its history: the slope of Theil and Sen, the median of the slopes between any two points.
 * Up to 29 % of the points may be anything at all without moving it far; a mean would follow each.
 * docs/headroom.md says what it is worth.
 */

/** `value` was counted at `atMs`, milliseconds since 1970. */
export type Point = { atMs: number; value: number };

/** What a slope was made of: its first and its last point, in milliseconds since 1970, and how many there are. */
type Window = { fromMs: number; toMs: number; points: number };

/**
 * `perDay`, and with 95 % certainty a number from `low` to `high`. `growing`: all of that lies above 0; `shrinking`: below;
 * `flat`: 0 is among it, so that no trend can be told from what goes up and down anyway.
 */
export type Slope =
  | { trend: 'not-enough-history'; window: Window | null }
  | { trend: 'growing' | 'shrinking' | 'flat'; perDay: number; low: number; high: number; window: Window };

export const DAY_MS = 86_400_000;

/** Days that a history must reach over, rounded: to less than two weeks of it, one half of a week looks like a trend. */
export const LEAST_DAYS = 14;

/** Points that it must have, of days of their own: with fewer, the 95 % would take the widest of all slopes. */
export const LEAST_POINTS = 8;

/** Points that a slope is made of at most; their pairs are 80,000, some ten milliseconds' work. */
const MOST_POINTS = 400;

/** Of the normal distribution, two-sided: 95 %. */
const Z = 1.96;

/** @param points of instants that differ, in any order */
export function slopeOf(points: readonly Point[]): Slope {
  const used = onePerDay(points);
  const [first, last] = [used[0], used.at(-1)];
  if (first === undefined || last === undefined) return { trend: 'not-enough-history', window: null };
  const window = { fromMs: first.atMs, toMs: last.atMs, points: used.length };
  if (used.length < LEAST_POINTS || daysBetween(first.atMs, last.atMs) < LEAST_DAYS)
    return { trend: 'not-enough-history', window };
  const slopes = slopesOf(used);
  const perDay = medianOf(slopes);
  const { low, high } = intervalOf(slopes, used, perDay);
  return { trend: low > 0 ? 'growing' : high < 0 ? 'shrinking' : 'flat', perDay, low, high, window };
}

/** Rounded: a run that somebody starts an hour later is still of the same day. */
export const daysBetween = (fromMs: number, toMs: number) => Math.round((toMs - fromMs) / DAY_MS);

/**
 * Of each day one, oldest first: the one nearest to the newest's time of day. So a number that goes up and down in a day
 * is looked at as if it stood still, and a history of any length costs the same. The days are 24 h long and counted from
 * the newest; of a history of more than 400 only every second, third ... is taken. Twice is the same as once.
 */
export function onePerDay<Of extends Pick<Point, 'atMs'>>(points: readonly Of[]): Of[] {
  const sorted = points.toSorted((a, b) => b.atMs - a.atMs);
  const [newest] = sorted;
  const oldest = sorted.at(-1);
  if (newest === undefined || oldest === undefined) return [];
  const stepMs = DAY_MS * Math.max(1, Math.ceil((newest.atMs - oldest.atMs) / DAY_MS / MOST_POINTS));
  const nearest = new Map<number, Of>();
  for (const point of sorted) {
    const day = dayOf(point);
    const known = nearest.get(day);
    if (known === undefined || offBy(point) < offBy(known)) nearest.set(day, point);
  }
  return [...nearest.values()].reverse();

  function dayOf({ atMs }: Pick<Point, 'atMs'>): number {
    return Math.round(((newest as Of).atMs - atMs) / stepMs);
  }
  function offBy(point: Pick<Point, 'atMs'>): number {
    return Math.abs((newest as Of).atMs - point.atMs - dayOf(point) * stepMs);
  }
}

/** Between any two points, a day; smallest first. */
function slopesOf(points: readonly Point[]): Float64Array {
  const slopes = new Float64Array((points.length * (points.length - 1)) / 2);
  let at = 0;
  for (const [index, later] of points.entries()) {
    for (const earlier of points.slice(0, index)) {
      slopes[at++] = ((later.value - earlier.value) * DAY_MS) / (later.atMs - earlier.atMs);
    }
  }
  return slopes.sort();
}

/** Of numbers, smallest first. */
function medianOf(sorted: Float64Array): number {
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] as number) + (sorted[Math.floor(middle)] as number)) / 2;
}

/**
 * Sen's interval: as many slopes are cut off at either end as Kendall's S says (Gilbert, Statistical Methods for
 * Environmental Pollution Monitoring, 1987, 16.5). Days that look like the day before tell less than days of their own, so
 * the variance grows as by Yue and Wang (Water Resources Management 18, 2004). Equal numbers are not taken off it: that
 * would only make it narrower.
 */
function intervalOf(slopes: Float64Array, points: readonly Point[], perDay: number): { low: number; high: number } {
  const n = points.length;
  const likeness = Math.max(0, likenessOfNeighbours(points, perDay));
  const variance = ((n * (n - 1) * (2 * n + 5)) / 18) * ((1 + likeness) / (1 - likeness));
  const cut = Math.max(0, Math.floor((slopes.length - Z * Math.sqrt(variance)) / 2) - 1);
  return { low: slopes[cut] as number, high: slopes[slopes.length - 1 - cut] as number };
}

/** The correlation of what is left of each point, without the slope, with what is left of the point before it. */
function likenessOfNeighbours(points: readonly Point[], perDay: number): number {
  const level = points.map(({ atMs, value }) => value - (perDay * atMs) / DAY_MS);
  const middle = medianOf(Float64Array.from(level).sort());
  const rest = level.map((value) => value - middle);
  const square = rest.reduce((sum, one) => sum + one * one, 0);
  const product = rest.reduce((sum, one, at) => sum + one * (rest[at - 1] ?? 0), 0);
  return square === 0 ? 0 : product / square;
}
