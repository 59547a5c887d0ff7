import { marshall } from '@aws-sdk/util-dynamodb';
import { accountRecordItem, organizationItem, planItems } from '../../src/aws/organization-items.ts';
import { EXPIRES_AT, RUN_ID } from '../census/examples.ts';
import { accountIdOf, accountsOf, anOrganizationRun, failedAccount } from '../census/organization/examples.ts';

const PK = { S: `RUN#organization#${RUN_ID}` };
const names = (run = anOrganizationRun(accountsOf(2))) => planItems(run).map(({ sk }) => sk?.S ?? '');

test('the item of a run holds all but the plan, and says which plan holds', () => {
  const accounts = [{ accountId: accountIdOf(0) }, { accountId: accountIdOf(1), setAside: 'left' } as const];
  const run = anOrganizationRun(accounts, { excluded: ['999999999999'] });
  expect(organizationItem(run)).toEqual({
    pk: PK,
    sk: { S: 'RUN' },
    timePk: { S: 'RUNS#organization' },
    timeSk: { S: RUN_ID },
    version: { N: '3' },
    accountId: { S: 'organization' },
    runId: { S: RUN_ID },
    openedAt: { S: '2026-11-20T06:00:03.000Z' },
    deadlineAt: { S: '2026-11-20T07:30:03.000Z' },
    round: { N: '0' },
    rev: { N: '0' },
    sweep: { S: 'OPEN' },
    expiresAt: { N: String(EXPIRES_AT) },
    planId: { S: names(run)[0]?.split('#')[1] },
    size: { N: '2' },
    planned: { M: { accounts: { N: '1' }, fingerprint: { S: expect.stringMatching(/^[0-9a-f]{16}$/) } } },
    excluded: { L: [{ S: '999999999999' }] },
    sources: { M: { accounts: { M: { from: { S: 'asked' }, askedAt: { S: '2026-11-20T06:00:03.000Z' } } } } },
    pending: { NS: ['0'] },
  });
  const { pending: _, sweep: _sweep, ...settled } = { ...run, sweep: undefined };
  const item = organizationItem({ ...settled, pending: [] } as unknown as typeof run);
  for (const name of ['pending', 'sweep', 'accounts', 'kind']) expect(item).not.toHaveProperty(name);
});

test('a plan is a thousand accounts an item, which are in no index and expire with the run', () => {
  const run = anOrganizationRun(accountsOf(2001));
  const items = planItems(run);
  expect(items.map(({ sk }) => sk?.S?.split('#').at(-1))).toEqual(['000', '001', '002']);
  expect(items.map(({ accounts }) => accounts?.L?.length)).toEqual([1000, 1000, 1]);
  expect(items[2]).toEqual({
    pk: PK,
    sk: { S: expect.stringMatching(/^PLAN#[0-9a-f]{32}#002$/) },
    version: { N: '3' },
    runId: { S: RUN_ID },
    accounts: { L: [{ M: { accountId: { S: accountIdOf(2000) } } }] },
    expiresAt: { N: String(EXPIRES_AT) },
  });
});

test('a plan is named after all that it says, and until when', () => {
  const plain = accountsOf(2);
  const plans = [
    anOrganizationRun(plain),
    anOrganizationRun(accountsOf(3)),
    anOrganizationRun([{ ...plain[0]!, name: 'anne' }, plain[1]!]),
    anOrganizationRun([{ ...plain[0]!, setAside: 'closed' }, plain[1]!]),
    anOrganizationRun(plain, { expiresAt: EXPIRES_AT + 1 }),
  ];
  expect(new Set(plans.flatMap(names)).size).toBe(plans.length);
  expect(names(anOrganizationRun(accountsOf(2), { rev: 7, pending: [] }))).toEqual(names());
});

test('the item of an account record lies beside its run, in no index', () => {
  const record = failedAccount(accountIdOf(0));
  expect(accountRecordItem(record, { expiresAt: EXPIRES_AT })).toEqual({
    pk: PK,
    sk: { S: `ACCOUNT#${accountIdOf(0)}` },
    ...marshall({
      version: 3,
      runId: RUN_ID,
      accountId: accountIdOf(0),
      round: 0,
      recordedAt: record.recordedAt,
      status: 'failed',
      reason: 'no-access',
      expiresAt: EXPIRES_AT,
    }),
  });
  expect(accountRecordItem({ ...record, censusId: 'organization/channels' }, { expiresAt: 1 })).toMatchObject({
    pk: { S: `RUN#organization/channels#${RUN_ID}` },
    kind: { S: 'channels' },
  });
});
