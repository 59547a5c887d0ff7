import type { Clock, Pace } from '../ports.ts';

/** After a throttled call the rate is halved; each call that succeeds gives back this share of the full rate. */
const RECOVERY_STEP = 1 / 50;
/** The rate never falls below this share of the full rate. */
const SLOWEST = 1 / 16;

/**
 * How far ahead of its turn a call may start, in intervals of the full rate, so that a slower rate has no larger bursts.
 * Half an interval makes good for a timer or a process that was late. A whole one more is for the calls that something
 * waits for, so that spare calls never make them wait: a listing whose pages come just in time for the next is not slowed
 * down by what explores beside it.
 */
const AHEAD = { spare: 0.5, awaited: 1.5 };

/** Calls per second from which there is room for that beside what AWS allows. Of few calls a second, less may be ahead. */
const FAST = 25;

/**
 * Turns at `callsPerSecond` (the service allows 50 per account and region, shared with everyone else there). A turn
 * that is not taken is lost: an idle second is never made up for with a burst. In any second at most
 * `callsPerSecond + 2.5` calls start, and of five no sixth: at 45 there is room for calls to arrive 70 ms closer together than they left.
 */
export function makePace(clock: Pick<Clock, 'nowMs'>, callsPerSecond: number): Pace {
  let share = 1;
  let calls = 0;
  let callsAtHalving = 0;
  /** When the next call is due, if all come evenly. */
  let dueAtMs = Number.NEGATIVE_INFINITY;
  let isAnswered = false;

  const fullIntervalMs = 1000 / callsPerSecond;
  const ahead = Math.min(1, callsPerSecond / FAST);
  const intervalMs = () => fullIntervalMs / share;

  return {
    waitMs(spare) {
      const nowMs = clock.nowMs();
      // No turn is further away than this, unless the clock stepped back.
      dueAtMs = Math.min(dueAtMs, nowMs + AHEAD.awaited * ahead * fullIntervalMs + 2 * intervalMs());
      return Math.max(0, dueAtMs - (spare ? AHEAD.spare : AHEAD.awaited) * ahead * fullIntervalMs - nowMs);
    },
    take() {
      dueAtMs = Math.max(dueAtMs, clock.nowMs()) + intervalMs();
      calls += 1;
      return calls;
    },
    throttled(call) {
      // Calls that were under way when the rate was halved met the old one: they say nothing about the new.
      if (call <= callsAtHalving) return;
      share = Math.max(SLOWEST, share / 2);
      callsAtHalving = calls;
      // The very next call already comes at the new rate.
      dueAtMs = Math.max(dueAtMs, clock.nowMs()) + intervalMs();
    },
    succeeded() {
      // The first call may reach the service long after its turn: a connection is made for it, and a session had. So what
      // follows is timed from its answer.
      if (!isAnswered) dueAtMs = Math.max(dueAtMs, clock.nowMs() + intervalMs());
      isAnswered = true;
      share = Math.min(1, share + RECOVERY_STEP);
    },
    intervalMs,
  };
}
