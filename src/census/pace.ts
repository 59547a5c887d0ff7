import type { Clock, Pace } from './ports.ts';

/** After a throttled call the rate is halved; each call that succeeds gives back this share of the full rate. */
const RECOVERY_STEP = 1 / 50;
/** The rate never falls below this share of the full rate. */
const SLOWEST = 1 / 16;

/**
 * Evenly spaced turns, at most `callsPerSecond` (the service allows 50 per account and region, shared with everyone
 * else there). A turn that is not taken is lost: an idle second is never made up for with a burst.
 */
export function makePace(clock: Clock, callsPerSecond: number): Pace {
  let share = 1;
  let nextTurnAtMs = Number.NEGATIVE_INFINITY;
  return {
    async turn() {
      const nowMs = clock.nowMs();
      const intervalMs = 1000 / (callsPerSecond * share);
      // A clock that stepped back must not make the next turn wait for longer than one interval.
      const turnAtMs = Math.max(nowMs, Math.min(nextTurnAtMs, nowMs + intervalMs));
      nextTurnAtMs = turnAtMs + intervalMs;
      if (turnAtMs > nowMs) await clock.sleep(turnAtMs - nowMs);
    },
    throttled() {
      share = Math.max(SLOWEST, share / 2);
    },
    succeeded() {
      share = Math.min(1, share + RECOVERY_STEP);
    },
  };
}
