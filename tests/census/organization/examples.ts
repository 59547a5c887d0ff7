/** One of everything that is stored of an organisation, to be varied by a test. */
import type { FailedAccount, SettledAccount } from '../../../src/census/organization/account-record.ts';
import {
  type OrganizationAccount,
  type OrganizationRun,
  openOrganizationRun,
} from '../../../src/census/organization/run.ts';
import type { OrganizationTotal, StoredOrganizationTotal } from '../../../src/census/organization/total.ts';
import { EMPTY_TALLY } from '../../../src/census/tally.ts';
import { OPENED_MS, RUN_ID, SPAN, tallyOf } from '../examples.ts';

export const ORGANIZATION_KEY = { censusId: 'organization', runId: RUN_ID };

export const accountIdOf = (nth: number) => String(100_000_000_000 + nth);

export const accountsOf = (count: number): OrganizationAccount[] =>
  Array.from({ length: count }, (_, nth) => ({ accountId: accountIdOf(nth) }));

export function anOrganizationRun(
  accounts: readonly OrganizationAccount[],
  changes: Partial<OrganizationRun> = {},
): OrganizationRun {
  const sources = { accounts: { from: 'asked', askedAt: '2026-11-20T06:00:03.000Z' } } as const;
  return { ...openOrganizationRun(ORGANIZATION_KEY, { accounts, sources }, OPENED_MS, SPAN), ...changes };
}

const base = (accountId: string) => ({
  ...ORGANIZATION_KEY,
  accountId,
  round: 0,
  recordedAt: '2026-11-20T06:00:20.000Z',
});

export function settledAccount(
  accountId: string,
  streams: number,
  changes: Partial<SettledAccount> = {},
): SettledAccount {
  return {
    ...base(accountId),
    status: 'settled',
    rev: 1,
    verdict: 'complete',
    tally: tallyOf(streams),
    expected: 19,
    counted: 19,
    ...changes,
  };
}

export function failedAccount(accountId: string, changes: Partial<FailedAccount> = {}): FailedAccount {
  return { ...base(accountId), status: 'failed', reason: 'no-access', ...changes };
}

export function anOrganizationTotal(changes: Partial<OrganizationTotal> = {}): OrganizationTotal {
  return {
    verdict: 'complete',
    streams: 0,
    tally: EMPTY_TALLY,
    expected: 0,
    counted: 0,
    regions: { expected: 0, counted: 0 },
    accountReasons: {},
    regionReasons: {},
    missing: [],
    ...changes,
  };
}

export function aStoredOrganizationTotal(changes: Partial<StoredOrganizationTotal> = {}): StoredOrganizationTotal {
  return { ...anOrganizationTotal(), rev: 1, settledAt: '2026-11-20T06:00:30.000Z', ...changes };
}
