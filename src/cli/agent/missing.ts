/** What is missing from a number, named as far as it can be within bounds; how much it is in all, is always said. */
import type { AccountRow } from '../../answers/organization/account-row.ts';
import { runToldIn } from '../../answers/standing.ts';
import type { Reason } from '../../census/errors.ts';
import type { Document } from './documents.ts';

export type Missing = {
  /** Accounts there is nothing of, and missing regions of the others; of an account's run only regions. */
  accounts: number;
  regions: number;
  /** The first of them; `region` is `null` where all of the account is missing, `accountId` in a run of one account. */
  named: { accountId: string | null; region: string | null; reason: Reason }[];
  /** How many more. Those of an organisation, list_accounts names. */
  unnamed: number;
};

const MOST_NAMED = 20;

/**
 * Of the run that the answer is about (`standing` is of the same). `null` where it is about none, and of a run without a total: what
 * that will miss, nobody knows, and it is not nothing.
 */
export function missingIn(document: Document): Missing | null {
  const run = runToldIn(document);
  if (run === undefined || run.verdict === null) return null;
  if (!('accountReasons' in run)) {
    const all = run.missing.map(({ region, reason }) => ({ accountId: null, region, reason }));
    return { accounts: 0, regions: all.length, ...bounded(all, all.length) };
  }
  const accounts = sum(run.accountReasons);
  const regions = sum(run.regionReasons);
  const rows = 'accounts' in document ? document.accounts : [];
  return { accounts, regions, ...bounded(rows.flatMap(namesIn), accounts + regions) };
}

function bounded(all: Missing['named'], count: number): Pick<Missing, 'named' | 'unnamed'> {
  const named = all.slice(0, MOST_NAMED);
  return { named, unnamed: Math.max(0, count - named.length) };
}

function namesIn({ accountId, state, reason, regions = [] }: Partial<AccountRow>): Missing['named'] {
  const who = { accountId: accountId ?? null };
  if (state === 'failed' && reason != null) return [{ ...who, region: null, reason }];
  return state === 'partial' ? regions.map((one) => ({ ...who, ...one })) : [];
}

const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((total, one) => total + one, 0);
