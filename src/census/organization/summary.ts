/** What can be said of an organisation's run without its plan, which is long. */
import { type Fingerprint, hashOf, makeFingerprinter } from '../fingerprint.ts';
import { type OrganizationRun, plannedAccounts } from './run.ts';

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
