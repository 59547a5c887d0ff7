import fc from 'fast-check';
import { InvalidInputError, isReason, REASONS } from '../../src/census/errors.ts';
import { parseNudge, parseTask, printTask, readTask } from '../../src/census/messages.ts';
import { mayReplace, parseRegion, type RegionRecord, statusOfFailure } from '../../src/census/region.ts';
import { ACCOUNT, aTask, attempted, counted, failed, KEY, RUN_ID } from './examples.ts';

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

describe('a region task', () => {
  const task = aTask(REGION, { round: 3 });
  const body = (changes: object) => JSON.stringify({ ...task, ...changes });

  test.each([0, 3])('of round %d reads back as it was printed', (round) => {
    const printed = printTask({ ...task, round });
    expect(parseTask(printed)).toEqual({ ...task, round });
    expect(readTask(printed)).toEqual({ ...task, round });
  });

  test('prints its own fields and no others', () => {
    expect(JSON.parse(printTask({ ...task, secret: 'x' } as typeof task))).toEqual(task);
  });

  test('is found in the envelope in which SNS redrives what it could not deliver', () => {
    const envelope = { Type: 'Notification', MessageId: 'x', TopicArn: 'arn', Message: printTask(task) };
    expect(parseTask(JSON.stringify(envelope))).toEqual(task);
  });

  test('is not looked for in other envelopes', () => {
    expect(readTask(JSON.stringify({ Type: 'SubscriptionConfirmation', Message: printTask(task) }))).toBeUndefined();
    expect(() => parseTask(JSON.stringify({ Type: 'Notification', Message: task }))).toThrow('has no version');
  });

  test.each([
    ['it is no JSON', 'hello', 'The region task is not JSON.'],
    ['it is a list', '[]', 'The region task is not a JSON object.'],
    ['it is null', 'null', 'The region task is not a JSON object.'],
    ['it is a text', '"task"', 'The region task is not a JSON object.'],
    ['the envelope holds no JSON', '{"Type":"Notification","Message":"x"}', 'The region task is not JSON.'],
    ['its version is newer', body({ version: 2 }), 'no version that is known here; expected 1'],
    ['its round is negative', body({ round: -1 }), 'The round of the region task is not a whole number'],
    ['its round is broken', body({ round: 0.5 }), 'The round of the region task is not a whole number'],
    ['its round is a text', body({ round: '0' }), 'The round of the region task is not a whole number'],
    ['its deadline is no instant', body({ deadlineAt: 'soon' }), 'The deadline of the region task is not an ISO 8601'],
    ['its deadline is a number', body({ deadlineAt: 1 }), 'The deadline of the region task is not an ISO 8601'],
    ['its account is none', body({ accountId: '1' }), 'The account id "1"'],
    ['its run is none', body({ runId: 'now' }), 'The run id "now"'],
    ['its region is none', body({ region: 'mars' }), '"mars" is not the name of an AWS region'],
  ])('is refused when %s', (_what, text, message) => {
    expect(() => parseTask(text)).toThrow(InvalidInputError);
    expect(() => parseTask(text)).toThrow(message);
    expect(readTask(text)).toBeUndefined();
  });

  test('that is not JSON is refused without quoting it, and the cause is kept', () => {
    const attempt = () => parseTask('secret, not JSON');
    expect(attempt).toThrow(expect.objectContaining({ cause: expect.any(SyntaxError) }));
    expect(attempt).not.toThrow(/secret/);
  });

  test('of any text at all is a task or an InvalidInputError', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(() => parseTask(text)).toThrow(InvalidInputError);
      }),
    );
  });
});

describe('a nudge', () => {
  test('names the account and the run', () => {
    const nudge = { version: 1, accountId: ACCOUNT, runId: RUN_ID };
    expect(parseNudge(JSON.stringify(nudge))).toEqual(nudge);
  });

  test.each([
    ['of a newer version', { version: 2, ...KEY }, 'The nudge has no version that is known here; expected 1.'],
    ['without a run', { version: 1, accountId: ACCOUNT }, 'The run id (none)'],
    ['without an account', { version: 1, runId: RUN_ID }, 'The account id (none)'],
  ])('%s is refused', (_what, value, message) => {
    expect(() => parseNudge(JSON.stringify(value))).toThrow(InvalidInputError);
    expect(() => parseNudge(JSON.stringify(value))).toThrow(message);
  });

  test('that is not JSON is refused by its own name', () => {
    expect(() => parseNudge('{')).toThrow('The nudge is not JSON.');
  });
});

describe('a failed attempt', () => {
  test.each(['not-enabled', 'unsupported'] as const)('with %s is final at once', (reason) => {
    expect(statusOfFailure(reason, 1)).toBe('failed');
  });

  test.each(['denied', 'bad-credentials'] as const)(
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

test('a reason is one of the closed list and nothing else', () => {
  for (const reason of REASONS) expect(isReason(reason)).toBe(true);
  for (const other of ['Throttled', '', undefined, 0]) expect(isReason(other)).toBe(false);
});
