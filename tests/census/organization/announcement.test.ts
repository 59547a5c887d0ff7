/** What a program is told of an organisation's total, and what a filter policy can ask for. */
import { organizationAnnouncementOf, organizationAttributesOf } from '../../../src/census/organization/announcement.ts';
import { settleOrganization } from '../../../src/census/organization/settle.ts';
import { DEADLINE_MS } from '../examples.ts';
import { accountsOf, anOrganizationRun, aStoredOrganizationTotal } from './examples.ts';

const BEFORE = { runId: '2026-11-20T00:00:00Z', streams: 12 };
const TOTAL = aStoredOrganizationTotal({ streams: 12, before: { ...BEFORE, unchanged: true }, rev: 9 });

test('An announcement holds the total as it is stored, says that it is of the organisation, and what was not asked', () => {
  const [one, two, three] = accountsOf(3);
  const run = anOrganizationRun([one!, { ...two!, setAside: 'closed' }, { ...three!, setAside: 'closed' }], {
    censusId: 'organization/channels',
    excluded: ['999999999999'],
  });
  const { rev, ...total } = TOTAL;
  expect(organizationAnnouncementOf(run, TOTAL)).toEqual({
    version: 1,
    scope: 'organization',
    kind: 'channels',
    accountId: 'organization',
    runId: run.runId,
    rev,
    total,
    setAside: { closed: 2 },
    excluded: 1,
    sources: run.sources,
  });
});

test('An announcement of five thousand accounts of which all are missing is far smaller than SNS takes', () => {
  const accounts = accountsOf(5000).map((account) => ({ ...account, name: 'x'.repeat(50) }));
  const run = anOrganizationRun(accounts, { excluded: accounts.map(({ accountId }) => accountId) });
  const settlement = settleOrganization(run, [], DEADLINE_MS);
  if (settlement.state === 'open') throw new Error('The run is open.');
  const stored = { ...settlement.total, rev: 1, settledAt: run.openedAt };
  expect(JSON.stringify(organizationAnnouncementOf(run, stored)).length).toBeLessThan(25_600);
});

test('A filter can ask for what is of the organisation, for its kind and verdict, and for changes', () => {
  const run = anOrganizationRun(accountsOf(1));
  expect(organizationAttributesOf(run, TOTAL)).toEqual({
    scope: 'organization',
    kind: 'streams',
    verdict: 'complete',
    changed: 'false',
  });
});

test('A total has changed if it is another, if nothing is known of the run before, and if it is not the first of its run', () => {
  const run = anOrganizationRun(accountsOf(1));
  const { before: _, ...first } = TOTAL;
  expect(organizationAttributesOf(run, first).changed).toBe('true');
  expect(organizationAttributesOf(run, { ...TOTAL, before: BEFORE }).changed).toBe('true');
  expect(organizationAttributesOf({ ...run, announcedRev: 4 }, TOTAL).changed).toBe('true');
  // Told again for want of mail, say: it is the same.
  expect(organizationAttributesOf({ ...run, announcedRev: 9 }, TOTAL).changed).toBe('false');
});
