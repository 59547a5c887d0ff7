import { recheck } from '../../src/census/recheck.ts';
import { openRun, type Run } from '../../src/census/run.ts';
import { counted, failed, settled } from '../cli/history.ts';

const KEY = { censusId: '123456789012', runId: '2026-11-20T06:00:00Z' };
const records = [counted(KEY, 'eu-west-1', 7), failed(KEY, 'me-south-1'), failed(KEY, 'sa-east-1')];
const run = settled(KEY, records);
const opened: Run = openRun(KEY, run.plan, Date.parse(KEY.runId), { deadlineAfterMs: 5_400_000, retentionDays: 400 });

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
    ['another number', { ...run, total: { ...total, streams: 8 } }, records, 'it says 8 streams, and its tally 7'],
    [
      'another number, and the same in the tally',
      { ...run, total: { ...total, streams: 8, tally: { streams: 8 } } },
      records,
      'it says 8 streams, its region records add up to 7',
    ],
    [
      'another tally',
      { ...run, total: { ...total, tally: { streams: 8 } } },
      records,
      'it says 7 streams, and its tally 8',
    ],
    [
      'more regions than are planned',
      { ...run, total: { ...total, expected: 4, counted: 2 } },
      records,
      'it says 2 of 4 regions, with 2 missing of 3',
    ],
    [
      'a region more than it has',
      { ...run, total: { ...total, counted: 2 } },
      records,
      'it says 2 of 3 regions, with 2 missing of 3',
    ],
    [
      'a missing region that is not planned',
      { ...run, total: { ...total, missing: [{ region: 'us-east-1', reason: 'denied' as const }], counted: 2 } },
      records,
      'it says 2 of 3 regions, with 1 missing of 3',
    ],
    [
      'a region that is missing twice',
      { ...run, total: { ...total, missing: [...total.missing, ...total.missing] } },
      records,
      'it says 1 of 3 regions, with 2 missing of 3',
    ],
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
