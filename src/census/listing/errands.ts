/**
 * How a question gets its answer: by an errand, of one call or of several.
 *
 *     chosen ─▶ waits for its turn ─▶ call ─┬─ a page ─────────────────▶ answered
 *                      ▲                    ├─ none yet: a retry ─┐
 *                      └── its wait is over ◀─────────────────────┘
 *                                           └─ none, for good ─────────▶ failed
 *
 * An errand whose answer cannot matter any more is dropped, wherever it is.
 */
import { CountError } from '../errors.ts';
import type { Clock, ListPage, Pace, Random } from '../ports.ts';
import { type Calls, makeCalls } from './calls.ts';
import { answer, failed, type Inquiry, isAwaited, nextQuestion } from './inquiry.ts';
import { type CallLimits, type Errand, makeRetries, type Retries } from './retries.ts';

export type CountPorts = { listPage: ListPage; pace: Pace; clock: Clock; random: Random };

export type Errands = {
  /** Sends the best errand if its turn has come; if not, waits for its turn, or for whatever happens first. */
  step(): Promise<void>;
  /** Calls made so far. */
  calls(): number;
  throttled(): number;
  /** Ends what is under way. */
  end(): Promise<void>;
};

/** Calls under way at the same time: enough for 45 calls/s at 0.9 s each. The SDK keeps 50 connections. */
const CALLS_AT_ONCE = 40;

export function makeErrands(ports: CountPorts, limits: CallLimits, inquiry: Inquiry): Errands {
  const { pace, clock } = ports;
  const means = { inquiry, calls: makeCalls(ports, limits.stopAtMs), retries: makeRetries(ports, limits) };
  const { calls, retries } = means;
  const underWay = new Set<Promise<void>>();
  let wake = () => {};

  function send(errand: Errand): void {
    const sent = carryOut(errand, means).finally(() => {
      underWay.delete(sent);
      wake();
    });
    underWay.add(sent);
  }

  /** Until something is answered, or so much time has passed. */
  async function answerWithin(ms: number): Promise<void> {
    const sleep = new AbortController();
    wake = () => sleep.abort();
    await clock.sleep(ms, sleep.signal);
  }

  return {
    async step() {
      const nowMs = clock.nowMs();
      const leftMs = limits.stopAtMs - nowMs;
      if (underWay.size >= CALLS_AT_ONCE) return await answerWithin(leftMs);
      const next = nextErrand(means, nowMs, leftMs);
      if (next === undefined) return await answerWithin(Math.min(retries.nextInMs(nowMs), leftMs));
      const waitMs = pace.waitMs(next.spare);
      if (waitMs > 0) return await answerWithin(Math.min(waitMs, retries.nextInMs(nowMs), leftMs));
      send(next.errand());
    },
    calls: calls.made,
    throttled: calls.throttled,
    async end() {
      calls.end();
      await Promise.all(underWay);
    },
  };
}

type Means = { inquiry: Inquiry; calls: Calls; retries: Retries };

/** A retry that is due, or else what is chosen. Nothing is asked before `errand` is called. */
function nextErrand(
  { inquiry, calls, retries }: Means,
  nowMs: number,
  leftMs: number,
): { spare: boolean; errand(): Errand } | undefined {
  const due = retries.due(nowMs, ({ question }) => isAwaited(inquiry, question));
  if (due !== undefined) return { spare: false, errand: due };
  const choice = nextQuestion(inquiry, calls.speed(), leftMs);
  return choice && { spare: choice.spare, errand: () => ({ question: choice.ask(), attempts: 0 }) };
}

/** One call. Never rejects. */
async function carryOut(errand: Errand, { inquiry, calls, retries }: Means): Promise<void> {
  const { question } = errand;
  errand.attempts += 1;
  try {
    const page = await calls.make(question.request);
    if (isAwaited(inquiry, question)) answer(inquiry, question, page);
  } catch (error) {
    if (!(error instanceof CountError)) failed(inquiry, question, error);
    else if (isAwaited(inquiry, question) && !retries.take(errand, error)) failed(inquiry, question, error);
  }
}
