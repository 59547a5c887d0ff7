import type { AccountRow } from '../../../answers/organization/account-row.ts';
import type { OrganizationRunAnswer } from '../../../answers/organization/run.ts';
import { type CsvColumn, csvOf } from '../csv.ts';

const ofRun: readonly CsvColumn<OrganizationRunAnswer>[] = [
  ['account_id', ({ accountId }) => accountId],
  ['run_id', ({ run }) => run.runId],
  ['verdict', ({ run }) => run.verdict],
  ['run_streams', ({ run }) => run.streams],
  ['accounts_expected', ({ run }) => run.expected],
  ['accounts_complete', ({ run }) => run.counted],
  ['regions_expected', ({ run }) => run.regions?.expected],
  ['regions_counted', ({ run }) => run.regions?.counted],
  ['kind', ({ kind }) => kind],
];

/** A line per run. */
export function organizationCsv(runs: AsyncIterable<OrganizationRunAnswer>): AsyncGenerator<string> {
  return csvOf(runs, (answer) => [answer], ofRun);
}

type Line = { answer: OrganizationRunAnswer; row: AccountRow };

const ofAccount: readonly CsvColumn<Line>[] = [
  ['account_id', ({ row }) => row.accountId],
  ['account_name', ({ row }) => row.name],
  ['run_id', ({ answer }) => answer.run.runId],
  ['run_verdict', ({ answer }) => answer.run.verdict],
  ['run_streams', ({ answer }) => answer.run.streams],
  ['state', ({ row }) => row.state],
  ['streams', ({ row }) => row.streams],
  ['regions_expected', ({ row }) => row.expected],
  ['regions_counted', ({ row }) => row.counted],
  ['reason', ({ row }) => row.reason],
  ['set_aside', ({ row }) => row.setAside],
  ['last_known_streams', ({ row }) => row.lastKnown?.streams],
  ['last_known_run_id', ({ row }) => row.lastKnown?.runId],
  ['kind', ({ answer }) => answer.kind],
];

/** A line per account of a run. */
export function accountsCsv(runs: AsyncIterable<OrganizationRunAnswer>): AsyncGenerator<string> {
  return csvOf(runs, (answer) => answer.accounts.map((row) => ({ answer, row })), ofAccount);
}
