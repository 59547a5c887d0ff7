/** Calls for pages: each takes a turn of the pace, and tells how fast the service is. */
import { CountError } from '../errors.ts';
import type { Clock, ListPage, Pace, Page, PageRequest } from '../ports.ts';

export type Speed = {
  /** Between two turns. */
  intervalMs: number;
  /** From a call to its answer; 0 before the first. */
  latencyMs: number;
};

export type Calls = {
  /** One call, made now. @throws what the service answers with instead of a page */
  make(request: PageRequest): Promise<Page>;
  speed(): Speed;
  /** Made so far, and those of them that the service refused for their rate. */
  made(): number;
  throttled(): number;
  /** Ends those that are under way. */
  end(): void;
};

/** Of the latency so far, what a new one leaves of it. */
const LATENCY_KEPT = 0.8;

/** @param stopAtMs no call lasts beyond this instant (ms since 1970) */
export function makeCalls(
  { listPage, pace, clock }: { listPage: ListPage; pace: Pace; clock: Pick<Clock, 'nowMs'> },
  stopAtMs: number,
): Calls {
  const stop = new AbortController();
  let made = 0;
  let throttled = 0;
  let latencyMs = 0;

  function noteLatency(ms: number): void {
    // A clock may step back.
    const latestMs = Math.max(0, ms);
    latencyMs = latencyMs === 0 ? latestMs : LATENCY_KEPT * latencyMs + (1 - LATENCY_KEPT) * latestMs;
  }

  return {
    async make(request) {
      const sentAtMs = clock.nowMs();
      const turn = pace.take();
      made += 1;
      try {
        const page = await listPage({ ...request, timeLimitMs: stopAtMs - sentAtMs, signal: stop.signal });
        pace.succeeded();
        noteLatency(clock.nowMs() - sentAtMs);
        return page;
      } catch (error) {
        if (error instanceof CountError && error.reason === 'throttled') {
          throttled += 1;
          pace.throttled(turn);
        }
        throw error;
      }
    },
    speed: () => ({ intervalMs: pace.intervalMs(), latencyMs }),
    made: () => made,
    throttled: () => throttled,
    end: () => stop.abort(),
  };
}
