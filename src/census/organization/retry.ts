/** What asking again for what an organisation's run misses takes: of the organisation's run, and then of each account's. */
import { parseAccountId } from '../census-id.ts';
import { InvalidInputError } from '../errors.ts';
import { type Kind, parseKind } from '../kinds.ts';
import { print } from '../printed.ts';
import { tasksToPublish } from '../publish.ts';
import type { RegionRecord } from '../region.ts';
import { missingRegions, notSettled } from '../retry.ts';
import { isPastDeadline, type Run } from '../run.ts';
import type { AccountRecord } from './account-record.ts';
import { type OrganizationRun, plannedAccounts } from './run.ts';
import { gapsOf } from './settle.ts';

/** The next round of an organisation's run, and whom it asks. By the number nobody opens two rounds for one wish. */
export type OrganizationRetryWish = {
  round: number;
  /** Of these only; absent: of all of which something is missing. */
  accounts?: readonly string[];
};

/** What a person sends the dispatcher, beside the id of the run. */
export type OrganizationRetry = OrganizationRetryWish & { kind: Kind };

/** @throws InvalidInputError */
export function parseRetry(value: unknown): OrganizationRetry {
  const { kind, round, accounts } = (value ?? {}) as Record<string, unknown>;
  if (!Number.isSafeInteger(round) || (round as number) < 1)
    throw new InvalidInputError(`The round ${print(round)} of the retry is not a whole number from 1 up.`);
  if (accounts !== undefined && !Array.isArray(accounts))
    throw new InvalidInputError(
      'The accounts of the retry are not a list; expected ids, or none for all that are missing.',
    );
  return {
    kind: parseKind(kind),
    round: round as number,
    ...(accounts !== undefined && { accounts: accounts.map(parseAccountId) }),
  };
}

/** `open`: the next round, for these accounts. `resume`: it is open, perhaps not all of them were asked; go on. */
type OrganizationRetryPlan = { step: 'open'; accounts: string[] } | { step: 'resume' };

/** @throws InvalidInputError, in one sentence, if there is nothing to ask for or this is not the time */
export function planOrganizationRetry(
  run: OrganizationRun,
  records: readonly AccountRecord[],
  { round, accounts = [] }: OrganizationRetryWish,
  nowMs: number,
): OrganizationRetryPlan {
  if (run.round === round) return { step: 'resume' };
  if (run.round !== round - 1) {
    throw new InvalidInputError(
      `The run ${run.runId} of the organisation is in round ${run.round}; expected ${round - 1}, to open round ${round}, or ${round}, to go on with it.`,
    );
  }
  const missing = gapsOf(run, records).map(({ accountId }) => accountId);
  const asked = accounts.length === 0 ? missing : checkIds(run, missing, accounts);
  if (asked.length === 0) {
    throw new InvalidInputError(`Nothing is missing from the run ${run.runId} of the organisation.`);
  }
  if (run.total === undefined) throw notSettled(`${run.runId} of the organisation`, run, nowMs);
  return { step: 'open', accounts: [...new Set(asked)].sort() };
}

/**
 * @param run in the wished round, as it was read before its pending accounts were asked
 * @param records as they are since
 * @throws InvalidInputError if somebody else has opened that round, and for others
 */
export function checkAllAsked(
  run: OrganizationRun,
  records: readonly AccountRecord[],
  { round, accounts = [] }: OrganizationRetryWish,
): void {
  const heard = new Set(records.filter((record) => record.round >= round).map(({ accountId }) => accountId));
  const left = gapsOf(run, records)
    .map(({ accountId }) => accountId)
    .filter((id) => (accounts.length === 0 || accounts.includes(id)) && !run.pending.includes(id) && !heard.has(id));
  if (left.length === 0) return;
  throw new InvalidInputError(
    `The round ${round} of the run ${run.runId} of the organisation was opened for other accounts, by somebody else; ask for ${left.join(', ')} in round ${round + 1}.`,
  );
}

function checkIds(run: OrganizationRun, missing: readonly string[], ids: readonly string[]): readonly string[] {
  const planned = new Set(plannedAccounts(run).map(({ accountId }) => accountId));
  for (const id of ids) {
    if (!planned.has(id)) {
      throw new InvalidInputError(
        `The run ${run.runId} of the organisation was not to count the account ${id}; missing: ${few(missing)}.`,
      );
    }
    if (!missing.includes(id)) {
      throw new InvalidInputError(
        `The run ${run.runId} of the organisation has counted the account ${id} already; missing: ${few(missing)}.`,
      );
    }
  }
  return ids;
}

/** There may be thousands. */
const FEW = 3;

function few(ids: readonly string[]): string {
  if (ids.length === 0) return 'none';
  const more = ids.length > FEW ? ` and ${ids.length - FEW} more` : '';
  return `${ids.slice(0, FEW).join(', ')}${more}`;
}

/**
 * What asking an account again takes, whose run is there. `open`: its run's next round, for these regions. `adopt`: it is asked
 * already, or there is nothing to ask; its run need but become part of the organisation's round, and says what it has, as soon as it
 * waits no more.
 */
type AccountRetryPlan = { step: 'open'; regions: string[] } | { step: 'adopt' };

export function planAccountRetry(run: Run, records: readonly RegionRecord[], nowMs: number): AccountRetryPlan {
  const waits = !isPastDeadline(run, nowMs) && (run.pending.length > 0 || tasksToPublish(run).length > 0);
  const regions = missingRegions(run, records);
  // Without a total it has yet to settle, and no round can be opened.
  return waits || run.total === undefined || regions.length === 0 ? { step: 'adopt' } : { step: 'open', regions };
}
