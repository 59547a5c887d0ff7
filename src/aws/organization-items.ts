/** Pure: an organisation's runs, their plans and account records as items of the ledger's table, and their keys. */
import { createHash } from 'node:crypto';
import { marshall } from '@aws-sdk/util-dynamodb';
import { kindOf, ORGANIZATION } from '../census/census-id.ts';
import { STREAMS } from '../census/kinds.ts';
import type { AccountRecord } from '../census/organization/account-record.ts';
import type { OrganizationRun } from '../census/organization/run.ts';
import { plannedOf } from '../census/organization/summary.ts';
import type { RunBase, RunKey } from '../census/run.ts';
import { batches } from './batches.ts';
import { ITEM_OF_ORGANIZATION, type Item, MARSHALL, runKeys, runPk } from './items.ts';

/** How the sort keys of an organisation's items begin, beside that of its run. */
export const PLAN_SK = 'PLAN#';
export const ACCOUNT_SK = 'ACCOUNT#';

/** Accounts in one item. Of one, all that is known are about 200 bytes; an item may have 400 KB. */
const PLAN_CHUNK = 1000;

/** Of streams no kind is said, as elsewhere. */
function ownership({ censusId }: Pick<RunKey, 'censusId'>) {
  const kind = kindOf(censusId);
  return { version: ITEM_OF_ORGANIZATION, ...(kind !== STREAMS && { kind }) };
}

/** The run without its plan: lists of runs and the sweep read it. */
export function organizationItem(run: OrganizationRun): Item {
  const { censusId: _, accounts, pending, ...fields } = run;
  const positions = positionsOf(run, pending);
  return marshall(
    {
      ...runKeys(run),
      ...ownership(run),
      accountId: ORGANIZATION,
      ...fields,
      planId: planIdOf(run),
      size: accounts.length,
      planned: plannedOf(run),
      ...(positions.size > 0 && { pending: positions }),
    },
    MARSHALL,
  );
}

/** Where these accounts stand in the plan. A place is three bytes of the run's item, which each strike writes anew. */
export function positionsOf({ accounts }: Pick<OrganizationRun, 'accounts'>, accountIds: readonly string[]) {
  const wanted = new Set(accountIds);
  return new Set(accounts.flatMap(({ accountId }, position) => (wanted.has(accountId) ? [position] : [])));
}

/**
 * A plan is named after what it says, and until when. So to write it twice is to write it once; and of two dispatchers that
 * were told different accounts each writes its own, and the run says whose holds.
 */
function planIdOf({ accounts, expiresAt }: Pick<OrganizationRun, 'accounts' | 'expiresAt'>): string {
  return createHash('sha256').update(JSON.stringify({ accounts, expiresAt })).digest('hex').slice(0, 32);
}

/** The plan, in pieces whose keys sort in the order of the accounts. In no index. */
export function planItems(run: OrganizationRun): Item[] {
  const planId = planIdOf(run);
  return batches(run.accounts, PLAN_CHUNK).map((accounts, nth) =>
    marshall(
      {
        pk: runPk(run),
        sk: `${PLAN_SK}${planId}#${String(nth).padStart(3, '0')}`,
        ...ownership(run),
        runId: run.runId,
        accounts,
        expiresAt: run.expiresAt,
      },
      MARSHALL,
    ),
  );
}

/** In no index: an account through time is the runs of the account. */
export function accountRecordItem(record: AccountRecord, { expiresAt }: Pick<RunBase, 'expiresAt'>): Item {
  const { censusId: _, ...fields } = record;
  const key = accountRecordKeyItem(record, record.accountId);
  return { ...key, ...marshall({ ...ownership(record), ...fields, expiresAt }, MARSHALL) };
}

export const accountRecordSk = (accountId: string) => `${ACCOUNT_SK}${accountId}`;
export const accountRecordKeys = (organization: RunKey, accountId: string) => ({
  pk: runPk(organization),
  sk: accountRecordSk(accountId),
});
export const accountRecordKeyItem = (organization: RunKey, accountId: string) =>
  marshall(accountRecordKeys(organization, accountId));
