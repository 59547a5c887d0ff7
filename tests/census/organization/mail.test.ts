/** What people are told of an organisation's total, as it stands in their mail. */
import fc from 'fast-check';
import { censusIdOf, ORGANIZATION } from '../../../src/census/census-id.ts';
import { KINDS } from '../../../src/census/kinds.ts';
import { organizationMailOf } from '../../../src/census/organization/mail.ts';
import { accountIdOf, accountsOf, anOrganizationRun, aStoredOrganizationTotal } from './examples.ts';

const PROD = { stage: 'prod', region: 'eu-central-1' };
const RUN = anOrganizationRun(accountsOf(25));
const NEXT =
  'Next: npx kvs-census explain 2026-11-20T06:00:00Z --account organization --stage prod --region eu-central-1';

test('A complete total is a sentence, and what became of the last one of the same accounts', () => {
  const total = aStoredOrganizationTotal({
    streams: 59_779,
    expected: 25,
    counted: 25,
    before: {
      runId: '2026-11-20T00:00:00Z',
      streams: 1,
      comparable: { runId: '2026-11-19T00:00:00Z', streams: 60_953 },
    },
  });
  expect(organizationMailOf(RUN, total, PROD)).toEqual({
    subject: 'kvs-census organisation: 59,779 streams in 25 accounts (complete)',
    text: [
      'kvs-census, the organisation, run 2026-11-20T06:00:00Z: 59,779 streams in 25 accounts (complete).',
      '1,174 fewer than in the last complete run of the same accounts, 2026-11-19T00:00:00Z (60,953).',
      '',
      NEXT,
      '',
    ].join('\n'),
  });
});

test('A partial total says what is missing, worst first, and is compared with no number', () => {
  const runId = '2026-11-19T00:00:00Z';
  const lastKnown = { runId, countedAt: runId, streams: 1300 };
  const total = aStoredOrganizationTotal({
    verdict: 'partial',
    streams: 51_535,
    expected: 25,
    counted: 21,
    regions: { expected: 437, counted: 435 },
    accountReasons: { 'no-access': 1, suspended: 1 },
    regionReasons: { denied: 1, 'timed-out': 1 },
    missing: [
      { accountId: accountIdOf(3), name: 'Cameras', reason: 'no-access' },
      { accountId: accountIdOf(6), reason: 'suspended', lastKnown },
      {
        accountId: accountIdOf(4),
        regions: { missing: 2, expected: 19 },
        reasons: { denied: 1, 'timed-out': 1 },
      },
    ],
    quota: {
      alarmPercent: 80,
      above: [{ accountId: accountIdOf(5), region: 'eu-west-1' }],
      aboveRegions: 3,
      unknownRegions: 1,
    },
    before: {
      runId: '2026-11-20T00:00:00Z',
      streams: 1,
      comparable: { runId: '2026-11-20T00:00:00Z', streams: 60_953 },
    },
  });
  const accounts = accountsOf(25).map((account) =>
    account.accountId === accountIdOf(6) ? { ...account, setAside: 'suspended' as const, lastKnown } : account,
  );
  const run = anOrganizationRun([...accounts, { accountId: accountIdOf(30), setAside: 'closed' }], {
    excluded: [accountIdOf(31)],
    sources: { accounts: { from: 'cache', because: 'denied' } },
  });
  expect(organizationMailOf(run, total, PROD)).toEqual({
    subject: 'kvs-census organisation: at least 51,535 streams in 23 of 25 accounts (partial)',
    text: [
      'kvs-census, the organisation, run 2026-11-20T06:00:00Z: at least 51,535 streams in 23 of 25 accounts (partial).',
      '21 of 25 accounts are complete; of those that answered, 435 of 437 regions were counted.',
      '',
      `Missing: ${accountIdOf(3)}, Cameras (no-access). What it holds is not known.`,
      `Missing: ${accountIdOf(6)} (suspended). It held 1,300 in the run 2026-11-19T00:00:00Z.`,
      `Missing: 2 of 19 regions of ${accountIdOf(4)} (1 denied, 1 timed-out).`,
      'And 1 more account.',
      '',
      `Nearly full: eu-west-1 of ${accountIdOf(5)} and 2 more.`,
      'Counted, but how full it may become is not known: 1 region.',
      '',
      'The accounts are those of an earlier run: they could not be listed (denied).',
      'Accounts that are not asked: 1 suspended, 1 closed.',
      'Excluded by a parameter: 1 account.',
      '',
      NEXT,
      '',
    ].join('\n'),
  });
});

test('A total of which nothing was heard says no more than that', () => {
  const total = aStoredOrganizationTotal({
    verdict: 'partial',
    streams: 0,
    expected: 2,
    counted: 0,
    regions: { expected: 0, counted: 0 },
    accountReasons: { unanswered: 2 },
    missing: [0, 1].map((n) => ({ accountId: accountIdOf(n), reason: 'unanswered' })),
  });
  expect(organizationMailOf(RUN, total, PROD).text).toBe(
    [
      'kvs-census, the organisation, run 2026-11-20T06:00:00Z: at least 0 streams in 0 of 2 accounts (partial).',
      '0 of 2 accounts are complete.',
      '',
      `Missing: ${accountIdOf(0)} (unanswered). What it holds is not known.`,
      `Missing: ${accountIdOf(1)} (unanswered). What it holds is not known.`,
      '',
      NEXT,
      '',
    ].join('\n'),
  );
});

test('The subject is one line that SNS takes, however large the number', () => {
  const number = fc.nat(999_999_999);
  const kind = fc.constantFrom(...KINDS);
  fc.assert(
    fc.property(
      kind,
      number,
      fc.nat(9999),
      fc.constantFrom('complete', 'partial'),
      (of, streams, expected, verdict) => {
        const run = { ...RUN, censusId: censusIdOf(ORGANIZATION, of) };
        const total = aStoredOrganizationTotal({ verdict, streams, expected, counted: expected });
        const { subject } = organizationMailOf(run, total, PROD);
        expect(subject.length).toBeLessThan(100);
        expect(subject).toMatch(/^[ -~]+$/);
      },
    ),
  );
});
