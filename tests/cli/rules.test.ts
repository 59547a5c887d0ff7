import { parkedOf } from '../../src/answers/parked.ts';
import { adviceFor } from '../../src/census/advice.ts';
import { REASONS } from '../../src/census/errors.ts';
import { recheck } from '../../src/census/recheck.ts';
import { planRetry, RETRY_DEADLINE_MS } from '../../src/census/retry.ts';
import { openRun, type Run } from '../../src/census/run.ts';
import { counted, failed, settled } from './history.ts';

const KEY = { accountId: '123456789012', runId: '2026-11-20T06:00:00Z' };
const OPENED_MS = Date.parse(KEY.runId);
const MINUTE_MS = 60_000;
const records = [counted(KEY, 'eu-west-1', 7), failed(KEY, 'me-south-1'), failed(KEY, 'sa-east-1')];
const run = settled(KEY, records);
const opened: Run = openRun(KEY, run.plan, OPENED_MS, { deadlineAfterMs: 90 * MINUTE_MS, retentionDays: 400 });
const retried: Run = {
  ...run,
  round: 1,
  dispatchedRound: 1,
  pending: ['me-south-1', 'sa-east-1'],
  sweep: 'OPEN',
  deadlineAt: new Date(OPENED_MS + 180 * MINUTE_MS).toISOString(),
};

const plan = (of: Run, minutes: number, wish: { regions?: string[]; force?: boolean } = {}, its = records) =>
  planRetry(of, its, { regions: [], force: false, nowMs: OPENED_MS + minutes * MINUTE_MS, ...wish });

describe('What a retry takes', () => {
  test('a settled run: the next round, for all that is missing or for what is named of it', () => {
    expect(plan(run, 100)).toEqual({ step: 'open', regions: ['me-south-1', 'sa-east-1'] });
    expect(plan(run, 100, { regions: ['sa-east-1', 'sa-east-1'] })).toEqual({ step: 'open', regions: ['sa-east-1'] });
  });

  test('names in any order are one round, in the order of names', () => {
    const regions = ['sa-east-1', 'me-south-1'];
    expect(plan(run, 100, { regions })).toEqual({ step: 'open', regions: ['me-south-1', 'sa-east-1'] });
  });

  test('as much time as a run has when it opens: 90 minutes', () => {
    expect(RETRY_DEADLINE_MS).toBe(90 * MINUTE_MS);
  });

  test('a region that was counted since the total was stored is not asked again', () => {
    const late = [records[0], counted(KEY, 'me-south-1', 3), records[2]] as typeof records;
    expect(plan(run, 100, {}, late)).toEqual({ step: 'open', regions: ['sa-east-1'] });
  });

  test('a region that nobody recorded anything of is missing too', () => {
    expect(plan(run, 100, {}, records.slice(0, 2))).toEqual({ step: 'open', regions: ['me-south-1', 'sa-east-1'] });
  });

  test('a round that was opened, but of which not all tasks were published: the rest of it', () => {
    expect(plan({ ...retried, dispatchedRound: 0 }, 120)).toEqual({
      step: 'resume',
      regions: ['me-south-1', 'sa-east-1'],
    });
  });

  test('of such a round not what was counted meanwhile, and at once: the person is its dispatcher', () => {
    const late = [records[0], counted(KEY, 'me-south-1', 3), records[2]] as typeof records;
    expect(plan({ ...retried, dispatchedRound: 0 }, 5, {}, late)).toEqual({ step: 'resume', regions: ['sa-east-1'] });
  });

  test('a run whose dispatcher died after opening it: its own round, once it must have died', () => {
    expect(plan(opened, 10, {}, [])).toEqual({ step: 'resume', regions: run.plan });
  });

  test('a round whose pending regions were all counted: the next one, for the others', () => {
    const late = [records[0], counted(KEY, 'me-south-1', 3), records[2]] as typeof records;
    expect(plan({ ...retried, pending: ['me-south-1'] }, 120, {}, late)).toEqual({
      step: 'open',
      regions: ['sa-east-1'],
    });
  });

  test('a round whose deadline has passed: the next one', () => {
    expect(plan(retried, 181)).toMatchObject({ step: 'open' });
    expect(plan({ ...retried, dispatchedRound: 0 }, 181)).toMatchObject({ step: 'open' });
  });

  test('up to 24 hours, and later if forced', () => {
    expect(plan(run, 24 * 60)).toMatchObject({ step: 'open' });
    expect(() => plan(run, 24 * 60 + 1)).toThrow('is more than 24 h old');
    expect(plan(run, 24 * 60 + 1, { force: true })).toMatchObject({ step: 'open' });
  });

  test.each([
    [
      'nothing is missing',
      () => plan(settled(KEY, records.slice(0, 1)), 100, {}, records.slice(0, 1)),
      'Nothing is missing from the run',
    ],
    [
      'not planned',
      () => plan(run, 100, { regions: ['us-east-1'] }),
      'was not to count us-east-1; missing are me-south-1, sa-east-1.',
    ],
    [
      'counted',
      () => plan(run, 100, { regions: ['eu-west-1'] }),
      'has counted eu-west-1 already; missing are me-south-1, sa-east-1.',
    ],
    [
      'counted, and nothing else is missing',
      () => plan(settled(KEY, records.slice(0, 1)), 100, { regions: ['eu-west-1'] }, records.slice(0, 1)),
      'has counted eu-west-1 already; missing are none.',
    ],
    ['just being dispatched', () => plan(opened, 9, {}, []), 'is just being dispatched'],
    [
      'under way',
      () => plan({ ...opened, dispatchedRound: 0 }, 30, {}, []),
      'is still under way, until 2026-11-20T07:30:00.000Z at the latest',
    ],
    [
      'about to settle',
      () => plan({ ...opened, dispatchedRound: 0 }, 91, {}, []),
      'is past its deadline and about to be settled',
    ],
    [
      'being retried',
      () => plan(retried, 120),
      'is being asked again already, for me-south-1, sa-east-1, until 2026-11-20T09:00:00.000Z',
    ],
  ])('refused: %s', (_what, ask, sentence) => {
    expect(ask).toThrow(sentence);
  });

  test('being retried already is no obstacle to who insists', () => {
    expect(plan(retried, 120, { force: true })).toMatchObject({ step: 'open' });
  });

  test('what has answered in a retry does not hold up the next one', () => {
    expect(plan({ ...retried, pending: [] }, 120)).toMatchObject({ step: 'open' });
  });
});

