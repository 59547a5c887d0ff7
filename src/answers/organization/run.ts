/** One run of the organisation, whole. */
import { type Head, headOf } from '../head.ts';
import type { News, Read } from '../news.ts';
import { noSuchRun } from '../no-answer.ts';
import type { Source, WholeOrganization } from '../reader.ts';
import { findRunId, type RunName } from '../run-name.ts';
import { type AccountRow, accountRows } from './account-row.ts';
import { recheckOrganization } from './recheck.ts';
import { type OrganizationRunSummary, organizationRunSummary, withoutAccounts } from './run-summary.ts';

/** Its accounts are compared with nothing: `change` is `null` in each row. */
export type OrganizationRunAnswer = Head<'organization-run'> & {
  run: OrganizationRunSummary;
  accounts: AccountRow[];
  /** How many accounts are not in the list, because whoever answers gives no more. */
  accountsLeftOut: number;
};

/** @throws NoAnswer if there is no such run, or the name is that of several; InvalidInputError if it contradicts itself */
export async function readOrganizationRun(
  source: Source,
  name: RunName,
  nowMs: number,
): Promise<Read<OrganizationRunAnswer>> {
  const { news, ...whole } = await readWholeOrganization(source, name, nowMs);
  return { answer: organizationRunOf(whole, nowMs), news: [news] };
}

export function organizationRunOf({ run, records }: WholeOrganization, nowMs: number): OrganizationRunAnswer {
  return {
    ...headOf('organization-run', run.censusId, nowMs),
    run: organizationRunSummary(withoutAccounts(run), nowMs),
    accounts: accountRows(run, records, [], nowMs),
    accountsLeftOut: 0,
  };
}

/** The run with its records, added up once more. One request for each MB, and one more for a name that is not a whole id. */
export async function readWholeOrganization(
  source: Source,
  name: RunName,
  nowMs: number,
): Promise<WholeOrganization & { news: News }> {
  const runId = await findRunId(source, name, nowMs);
  const whole = await source.reader.wholeOrganization({ censusId: source.censusId, runId });
  if (whole === undefined) throw noSuchRun(source, runId);
  return { ...whole, news: { runId, regions: recheckOrganization(whole) } };
}
