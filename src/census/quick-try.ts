/**
 * A region that is dark costs a run seconds, not half an hour: after some runs in a row that got no page of it, its task
 * gets one quick try a run, until it answers.
 *
 *     first call ─┬─ a page in time ─────────────▶ all of its time, and retries, from here on
 *                 ├─ unreachable, or no answer ──▶ failed at once
 *                 └─ another error ──────────────▶ as with any other task
 *
 * So a large region that is slow to list is not locked out. A person who asks again gives the region all of its time. And where many
 * accounts are counted a region that is dark for all of them costs seconds in each.
 */
import { ownerOf } from './census-id.ts';
import { CountError, type Reason } from './errors.ts';
import type { RegionTask } from './messages.ts';
import type { ListPage } from './ports.ts';
import type { Run } from './run.ts';
import type { Effort } from './tally.ts';

/** Runs in a row. Fewer, and one bad afternoon of a network would cost a region its retries. */
export const DARK_RUNS = 3;

/**
 * Accounts of an organisation that got no page of a region in this run: from so many on the others give it a quick try. These few
 * keep all of theirs: should the region come back soon, somebody sees it.
 */
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
export function failedQuickTry(isQuick: boolean, reason: Reason, { calls }: Effort): boolean {
  return isQuick && calls === 1 && isDark(reason);
}

/**
 * @param dark the accounts of the organisation that got no page of the region in this run; nothing: nobody looked
 */
export function isQuickTry(task: RegionTask, run: Run, dark: readonly string[] = []): boolean {
  if (task.quick === true) return true;
  return mayLearn(task, run) && dark.length >= DARK_ACCOUNTS && !dark.includes(ownerOf(task.censusId));
}

/** Whether it is of use to others that the account got no page of the region. */
export function maySayDark(task: RegionTask, run: Run, dark: readonly string[] = []): boolean {
  return mayLearn(task, run) && dark.length < DARK_ACCOUNTS && !dark.includes(ownerOf(task.censusId));
}

/** Accounts of an organisation learn from each other while nobody has asked for any of them once more. */
function mayLearn({ round }: RegionTask, { parent }: Run): boolean {
  return round === 0 && parent?.round === 0;
}

/** Whether an attempt ended without a single page of the region, because nobody answered. */
export function isDarkAttempt({ reason, effort }: { reason: Reason; effort?: Effort | null }): boolean {
  return isDark(reason) && effort?.pages === 0;
}

/** As whoever looks at a region that is dark sees it. */
const isDark = (reason: Reason) => reason === 'unreachable' || reason === 'timed-out';
