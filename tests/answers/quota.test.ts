import { increaseOf, rowQuotaOf, runQuotaOf } from '../../src/answers/quota.ts';
import type { Quota } from '../../src/census/quota.ts';
import { ACCOUNT } from '../cli/history.ts';

const record = (streams: number, quota?: Quota) => ({
  censusId: ACCOUNT,
  region: 'eu-west-1',
  tally: { streams },
  ...(quota && { quota }),
});

test.each<[Quota['from'], Quota, number | null, number | null]>([
  ['applied', { from: 'applied', limit: 20_000 }, 20_000, 43.28],
  ['default', { from: 'default', limit: 10_000 }, 10_000, 86.57],
  ['documented', { from: 'documented', limit: 10_000 }, 10_000, 86.57],
  ['unknown', { from: 'unknown', because: 'throttled' }, null, null],
])('%s: what a record says of a quota is told, each as what it is', (from, quota, limit, percent) => {
  const because = quota.from === 'unknown' ? quota.because : null;
  expect(rowQuotaOf(record(8_657, quota))).toEqual({ from, limit, because, used: 8_657, percent });
});

test('a record of a release that did not ask says nothing, which is not the same as unknown', () => {
  expect(rowQuotaOf(record(8_657))).toBeNull();
});

test('what asks for more names the quota of what was counted', () => {
  expect(increaseOf(ACCOUNT, 'us-east-1', 10_000)).toMatch(
    /^aws service-quotas request-service-quota-increase --service-code kinesisvideo --quota-code L-F06528A6 .* --region us-east-1$/,
  );
});

test('what a total does not say is null', () => {
  const nothing = { alarmPercent: 80, above: [], unknown: ['eu-west-1'] };
  expect(runQuotaOf({ quota: nothing })).toEqual({ ...nothing, highest: null, unseenAbove: [] });
  expect(runQuotaOf({})).toBeNull();
});
