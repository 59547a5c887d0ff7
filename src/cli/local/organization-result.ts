/** What a local run of the organisation came to: its accounts, beside what the local AWS truly holds in each. */
import type { AccountRow } from '../../answers/organization/account-row.ts';
import type { ComparedOrganization } from '../../answers/organization/compared-run.ts';
import type { RunAnswer } from '../../answers/run.ts';
import { ORGANIZATION } from '../../census/census-id.ts';
import { accountTable } from '../render/organization/accounts.ts';
import { comparisonLines } from '../render/organization/comparison.ts';
import { gapLines, planLines, verdictLine } from '../render/organization/run.ts';
import type { View } from '../render/text.ts';
import { type Truth, truthLine } from './result.ts';

type Gap = { region: string; reason: string };

type LocalAccount = {
  accountId: string;
  /** `null` where Organizations does not tell it. */
  name: string | null;
  /** `null` where there is nothing of it: `reason` says why. A gap is not zero. */
  verdict: 'complete' | 'partial' | null;
  total: number | null;
  /** Its regions. */
  counted: number | null;
  expected: number | null;
  missing: Gap[];
  reason?: string;
  /** It is not asked, and why. */
  setAside?: string;
};

/** What became of the organisation's run of one kind; `expected` and `counted` are accounts, counted those that are complete. */
export type OrganizationResult = {
  runId: string;
  accountId: typeof ORGANIZATION;
  verdict: 'complete' | 'partial';
  total: number;
  expected: number;
  counted: number;
  /** Accounts of which there is nothing (with the reason), or not all. */
  missing: { accountId: string; name: string | null; reason?: string }[];
  accounts: LocalAccount[];
  /** The run that this one is compared with. */
  previous: { runId: string; total: number } | null;
  /** In all regions of all accounts of the local world. */
  truth?: number;
};

/** The account's own run, by its id, where it has one. */
type OwnRuns = ReadonlyMap<string, Pick<RunAnswer, 'run'>>;

/** @throws Error if the run has no total yet */
export function organizationResult(
  { run, accounts, comparison }: ComparedOrganization,
  own: OwnRuns,
  truth?: Truth,
): OrganizationResult {
  const { runId, verdict, streams, expected, counted } = run;
  if (verdict === null || streams === null || counted === null) throw new Error(`The run ${runId} has no total yet.`);
  const { runId: earlier, streams: before } = comparison?.with ?? {};
  return {
    runId,
    accountId: ORGANIZATION,
    verdict,
    total: streams,
    expected,
    counted,
    missing: accounts.flatMap(gapOf),
    accounts: accounts.map((row) => accountOf(row, own)),
    previous: earlier === undefined || typeof before !== 'number' ? null : { runId: earlier, total: before },
    ...(truth !== undefined && { truth: truth.all }),
  };
}

function gapOf({ accountId, name, state, reason }: AccountRow): OrganizationResult['missing'] {
  if (state === 'complete' || state === 'set-aside') return [];
  return [{ accountId, name, ...(reason !== null && { reason }) }];
}

function accountOf(row: AccountRow, own: OwnRuns): LocalAccount {
  const { accountId, name, state, streams, counted, expected, reason, setAside } = row;
  const missing = own.get(accountId)?.run.missing ?? [];
  return {
    accountId,
    name,
    verdict: state === 'complete' || state === 'partial' ? state : null,
    total: streams,
    counted,
    expected,
    missing: missing.map(({ region, reason: why }) => ({ region, reason: why })),
    ...(reason !== null && { reason }),
    ...(setAside !== null && { setAside }),
  };
}

/** The table of accounts, trouble first; the total and its verdict; and how it differs from the run that it is compared with. */
export function printOrganization(
  result: OrganizationResult,
  { run, accounts, comparison }: Pick<ComparedOrganization, 'run' | 'accounts' | 'comparison'>,
  truth: Truth | undefined,
  view: View,
): string {
  return [
    accountTable(accounts, view),
    '',
    `${verdictLine(run, view)} (run ${run.runId})`,
    ...planLines(run, view),
    ...gapLines(run, view),
    ...(comparison === null ? ['No earlier run to compare with.'] : comparisonLines(comparison, view)),
    ...(truth === undefined ? [] : [truthLine(result, truth, view.kind, view.colours)]),
  ].join('\n');
}
