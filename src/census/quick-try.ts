/**
 * A region that is dark costs a run seconds, not half an hour: after some runs in a row that got no page of it, its task
 * gets one quick try a run, until it answers.
 *
 *     first call ─┬─ a page in time ─────────────▶ all of its time, and retries, from here on
 *                 ├─ unreachable, or no answer ──▶ failed at once
 *                 └─ another error ──────────────▶ as with any other task
 *
 * So a large region that is slow to list is not locked out. A person who asks again gives the region all of its time.
 */
import { CountError, type Reason } from './errors.ts';
import type { RegionTask } from './messages.ts';
import type { ListPage } from './ports.ts';
import type { Run } from './run.ts';
import type { Effort } from './tally.ts';

/** Runs in a row. Fewer, and one bad afternoon of a network would cost a region its retries. */
export const DARK_RUNS = 3;

/** Accounts of an organisation that got no page of a region in this run: from so many on it is dark for all of them. */
export const DARK_ACCOUNTS = 3;

/**
 * The regions that get a quick try in the next run.
 * @param earlier newest first
 */
export function darkRegions(earlier: readonly Run[]): ReadonlySet<string> {
  const missing = earlier.find(({ total }) => total !== undefined)?.total?.missing ?? [];
  return new Set(missing.filter(({ dark = 0 }) => dark >= DARK_RUNS).map(({ region }) => region));
}

/**
 * Gives the first call a limit, and no other; if it was cut off, or could not reach the service, the same page is not asked
 * for again.
 */
export function quickTry(listPage: ListPage, limitMs: number): ListPage {
  let isFirst = true;
  return async (request) => {
    if (!isFirst) return await listPage(request);
    isFirst = false;
    const timeLimitMs = Math.min(limitMs, request.timeLimitMs ?? Number.POSITIVE_INFINITY);
    try {
      return await listPage({ ...request, timeLimitMs });
    } catch (error) {
      if (!(error instanceof CountError) || !isDark(error.reason)) throw error;
      throw new CountError(error.reason, error.message, { cause: error.cause });
    }
  };
}

/** Whether a region's first call, which was its quick try, ended its attempt. */
export function failedQuickTry({ quick }: RegionTask, reason: Reason, { calls }: Effort): boolean {
  return quick === true && calls === 1 && isDark(reason);
}

/** As whoever looks at a region that is dark sees it. */
export const isDark = (reason: Reason) => reason === 'unreachable' || reason === 'timed-out';
