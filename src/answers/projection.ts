/** When a region will be full: what is left of its quota, by how fast it grows. */
import { type RunId, runIdOf } from '../census/run.ts';
import { type Slope, slopeOf } from './slope.ts';

/** Beyond this a day is no help, and a region is no more urgent than one that is flat. */
export const FAR_DAYS = 730;

/** What one run counted of what the quota bounds. */
export type UsedAt = { runId: RunId; used: number };

export type Projection = {
  trend: Slope['trend'];
  /** More a day: `likely`, and with 95 % certainty from `low` to `high`. `null` without enough history. */
  perDay: { likely: number; low: number; high: number } | null;
  /**
   * Days from the newest count until nothing is left: `soonest` and `latest` follow from `high` and `low`. 0 of what is full;
   * else `null` unless it grows, and where the limit is not known.
   */
  daysToFull: { likely: number; soonest: number; latest: number } | null;
  /** The first and the last run of the history, and how many of it were looked at: one a day. `null` without any. */
  window: { from: RunId; to: RunId; runs: number } | null;
};

/**
 * @param history runs that counted the region, in any order
 * @param limit `null`: it is not known
 */
export function projectionOf(history: readonly UsedAt[], limit: number | null): Projection {
  const slope = slopeOf(history.map(({ runId, used }) => ({ atMs: Date.parse(runId), value: used })));
  const newest = history.reduce<UsedAt | null>(
    (last, one) => (last !== null && last.runId > one.runId ? last : one),
    null,
  );
  const room = limit === null || newest === null ? null : limit - newest.used;
  return {
    trend: slope.trend,
    perDay: perDayOf(slope),
    daysToFull: room === null ? null : daysOf(room, slope),
    window: slope.window === null ? null : windowOf(slope.window),
  };
}

function perDayOf(slope: Slope): Projection['perDay'] {
  if (slope.trend === 'not-enough-history') return null;
  return { likely: short(slope.perDay), low: short(slope.low), high: short(slope.high) };
}

function daysOf(room: number, slope: Slope): Projection['daysToFull'] {
  if (room <= 0) return { likely: 0, soonest: 0, latest: 0 };
  if (slope.trend !== 'growing') return null;
  const days = (perDay: number) => short(room / perDay);
  return { likely: days(slope.perDay), soonest: days(slope.high), latest: days(slope.low) };
}

function windowOf({ fromMs, toMs, points }: NonNullable<Slope['window']>): Projection['window'] {
  // They are the instants of runs.
  return { from: runIdOf(fromMs) as RunId, to: runIdOf(toMs) as RunId, runs: points };
}

/** More digits than these would say more than anybody knows. */
const short = (value: number) => Number(value.toPrecision(4));
