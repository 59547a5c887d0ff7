/** An organisation of many accounts, told by whoever bounds what is told. */

import { misfits } from '../../../infra/openapi/schemas.ts';
import { askOrganization } from '../../../src/answers/asking/organization.ts';
import { readAccounts } from '../../../src/answers/organization/accounts.ts';
import { withAtMost } from '../../../src/answers/organization/left-out.ts';
import { cleanUp, NOW_MS, startLedger } from '../../cli/world.ts';
import { organizationStory } from '../../fixtures/organization.ts';

let source: Parameters<typeof askOrganization.latest>[0];
beforeAll(async () => {
  const ledger = await startLedger();
  await ledger.fillOrganization(organizationStory());
  source = { reader: ledger.reader, censusId: 'organization', description: 'the test ledger' };
});
afterAll(cleanUp);

test('the first of its accounts stand in the document, and how many do not; the numbers stay', async () => {
  const { answer } = await askOrganization.latest(source, {}, NOW_MS);
  const bounded = withAtMost(answer, 3);
  expect(bounded.accounts).toEqual(answer.accounts.slice(0, 3));
  expect([answer.accountsLeftOut, bounded.accountsLeftOut]).toEqual([0, answer.accounts.length - 3]);
  expect(bounded.run).toEqual(answer.run);
  expect(misfits(bounded)).toEqual([]);
});

test('of a difference those that changed most, in the order in which they came', async () => {
  const { answer } = await askOrganization.diff(source, undefined, NOW_MS);
  const bounded = withAtMost(answer, 1);
  const most = answer.accounts.reduce((one, other) => (Math.abs(other.net) > Math.abs(one.net) ? other : one));
  expect(bounded.accounts).toEqual([most]);
  expect(bounded.accountsLeftOut).toBe(answer.accounts.length - 1 + Math.max(0, answer.coverage.length - 1));
  expect([bounded.net, bounded.coverageSums]).toEqual([answer.net, answer.coverageSums]);
  const { accountsLeftOut: _, ...all } = withAtMost(answer, 1000);
  expect({ ...all, accountsLeftOut: 0 }).toEqual(answer);
});

test('an explanation keeps each part, with what to do about it', async () => {
  const { answer } = await askOrganization.explain(source, 'latest', NOW_MS);
  const bounded = withAtMost(answer, 1);
  const count = ({ accounts, regions, setAside }: typeof answer) =>
    [...accounts, ...regions].reduce((sum, part) => sum + part.accounts.length, setAside.length);
  expect([count(bounded), bounded.accountsLeftOut]).toEqual([1, count(answer) - 1]);
  expect(bounded.accounts.map(({ action }) => action)).toEqual(answer.accounts.map(({ action }) => action));
  expect(misfits(bounded)).toEqual([]);
});

test('so does how full they are, and what is not of accounts stays what it is', async () => {
  const { answer } = await askOrganization.headroom(source, { days: 30 }, NOW_MS);
  const bounded = withAtMost(answer, 1);
  expect(bounded.accountsLeftOut).toBe(answer.accounts.length - 1 + Math.max(0, answer.missing.length - 1));
  const runs = (await askOrganization.runs(source, { limit: 5 }, {}, NOW_MS)).answer;
  expect(withAtMost(runs, 1)).toBe(runs);
});

test('page by page each account is told once, also of those that are looked for', async () => {
  for (const filter of [{}, { verdict: 'partial' } as const]) {
    const whole = (await readAccounts(source, 'latest', filter, { limit: 100 }, NOW_MS)).answer;
    expect(misfits(whole)).toEqual([]);
    const told: unknown[] = [];
    for (let after: string | null = ''; after !== null; ) {
      const { answer } = await readAccounts(source, 'latest', filter, { limit: 2, ...(after && { after }) }, NOW_MS);
      told.push(...answer.accounts);
      after = answer.next;
    }
    expect(told).toEqual(whole.accounts);
  }
});

test('after the last account there is none, and that is no error', async () => {
  const { answer } = await readAccounts(source, 'latest', {}, { limit: 2, after: '999999999999' }, NOW_MS);
  expect([answer.accounts, answer.next]).toEqual([[], null]);
});
