import { CountError, type Reason } from '../errors.ts';
import type { Clock, ListPage, Pace, Page, Random } from '../ports.ts';
import type { Effort, Tally } from '../tally.ts';
import { makeAudits } from './audits.ts';
import { type Choice, choose } from './choice.ts';
import {
  addNamesake,
  addPage,
  answers,
  doWithoutNamesakes,
  isWanted,
  makePart,
  type Question,
  repeatedOf,
  tallyOf,
} from './parts.ts';

export type CountPorts = { listPage: ListPage; pace: Pace; clock: Clock; random: Random };

export type CountLimits = {
  /** Calls for one page before the region's attempt fails. */
  attemptsPerPage: number;
  /** Full jitter: the wait before attempt n is random up to `pageBackoffMs * 2^(n-1)`, at most `pageBackoffLimitMs`. */
  pageBackoffMs: number;
  pageBackoffLimitMs: number;
  /** No call starts at or lasts beyond this instant (ms since 1970): the rest of the invocation belongs to recording. */
  stopAtMs: number;
  /** Listings for whose streams there is memory, repeats included; see `listingsFor`. */
  listings: number;
};

/** A count, and how many of the listings that make it up were repeats. */
export type Counted = { tally: Tally; repeated: number };

export type CountResult =
  | (Counted & { outcome: 'counted'; effort: Effort })
  | { outcome: 'failed'; reason: Reason; effort: Effort; cause: CountError };

export const ATTEMPTS_PER_PAGE = 4;

/** Of the memory of a process, what is not for telling streams apart: Node, the SDK, forty pages. MB of 2^20 bytes. */
const MEMORY_BESIDE_MB = 160;
/** Even where that leaves nothing. */
const LEAST_MEMORY_MB = 8;
/** A listing takes up to 22 (arn-set.ts); 24 with its share of what else grows. */
const BYTES_PER_LISTING = 24;

/** Listings for which a process of so much memory has room: 37 million of 1,024 MB, where one invocation lists 13 million. */
export function listingsFor(memoryMb: number): number {
  const forListingsMb = Math.max(LEAST_MEMORY_MB, memoryMb - MEMORY_BESIDE_MB);
  return Math.floor((forListingsMb * 2 ** 20) / BYTES_PER_LISTING);
}

/** Calls under way at the same time: enough for 45 calls/s at 0.9 s each. The SDK keeps 50 connections. */
const CALLS_AT_ONCE = 40;

/** The longest sleep, so that none outlasts the counting by much. */
const NAP_MS = 250;

/**
 * Counts a region: lists it page after page and adds the pages up. An ordinary region is done after one call. Only an
 * absent token ends a list: a page that is short, or empty, says nothing. A large region is also counted by parts, and
 * whichever is done first, its list or its parts, is the count, if what else was shown does not contradict it; parts.ts
 * says why both are exact, audit.ts what is held against them, choice.ts what is asked when. A question about a part that
 * fails for good ends only the counting by parts.
 *
 * @param asOfMs the run's instant, from which the ages of streams are counted back
 */
export async function countRegion(ports: CountPorts, limits: CountLimits, asOfMs: number): Promise<CountResult> {
  const startedAtMs = ports.clock.nowMs();
  const effort: Effort = { pages: 0, calls: 0, ms: 0 };
  const elapsed = () => ({ ...effort, ms: Math.max(0, Math.round(ports.clock.nowMs() - startedAtMs)) });
  try {
    const counted = await makeCount(ports, limits, asOfMs, effort).run();
    return { outcome: 'counted', ...counted, effort: elapsed() };
  } catch (error) {
    if (!(error instanceof CountError)) throw error;
    return { outcome: 'failed', reason: error.reason, effort: elapsed(), cause: error };
  }
}

/** A question on its way to an answer, by one call or by several. */
type Errand = { question: Question; attempts: number; notBeforeMs: number };

