/** What people are told of a total, as it stands in their mail. */
import fc from 'fast-check';
import { mailOf } from '../../src/census/mail.ts';
import type { RegionRecord } from '../../src/census/region.ts';
import type { LookBack, Missing, StoredTotal } from '../../src/census/run.ts';
import { aRun, aStoredTotal, counted, failed } from './examples.ts';

const PROD = { stage: 'prod', region: 'eu-central-1' };
const BEFORE: LookBack = {
  runId: '2026-11-20T00:00:00Z',
  streams: 60_953,
  newlyMissing: [],
  newlyCounted: [],
  newlyPlanned: [],
  noLongerPlanned: [],
  comparable: { runId: '2026-11-20T00:00:00Z', streams: 60_953 },
};
const LOST: Missing = {
  region: 'eu-west-1',
  reason: 'denied',
  since: '2026-11-19T18:00:00Z',
  runs: 3,
  lost: true,
  lastKnown: { runId: '2026-11-19T12:00:00Z', streams: 9418, countedAt: '2026-11-19T12:00:09.000Z' },
};

test('A complete total is a sentence, and what became of the last one of the same regions', () => {
  const { comparable, ...bare } = BEFORE;
  const total = aStoredTotal({
    streams: 59_779,
    expected: 19,
    counted: 19,
    before: { ...bare, comparable: comparable! },
  });
  expect(mailOf(aRun(['eu-west-1']), total, PROD, [])).toEqual({
    subject: 'kvs-census 123456789012: 59,779 streams in 19 regions (complete)',
    text: [
      'kvs-census, account 123456789012, run 2026-11-20T06:00:00Z: 59,779 streams in 19 regions (complete).',
      '1,174 fewer than in the last complete run of the same regions, 2026-11-20T00:00:00Z (60,953).',
      '',
      'Next: npx kvs-census explain 2026-11-20T06:00:00Z --stage prod --region eu-central-1',
      '',
    ].join('\n'),
  });
});

test('A partial total says what is missing, why, since when, and what it held; and is compared with no number', () => {
  const total = aStoredTotal({
    verdict: 'partial',
    streams: 51_535,
    expected: 19,
    counted: 17,
    missing: [LOST, { region: 'me-south-1', reason: 'timed-out', since: '2026-11-20T06:00:00Z', runs: 1 }],
    before: { ...BEFORE, newlyMissing: ['me-south-1'], newlyCounted: ['us-east-1'], noLongerPlanned: ['sa-east-1'] },
  });
  const run = { ...aRun([]), off: [{ region: 'af-south-1' }, { region: 'ap-east-1' }], excluded: ['eu-west-3'] };
  expect(mailOf(run, total, PROD, [])).toEqual({
    subject: 'kvs-census 123456789012: at least 51,535 streams in 17 of 19 regions (partial)',
    text: [
      'kvs-census, account 123456789012, run 2026-11-20T06:00:00Z: at least 51,535 streams in 17 of 19 regions (partial).',
      '',
      'Missing: eu-west-1 (denied) since 2026-11-19T18:00:00Z, 3 runs in a row. It held 9,418 in the run 2026-11-19T12:00:00Z.',
      'Missing: me-south-1 (timed-out) since 2026-11-20T06:00:00Z. What it holds is not known.',
      '',
      'Missing now, against the run before, 2026-11-20T00:00:00Z: me-south-1.',
      'Counted again, against the run before, 2026-11-20T00:00:00Z: us-east-1.',
      'No longer planned, against the run before, 2026-11-20T00:00:00Z: sa-east-1.',
      '',
      'Not switched on in this account, and empty as far as is known: af-south-1, ap-east-1.',
      'Excluded by a parameter: eu-west-3.',
      '',
      'Next: npx kvs-census explain 2026-11-20T06:00:00Z --stage prod --region eu-central-1',
      '',
    ].join('\n'),
  });
});

test('What came and what went since the run before is said of a partial total, too, and of which regions it is not known', () => {
  const against = '2026-11-20T00:00:00Z';
  const lineOf = (unknown: string[], verdict: 'complete' | 'partial') => {
    const total = aStoredTotal({ verdict, churn: { against, created: 1_034, gone: 0, unknown } });
    return mailOf(aRun(['eu-west-1']), total, PROD, []).text.split('\n')[1];
  };
  expect(lineOf([], 'complete')).toBe('Since the run before, 2026-11-20T00:00:00Z: 1,034 created, 0 gone.');
  expect(lineOf(['eu-west-1', 'sa-east-1'], 'partial')).toBe(
    'Since the run before, 2026-11-20T00:00:00Z: 1,034 created, 0 gone. Of eu-west-1, sa-east-1 that is not known.',
  );
});

