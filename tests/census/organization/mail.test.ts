/** What people are told of an organisation's total, as it stands in their mail. */
import fc from 'fast-check';
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
  const total = aStoredOrganizationTotal({
    verdict: 'partial',
    streams: 51_535,
    expected: 25,
    counted: 22,
    regions: { expected: 456, counted: 454 },
    missing: [
      { accountId: accountIdOf(3), name: 'Cameras', reason: 'no-access' },
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
  const run = anOrganizationRun([...accountsOf(25), { accountId: accountIdOf(30), setAside: 'closed' }], {
    excluded: [accountIdOf(31)],
    sources: { accounts: { from: 'cache', because: 'denied' } },
  });
  expect(organizationMailOf(run, total, PROD)).toEqual({
    subject: 'kvs-census organisation: at least 51,535 streams in 22 of 25 accounts (partial)',
    text: [
      'kvs-census, the organisation, run 2026-11-20T06:00:00Z: at least 51,535 streams in 22 of 25 accounts (partial).',
      'Of the accounts that could be asked 454 of 456 regions were counted.',
      '',
      `Missing: ${accountIdOf(3)}, Cameras (no-access). What it holds is not known.`,
      `Missing: 2 of 19 regions of ${accountIdOf(4)} (denied 1, timed-out 1).`,
      'And 1 more.',
      '',
      `Nearly full: eu-west-1 of ${accountIdOf(5)}, 2 more.`,
      'Counted, but how full it may become is not known: 1 region.',
      '',
      'The accounts are those of an earlier run: they could not be listed (denied).',
      'Not asked: 1 closed.',
      'Excluded by a parameter: 1 account.',
      '',
      NEXT,
      '',
    ].join('\n'),
  });
});

test('The subject is one line that SNS takes, however large the number', () => {
  const number = fc.nat(999_999_999);
  fc.assert(
    fc.property(number, fc.nat(9999), fc.constantFrom('complete', 'partial'), (streams, expected, verdict) => {
      const { subject } = organizationMailOf(
        RUN,
        aStoredOrganizationTotal({ verdict, streams, expected, counted: expected }),
        PROD,
      );
      expect(subject.length).toBeLessThan(100);
      expect(subject).toMatch(/^[ -~]+$/);
    }),
  );
});
