import fc from 'fast-check';
import { parseAccountId } from '../../src/census/census-id.ts';
import { InvalidInputError } from '../../src/census/errors.ts';
import {
  accountOfFunction,
  checkRunIsCurrent,
  isPastDeadline,
  isSettled,
  openRun,
  parseRunId,
  runIdOf,
} from '../../src/census/run.ts';
import { ACCOUNT, aRun, DEADLINE, DEADLINE_MS, EXPIRES_AT, KEY, OPENED_MS, RUN_ID, SPAN } from './examples.ts';

describe('a run id', () => {
  test('is a UTC instant, to the second', () => {
    expect(parseRunId(RUN_ID)).toBe(RUN_ID);
  });

  test('of any instant reads back as itself', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.parse('9999-12-31T23:59:59Z') }), (instantMs) => {
        const runId = runIdOf(instantMs);
        expect(parseRunId(runId)).toBe(runId);
        expect(Date.parse(runId!)).toBe(Math.floor(instantMs / 1000) * 1000);
      }),
    );
  });

  test('does not exist for what is no instant', () => {
    for (const noInstant of [Number.NaN, Number.POSITIVE_INFINITY, 8.64e15 + 1, -8.64e15 - 1])
      expect(runIdOf(noInstant)).toBeNull();
  });

  test.each([
    ['a day that is not in the calendar', '2026-02-30T06:00:00Z'],
    ['hour 24', '2026-11-20T24:00:00Z'],
    ['milliseconds', '2026-11-20T06:00:00.000Z'],
    ['an offset instead of UTC', '2026-11-20T06:00:00+00:00'],
    ['a date alone', '2026-11-20'],
    ['something before it', ` ${RUN_ID}`],
    ['something after it', `${RUN_ID} `],
    ['the placeholder that the Scheduler did not fill in', '<aws.scheduler.scheduled-time>'],
    ['a year of more than four digits before it', '+012026-11-20T06:00:00Z'],
    ['nothing', undefined],
    ['a number', 1_700_000_000_000],
    ['a list of one', [RUN_ID]],
  ])('is refused with %s', (_what, value) => {
    expect(() => parseRunId(value)).toThrow(InvalidInputError);
  });

  test('that is refused is quoted, with an example of what was expected', () => {
    expect(() => parseRunId('yesterday')).toThrow(
      'The run id "yesterday" is not an instant; expected UTC to the second, for example 2026-11-20T06:00:00Z.',
    );
    expect(() => parseRunId(undefined)).toThrow('The run id (none) is not an instant');
  });

  test('is quoted up to its 60th letter, whatever somebody sends', () => {
    expect(() => parseRunId('x'.repeat(58))).toThrow(`The run id "${'x'.repeat(58)}" is not`);
    expect(() => parseRunId('x'.repeat(59))).toThrow(`The run id "${'x'.repeat(59)}... is not`);
  });
});

describe('an account id', () => {
  test('is twelve digits', () => {
    expect(parseAccountId(ACCOUNT)).toBe(ACCOUNT);
    for (const wrong of ['12345678901', '1234567890123', '12345678901x', 123456789012, undefined])
      expect(() => parseAccountId(wrong)).toThrow(InvalidInputError);
    expect(() => parseAccountId('12')).toThrow('The account id "12" is not twelve digits.');
  });

  test('stands in the ARN of every function of the account', () => {
    expect(accountOfFunction(`arn:aws:lambda:eu-west-1:${ACCOUNT}:function:worker`)).toBe(ACCOUNT);
    expect(accountOfFunction(`arn:aws-cn:lambda:cn-north-1:${ACCOUNT}:function:worker:live`)).toBe(ACCOUNT);
  });

  test('is missing from what is no ARN, and the error says so and keeps its cause', () => {
    expect(() => accountOfFunction('worker')).toThrow(
      expect.objectContaining({
        name: 'InvalidInputError',
        message: 'The ARN of this function names no account.',
        cause: expect.any(InvalidInputError),
      }),
    );
  });
});

describe('whether a run may open now', () => {
  const limits = { runMaxAgeMs: 3_600_000, runMaxAheadMs: 60_000 };
  const instantMs = Date.parse(RUN_ID);

  test('an hour after its instant it still may, a millisecond later it is too old', () => {
    expect(() => checkRunIsCurrent(RUN_ID, instantMs + 3_600_000, limits)).not.toThrow();
    expect(() => checkRunIsCurrent(RUN_ID, instantMs + 3_600_001, limits)).toThrow(InvalidInputError);
    expect(() => checkRunIsCurrent(RUN_ID, instantMs + 7_200_000, limits)).toThrow(
      `The run ${RUN_ID} is too old to open: 7200 s, the limit is 3600 s.`,
    );
  });

  test('a minute before its instant it may, a millisecond earlier it lies in the future', () => {
    expect(() => checkRunIsCurrent(RUN_ID, instantMs - 60_000, limits)).not.toThrow();
    expect(() => checkRunIsCurrent(RUN_ID, instantMs - 60_001, limits)).toThrow(InvalidInputError);
    expect(() => checkRunIsCurrent(RUN_ID, instantMs - 90_000, limits)).toThrow(
      `The run ${RUN_ID} lies 90 s in the future.`,
    );
  });
});

describe('a run that opens', () => {
  test('waits for every region of its plan, in the order of their names', () => {
    expect(openRun(KEY, ['us-east-1', 'eu-west-1'], OPENED_MS, SPAN)).toEqual({
      ...KEY,
      openedAt: '2026-11-20T06:00:03.000Z',
      deadlineAt: DEADLINE,
      round: 0,
      plan: ['eu-west-1', 'us-east-1'],
      pending: ['eu-west-1', 'us-east-1'],
      rev: 0,
      sweep: 'OPEN',
      expiresAt: EXPIRES_AT,
    });
  });

  test('leaves the plan that it was given as it was', () => {
    const plan = ['us-east-1', 'eu-west-1'];
    openRun(KEY, plan, OPENED_MS, SPAN);
    expect(plan).toEqual(['us-east-1', 'eu-west-1']);
  });

  test('is past its deadline at the deadline, and not a millisecond before', () => {
    expect(isPastDeadline(aRun([]), DEADLINE_MS - 1)).toBe(false);
    expect(isPastDeadline(aRun([]), DEADLINE_MS)).toBe(true);
  });
});

test('a run is settled once the sweep has nothing open to look at', () => {
  expect(isSettled({ sweep: 'OPEN' })).toBe(false);
  expect(isSettled({ sweep: 'PARTIAL' })).toBe(true);
  expect(isSettled({})).toBe(true);
});
