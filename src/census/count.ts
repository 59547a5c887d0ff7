import { CountError, type Reason } from './errors.ts';
import { addNamesake, addPage, answers, isWanted, makePart, type Question, tallyOf } from './parts.ts';
import { type Choice, choose, type Speed } from './plan.ts';
import type { Clock, ListPage, Pace, Page, Random } from './ports.ts';
import type { Effort } from './region.ts';
import type { Tally } from './tally.ts';

export type CountPorts = { listPage: ListPage; pace: Pace; clock: Clock; random: Random };

export type CountLimits = {
  /** Calls for one page before the region's attempt fails. */
  attemptsPerPage: number;
  /** Full jitter: the wait before attempt n is random up to `pageBackoffMs * 2^(n-1)`, at most `pageBackoffLimitMs`. */
  pageBackoffMs: number;
  pageBackoffLimitMs: number;
  /** No call starts at or lasts beyond this instant (ms since 1970): the rest of the invocation belongs to recording. */
  stopAtMs: number;
};

export type CountResult =
  | { outcome: 'counted'; tally: Tally; effort: Effort }
  | { outcome: 'failed'; reason: Reason; effort: Effort; cause: CountError };

export const ATTEMPTS_PER_PAGE = 4;

/** More pages than any region can have: 20 million streams at 1,000 a page. */
const PAGE_LIMIT = 20_000;

/** Under way at the same time. Enough for 45 calls/s at 0.9 s a call; the SDK keeps 50 connections. */
const CALLS_AT_ONCE = 40;

/** Longest sleep, so that none goes on for long after the region is counted. */
const NAP_MS = 250;

/** A question on its way to an answer, by one call or several. */
type Errand = { question: Question; attempts: number; notBeforeMs: number };

/**
 * Counts a region: asks for its pages and adds them up. It starts with one list, from the first page to the last, and
 * an ordinary region is done after one call. Only an absent token ends a list: a page that is short, or empty, says
 * nothing. What makes a large region faster than its list is in parts.ts (what is exact) and plan.ts (what is quick).
 *
 * @param asOfMs the run's instant, from which the ages of streams are counted back
 */
export async function countRegion(ports: CountPorts, limits: CountLimits, asOfMs: number): Promise<CountResult> {
  const startedAtMs = ports.clock.nowMs();
  const effort: Effort = { pages: 0, calls: 0, ms: 0 };
  const elapsed = () => ({ ...effort, ms: Math.max(0, Math.round(ports.clock.nowMs() - startedAtMs)) });
  try {
    const tally = await list(ports, limits, asOfMs, effort);
    return { outcome: 'counted', tally, effort: elapsed() };
  } catch (error) {
    if (!(error instanceof CountError)) throw error;
    return { outcome: 'failed', reason: error.reason, effort: elapsed(), cause: error };
  }
}

async function list(ports: CountPorts, limits: CountLimits, asOfMs: number, effort: Effort): Promise<Tally> {
  const { clock, pace, random, listPage } = ports;
  const region = makePart('');
  const underWay = new Set<Promise<void>>();
  const retries: Errand[] = [];
  const stop = new AbortController();
  let latencyMs = 0;
  let mayBranch = true;
  let failure: { error: unknown } | undefined;

  /** A due retry, or what the plan chooses. */
  function next(): { spare: boolean; errand(): Errand } | undefined {
    const nowMs = clock.nowMs();
    const at = retries.findIndex(({ notBeforeMs }) => notBeforeMs <= nowMs);
    if (at >= 0) return { spare: false, errand: () => retries.splice(at, 1)[0]! };
    const speed: Speed = { intervalMs: pace.intervalMs(), latencyMs, timeLeftMs: limits.stopAtMs - nowMs };
    const choice: Choice | undefined = choose(region, speed, mayBranch);
    return choice && { spare: choice.spare, errand: () => ({ question: choice.ask(), attempts: 0, notBeforeMs: 0 }) };
  }

  async function run(errand: Errand): Promise<void> {
    const { request } = errand.question;
    const sentAtMs = clock.nowMs();
    const call = pace.take();
    effort.calls += 1;
    errand.attempts += 1;
    try {
      const page = await listPage({ ...request, timeLimitMs: limits.stopAtMs - sentAtMs, signal: stop.signal });
      pace.succeeded();
      effort.pages += 1;
      const tookMs = Math.max(0, clock.nowMs() - sentAtMs);
      latencyMs = latencyMs === 0 ? tookMs : 0.8 * latencyMs + 0.2 * tookMs;
      take(errand.question, page);
    } catch (error) {
      if (error instanceof CountError && error.reason === 'throttled') pace.throttled(call);
      if (isWanted(errand.question)) fail(errand, error);
    }
  }

  function take(question: Question, page: Page): void {
    if (!isWanted(question)) return;
    if (!answers(page, question.request)) {
      throw new CountError('bad-answer', 'The page holds streams that were not asked for.');
    }
    if (question.about === 'namesake') addNamesake(question.part, page.streams, asOfMs);
    else addPage(question.part, page, asOfMs);
  }

  function fail(errand: Errand, error: unknown): void {
    const isRetryable = error instanceof CountError && error.retryable;
    const ceilingMs = Math.min(limits.pageBackoffLimitMs, limits.pageBackoffMs * 2 ** (errand.attempts - 1));
    errand.notBeforeMs = clock.nowMs() + random() * ceilingMs;
    if (isRetryable && errand.attempts < limits.attemptsPerPage && errand.notBeforeMs < limits.stopAtMs) {
      retries.push(errand);
    } else if (error instanceof CountError && !isRetryable && errand.question.part !== region) {
      // The service refuses this kind of question. The region's own list needs no such answer.
      giveUpBranches();
    } else {
      failure ??= { error };
    }
  }

  function giveUpBranches(): void {
    mayBranch = false;
    region.branches = undefined;
  }

  try {
    while (!region.done) {
      if (failure !== undefined) throw failure.error;
      if (effort.pages >= PAGE_LIMIT) {
        throw new CountError('bad-answer', `The list did not end after ${PAGE_LIMIT} pages.`);
      }
      const choice = underWay.size < CALLS_AT_ONCE ? next() : undefined;
      const waitMs = choice ? pace.waitMs(choice.spare) : NAP_MS;
      if (choice === undefined || waitMs > 0) {
        await Promise.race([
          ...underWay,
          ...(choice || retries.length > 0 ? [clock.sleep(Math.min(waitMs, NAP_MS))] : []),
        ]);
        continue;
      }
      if (clock.nowMs() >= limits.stopAtMs) {
        throw new CountError('timed-out', 'The invocation has no time left for another call.');
      }
      const flight: Promise<void> = run(choice.errand()).finally(() => underWay.delete(flight));
      underWay.add(flight);
    }
    return tallyOf(region);
  } finally {
    stop.abort();
    await Promise.all(underWay);
  }
}
