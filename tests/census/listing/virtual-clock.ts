import type { Clock } from '../../../src/census/ports.ts';

export type VirtualClock = Clock & {
  /** Lets `work` run to its end; whenever it waits, time jumps to the next thing that was waited for. */
  run<T>(work: Promise<T>): Promise<T>;
  /** Moves the clock without time passing, as an adjustment of the machine's clock does. */
  step(ms: number): void;
};

/** Time that passes only by being waited for: a minute's counting takes a moment, and always the same way. */
export function makeVirtualClock(startMs = Date.parse('2026-11-20T06:00:00Z')): VirtualClock {
  let elapsedMs = 0;
  let steppedMs = 0;
  let order = 0;
  const sleepers: { atMs: number; order: number; wake: () => void }[] = [];

  function nextSleeper() {
    const next = sleepers.reduce((a, b) => (b.atMs < a.atMs || (b.atMs === a.atMs && b.order < a.order) ? b : a));
    sleepers.splice(sleepers.indexOf(next), 1);
    return next;
  }

  return {
    nowMs: () => startMs + elapsedMs + steppedMs,
    sleep: (ms, signal) =>
      new Promise((wake) => {
        const sleeper = { atMs: elapsedMs + Math.max(0, ms), order, wake };
        sleepers.push(sleeper);
        order += 1;
        signal?.addEventListener('abort', () => {
          if (sleepers.includes(sleeper)) sleepers.splice(sleepers.indexOf(sleeper), 1);
          wake();
        });
      }),
    step: (ms) => {
      steppedMs += ms;
    },
    async run(work) {
      let isOver = false;
      const over = () => {
        isOver = true;
      };
      work.then(over, over);
      for (;;) {
        // Everything that does not wait for time happens before time goes on.
        await new Promise((resolve) => setImmediate(resolve));
        if (isOver) return await work;
        if (sleepers.length === 0) throw new Error('Nothing is waited for, yet the work is not over.');
        const { atMs, wake } = nextSleeper();
        elapsedMs = Math.max(elapsedMs, atMs);
        wake();
      }
    },
  };
}
