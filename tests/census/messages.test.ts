import fc from 'fast-check';
import { InvalidInputError } from '../../src/census/errors.ts';
import { parseNudge, parseTask, printNudge, printTask, readTask } from '../../src/census/messages.ts';
import { ACCOUNT, aTask, KEY, RUN_ID } from './examples.ts';

const REGION = 'eu-west-1';

describe('a region task', () => {
  const task = aTask(REGION, { round: 3 });
  const printed = {
    version: 1,
    accountId: ACCOUNT,
    runId: RUN_ID,
    region: REGION,
    round: 3,
    deadlineAt: task.deadlineAt,
  };
  const body = (changes: object) => JSON.stringify({ ...printed, ...changes });

  test.each([0, 3])('of round %d reads back as it was printed', (round) => {
    const text = printTask({ ...task, round });
    expect(parseTask(text)).toEqual({ ...task, round });
    expect(readTask(text)).toEqual({ ...task, round });
  });

  test('of a quick try reads back as it was printed', () => {
    expect(parseTask(printTask({ ...task, quick: true }))).toEqual({ ...task, quick: true });
  });

  test.each([false, 1, 'true', null])('gives a region all of its time if its quick is %j', (quick) => {
    expect(parseTask(body({ quick }))).toEqual(task);
  });

  test('may name the run before', () => {
    const previous = '2026-11-20T05:59:59Z';
    expect(parseTask(body({ previous }))).toEqual({ ...task, previous });
    expect(parseTask(printTask({ ...task, previous }))).toEqual({ ...task, previous });
  });

  test.each([RUN_ID, '2026-11-20T07:00:00Z', '2026-11-20', 'yesterday', 1, null])(
    'names no run before, if that is %j',
    (previous) => {
      expect(parseTask(body({ previous }))).toEqual(task);
    },
  );

  test('prints its own fields and no others', () => {
    expect(JSON.parse(printTask({ ...task, secret: 'x' } as typeof task))).toEqual(printed);
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
    ['its version is newer', body({ version: 3 }), 'no version that is known here; expected 1 or 2'],
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
    expect(parseNudge(JSON.stringify(nudge))).toEqual(KEY);
  });

  test('may name the organisation, which no task does', () => {
    const nudge = printNudge({ censusId: 'organization/channels', runId: RUN_ID });
    expect(parseNudge(nudge)).toEqual({ censusId: 'organization/channels', runId: RUN_ID });
    expect(readTask(printTask(aTask('eu-west-1', { censusId: 'organization' })))).toBeUndefined();
  });

  test.each([
    [
      'of a newer version',
      { version: 3, accountId: ACCOUNT, runId: RUN_ID },
      'The nudge has no version that is known here; expected 1 or 2.',
    ],
    ['without a run', { version: 1, accountId: ACCOUNT }, 'The run id (none)'],
    ['without an account', { version: 1, runId: RUN_ID }, '(none) is neither an account id'],
  ])('%s is refused', (_what, value, message) => {
    expect(() => parseNudge(JSON.stringify(value))).toThrow(InvalidInputError);
    expect(() => parseNudge(JSON.stringify(value))).toThrow(message);
  });

  test('that is not JSON is refused by its own name', () => {
    expect(() => parseNudge('{')).toThrow('The nudge is not JSON.');
  });
});
