/** Of the organisation's accounts, and of its runs, only what is looked for. */
import type { Reason } from '../../census/errors.ts';
import { NoAnswer } from '../no-answer.ts';
import type { Source } from '../reader.ts';
import { filterWords, isFilter, MOST_LOOKED_AT, type RunFilter, refuseNone, wantedPage } from '../run-filter.ts';
import type { Range } from '../runs.ts';
import { plural } from '../words.ts';
import type { AccountRow } from './account-row.ts';
import type { OrganizationRunSummary } from './run-summary.ts';
import { type OrganizationRunsAnswer, readOrganizationRuns } from './runs.ts';

/** `partial`: something of the account is missing, or all of it; `open`: it may still answer. */
function isWantedAccount({ state, reason, reasons }: AccountRow, filter: RunFilter): boolean {
  const isPartial = state === 'partial' || state === 'failed';
  const verdict = isPartial ? 'partial' : state === 'waiting' ? 'open' : state;
  if (filter.verdict !== undefined && filter.verdict !== verdict) return false;
  return filter.reason === undefined || reason === filter.reason || filter.reason in reasons;
}

/** Nothing is left out of what nobody filters. @throws NoAnswer if none is looked for */
export function wantedAccounts(rows: readonly AccountRow[], filter: RunFilter): AccountRow[] {
  const found = rows.filter((row) => isWantedAccount(row, filter));
  if (found.length > 0 || rows.length === 0) return found;
  throw new NoAnswer(`Of ${plural(rows.length, 'account')} of the run none ${filterWords(filter)}.`);
}

export function isWantedOrganization(
  { verdict, accountReasons, regionReasons }: OrganizationRunSummary,
  filter: RunFilter,
): boolean {
  const isOfVerdict = filter.verdict === undefined || (verdict ?? 'open') === filter.verdict;
  const has = (reason: Reason) => reason in accountReasons || reason in regionReasons;
  return isOfVerdict && (filter.reason === undefined || has(filter.reason));
}

/** @throws NoAnswer if there are no runs, or none of those is looked for */
export async function readWantedOrganizationRuns(
  source: Source,
  range: Range,
  filter: RunFilter,
  nowMs: number,
): Promise<OrganizationRunsAnswer> {
  if (!isFilter(filter)) return await readOrganizationRuns(source, range, nowMs);
  const answer = await readOrganizationRuns(source, { ...range, limit: MOST_LOOKED_AT }, nowMs);
  const runs = answer.runs.filter((run) => isWantedOrganization(run, filter));
  refuseNone(runs, answer, filter);
  return { ...answer, ...wantedPage(runs, range.limit, answer) };
}
