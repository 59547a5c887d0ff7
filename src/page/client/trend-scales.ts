/** Where the trend's axes begin and end, and what is written at them. */
import { number } from '../../answers/words.ts';
import type { TrendPoint } from './trend-points.ts';

type Range = [low: number, high: number];

const HOUR = 3600;
const DAY = 24 * HOUR;

/** A little more than the runs, so that the first and the last are seen whole. */
export function timeRange(points: readonly TrendPoint[]): Range {
  const first = points[0]?.at ?? 0;
  const last = points.at(-1)?.at ?? 0;
  const margin = Math.max((last - first) * 0.015, last === first ? HOUR : 0);
  return [first - margin, last + margin];
}

/**
 * From the complete numbers, because a partial one would squeeze them into a line. Where most are partial (a region
 * that has been dark for weeks), theirs as well.
 */
export function streamsRange(points: readonly TrendPoint[]): Range {
  const known = points.filter(({ kind }) => kind === 'known');
  const partial = points.filter(({ kind, streams }) => kind === 'gap' && streams !== null);
  const values = (partial.length > known.length ? [...known, ...partial] : known).map(({ streams }) => streams ?? 0);
  if (values.length === 0) return [0, 10];
  const low = values.reduce((least, one) => Math.min(least, one));
  const high = values.reduce((most, one) => Math.max(most, one));
  const margin = Math.max((high - low) * 0.12, high * 0.0005, 2);
  // Below its plot the trend has a lane for marks of gaps, which must not cover the line.
  return [Math.max(0, low - margin * 1.6), high + margin];
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** UTC; a day where one begins, else the time of day. */
export function timeLabels(splits: readonly number[], incrementSeconds: number): string[] {
  return splits.map((split, index) => {
    const date = new Date(split * 1000);
    const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
    const isMidnight = split % DAY === 0;
    if (incrementSeconds >= 28 * DAY) return `${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
    if (incrementSeconds >= DAY || isMidnight) return day;
    const time = date.toISOString().slice(11, incrementSeconds < 60 ? 19 : 16);
    return index === 0 ? `${time}\n${day}` : time;
  });
}

export const streamsLabels = (splits: readonly number[]): string[] => splits.map((split) => number(split));

/** Streams come whole. */
export const WHOLE_STEPS = Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();
