import type { KindQuota } from './kinds/kind.ts';
import type { AskQuota, Clock } from './ports.ts';
import { checkedQuota, findQuota, type QuotaFound, usedOf } from './quota.ts';
import type { Tally } from './tally.ts';
import { within } from './within.ts';

/** A question that goes on beside the list of its region. */
type AskedQuota = {
  /**
   * What is known so many milliseconds from now, at the latest, and can be true of what was counted. Never throws: whatever
   * the port does, an answer or the want of one is all that comes of it.
   */
  answer(counted: Tally, withinMs: number): Promise<QuotaFound>;
  /** Nobody waits for it any more. */
  end(): void;
};

/**
 * Begins to ask for a region's quota.
 *
 *     list    ├──────────────────┤
 *     quota   ├──────────┤         an answer that is there costs no time
 *             ├──────────────────┼─ withinMs ─┤  and one that does not come costs no more than that
 */
export function askQuota(ask: AskQuota, clock: Pick<Clock, 'sleep'>, quota: KindQuota, region: string): AskedQuota {
  const over = new AbortController();
  const asked = findQuota((question) => ask(quota, region, question, over.signal), quota.documented(region)).catch(
    (cause: unknown): QuotaFound => ({ quota: { from: 'unknown', because: 'bad-answer' }, cause }),
  );
  return {
    async answer(counted, withinMs) {
      const late: QuotaFound = { quota: { from: 'unknown', because: 'timed-out' } };
      const found = await within(clock, withinMs, () => asked, late);
      over.abort();
      return { ...found, quota: checkedQuota(found.quota, usedOf(quota, counted)) };
    },
    end: () => over.abort(),
  };
}
