/**
 * A run of the organisation: the same fan-in one level up. Its plan is accounts, and its records are account records.
 *
 *     organisation's run ◀─ account record ◀─ account's run ◀─ region record ◀─ region task
 */
import { censusIdOf, kindOf, ORGANIZATION } from '../census-id.ts';
import {
  type LastKnown,
  opening,
  type Parent,
  type RunBase,
  type RunId,
  type RunKey,
  type Source,
  type Span,
} from '../run.ts';
import type { StoredOrganizationTotal } from './total.ts';

/** Why an account is not asked. `left`: an earlier run names it, and it is in the organisation no more. */
export const SET_ASIDE = ['suspended', 'closed', 'left'] as const;
export type SetAside = (typeof SET_ASIDE)[number];

/** What an organisation's run knows of an account when it opens. */
export type OrganizationAccount = {
  accountId: string;
  /** As AWS Organizations tells it. */
  name?: string;
  /** Absent: it is asked. */
  setAside?: SetAside;
  /** Of one that is set aside: what was counted there last. Above zero, it is planned all the same, and missing. */
  lastKnown?: LastKnown;
};

export type OrganizationRun = RunBase & {
  /** Those that are planned, and those that are only named, in the order of their ids. An account's place is its position. */
  accounts: readonly OrganizationAccount[];
  /** Accounts that a parameter excludes, in the order of their ids. Absent if there are none. */
  excluded?: readonly string[];
  /** The units that a parameter named, of which and of those below them the accounts are; in order. Absent: of all the organisation. */
  units?: readonly string[];
  sources: { accounts: Source };
  /** Ids of the planned accounts that still owe an answer in this round. Only says when to look; the records are the truth. */
  pending: readonly string[];
  total?: StoredOrganizationTotal;
};

/** The organisation's run of the same instant and kind. */
export function parentKeyOf({ censusId, runId }: RunKey): RunKey {
  return { censusId: censusIdOf(ORGANIZATION, kindOf(censusId)), runId };
}

/** An account's run of the same instant and kind. */
export function accountKeyOf({ censusId, runId }: RunKey, accountId: string): RunKey {
  return { censusId: censusIdOf(accountId, kindOf(censusId)), runId };
}

/** Whether the run must hear of an account. One that is set aside is missing if something was there: nobody knows where it went. */
export function isPlanned({ setAside, lastKnown }: OrganizationAccount): boolean {
  return setAside === undefined || (lastKnown !== undefined && lastKnown.streams > 0);
}

export function plannedAccounts({ accounts }: Pick<OrganizationRun, 'accounts'>): OrganizationAccount[] {
  return accounts.filter(isPlanned);
}

/** Where an account stands in the plan, with the round that the organisation is in. */
export function parentOf(
  { accounts, round, expiresAt }: Pick<OrganizationRun, 'accounts' | 'round' | 'expiresAt'>,
  accountId: string,
): Parent {
  return { position: accounts.findIndex((each) => each.accountId === accountId), round, expiresAt };
}

/** What is chosen before the run opens. */
export type OrganizationPlan = Pick<OrganizationRun, 'accounts' | 'excluded' | 'units' | 'sources'>;

/** An organisation's run as it opens: every planned account pending. */
export function openOrganizationRun(
  { censusId, runId }: { censusId: string; runId: RunId },
  plan: OrganizationPlan,
  nowMs: number,
  span: Span,
): OrganizationRun {
  const pending = plannedAccounts(plan).map(({ accountId }) => accountId);
  return { ...opening({ censusId, runId }, nowMs, span), ...plan, pending };
}
