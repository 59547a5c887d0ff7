import { CountError, type Reason } from '../errors.ts';
import type { Lookout } from '../newcomers.ts';
import { type Effort, type FacetDescriptor, makeTallier } from '../tally.ts';
import type { Earlier } from './earlier.ts';
import { type CountPorts, type Errands, makeErrands } from './errands.ts';
import { type Counted, countedBy, type Inquiry, openInquiry } from './inquiry.ts';
import type { CallLimits } from './retries.ts';

export type CountLimits = CallLimits & {
  /** Listings for whose streams there is memory, repeats included; see memory.ts. */
  listings: number;
};

export type CountResult =
  | (Counted & { outcome: 'counted'; effort: Effort })
  | { outcome: 'failed'; reason: Reason; effort: Effort; cause: CountError };

export const ATTEMPTS_PER_PAGE = 4;

/** What is counted: what its pages tell, and whether a list can be asked for by parts. */
type Subject = {
  facets: readonly FacetDescriptor[];
  hasPrefixes: boolean;
  /** The run's instant (ms since 1970), from which ages are counted back. */
  asOfMs: number;
  /** What is young; nothing, if nobody wants to know. */
  lookout?: Lookout;
  /** What it held at an earlier count: how fast it is counted may depend on it, what is counted does not. */
  earlier?: Earlier | undefined;
};

/**
 * Counts a region: lists it page after page and adds the pages up. An ordinary region is done after one call. Only an
 * absent token ends a list: a page that is short, or empty, says nothing. A large region is also counted by parts, and
 * whichever is done first, its list or its parts, is the count, if what else was shown does not contradict it; parts.ts
 * says why both are exact, audit.ts what is held against them, choice.ts what is asked when. A question about a part that
 * fails for good ends only the counting by parts.
 */
export async function countRegion(ports: CountPorts, limits: CountLimits, subject: Subject): Promise<CountResult> {
  const { clock, random } = ports;
  const startedAtMs = clock.nowMs();
  const { facets, hasPrefixes, asOfMs, lookout, earlier } = subject;
  const newTallier = () => makeTallier(asOfMs, facets, lookout);
  const inquiry = openInquiry({ newTallier, hasPrefixes, startedAtMs, random, earlier });
  const errands = makeErrands(ports, limits, inquiry);
  const effort = (): Effort => ({
    pages: inquiry.pages,
    calls: errands.calls(),
    ...(errands.throttled() > 0 && { throttled: errands.throttled() }),
    ms: Math.max(0, Math.round(clock.nowMs() - startedAtMs)),
  });
  try {
    const counted = await count(inquiry, errands, () => checkLimits(inquiry, limits, clock.nowMs()));
    return { outcome: 'counted', ...counted, effort: effort() };
  } catch (error) {
    if (!(error instanceof CountError)) throw error;
    return { outcome: 'failed', reason: error.reason, effort: effort(), cause: error };
  }
}

async function count(inquiry: Inquiry, errands: Errands, check: () => void): Promise<Counted> {
  try {
    for (;;) {
      const counted = countedBy(inquiry);
      if (counted !== undefined) return counted;
      check();
      await errands.step();
    }
  } finally {
    await errands.end();
  }
}

/** @throws CountError if the time or the memory is over */
function checkLimits({ pages, listings }: Inquiry, limits: CountLimits, nowMs: number): void {
  if (nowMs >= limits.stopAtMs) {
    throw new CountError('timed-out', `The time was over after ${pages} pages; the region has more.`);
  }
  if (listings > limits.listings) {
    throw new CountError('bad-answer', `There is no memory to tell more than ${limits.listings} streams apart.`);
  }
}