function makeCount({ listPage, pace, clock, random }: CountPorts, limits: CountLimits, asOfMs: number, effort: Effort) {
  const region = makePart('');
  const audits = makeAudits(region, clock.nowMs(), random);
  const underWay = new Set<Promise<void>>();
  let retries: Errand[] = [];
  const stop = new AbortController();
  let mayBranch = true;
  let mayAskNames = true;
  let listings = 0;
  let latencyMs = 0;
  let failure: { error: unknown } | undefined;

  async function run(): Promise<Counted> {
    try {
      while (!isCounted()) {
        if (failure !== undefined) throw failure.error;
        checkLimits();
        const next = underWay.size < CALLS_AT_ONCE ? nextErrand() : undefined;
        const waitMs = next === undefined ? NAP_MS : pace.waitMs(next.spare);
        if (next === undefined || waitMs > 0) await somethingHappens(waitMs);
        else send(next.errand());
      }
      return { tally: tallyOf(region), repeated: repeatedOf(region) };
    } finally {
      stop.abort();
      await Promise.all(underWay);
    }
  }

  function checkLimits(): void {
    if (clock.nowMs() >= limits.stopAtMs) {
      throw new CountError('timed-out', `The time was over after ${effort.pages} pages; the region has more.`);
    }
    if (listings > limits.listings) {
      throw new CountError('bad-answer', `There is no memory to tell more than ${limits.listings} streams apart.`);
    }
  }

  /** @throws CountError if what lists by prefix have shown contradicts the region's list */
  function isCounted(): boolean {
    const verdict = audits.verdict();
    if (verdict !== 'refuted') return verdict === 'believed';
    if (region.state === 'listed')
      throw new CountError('bad-answer', 'The list of the region leaves out streams that are there.');
    giveUpBranches();
    return false;
  }

  /** A retry that is due, or else what choice.ts chooses. Nothing is asked before `errand` is called. */
  function nextErrand(): { spare: boolean; errand(): Errand } | undefined {
    const nowMs = clock.nowMs();
    retries = retries.filter(({ question }) => isAwaited(question));
    const due = retries.findIndex(({ notBeforeMs }) => notBeforeMs <= nowMs);
    if (due >= 0) return { spare: false, errand: () => retries.splice(due, 1)[0]! };
    const choice = nextChoice(nowMs);
    return choice && { spare: choice.spare, errand: () => ({ question: choice.ask(), attempts: 0, notBeforeMs: 0 }) };
  }

  function nextChoice(nowMs: number): Choice | undefined {
    const ask = audits.next();
    if (ask !== undefined) return { spare: false, ask };
    const speed = { intervalMs: pace.intervalMs(), latencyMs };
    return choose(region, speed, mayBranch ? limits.stopAtMs - nowMs : 0, mayAskNames);
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
    if (question.request.name === undefined) audits.asked(question.part);
    const sentAtMs = clock.nowMs();
    const call = pace.take();
    errand.attempts += 1;
    effort.calls += 1;
    try {
      const timeLimitMs = limits.stopAtMs - sentAtMs;
      const page = await listPage({ ...question.request, timeLimitMs, signal: stop.signal });
      pace.succeeded();
      noteLatency(clock.nowMs() - sentAtMs);
      if (isAwaited(question)) take(question, page);
    } catch (error) {
      if (error instanceof CountError && error.reason === 'throttled') pace.throttled(call);
      fail(errand, error);
    }
  }

  function isAwaited(question: Question): boolean {
    return question.about === 'check' ? mayBranch : isWanted(question);
  }

  function noteLatency(ms: number): void {
    latencyMs = latencyMs === 0 ? Math.max(0, ms) : 0.8 * latencyMs + 0.2 * Math.max(0, ms);
  }

  function take(question: Question, page: Page): void {
    const { part, about, request } = question;
    if (!answers(page, request)) {
      giveUp(question);
      if (part !== region || about !== 'page') return;
    }
    if (about === 'lookup') audits.answer(request.name!, page);
    else if (about === 'namesake') {
      audits.told(part.prefix, page.streams);
      addNamesake(part, page.streams, asOfMs);
    } else {
      effort.pages += 1;
      listings += page.streams.length;
      audits.shown(question, addPage(part, page, asOfMs));
    }
  }

  function fail(errand: Errand, error: unknown): void {
    if (!(error instanceof CountError)) failure ??= { error };
    else if (!isAwaited(errand.question)) return;
    else if (willRetry(errand, error)) retries.push(errand);
    else if (errand.question.about === 'page' && errand.question.part === region) failure ??= { error };
    else giveUp(errand.question);
  }

  /** The region's own list does without what the service refuses, answers with something else, or is slow with. */
  function giveUp({ request }: Question): void {
    if (request.name === undefined) giveUpBranches();
    else {
      mayAskNames = false;
      doWithoutNamesakes(region);
      audits.withoutNames();
    }
  }

  function giveUpBranches(): void {
    mayBranch = false;
    region.branches = undefined;
    audits.withoutBranches();
  }

  /** The only retry layer above the HTTP client: full jitter, bounded by attempts and by the deadline. */
  function willRetry(errand: Errand, error: CountError): boolean {
    if (!error.retryable || errand.attempts >= limits.attemptsPerPage) return false;
    // A count can do without a name, and should not wait for one.
    if (errand.question.request.name !== undefined && error.reason === 'timed-out') return false;
    const ceilingMs = Math.min(limits.pageBackoffLimitMs, limits.pageBackoffMs * 2 ** (errand.attempts - 1));
    errand.notBeforeMs = clock.nowMs() + random() * ceilingMs;
    return errand.notBeforeMs < limits.stopAtMs;
  }

  return { run };
}
