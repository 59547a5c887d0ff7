/** What is missing from an organisation's total, in words. */
import { plural } from '../words.ts';
import type { OrganizationRunSummary } from './run-summary.ts';

type Reasons = Pick<OrganizationRunSummary, 'accountReasons' | 'regionReasons'>;

/** How much is missing, for which reason. */
export function reasonWords({ accountReasons, regionReasons }: Reasons): string[] {
  return [
    ...byReason(accountReasons).map(([reason, count]) => `${plural(count, 'account')} ${reason}`),
    ...byReason(regionReasons).map(([reason, count]) => `${plural(count, 'region')} ${reason}`),
  ];
}

/** Most first. */
export function byReason<Reason extends string>(counts: Readonly<Partial<Record<Reason, number>>>): [Reason, number][] {
  return (Object.entries(counts) as [Reason, number][]).sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
}