test('One is one, more is more, and the same is the same', () => {
  const text = (streams: number, before: Partial<LookBack> = {}) =>
    mailOf(aRun([]), aStoredTotal({ streams, expected: 1, counted: 1, before: { ...BEFORE, ...before } }), PROD, [])
      .text;
  expect(text(1)).toContain(': 1 stream in 1 region (complete).');
  expect(text(60_954)).toContain('1 more than in the last complete run of the same regions');
  expect(text(60_953)).toContain('As many as in the last complete run of the same regions');
  expect(text(3, { newlyPlanned: ['ap-east-1'] })).toContain('Newly planned, against the run before');
});

test('A region that is off and planned, because it held streams, is not called empty', () => {
  const run = { ...aRun(['af-south-1']), off: [{ region: 'af-south-1' }] };
  expect(mailOf(run, aStoredTotal(), PROD, []).text).not.toContain('Not switched on');
});

describe('Of quotas', () => {
  const quota = {
    alarmPercent: 80,
    highest: { region: 'eu-west-1', percent: 91.4 },
    above: ['ap-south-1', 'eu-west-1'],
  };
  const records: RegionRecord[] = [
    counted('ap-south-1', 8000, { quota: { from: 'default', limit: 10_000 } }),
    counted('eu-west-1', 9140, { quota: { from: 'applied', limit: 10_000 } }),
    counted('us-east-1', 9000, { quota: { from: 'applied', limit: 100_000 } }),
    failed('us-west-2'),
  ];
  const text = (changes: Partial<StoredTotal>) =>
    mailOf(aRun([]), aStoredTotal({ streams: 26_140, ...changes }), PROD, records).text;

  test('each region that is nearly full is named, the fullest first, with the command that asks AWS for more', () => {
    expect(text({ quota: { ...quota, unknown: [] } })).toContain(
      [
        '',
        'Nearly full: eu-west-1 has 9,140 streams, 91.4 percent of the 10,000 that its quota allows. To ask AWS for more:',
        '  aws service-quotas request-service-quota-increase --service-code kinesisvideo --quota-code L-F06528A6 --desired-value 20000 --region eu-west-1',
        "Nearly full: ap-south-1 has 8,000 streams, 80 percent of the 10,000 that AWS's default quota allows. To ask AWS for more:",
        '  aws service-quotas request-service-quota-increase --service-code kinesisvideo --quota-code L-F06528A6 --desired-value 20000 --region ap-south-1',
        '',
        '',
      ].join('\n'),
    );
  });

  test('those are named of which nothing is known, now or any more', () => {
    const unknown = { ...quota, above: [], unknown: ['me-south-1', 'sa-east-1'] };
    const said = text({ quota: unknown, before: { ...BEFORE, unseenAbove: ['me-south-1'] } });
    expect(said).toContain('Nearly full when last seen, and not known now: me-south-1.');
    expect(said).toContain('Counted, but how full it may become is not known: me-south-1, sa-east-1.');
  });

  test('nothing is said where every region has room', () => {
    expect(text({ quota: { ...quota, above: [], unknown: [] } })).not.toMatch(/full|quota/);
    expect(text({})).not.toMatch(/full|quota/);
  });
});

test('Where the runs before could not be read, only this run is told of', () => {
  const missing: Missing[] = [{ region: 'eu-west-1', reason: 'denied' }];
  const { text } = mailOf(aRun([]), aStoredTotal({ verdict: 'partial', expected: 1, missing }), PROD, []);
  expect(text).toContain('Missing: eu-west-1 (denied). What it holds is not known.');
  expect(text).not.toContain('against');
});

test('Whatever the number, the subject is one line of less than 100 ASCII characters', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.nat(40), fc.boolean(), (streams, expected, isComplete) => {
      const verdict = isComplete ? 'complete' : 'partial';
      const { subject, text } = mailOf(
        aRun([]),
        aStoredTotal({ streams, expected, counted: expected, verdict }),
        PROD,
        [],
      );
      expect(subject.length).toBeLessThan(100);
      expect(subject).toMatch(/^[ -~]+$/);
      expect(text).toMatch(/^[ -~\n]+$/);
    }),
  );
});