describe('Adding a run up once more', () => {
  const total = run.total as NonNullable<Run['total']>;

  test('an open run has nothing to be held against', () => {
    expect(recheck(opened, records)).toEqual([]);
  });

  test('records that give the total: no news', () => {
    expect(recheck(run, records)).toEqual([]);
  });

  test('records of regions that are not in the plan do not count', () => {
    expect(recheck(run, [...records, counted(KEY, 'us-east-1', 99)])).toEqual([]);
  });

  test('a region counted later is news, not a contradiction', () => {
    expect(recheck(run, [...records.slice(0, 2), counted(KEY, 'sa-east-1', 5)])).toEqual(['sa-east-1']);
  });

  test.each([
    [
      'a counted record that is gone',
      run,
      records.slice(1),
      "it counts eu-west-1, but that region's record is not there",
    ],
    [
      'another number',
      { ...run, total: { ...total, streams: 8 } },
      records,
      'it says 8 streams, its region records add up to 7',
    ],
    [
      'another number, and the same in the tally',
      { ...run, total: { ...total, streams: 8, tally: { streams: 8 } } },
      records,
      'it says 8 streams, its region records add up to 7',
    ],
    ['another tally', { ...run, total: { ...total, tally: { streams: 8 } } }, records, 'it says 7 streams'],
    [
      'complete, although regions are missing',
      { ...run, total: { ...total, verdict: 'complete' as const } },
      records,
      'it says complete, with 2 regions missing',
    ],
    [
      'partial, although none is',
      { ...run, plan: ['eu-west-1'], total: { ...total, missing: [] } },
      records,
      'it says partial, with 0 regions missing',
    ],
  ])('%s cannot be trusted', (_what, damaged, its, because) => {
    expect(() => recheck(damaged, its)).toThrow(because);
  });
});

test.each(REASONS)('there is advice for %s', (reason) => {
  const { because, action, retryMayHelp } = adviceFor(reason);
  expect(because).toMatch(/^[A-Za-z].*[^.]$/);
  expect(action).toMatch(/^[A-Z].*\.$/);
  expect(retryMayHelp).toBe(!['denied', 'not-enabled', 'unsupported'].includes(reason));
});

describe('What is parked', () => {
  const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:kvs-census-dev-aggregator';
  const of = (body: string, attributes: Record<string, string> = {}) =>
    parkedOf('failed-invocations', { id: 'x', body, sentAt: '', attributes }, OPENED_MS);
  const lambda = (fields: object) =>
    JSON.stringify({ requestContext: { functionArn: `${ARN}:$LATEST`, condition: 'EventAgeExceeded' }, ...fields });

  test('a nudge that the aggregator failed on names its run', () => {
    const payload = {
      Records: [{ Sns: { Message: '{"version":1,"accountId":"123456789012","runId":"2026-11-20T06:00:00Z"}' } }],
    };
    expect(of(lambda({ requestPayload: payload }))).toMatchObject({
      what: 'an invocation of kvs-census-dev-aggregator',
      why: 'EventAgeExceeded',
      runId: '2026-11-20T06:00:00Z',
      again: { action: 'invoke', function: 'kvs-census-dev-aggregator', payload },
    });
  });

  test.each([
    ['an invocation without its payload', of(lambda({})), 'it carries no payload'],
    ['an event whose payload was cut', of('{"runId":"2026', { TARGET_ARN: ARN }), 'its payload is not whole'],
    [
      'an event that says so',
      of('{"sweep":true}', { TARGET_ARN: ARN, IS_PAYLOAD_TRUNCATED: 'true' }),
      'its payload is not whole',
    ],
    ['anything else', of('hello'), 'it does not say which function it was for'],
  ])('%s cannot be sent again', (_what, { again, runId }, because) => {
    expect({ again, runId }).toEqual({ again: { action: 'none', because }, runId: null });
  });

  test('what the Scheduler could not deliver goes to the function that it was for', () => {
    expect(
      of('{"runId":"2026-11-20T06:00:00Z"}', { TARGET_ARN: ARN, ERROR_CODE: 'X', ERROR_MESSAGE: 'gone' }),
    ).toMatchObject({
      why: 'the Scheduler could not deliver it (X: gone)',
      runId: '2026-11-20T06:00:00Z',
      again: { action: 'invoke', function: 'kvs-census-dev-aggregator', payload: { runId: '2026-11-20T06:00:00Z' } },
    });
  });
});
