/** What is damaged in an item of an organisation is found. Whole items, both ways: tests/contract/organization-ledger.test.ts. */
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Item } from '../../src/aws/items.ts';
import { accountRecordItem, organizationItem, planItems } from '../../src/aws/organization-items.ts';
import { readRun, readRunKey } from '../../src/aws/read-items.ts';
import { readAccountRecord, readOrganization, readSummary } from '../../src/aws/read-organization-items.ts';
import { EXPIRES_AT } from '../census/examples.ts';
import {
  accountIdOf,
  accountsOf,
  anOrganizationRun,
  aStoredOrganizationTotal,
  failedAccount,
  ORGANIZATION_KEY,
  settledAccount,
} from '../census/organization/examples.ts';

const RUN = anOrganizationRun(accountsOf(3), { total: aStoredOrganizationTotal() });
const RUN_ITEM = organizationItem(RUN);
const PLAN = planItems(RUN);

/** An item as somebody has changed it by hand. */
const changed = (item: Item, changes: object): Item =>
  marshall({ ...unmarshall(item), ...changes }, { removeUndefinedValues: true });

describe('A run', () => {
  test('is read with its plan, whatever else lies about, and in whatever order', () => {
    const another = planItems(anOrganizationRun(accountsOf(2)));
    const record = accountRecordItem(failedAccount(accountIdOf(0)), { expiresAt: EXPIRES_AT });
    expect(readOrganization([record, RUN_ITEM, ...another, ...PLAN])).toEqual(RUN);
    const long = anOrganizationRun(accountsOf(2500));
    expect(readOrganization([organizationItem(long), ...planItems(long).reverse()])).toEqual(long);
  });

  test('is none without its own item', () => {
    expect(readOrganization(PLAN)).toBeUndefined();
  });

  test('without its plan, or a part of it, is damaged', () => {
    expect(() => readOrganization([RUN_ITEM])).toThrow('RUN is damaged: its plan has 0 of 3 accounts.');
    const long = anOrganizationRun(accountsOf(1500));
    const [, ...rest] = planItems(long);
    expect(() => readOrganization([organizationItem(long), ...rest])).toThrow('its plan has 500 of 1500 accounts.');
  });

  test.each([
    ['pending', new Set([3]), 'pending: it names a place that its plan does not have'],
    ['pending', new Set(['100000000000']), 'pending.0: '],
    ['pending', 'all', 'pending: '],
    ['size', -1, 'size: '],
    ['planned', { accounts: 3, fingerprint: 'none' }, 'planned.fingerprint: '],
    ['sources', {}, 'sources.accounts: '],
    ['accountId', accountIdOf(0), 'accountId: '],
    ['kind', 'cameras', 'kind: '],
    ['kind', 'channels', 'its fields belong to another pk'],
    ['runId', '2026-11-19T06:00:00Z', 'its fields belong to another pk'],
    ['planId', undefined, 'planId: '],
    ['total', { ...aStoredOrganizationTotal(), verdict: 'nearly' }, 'total.verdict: '],
    ['total', { ...aStoredOrganizationTotal(), missing: [{ accountId: 'anne' }] }, 'total.missing.0.accountId: '],
    ['total', { ...aStoredOrganizationTotal(), accountReasons: { denied: -1, suspended: -1 } }, 'accountReasons.'],
    ['total', { ...aStoredOrganizationTotal(), regionReasons: { denied: 0.5 } }, 'total.regionReasons.denied: '],
  ])('is damaged where its %s is %j', (field, value, problem) => {
    const item = changed(RUN_ITEM, { [field]: value });
    expect(() => readOrganization([item, ...PLAN])).toThrow(problem);
  });

  test.each([
    [{ accountId: 'anne' }],
    [{ accountId: accountIdOf(0), setAside: 'gone' }],
    [{ accountId: accountIdOf(0), lastKnown: { streams: 1 } }],
  ])('is damaged where its plan is: %j', (account) => {
    const [piece] = PLAN.map((item) => changed(item, { accounts: [account] }));
    expect(() => readOrganization([RUN_ITEM, piece!])).toThrow(/PLAN#\w+#000 is damaged: accounts\.0\./);
  });

  test('is told without its plan, too', () => {
    const { accounts: _, ...rest } = RUN;
    expect(readSummary(RUN_ITEM)).toEqual({
      ...rest,
      pending: 3,
      planned: { accounts: 3, fingerprint: expect.any(String) },
    });
  });

  test('says by its keys which run it is, and is no run of an account', () => {
    const channels = { ...ORGANIZATION_KEY, censusId: 'organization/channels' };
    expect(readRunKey(RUN_ITEM)).toEqual(ORGANIZATION_KEY);
    expect(readRunKey(organizationItem({ ...RUN, ...channels }))).toEqual(channels);
    expect(() => readRun(RUN_ITEM)).toThrow('RUN is damaged: accountId: it is no account.');
  });

  test('may look back on one that found the same', () => {
    const before = { runId: RUN.runId, streams: 7, unchanged: true };
    const item = changed(RUN_ITEM, { total: { ...aStoredOrganizationTotal(), before } });
    expect(readSummary(item).total?.before).toEqual(before);
  });
});

describe('An account record', () => {
  const settled = accountRecordItem(settledAccount(accountIdOf(0), 7), { expiresAt: EXPIRES_AT });
  const failed = accountRecordItem(failedAccount(accountIdOf(0)), { expiresAt: EXPIRES_AT });

  test.each([
    ['its reason is of no account', failed, { reason: 'denied' }, 'reason: '],
    ['it is of another account', settled, { accountId: accountIdOf(1) }, 'its fields belong to another sk'],
    ['it is of another run', settled, { runId: '2026-11-19T06:00:00Z' }, 'its fields belong to another pk'],
    ['its status is none', settled, { status: 'counted' }, 'status: '],
    ['it has no tally', settled, { tally: undefined }, 'tally: '],
    ['its reasons are no numbers', settled, { reasons: { denied: 'many' } }, 'reasons.denied: '],
    ['it is of no account', settled, { accountId: 'organization' }, 'accountId: it is no account'],
    ['its quota is above all', settled, { quota: { above: [], unknown: 0, highest: { percent: 101 } } }, 'quota.'],
  ])('is damaged where %s', (_what, item, changes, problem) => {
    expect(() => readAccountRecord(changed(item, changes))).toThrow(problem);
  });
});
