/** Why there are no runs of whom somebody asks for, where the organisation's runs tell it. */
import { censusIdOf, isOfOrganization, kindOf, ORGANIZATION, ownerOf } from '../../census/census-id.ts';
import { NoAnswer } from '../no-answer.ts';
import type { Source } from '../reader.ts';
import { accountRows } from './account-row.ts';
import { adviceForAccount } from './advice.ts';

/** Nothing where there are some, and where nothing tells. Two requests, or three. */
export async function noSuchOwner({ reader, censusId, description }: Source): Promise<NoAnswer | undefined> {
  const kind = kindOf(censusId);
  const together = censusIdOf(ORGANIZATION, kind);
  const [newest] = await Array.fromAsync(reader.organizationRuns(together, { limit: 1, onDamaged: () => {} }));
  if (isOfOrganization(censusId)) {
    if (newest !== undefined) return undefined;
    return new NoAnswer(
      `There are no runs of the organisation in ${description}: count it with the parameter accounts (accounts: organization, or a list of accounts), or ask for the runs of one account: \`kvs-census latest --account ID\`.`,
    );
  }
  const accountId = ownerOf(censusId);
  const [own] = await reader.newestRuns(censusId, { runs: 1, onDamaged: () => {} });
  if (newest === undefined || own !== undefined) return undefined;
  const whole = await reader.wholeOrganization({ censusId: together, runId: newest.runId });
  if (whole === undefined) return undefined;
  const row = accountRows(whole.run, whole.records, [], Number.POSITIVE_INFINITY).find(
    (one) => one.accountId === accountId,
  );
  const none = `There are no runs of the account ${accountId} in ${description}`;
  if (row === undefined) {
    return new NoAnswer(
      `${none}, and the newest run of the organisation, ${newest.runId}, does not name it: \`kvs-census latest --account ${ORGANIZATION} --wide\` lists the accounts that it does.`,
    );
  }
  if (row.setAside !== null) {
    const state = row.setAside === 'left' ? 'in the organisation no more' : row.setAside;
    return new NoAnswer(`${none}: it is ${state}, so it is not asked.`);
  }
  const why =
    row.reason === null ? 'it has no run yet' : `${row.reason}: ${adviceForAccount(row.reason, kind).because}`;
  return new NoAnswer(
    `${none}, because ${why}; \`kvs-census explain ${newest.runId} --account ${ORGANIZATION}\` says what to do.`,
  );
}
