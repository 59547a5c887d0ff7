/** What can be said of an organisation's run without its plan, which is long. */
import { type Fingerprint, hashOf, makeFingerprinter } from '../fingerprint.ts';
import { type OrganizationRun, plannedAccounts } from './run.ts';
import type { OrganizationTotal } from './total.ts';

/** How many accounts are planned, and the fingerprint of their ids: the same of two runs, the same accounts. */
type Planned = { accounts: number; fingerprint: Fingerprint };

/** An organisation's run without its accounts. `pending` is how many of the planned ones still owe an answer. */
export type OrganizationSummary = Omit<OrganizationRun, 'accounts' | 'pending'> & {
  planned: Planned;
  pending: number;
};

export function plannedOf(run: Pick<OrganizationRun, 'accounts'>): Planned {
  const planned = plannedAccounts(run);
  const { add, fingerprint } = makeFingerprinter();
  for (const { accountId } of planned) add(hashOf(accountId));
  return { accounts: planned.length, fingerprint: fingerprint() };
}

/**
 * Whether an earlier run is one to compare a total with: complete, of the same accounts, and of as many regions, since a region that is
 * planned no more, or that is new, is no drop and no growth. Of an account of which there is nothing nobody knows how many it has.
 */
export function isComparable(
  { planned, total }: Pick<OrganizationSummary, 'planned'> & { total: OrganizationTotal },
  earlier: OrganizationSummary,
): boolean {
  if (earlier.total?.verdict !== 'complete' || earlier.planned.fingerprint !== planned.fingerprint) return false;
  const isKnown = Object.keys(total.accountReasons).length === 0;
  return !isKnown || earlier.total.regions.expected === total.regions.expected;
}
