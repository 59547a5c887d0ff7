/** Pure: what of a region's projection the trend has room for. */
import { DAY_MS } from '../../answers/slope.ts';
import type { ProjectedLine } from './projection.ts';
import type { TrendPoint } from './trend-points.ts';

export type Ahead = {
  /** Seconds since 1970, and how many there were then. */
  from: ProjectedLine['from'];
  /** Until when it is drawn, and how many there would be then. */
  to: number;
  ends: { likely: number; low: number; high: number };
  /** What it reaches by then; else `null`. */
  limit: number | null;
};

/** Of the time that the runs take: most of the trend is of what was counted. */
const LONGEST = 0.4;

const DAY = DAY_MS / 1000;

/** @param points oldest first */
export function aheadOf(points: readonly TrendPoint[], line: ProjectedLine | null): Ahead | null {
  const longest = ((points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0)) * LONGEST;
  if (line === null || longest === 0) return null;
  const { from, perDay, limit, daysToFull } = line;
  const untilFull = daysToFull === null ? Number.POSITIVE_INFINITY : daysToFull * DAY;
  const isReached = untilFull * BEYOND <= longest;
  const length = isReached ? untilFull * BEYOND : longest;
  const after = (rate: number) => from.value + (rate * length) / DAY;
  const ends = { likely: after(perDay.likely), low: after(perDay.low), high: after(perDay.high) };
  return { from, to: from.at + length, ends, limit: isReached ? limit : null };
}

/** A little further than to the quota, so that it is seen to be reached. */
const BEYOND = 1.1;

/** The most that the scale has to show. */
export const topOfAhead = ({ ends, limit }: Ahead): number => limit ?? ends.high;
