/** How large the items of an organisation get, and what writing them costs: docs/data-model.md says the same figures. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { accountRecordItem, organizationItem, planItems } from '../../src/aws/organization-items.ts';
import { makeOrganizationLedger } from '../../src/aws/organization-ledger.ts';
import { REASONS, type Reason } from '../../src/census/errors.ts';
import { type AccountRecord, accountRecordOf } from '../../src/census/organization/account-record.ts';
import type { OrganizationAccount, OrganizationRun } from '../../src/census/organization/run.ts';
import { settleOrganization } from '../../src/census/organization/settle.ts';
import type { Missing, StoredTotal } from '../../src/census/run.ts';
import { aRun, aStoredTotal, DEADLINE_MS, KEY, RUN_ID } from '../census/examples.ts';
import { truthOf } from '../census/listing/listing.ts';
import { accountIdOf, accountsOf, anOrganizationRun, ORGANIZATION_KEY } from '../census/organization/examples.ts';
import { textOf } from '../docs/text.ts';
import { makeTable } from '../simulation/table.ts';
import { sizeOf } from './item-size.ts';

const LIMIT = 400 * 1024;
const ACCOUNTS = 5000;
const AT = '2026-11-20T06:00:09.000Z';
const kilobytes = (bytes: number) => (bytes / 1024).toFixed(1);

/** Of each account all that can be said: a name as long as Organizations allows, and what was counted there. */
const whole = Array.from({ length: ACCOUNTS }, (_, nth): OrganizationAccount => {
  const lastKnown = { runId: RUN_ID, streams: 123_456, countedAt: AT };
  return { accountId: accountIdOf(nth), name: 'n'.repeat(50), setAside: 'suspended', lastKnown };
});

const fullOrganization = anOrganizationRun(whole);

/** All that can be said of an account: its 38 regions are missing, for reason after reason, and yet are full of streams. */
function badRecord(nth: number): AccountRecord {
  const missing = Array.from({ length: 38 }, (_, region): Missing => {
    const reason = REASONS[region % REASONS.length] as Reason;
    return { region: `ap-northeast-${region + 10}`, reason, since: RUN_ID, lost: true };
  });
  const tally = truthOf(Array.from({ length: 40 }, (_, index) => `camera-${index}`));
  const all = missing.map(({ region }) => region);
  const quota: StoredTotal['quota'] = {
    alarmPercent: 80,
    highest: { region: all[0]!, percent: 99.99 },
    above: all,
    unknown: all,
  };
  const total = aStoredTotal({ verdict: 'partial', tally, expected: 38, missing, quota, firstCountedAt: AT });
  const parent = { position: nth, round: 0, expiresAt: 1_800_000_000 };
  const run = aRun(all, { ...KEY, censusId: accountIdOf(nth), parent });
  return accountRecordOf({ ...run, parent }, { ...total, lastCountedAt: AT }, AT);
}

function withTotal(run: OrganizationRun, records: readonly AccountRecord[]): OrganizationRun {
  const settlement = settleOrganization(run, records, DEADLINE_MS + 1, 80);
  if (settlement.state !== 'total') throw new Error('It has no total.');
  return { ...run, total: { ...settlement.total, rev: 1, settledAt: AT } };
}

/** As docs/data-model.md has it, so that each figure there is one that was measured. */
function row(what: string, bytes: number): string {
  return `| ${what} | ${kilobytes(bytes)} KB |`;
}

describe('An item stays below what DynamoDB takes, with 5,000 accounts', () => {
  const open = organizationItem(anOrganizationRun(accountsOf(ACCOUNTS)));
  const nothing = organizationItem(withTotal(fullOrganization, []));
  const bad = Array.from({ length: ACCOUNTS }, (_, nth) => badRecord(nth));
  const partial = organizationItem(withTotal(fullOrganization, bad));
  const plan = planItems(fullOrganization);
  const named = planItems(anOrganizationRun(accountsOf(ACCOUNTS).map((each) => ({ ...each, name: 'n'.repeat(20) }))));
  test.each([
    ['run, all 5,000 accounts pending', sizeOf(open)],
    ['run, all pending, nothing heard of any: its total', sizeOf(nothing)],
    ['run, all pending, and a total that says all that it can', sizeOf(partial)],
    ['piece of a plan, 1,000 accounts with names of 20 letters', sizeOf(named[0]!)],
    ['piece of a plan, all that can be said of each account', Math.max(...plan.map(sizeOf))],
    ['account record, all that it can say, of 38 regions', sizeOf(accountRecordItem(bad[0]!, fullOrganization))],
  ])('%s: %d bytes', (what, bytes) => {
    expect(bytes).toBeLessThan(LIMIT);
    expect(textOf('data-model.md')).toContain(row(what, bytes));
  });
});

/** Write units of an item: one for each KB begun, of the larger of what was there and what is there now. */
const units = (before: number, after: number) => Math.ceil(Math.max(before, after) / 1024);

describe('Striking all accounts of a run', () => {
  test.each([200, 1000, 5000])('%d accounts cost as many write units as the page says', async (accounts) => {
    let spent = 0;
    const table = makeTable({
      nowMs: () => 0,
      onWrite: (before, after) => {
        if (before) spent += units(sizeOf(before), sizeOf(after));
      },
    });
    const client = { send: async (command: object) => table.carryOut(command) } as unknown as DynamoDBClient;
    const ledger = makeOrganizationLedger({ client, tableName: 'ledger', nowMs: () => 0 });
    await ledger.openOrganization(anOrganizationRun(accountsOf(accounts)));
    for (let position = 0; position < accounts; position += 1)
      await ledger.strikeAccount(ORGANIZATION_KEY, { position, round: 0 }, true);
    // The index byTime holds the whole item, and is written as often. The list of the sweep is not: nothing of it changes.
    const figures = [accounts, spent, 2 * spent].map((figure) => figure.toLocaleString('en'));
    const seconds = spent / 1000;
    expect(textOf('data-model.md')).toContain(`| ${figures.join(' | ')} | ${seconds.toFixed(1)} s |`);
  });
});
