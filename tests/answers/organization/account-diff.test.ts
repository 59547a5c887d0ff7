import fc from 'fast-check';
import { diffOrganizations } from '../../../src/answers/organization/account-diff.ts';
import { MEMBER, type OrganizationPast, organizationStory } from '../../fixtures/organization.ts';

const past = organizationStory();
const [first, , , newest] = past as [OrganizationPast, OrganizationPast, OrganizationPast, OrganizationPast];
const streamsOf = ({ run }: OrganizationPast) => run.total?.streams ?? Number.NaN;

test('an account that misses a region now is no change: it is told apart, with what both say', () => {
  const { accounts, coverage } = diffOrganizations(first, newest);
  expect(accounts.map(({ accountId, net }) => [accountId, net])).toEqual([
    [MEMBER.hub, 0],
    [MEMBER.storesAmerica, 28],
    [MEMBER.unnamed, 1],
  ]);
  expect(coverage.map(({ accountId, part }) => [accountId, part])).toEqual([
    [MEMBER.storesEurope, 'unseen'],
    [MEMBER.factories, 'unseen'],
    [MEMBER.doorbells, 'unseen'],
    [MEMBER.lab, 'unseen'],
    [MEMBER.warehouses, 'newlyPlanned'],
  ]);
  expect(coverage[0]?.after).toEqual({ state: 'partial', streams: 17_073, missing: 1, expected: 4 });
});

test('an account that is set aside in both runs is in no part of it', () => {
  const { accounts, coverage } = diffOrganizations(first, newest);
  expect([...accounts, ...coverage].map(({ accountId }) => accountId)).not.toContain(MEMBER.sandbox);
});

test('an account of fewer regions than before is of other regions, and not visible again, though none of them is missing', () => {
  const records = newest.records.map((record) =>
    record.accountId === MEMBER.storesEurope && record.status === 'settled'
      ? { ...record, verdict: 'complete' as const, expected: 1, counted: 1, reasons: {}, missing: [] }
      : record,
  );
  const of = (before: OrganizationPast, after: OrganizationPast) =>
    diffOrganizations(before, after).coverage.map(({ accountId, part }) => [accountId, part]);
  expect(of(newest, { ...newest, records })).toContainEqual([MEMBER.storesEurope, 'shifted']);
  expect(of({ ...newest, records }, newest)).toContainEqual([MEMBER.storesEurope, 'shifted']);
});

test('the parts always add up to the difference of the two totals, and turn round with the runs', () => {
  const any = fc.constantFrom(...past);
  fc.assert(
    fc.property(any, any, (before, after) => {
      const [there, back] = [diffOrganizations(before, after), diffOrganizations(after, before)];
      const { unseen, seenAgain, shifted, newlyPlanned, noLongerPlanned } = there.coverageSums;
      const sum = there.net + unseen + seenAgain + shifted + newlyPlanned + noLongerPlanned;
      expect(sum).toBe(streamsOf(after) - streamsOf(before));
      expect(back.net + there.net).toBe(0);
      expect(back.coverageSums).toEqual({
        unseen: 0 - seenAgain,
        seenAgain: 0 - unseen,
        shifted: 0 - shifted,
        newlyPlanned: 0 - noLongerPlanned,
        noLongerPlanned: 0 - newlyPlanned,
      });
    }),
  );
});
