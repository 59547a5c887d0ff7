import { CountError, type Reason } from './errors.ts';
import type { Clock, ListPage, Pace, Page, PageRequest, Random } from './ports.ts';
import type { Effort } from './region.ts';
import { EMPTY_TALLY, mergeTallies, type StreamFacts, type Tally } from './tally.ts';

export type CountPorts = { listPage: ListPage; pace: Pace; clock: Clock; random: Random };

export type CountLimits = {
  /** Calls for one page before the region's attempt fails. */
  attemptsPerPage: number;
  /** Full jitter: the wait before attempt n is random up to `pageBackoffMs * 2^(n-1)`, at most `pageBackoffLimitMs`. */
  pageBackoffMs: number;
  pageBackoffLimitMs: number;
  /** No call starts at or after this instant (ms since 1970): the rest of the invocation belongs to recording. */
  stopAtMs: number;
};

export type CountResult =
  | { outcome: 'counted'; tally: Tally; effort: Effort }
  | { outcome: 'failed'; reason: Reason; effort: Effort; cause: CountError };

export const ATTEMPTS_PER_PAGE = 4;

/** More pages than any region can have: 20 million streams at 1,000 a page. */
const PAGE_LIMIT = 20_000;

/**
 * Lists a region from its first page to its last and adds the pages up. Only an absent token ends the list: a page
 * that is short, or empty, says nothing. A token seen before would list for ever, so it fails the attempt.
 */
export async function countRegion(ports: CountPorts, limits: CountLimits): Promise<CountResult> {
  const startedAtMs = ports.clock.nowMs();
  const effort: Effort = { pages: 0, calls: 0, ms: 0 };
  const elapsed = () => ({ ...effort, ms: Math.max(0, Math.round(ports.clock.nowMs() - startedAtMs)) });
  try {
    const tally = await listAll(ports, limits, effort);
    return { outcome: 'counted', tally, effort: elapsed() };
  } catch (error) {
    if (!(error instanceof CountError)) throw error;
    return { outcome: 'failed', reason: error.reason, effort: elapsed(), cause: error };
  }
}

async function listAll(ports: CountPorts, limits: CountLimits, effort: Effort): Promise<Tally> {
  const seen = new Set<string>();
  let tally = EMPTY_TALLY;
  let token: string | undefined;
  do {
    if (effort.pages >= PAGE_LIMIT)
      throw new CountError('bad-answer', `The list did not end after ${PAGE_LIMIT} pages.`);
    const page = await listPatiently(ports, limits, effort, token === undefined ? {} : { token });
    effort.pages += 1;
    tally = mergeTallies(tally, tallyOf(page.streams));
    token = page.nextToken;
    if (token !== undefined) {
      if (seen.has(token)) throw new CountError('bad-answer', 'The service repeated a page token.');
      seen.add(token);
    }
  } while (token !== undefined);
  return tally;
}

function tallyOf(streams: readonly StreamFacts[]): Tally {
  return { streams: streams.length };
}

/** One page, asked for up to `attemptsPerPage` times. The only retry layer above the HTTP client. */
async function listPatiently(
  ports: CountPorts,
  limits: CountLimits,
  effort: Effort,
  request: PageRequest,
): Promise<Page> {
  const { listPage, pace, clock, random } = ports;
  for (let attempt = 1; ; attempt++) {
    await pace.turn();
    if (clock.nowMs() >= limits.stopAtMs)
      throw new CountError('timed-out', 'The invocation has no time left for another call.');
    effort.calls += 1;
    try {
      const page = await listPage(request);
      pace.succeeded();
      return page;
    } catch (error) {
      if (!(error instanceof CountError)) throw error;
      if (error.reason === 'throttled') pace.throttled();
      if (!error.retryable || attempt >= limits.attemptsPerPage) throw error;
      const ceilingMs = Math.min(limits.pageBackoffLimitMs, limits.pageBackoffMs * 2 ** (attempt - 1));
      const waitMs = random() * ceilingMs;
      if (clock.nowMs() + waitMs >= limits.stopAtMs) throw error;
      await clock.sleep(waitMs);
    }
  }
}
