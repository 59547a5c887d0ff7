import { CountError, type Reason } from './errors.ts';
import { addNamesake, addPage, answers, isWanted, makePart, type Question, tallyOf } from './parts.ts';
import { choose } from './plan.ts';
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

/** More pages than one invocation can list: 20 million streams at 1,000 a page. */
const PAGE_LIMIT = 20_000;

/** Calls under way at the same time: enough for 45 calls/s at 0.9 s each. The SDK keeps 50 connections. */
const CALLS_AT_ONCE = 40;

/** The longest sleep, so that none outlasts the counting by much. */
const NAP_MS = 250;

/**
 * Counts a region: lists it page after page and adds the pages up. An ordinary region is done after one call. Only an
 * absent token ends a list: a page that is short, or empty, says nothing. A large region is also counted by parts, and
 * whichever is done first, its list or its parts, is the count; parts.ts says why both are exact, plan.ts what is asked
 * when. A question about a part that fails for good ends only the counting by parts.
 *
 * @param asOfMs the run's instant, from which the ages of streams are counted back
 */
export async function countRegion(ports: CountPorts, limits: CountLimits, asOfMs: number): Promise<CountResult> {
  const startedAtMs = ports.clock.nowMs();
  const effort: Effort = { pages: 0, calls: 0, ms: 0 };
  const elapsed = () => ({ ...effort, ms: Math.max(0, Math.round(ports.clock.nowMs() - startedAtMs)) });
  try {
    const tally = await makeCount(ports, limits, asOfMs, effort).run();
    return { outcome: 'counted', tally, effort: elapsed() };
  } catch (error) {
    if (!(error instanceof CountError)) throw error;
    return { outcome: 'failed', reason: error.reason, effort: elapsed(), cause: error };
  }
}

/** A question on its way to an answer, by one call or by several. */
type Errand = { question: Question; attempts: number; notBeforeMs: number };

function makeCount({ listPage, pace, clock, random }: CountPorts, limits: CountLimits, asOfMs: number, effort: Effort) {
  const region = makePart('');
  const underWay = new Set<Promise<void>>();
  let retries: Errand[] = [];
  const stop = new AbortController();
  let mayBranch = true;
  let latencyMs = 0;
  let failure: { error: unknown } | undefined;

  async function run(): Promise<Tally> {
    try {
      while (!region.done) {
        if (failure !== undefined) throw failure.error;
        checkLimits();
        const next = underWay.size < CALLS_AT_ONCE ? nextErrand() : undefined;
        const waitMs = next === undefined ? NAP_MS : pace.waitMs(next.spare);
        if (next === undefined || waitMs > 0) await somethingHappens(waitMs);
        else send(next.errand());
      }
      return tallyOf(region);
    } finally {
      stop.abort();
      await Promise.all(underWay);
    }
  }

  function checkLimits(): void {
    if (clock.nowMs() >= limits.stopAtMs) {
      throw new CountError('timed-out', `The time was over after ${effort.pages} pages; the region has more.`);
    }
    if (effort.pages >= PAGE_LIMIT) {
      throw new CountError('bad-answer', `The region was not counted after ${PAGE_LIMIT} pages.`);
    }
  }

  /** A retry that is due, or else what the plan chooses. Nothing is asked before `errand` is called. */
  function nextErrand(): { spare: boolean; errand(): Errand } | undefined {
    const nowMs = clock.nowMs();
    retries = retries.filter(({ question }) => isWanted(question));
    const due = retries.findIndex(({ notBeforeMs }) => notBeforeMs <= nowMs);
    if (due >= 0) return { spare: false, errand: () => retries.splice(due, 1)[0]! };
    const speed = { intervalMs: pace.intervalMs(), latencyMs };
    const choice = choose(region, speed, mayBranch ? limits.stopAtMs - nowMs : 0);
    return choice && { spare: choice.spare, errand: () => ({ question: choice.ask(), attempts: 0, notBeforeMs: 0 }) };
  }

  /** An answer, or the end of a sleep: one that is no longer than it need be if nothing is under way. */
  async function somethingHappens(waitMs: number): Promise<void> {
    const onlyAnswers = waitMs === NAP_MS && retries.length === 0 && underWay.size > 0;
    await Promise.race(onlyAnswers ? underWay : [...underWay, clock.sleep(Math.min(waitMs, NAP_MS))]);
  }

  function send(errand: Errand): void {
    const call = ask(errand).finally(() => underWay.delete(call));
    underWay.add(call);
  }

  /** One call. Never rejects. */
  async function ask(errand: Errand): Promise<void> {
    const { question } = errand;
    const sentAtMs = clock.nowMs();
    const call = pace.take();
    errand.attempts += 1;
    effort.calls += 1;
    try {
      const timeLimitMs = limits.stopAtMs - sentAtMs;
      const page = await listPage({ ...question.request, timeLimitMs, signal: stop.signal });
      pace.succeeded();
      noteLatency(clock.nowMs() - sentAtMs);
      if (isWanted(question)) take(question, page);
    } catch (error) {
      if (error instanceof CountError && error.reason === 'throttled') pace.throttled(call);
      fail(errand, error);
    }
  }

  function noteLatency(ms: number): void {
    latencyMs = latencyMs === 0 ? Math.max(0, ms) : 0.8 * latencyMs + 0.2 * Math.max(0, ms);
  }

  function take(question: Question, page: Page): void {
    if (!answers(page, question.request)) {
      mayBranch = giveUpBranches();
      if (question.part !== region) return;
    }
    if (question.about === 'namesake') addNamesake(question.part, page.streams, asOfMs);
    else {
      effort.pages += 1;
      addPage(question.part, page, asOfMs);
    }
  }

  function fail(errand: Errand, error: unknown): void {
    if (!(error instanceof CountError)) failure ??= { error };
    else if (!isWanted(errand.question)) return;
    else if (willRetry(errand, error)) retries.push(errand);
    // The region's own list does without: the service may refuse only this kind of question, or be slow with it.
    else if (errand.question.part !== region) mayBranch = giveUpBranches();
    else failure ??= { error };
  }

  /** The only retry layer above the HTTP client: full jitter, bounded by attempts and by the deadline. */
  function willRetry(errand: Errand, error: CountError): boolean {
    if (!error.retryable || errand.attempts >= limits.attemptsPerPage) return false;
    const ceilingMs = Math.min(limits.pageBackoffLimitMs, limits.pageBackoffMs * 2 ** (errand.attempts - 1));
    errand.notBeforeMs = clock.nowMs() + random() * ceilingMs;
    return errand.notBeforeMs < limits.stopAtMs;
  }

  function giveUpBranches(): false {
    region.branches = undefined;
    return false;
  }

  return { run };
}
