/** What counting an organisation needs from outside, beside the ports of an account. */
import type { OpeningLedger, RetryingLedger, SweepingLedger } from '../ports.ts';
import type { LastKnown, Parent, Run, RunBase, RunId, RunKey, SourceFailure } from '../run.ts';
import type { AccountRecord } from './account-record.ts';
import type { AccountsAnswer } from './accounts.ts';
import type { OrganizationRun } from './run.ts';
import type { OrganizationSummary } from './summary.ts';
import type { OrganizationTotal, StoredOrganizationTotal } from './total.ts';

/** The organisation's accounts. Never throws, and ends soon after the signal is aborted. */
export type ReadAccounts = (signal: AbortSignal) => Promise<AccountsAnswer>;

export type Access = 'granted' | 'refused' | { because: SourceFailure; cause?: unknown };

/**
 * Whether the member role of an account can be assumed. `refused`: AWS says no; or why nobody knows. Never throws, and ends soon after
 * the signal is aborted.
 */
export type AskAccess = (accountId: string, signal?: AbortSignal) => Promise<Access>;

/**
 * To programs and to people.
 * @param run as it was read before the total was stored, or later
 */
export type AnnounceOrganization = (run: OrganizationRun, total: StoredOrganizationTotal) => Promise<void>;

type ReadOrganization = {
  /** The run with its plan. Consistent, in one query. */
  readOrganization(key: RunKey): Promise<OrganizationRun | undefined>;
  /** Consistent, every page. */
  readAccountRecords(key: RunKey): Promise<AccountRecord[]>;
};

/** Putting what became of an account on record, in its organisation's run. */
export type ReportingLedger = {
  /** Writes the record if it may replace the stored one (see `mayReplaceAccount`). */
  writeAccountRecord(record: AccountRecord, run: Pick<RunBase, 'expiresAt'>): Promise<'written' | 'refused'>;
  /**
   * Takes the account off `pending` if the organisation's run still is in the round of `parent` and `ended` says that its run waits no
   * more. In any case raises `rev` and marks the organisation's run open. Gives whether the organisation's run should be looked at
   * at once: nothing of it is pending. What comes while others are is for the sweep: a total for each of two hundred accounts that
   * are asked again would be two hundred mails. Nothing happens, and it gives `false`, if there is no such run.
   */
  strikeAccount(organization: RunKey, parent: Pick<Parent, 'position' | 'round'>, ended: boolean): Promise<boolean>;
};

/** Opening an organisation's run, and its accounts'. */
export type OrganizationOpeningLedger = ReadOrganization &
  ReportingLedger & {
    /** The newest run of the organisation before this one that is wanted and can be read, with its plan; may lag behind by moments. */
    organizationBefore(
      key: RunKey,
      isWanted: (summary: OrganizationSummary) => boolean,
    ): Promise<OrganizationRun | undefined>;
    /**
     * The newest total of the account before this one that says what is there: a complete one, or one above zero. A partial zero says
     * nothing. Looks through all runs that the ledger has; may lag behind by moments.
     */
    lastTotal(censusId: string, before: RunId): Promise<LastKnown | undefined>;
    /** Writes the run, with its plan, unless one of that id is there. */
    openOrganization(run: OrganizationRun): Promise<'opened' | 'exists'>;
    /** Opens the next round for exactly these accounts, as `openRound` does for regions. Gives whether it did. */
    openOrganizationRound(
      run: OrganizationRun,
      accountIds: readonly string[],
      round: number,
      deadlineAt: string,
    ): Promise<boolean>;
    /**
     * Makes an account's run that is there already part of the organisation's, or of its next round, raises its `rev` and marks it
     * open, so that whoever looks at it tells the organisation what is known of it. Gives the run as it is then; nothing if it belongs to that round, or to a
     * later one, already.
     */
    adoptRun(key: RunKey, parent: Parent): Promise<Run | undefined>;
  } & Pick<OpeningLedger, 'markDispatched'> &
  Pick<RetryingLedger, 'openRound'> &
  Pick<SweepingLedger, 'readRecords'>;

/** Settling an organisation's run. */
export type OrganizationSettlingLedger = ReadOrganization &
  ReportingLedger & {
    /** As `earlierRuns`, without the plans: `planned` tells which of them asked the same accounts. */
    earlierOrganizations(key: RunKey): Promise<OrganizationSummary[]>;
    /** As `storeTotal`. */
    storeOrganizationTotal(
      key: RunKey,
      total: OrganizationTotal,
      rev: number,
      settledAt: string,
    ): Promise<StoredOrganizationTotal | 'refused'>;
  };

/** A region that is dark for several accounts of an organisation is dark for all. */
export type DarkLedger = {
  /**
   * Notes that the account got no page of the region, unless DARK_ACCOUNTS have been noted. The note expires with the organisation's run. Whoever
   * reads a task's run is given it (`readRunAndRecord`).
   */
  noteDark(organization: RunKey, region: string, accountId: string, parent: Pick<Parent, 'expiresAt'>): Promise<void>;
};
