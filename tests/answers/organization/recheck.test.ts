import { recheckOrganization } from '../../../src/answers/organization/recheck.ts';
import type { SettledAccount } from '../../../src/census/organization/account-record.ts';
import { MEMBER, type OrganizationPast, organizationStory } from '../../fixtures/organization.ts';

const { run, records } = organizationStory().at(-1) as OrganizationPast;
const changed = (accountId: string, change: (record: SettledAccount) => SettledAccount) =>
  records.map((record) => (record.accountId === accountId && record.status === 'settled' ? change(record) : record));
const holding = (streams: number) => (record: SettledAccount) => ({ ...record, tally: { streams } });

test('a total that its records add up to is trusted', () => {
  expect(recheckOrganization({ run, records })).toEqual([]);
});

test('what has come since the total was stored is told, and is no contradiction', () => {
  const grown = changed(MEMBER.factories, (record) => ({
    ...record,
    verdict: 'complete',
    counted: record.expected,
    tally: { streams: record.tally.streams + 850 },
  }));
  expect(recheckOrganization({ run, records: grown })).toEqual(['850 streams', '1 account']);
});

test.each([
  ['an account holds less than the total says', { run, records: changed(MEMBER.storesAmerica, holding(1)) }],
  ['an account is gone', { run, records: records.filter(({ accountId }) => accountId !== MEMBER.warehouses) }],
])('is refused: %s', (_, whole) => {
  expect(() => recheckOrganization(whole)).toThrow(/cannot be trusted/);
});

test('a complete total takes no more', () => {
  const first = organizationStory()[0] as OrganizationPast;
  const grown = first.records.map((record) => (record.status === 'settled' ? holding(99_999)(record) : record));
  expect(() => recheckOrganization({ run: first.run, records: grown })).toThrow(/cannot be trusted/);
});
