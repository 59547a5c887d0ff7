import type { DoctorFacts } from '../../../src/answers/health/facts.ts';
import {
  judgeLastRun,
  judgeMayInvoke,
  judgeRunOf,
  judgeSchedule,
  judgeSettling,
} from '../../../src/answers/health/schedules.ts';
import type { Run } from '../../../src/census/run.ts';
import {
  answered,
  DENIED,
  expectWhole,
  functionArn,
  healthy,
  NOW_MS,
  of,
  READ_AT,
  shell,
  told,
  unless,
} from './a-stack.ts';

const END = '--region eu-west-1 --profile night';
const RUN_NOW = 'kvs-census run --now --stage prod --region eu-west-1 --profile night';
type Row = [string, (facts: DoctorFacts) => void, unknown[]];

test.each<Row>([
  [
    'is enabled',
    () => {},
    ['ok', 'Enabled: cron(0 0/6 * * ? *) UTC; next at 2026-11-20T12:00:00Z, in 4 h.', undefined],
  ],
  [
    'is enabled, and nobody knows its next',
    ({ times }) => void Object.assign(times.dispatch, { nextAt: null }),
    ['ok', 'Enabled: cron(0 0/6 * * ? *) UTC.', undefined],
  ],
  [
    'is disabled',
    ({ schedules }) => void Object.assign(of(schedules.dispatch), { isEnabled: false }),
    [
      'broken',
      'The schedule kvs-census-prod-dispatch is disabled.',
      `aws scheduler update-schedule --name kvs-census-prod-dispatch --state ENABLED --schedule-expression 'cron(0 0/6 * * ? *)' ${END}`,
    ],
  ],
  [
    'is not there',
    ({ schedules }) => void Object.assign(schedules, { dispatch: answered(null) }),
    ['broken', 'There is no schedule kvs-census-prod-dispatch.', expect.stringContaining('create-change-set')],
  ],
  [
    'may not be asked for',
    ({ schedules }) => void Object.assign(schedules, { dispatch: DENIED }),
    ['unknown', expect.stringContaining('whether the schedule kvs-census-prod-dispatch is enabled'), undefined],
  ],
])('the schedule %s', (_what, change, expected) => {
  const finding = judgeSchedule('dispatch', unless(change), READ_AT, shell);
  expect(told(finding)).toEqual(expected);
  expectWhole(finding);
});

test.each<Row>([
  ['are there', () => {}, ['ok', 'The schedules may invoke their functions.', undefined]],
  [
    'of one are missing',
    ({ mayInvoke }) => void Object.assign(of(mayInvoke.dispatch), { decision: 'implicitDeny' }),
    [
      'broken',
      'Of the schedules, dispatch may not invoke kvs-census-prod-dispatcher.',
      expect.stringContaining('create-change-set'),
    ],
  ],
  [
    'of what is not there are none',
    ({ mayInvoke }) => void Object.assign(mayInvoke, { sweep: answered(null) }),
    ['ok', expect.anything(), undefined],
  ],
  [
    'may not be asked for',
    ({ mayInvoke }) => void Object.assign(mayInvoke, { sweep: DENIED }),
    ['unknown', expect.stringContaining('whether the schedules may invoke their functions'), undefined],
  ],
])('the rights of the schedules %s', (_what, change, expected) => {
  const finding = judgeMayInvoke(unless(change), shell);
  expect(told(finding)).toEqual(expected);
  expectWhole(finding);
});

test('a schedule that invokes another function is broken', () => {
  const facts = unless(
    ({ schedules }) => void Object.assign(of(schedules.sweep), { targetArn: functionArn('worker') }),
  );
  expect(judgeSchedule('sweep', facts, READ_AT, shell)).toMatchObject({
    level: 'broken',
    what: 'The schedule kvs-census-prod-sweep invokes kvs-census-prod-worker, not kvs-census-prod-aggregator.',
  });
});

test('a rate has no zone', () => {
  expect(judgeSchedule('sweep', healthy(), READ_AT, shell).what).toBe('Enabled: rate(5 minutes).');
});

