import { planRetry, RETRY_DEADLINE_MS } from '../../src/census/retry.ts';
import { openRun, type Run } from '../../src/census/run.ts';
import { counted, failed, settled } from '../cli/history.ts';

const KEY = { censusId: '123456789012', runId: '2026-11-20T06:00:00Z' };
const OPENED_MS = Date.parse(KEY.runId);
const MINUTE_MS = 60_000;
const records = [counted(KEY, 'eu-west-1', 7), failed(KEY, 'me-south-1'), failed(KEY, 'sa-east-1')];
const run = settled(KEY, records);
const opened: Run = openRun(KEY, run.plan, OPENED_MS, { deadlineAfterMs: 90 * MINUTE_MS, retentionDays: 400 });
const ofMany: Run = { ...opened, parent: { position: 7, round: 0, expiresAt: 1_800_000_000 } };
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
    expect(plan(ofMany, 20, {}, [])).toEqual({ step: 'resume', regions: run.plan });
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
      'was not to count us-east-1; missing: me-south-1, sa-east-1.',
    ],
    [
      'counted',
      () => plan(run, 100, { regions: ['eu-west-1'] }),
      'has counted eu-west-1 already; missing: me-south-1, sa-east-1.',
    ],
    [
      'counted, and nothing else is missing',
      () => plan(settled(KEY, records.slice(0, 1)), 100, { regions: ['eu-west-1'] }, records.slice(0, 1)),
      'has counted eu-west-1 already; missing: none.',
    ],
    ['just being dispatched', () => plan(opened, 9, {}, []), 'is just being dispatched'],
    ['just being dispatched with others', () => plan(ofMany, 19, {}, []), 'is just being dispatched'],
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
