/** The only retry layer above the HTTP client: full jitter, bounded by attempts and by the time that is left. */
import type { CountError } from '../errors.ts';
import type { Clock, Random } from '../ports.ts';
import type { Question } from './questions.ts';

/** A question on its way to an answer; so many calls were made for it. */
export type Errand = { readonly question: Question; attempts: number };

export type CallLimits = {
  /** Calls for one page before the region's attempt fails. */
  attemptsPerPage: number;
  /** Full jitter: the wait before attempt n is random up to `pageBackoffMs * 2^(n-1)`, at most `pageBackoffLimitMs`. */
  pageBackoffMs: number;
  pageBackoffLimitMs: number;
  /** No call starts at or lasts beyond this instant (ms since 1970): the rest of the invocation belongs to recording. */
  stopAtMs: number;
};

export type Retries = {
  /** Whether the errand will be carried out again, after this error. */
  take(errand: Errand, error: CountError): boolean;
  /**
   * The next one that is due by then (ms since 1970), to be taken by calling what is given; those that are not wanted any more are
   * dropped.
   */
  due(nowMs: number, isWanted: (errand: Errand) => boolean): (() => Errand) | undefined;
  /**
   * From then until the next one that is not due by then; infinite if there is none. The same instant must be asked of both: time
   * passes between two looks at a clock, and a retry that fell due in between would be in neither answer.
   */
  nextInMs(nowMs: number): number;
};

export function makeRetries(
  { clock, random }: { clock: Pick<Clock, 'nowMs'>; random: Random },
  { attemptsPerPage, pageBackoffMs, pageBackoffLimitMs, stopAtMs }: CallLimits,
): Retries {
  let waiting: { errand: Errand; atMs: number }[] = [];
  return {
    take(errand, error) {
      if (!error.retryable || errand.attempts >= attemptsPerPage) return false;
      // A count can do without a name, and should not wait for one.
      if (errand.question.request.name !== undefined && error.reason === 'timed-out') return false;
      const longestMs = Math.min(pageBackoffLimitMs, pageBackoffMs * 2 ** (errand.attempts - 1));
      const atMs = clock.nowMs() + random() * longestMs;
      if (atMs >= stopAtMs) return false;
      waiting.push({ errand, atMs });
      return true;
    },
    due(nowMs, isWanted) {
      waiting = waiting.filter(({ errand }) => isWanted(errand));
      const index = waiting.findIndex(({ atMs }) => atMs <= nowMs);
      return index < 0 ? undefined : () => waiting.splice(index, 1)[0]!.errand;
    },
    nextInMs: (nowMs) => Math.min(...waiting.map(({ atMs }) => atMs - nowMs).filter((ms) => ms > 0)),
  };
}
