/** The accounts of one run of the organisation, page by page. */
import { type Head, headOf } from '../head.ts';
import type { Read } from '../news.ts';
import type { Source } from '../reader.ts';
import type { RunFilter } from '../run-filter.ts';
import type { RunName } from '../run-name.ts';
import { type AccountRow, accountRows } from './account-row.ts';
import { wantedAccounts } from './filter.ts';
import { readWholeOrganization } from './run.ts';
import { type OrganizationRunSummary, organizationRunSummary, withoutAccounts } from './run-summary.ts';

/** They are compared with nothing: `change` is `null` in each. */
export type AccountsAnswer = Head<'accounts'> & {
  run: OrganizationRunSummary;
  /** In the order of their ids. */
  accounts: AccountRow[];
  /** Where to go on: the id after which the next page begins; `null` where there are no more. */
  next: string | null;
};

/** `after`: only accounts with later ids. `limit`: how many at most. */
type AccountsPage = { after?: string; limit: number };

/**
 * The whole run is read for each page: one request for each MB, and one more for a name that is not a whole id.
 * @throws NoAnswer if there is no such run, or none of its accounts is looked for
 */
export async function readAccounts(
  source: Source,
  name: RunName,
  filter: RunFilter,
  { after = '', limit }: AccountsPage,
  nowMs: number,
): Promise<Read<AccountsAnswer>> {
  const { news, run, records } = await readWholeOrganization(source, name, nowMs);
  const found = wantedAccounts(accountRows(run, records, [], nowMs), filter).sort(byId);
  const left = found.filter(({ accountId }) => accountId > after);
  const accounts = left.slice(0, limit);
  const next = left.length > limit ? (accounts.at(-1)?.accountId ?? null) : null;
  const summary = organizationRunSummary(withoutAccounts(run), nowMs);
  return { answer: { ...headOf('accounts', source.censusId, nowMs), run: summary, accounts, next }, news: [news] };
}

const byId = (one: AccountRow, other: AccountRow) => (one.accountId < other.accountId ? -1 : 1);
