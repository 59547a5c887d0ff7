/** Where the trend's axes begin and end, and what is written at them. */
import { number } from '../../answers/words.ts';
import type { Ahead } from './trend-ahead.ts';
import type { TrendPoint } from './trend-points.ts';

type Range = [low: number, high: number];

const HOUR = 3600;
const DAY = 24 * HOUR;

/** A little more than the runs, and what is ahead of them, so that the first and the last are seen whole. */
export function timeRange(points: readonly TrendPoint[], ahead: Ahead | null = null): Range {
  const first = points[0]?.at ?? 0;
  const last = Math.max(points.at(-1)?.at ?? 0, ahead?.to ?? 0);
  const margin = Math.max((last - first) * 0.015, last === first ? HOUR : 0);
  return [first - margin, last + margin];
}

type StreamsScale = {
  low: number;
  high: number;
  /** Below the scale there is a strip for gaps that counted less than that, or nothing. */
  hasStrip: boolean;
};

/** A partial number may widen the scale of the complete ones to so many times; else it would squeeze them into a line. */
const WIDEST = 4;

/**
 * From the complete numbers, and from those of gaps that lie near enough. Where most are partial (a region that has been
 * dark for weeks), from all.
 */
export function streamsScale(points: readonly TrendPoint[]): StreamsScale {
  const known = points.flatMap(({ kind, streams }) => (kind === 'known' && streams !== null ? [streams] : []));
  const gaps = points.filter(({ kind }) => kind === 'gap');
  const partial = gaps.flatMap(({ streams, lastKnown }) => [streams, lastKnown].filter((one) => one !== null));
  const areMostPartial = gaps.filter(({ streams }) => streams !== null).length > known.length;
  const [least, most] = ends(areMostPartial || known.length === 0 ? [...known, ...partial] : known);
  const room = ((WIDEST - 1) / 2) * (most - least);
  const [low, high] = ends([least, most, ...partial.filter((one) => one >= least - room && one <= most + room)]);
  const margin = Math.max((high - low) * 0.12, high * 0.0005, 2);
  return {
    low: Math.max(0, low - margin),
    high: high + margin,
    hasStrip: gaps.some(({ streams }) => streams === null || streams < low),
  };
}

function ends(values: readonly number[]): Range {
  if (values.length === 0) return [0, 10];
  return [values.reduce((least, one) => Math.min(least, one)), values.reduce((most, one) => Math.max(most, one))];
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Between two labels, in seconds; beyond these it is whole months. */
const STEPS = [
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60),
  ...[1, 2, 3, 4, 6, 8, 12].map((hours) => hours * HOUR),
  ...[1, 2, 3, 4, 5, 7, 10, 14].map((days) => days * DAY),
];
const STEPS_IN_MONTHS = [1, 2, 3, 4, 6, 12, 24, 60];

/** CSS pixels between two labels, where that leaves room for LEAST_LABELS. */
const LABEL_SPACE = 72;
const LEAST_LABELS = 3;

/** Where the time axis has labels: as many as there is room for, and three at least. */
export function timeSplits([low, high]: Range, width: number): number[] {
  const finestFirst = [
    ...STEPS.filter((step) => (high - low) / step <= width).map((step) => splitsBySeconds(low, high, step)),
    ...STEPS_IN_MONTHS.map((months) => splitsByMonths(low, high, months)),
  ];
  let at = finestFirst.findIndex(({ length }) => length * LABEL_SPACE <= width);
  while (at > 0 && (finestFirst[at]?.length ?? 0) < LEAST_LABELS) at--;
  return finestFirst[at] ?? [];
}

function splitsBySeconds(low: number, high: number, step: number): number[] {
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.max(0, Math.floor(high / step) - first + 1) }, (_, n) => (first + n) * step);
}

function splitsByMonths(low: number, high: number, months: number): number[] {
  const start = new Date(low * 1000);
  const splits: number[] = [];
  for (
    let month = Math.floor((start.getUTCFullYear() * 12 + start.getUTCMonth()) / months) * months;
    ;
    month += months
  ) {
    const at = Date.UTC(Math.floor(month / 12), month % 12) / 1000;
    if (at > high) return splits;
    if (at >= low) splits.push(at);
  }
}

/** UTC; a day where one begins, else the time of day. */
export function timeLabels(splits: readonly number[]): string[] {
  const step = (splits[1] ?? 0) - (splits[0] ?? 0);
  return splits.map((split, index) => {
    const date = new Date(split * 1000);
    const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
    const isMidnight = split % DAY === 0;
    if (step >= 28 * DAY) return `${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
    if (step >= DAY || isMidnight) return day;
    const time = date.toISOString().slice(11, step < 60 ? 19 : 16);
    return index === 0 ? `${time}\n${day}` : time;
  });
}

/** Nothing where the axis has no label. */
export const streamsLabels = (splits: readonly (number | null)[]): string[] =>
  splits.map((split) => (split === null ? '' : number(split)));

/** Streams come whole. */
export const WHOLE_STEPS = Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();
