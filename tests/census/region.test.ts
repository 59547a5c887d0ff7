import fc from 'fast-check';
import { InvalidInputError, REASONS } from '../../src/census/errors.ts';
import { heardBy, mayReplace, parseRegion, type RegionRecord, statusOfFailure } from '../../src/census/region.ts';
import { aRun, attempted, counted, failed } from './examples.ts';

const REGION = 'eu-west-1';

/** Any record of one region of one run. */
const anyRecord: fc.Arbitrary<RegionRecord> = fc
  .record({
    round: fc.integer({ min: 0, max: 3 }),
    status: fc.constantFrom('attempted', 'failed', 'counted'),
    reason: fc.constantFrom(...REASONS),
  })
  .map(({ round, status, reason }) => {
    if (status === 'counted') return counted(REGION, 7, { round });
    return status === 'failed' ? failed(REGION, { round, reason }) : attempted(REGION, { round, reason });
  });

/** What a ledger holds after these were written in this order. */
const ledgerAfter = (records: readonly RegionRecord[]) =>
  records.reduce<RegionRecord | undefined>((stored, next) => (mayReplace(stored, next) ? next : stored), undefined);

describe('what may replace what', () => {
  const at = (round: number) => ({ round });

  test.each([
    ['anything is written where nothing is', undefined, attempted(REGION), true],
    ['a failure follows an attempt', attempted(REGION), failed(REGION), true],
    ['a later attempt follows an earlier one', attempted(REGION), attempted(REGION), true],
    ['a later failure follows an earlier one', failed(REGION), failed(REGION), true],
    ['an attempt does not undo a failure of the same round', failed(REGION), attempted(REGION), false],
    ['an attempt of a later round follows a failure', failed(REGION), attempted(REGION, at(1)), true],
    ['a failure of an earlier round comes too late', attempted(REGION, at(1)), failed(REGION), false],
    ['a success replaces a failure', failed(REGION), counted(REGION, 1), true],
    ['a success of an earlier round still counts', failed(REGION, at(2)), counted(REGION, 1), true],
    ['a success is not undone by a failure of a later round', counted(REGION, 1), failed(REGION, at(9)), false],
    ['a success is not undone by another', counted(REGION, 1), counted(REGION, 2, at(1)), false],
  ])('%s', (_sentence, stored, next, allowed) => {
    expect(mayReplace(stored, next)).toBe(allowed);
  });

  test('once counted, a region stays counted with that number, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(anyRecord), fc.array(anyRecord), (before, after) => {
        const first = ledgerAfter([...before, counted(REGION, 7)]);
        expect(first?.status).toBe('counted');
        expect(ledgerAfter([...before, counted(REGION, 7), ...after])).toEqual(first);
      }),
    );
  });

  test('whatever the order of arrival, the same status of the same round remains', () => {
    const uncounted = fc.array(anyRecord.filter(({ status }) => status !== 'counted'));
    fc.assert(
      fc.property(uncounted, (records) => {
        const forth = ledgerAfter(records);
        const back = ledgerAfter([...records].reverse());
        expect([forth?.status, forth?.round]).toEqual([back?.status, back?.round]);
      }),
    );
  });
});

describe('the name of a region', () => {
  test.each(['eu-west-1', 'us-gov-west-1', 'ap-southeast-5', 'cn-north-1', 'us-isob-east-1', 'ap-south-12'])(
    '%s is one',
    (name) => {
      expect(parseRegion(name)).toBe(name);
    },
  );

  test.each([
    ['with capitals', 'EU-west-1'],
    ['without a number', 'eu-west'],
    ['of three digits', 'eu-west-123'],
    ['with something before it', ' eu-west-1'],
    ['with something after it', 'eu-west-1a'],
    ['of one part', 'eu-1'],
    ['with one letter first', 'e-west-1'],
    ['that is empty', ''],
    ['that is longer than any', `eu-${'west'.repeat(10)}-1`],
    ['that is a number', 1],
    ['that is a list of one', ['eu-west-1']],
    ['that is not there', undefined],
  ])('%s is none', (_what, value) => {
    expect(() => parseRegion(value)).toThrow(InvalidInputError);
  });

  test('may have 32 letters and not 33', () => {
    const name = (length: number) => `eu-${'w'.repeat(length - 5)}-1`;
    expect(parseRegion(name(32))).toHaveLength(32);
    expect(() => parseRegion(name(33))).toThrow('is not the name of an AWS region such as eu-west-1.');
  });
});

describe('a failed attempt', () => {
  test.each(['not-enabled', 'unsupported', 'suspended'] as const)('with %s is final at once', (reason) => {
    expect(statusOfFailure(reason, 1)).toBe('failed');
  });

  test.each(['denied', 'bad-credentials', 'no-access'] as const)(
    'with %s is final at the second receive, since a fresh role is not known everywhere at once',
    (reason) => {
      expect([1, 2, 3].map((receives) => statusOfFailure(reason, receives))).toEqual(['attempted', 'failed', 'failed']);
    },
  );

  test.each(['throttled', 'unreachable', 'timed-out', 'bad-answer', 'undelivered', 'unanswered'] as const)(
    'with %s is never final: the dead letter is',
    (reason) => {
      for (const receives of [1, 2, 5, 6]) expect(statusOfFailure(reason, receives)).toBe('attempted');
    },
  );
});

test('of the records that there are a run hears those of its plan and of rounds that it opened, and every count', () => {
  const run = aRun([REGION, 'us-east-1'], { round: 1 });
  const heard = [failed(REGION, { round: 1 }), counted('us-east-1', 3, { round: 9e15 }), attempted('us-east-1')];
  const forged = [
    failed('us-west-2'),
    counted('us-west-2', 3),
    failed(REGION, { round: 2 }),
    attempted('us-east-1', { round: 9e15 }),
  ];
  expect(heardBy(run, [...heard, ...forged])).toEqual(heard);
});
