import { readOrganizationExplain } from '../../../src/answers/organization/explain.ts';
import { readOrganizationLatest } from '../../../src/answers/organization/latest.ts';
import { cleanUp, NOW_MS, startLedger } from '../../cli/world.ts';
import { MEMBER, manyAccounts, type OrganizationPast, organizationStory } from '../../fixtures/organization.ts';

afterAll(cleanUp);

async function sourceOf(past: readonly OrganizationPast[]) {
  const ledger = await startLedger();
  await ledger.fillOrganization(past);
  ledger.requests.length = 0;
  const source = { reader: ledger.reader, censusId: 'organization', description: 'the test ledger' };
  return { source, requests: ledger.requests };
}

test('each reason has its accounts, what it means and what to do, and the command that explains an account by itself', async () => {
  const { source } = await sourceOf(organizationStory());
  const { answer } = await readOrganizationExplain(source, 'latest', NOW_MS);
  const idsOf = (some: readonly { accountId: string }[]) => some.map(({ accountId }) => accountId);
  expect(answer.accounts.map(({ reason, accounts }) => [reason, idsOf(accounts)])).toEqual([
    ['no-access', [MEMBER.doorbells]],
    ['suspended', [MEMBER.lab]],
  ]);
  expect(answer.accounts[0]?.commands).toEqual(['kvs-census member-role']);
  expect(answer.regions.map(({ reason, count }) => [reason, count])).toEqual([
    ['timed-out', 1],
    ['denied', 1],
  ]);
  expect(answer.regions[0]?.accounts[0]?.explain).toBe(
    `kvs-census explain 2026-11-20T06:00:00Z --account ${MEMBER.storesEurope}`,
  );
});

test('a retry is offered for what may answer now, later for what somebody must mend, and never for a suspended account', async () => {
  const { source } = await sourceOf(organizationStory());
  const { answer } = await readOrganizationExplain(source, 'latest', NOW_MS);
  expect(answer.retry).toBe(`kvs-census retry 2026-11-20T06:00:00Z ${MEMBER.storesEurope}`);
  expect(answer.retryLater).toBe(`kvs-census retry 2026-11-20T06:00:00Z ${MEMBER.doorbells} ${MEMBER.factories}`);
  const late = await readOrganizationExplain(source, 'latest', NOW_MS + 24 * 3_600_000);
  expect([late.answer.retry, late.answer.retryLater]).toEqual([null, null]);
});

test('where very many are missing, the command names none and asks for all', async () => {
  const { source } = await sourceOf(manyAccounts(1_200));
  const { answer } = await readOrganizationExplain(source, 'latest', NOW_MS);
  expect(answer.retryLater).toBe('kvs-census retry 2026-11-20T06:00:00Z');
});

test('a total is compared with the newest complete one of the same accounts, and each account with that run', async () => {
  const { source, requests } = await sourceOf(manyAccounts(30));
  const { answer } = await readOrganizationLatest(source, NOW_MS);
  expect(requests).toEqual(['Query', 'Query', 'Query']);
  expect(answer.comparison).toMatchObject({ isComparable: true, difference: 0, net: 0 });
  expect(answer.accounts.every(({ change }) => change === 0)).toBe(true);
});

test('a run that is damaged leaves its place in the comparison to another', async () => {
  const ledger = await startLedger();
  const past = organizationStory();
  await ledger.fillOrganization(past);
  const source = { reader: ledger.reader, censusId: 'organization', description: 'the test ledger' };
  const names = { ExpressionAttributeNames: { '#total': 'total' } };
  await ledger.damage((past[2] as OrganizationPast).run, { UpdateExpression: 'REMOVE #total.streams', ...names });
  const { answer } = await readOrganizationLatest(source, NOW_MS);
  expect(answer.comparison?.with.runId).toBe(past[1]?.run.runId);
  expect(answer.damaged).toHaveLength(1);
});