const HOUR_MS = 3_600_000;
const openRun = (deadlineAt: string) => (facts: DoctorFacts) => {
  const [run] = of(facts.runs) as [Run];
  const { total: _, announcedRev: __, ...open } = run;
  Object.assign(facts, { runs: answered([{ ...open, deadlineAt }]) });
};
const noRuns = (facts: DoctorFacts) => void Object.assign(facts, { runs: answered([]) });

test.each<[...Row, number?]>([
  ['was when it was due', () => {}, ['ok', 'The last run was 2026-11-20T06:00:00Z, 2 h ago: complete.', undefined]],
  [
    'is under way',
    openRun('2026-11-20T09:00:00.000Z'),
    ['ok', 'The last run was 2026-11-20T06:00:00Z, 2 h ago: under way, without a total yet.', undefined],
  ],
  ['may be an hour late', () => {}, ['ok', expect.anything(), undefined], NOW_MS + 5 * HOUR_MS],
  [
    'is too long ago',
    () => {},
    [
      'broken',
      'The last run was 2026-11-20T06:00:00Z, 7 h ago, although the schedule leaves at most 6 h between two.',
      RUN_NOW,
    ],
    NOW_MS + 5 * HOUR_MS + 1,
  ],
  ['has not been yet', noRuns, ['warning', 'There is no run yet. The first is due in 4 h.', RUN_NOW]],
  [
    'cannot be judged, since nobody may ask for the schedule',
    ({ schedules, times }) => {
      Object.assign(times, { dispatch: { nextAt: null, longestGapMs: null } });
      Object.assign(schedules, { dispatch: DENIED });
    },
    [
      'unknown',
      'The last run was 2026-11-20T06:00:00Z, 2 h ago. It could not be asked how often a run is due: these credentials may not do some:Thing.',
      undefined,
    ],
  ],
  [
    'cannot be judged, since the schedule is of another kind',
    ({ times }) => void Object.assign(times, { dispatch: { nextAt: null, longestGapMs: null } }),
    [
      'unknown',
      'The last run was 2026-11-20T06:00:00Z, 2 h ago. Nobody can tell how often one is due.',
      expect.anything(),
    ],
  ],
  [
    'may not be asked for',
    (facts) => void Object.assign(facts, { runs: DENIED }),
    ['unknown', expect.stringContaining('when the last run was'), undefined],
  ],
])('the last run %s', (_what, change, expected, nowMs = NOW_MS) => {
  const finding = judgeLastRun('streams', unless(change), nowMs, shell);
  expect(told(finding)).toEqual(expected);
  expectWhole(finding);
});

test.each<Row>([
  ['have ended', () => {}, ['ok', 'No run is overdue.', undefined]],
  ['may still be swept', openRun('2026-11-20T07:50:00.000Z'), ['ok', 'No run is overdue.', undefined]],
  [
    'are overdue',
    openRun('2026-11-20T07:30:00.000Z'),
    [
      'broken',
      'The run 2026-11-20T06:00:00Z was due 30 min ago, and has no total.',
      `aws logs tail /aws/lambda/kvs-census-prod-aggregator --since 3h ${END}`,
    ],
  ],
  [
    'may not be asked for',
    (facts) => void Object.assign(facts, { runs: DENIED }),
    ['unknown', expect.stringContaining('whether runs come to an end'), undefined],
  ],
])('runs %s', (_what, change, expected) => {
  const finding = judgeSettling(unless(change), NOW_MS, shell);
  expect(told(finding)).toEqual(expected);
  expectWhole(finding);
});

test('of a ledger that stands alone, no run is late', () => {
  const later = NOW_MS + 1000 * HOUR_MS;
  expect(told(judgeRunOf(healthy(), later, shell))).toEqual([
    'ok',
    'The last run was 2026-11-20T06:00:00Z, 41 days ago: complete.',
    undefined,
  ]);
  expect(told(judgeRunOf(unless(noRuns), later, shell))).toEqual(['ok', 'There is no run yet.', undefined]);
});
