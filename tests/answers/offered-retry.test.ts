import { offeredRetry } from '../../src/answers/offered-retry.ts';
import type { Reason } from '../../src/census/errors.ts';

const RUN_ID = '2026-11-20T06:00:00Z';
const HOUR_MS = 3_600_000;
const LATER_MS = Date.parse(RUN_ID) + HOUR_MS;
const PROD = { command: 'npx kvs-census', options: ['--stage', 'prod'] };

const run = (gaps: Record<string, Reason>, waitingFor: string[] = []) => ({
  runId: RUN_ID,
  missing: Object.entries(gaps).map(([region, reason]) => ({
    region,
    reason,
    lastKnown: null,
    since: null,
    runs: null,
    lost: null,
  })),
  waitingFor,
});

test('all that is missing is asked for without names, where all of it may answer', () => {
  const slow = run({ 'eu-west-1': 'timed-out', 'us-east-1': 'throttled' });
  expect(offeredRetry(slow, LATER_MS, PROD)).toBe(`npx kvs-census retry ${RUN_ID} --stage prod`);
});

test('else only what may', () => {
  const mixed = run({ 'eu-west-1': 'denied', 'us-east-1': 'throttled', 'me-south-1': 'not-enabled' });
  expect(offeredRetry(mixed, LATER_MS)).toBe(`kvs-census retry ${RUN_ID} us-east-1`);
});

const SLOW = { 'eu-west-1': 'timed-out' } as const;

test.each([
  ['nothing is missing', run({}), LATER_MS, PROD],
  ['somebody must change something first', run({ 'eu-west-1': 'denied' }), LATER_MS, PROD],
  ['it is being asked for', run(SLOW, ['eu-west-1']), LATER_MS, PROD],
  ['the run is too old to be asked', run(SLOW), Date.parse(RUN_ID) + 24 * HOUR_MS + 1, PROD],
  ['nobody is there to count', run(SLOW), LATER_MS, { ...PROD, ledgerOnly: true }],
])('nothing is offered where %s', (_, summary, nowMs, place) => {
  expect(offeredRetry(summary, nowMs, place)).toBeNull();
});
