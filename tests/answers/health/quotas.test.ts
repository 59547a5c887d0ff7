import { judgeQuotas } from '../../../src/answers/health/quotas.ts';
import type { TotalQuota } from '../../../src/census/quota.ts';
import type { Run } from '../../../src/census/run.ts';
import { answered, DENIED, expectWhole, healthy, of, shell, told } from './a-stack.ts';

const EXPLAIN = 'kvs-census explain 2026-11-20T06:00:00Z --stage prod --region eu-west-1 --profile night';
const [last] = of(healthy().runs) as [Run];
const quotaOf = (unknown: string[]): TotalQuota => ({ alarmPercent: 80, above: [], unknown });
const counted = (total: Partial<NonNullable<Run['total']>>): Run => ({ ...last, total: { ...last.total!, ...total } });

test.each<[string, Run[], unknown[]]>([
  ['is not there', [], ['ok', 'No total says yet how full its regions are.', undefined]],
  ['is of a release that did not ask', [counted({})], ['ok', expect.stringMatching(/^No total says/), undefined]],
  [
    'knows all',
    [counted({ quota: quotaOf([]) })],
    ['ok', 'The last total knows the quota of each region that it counted.', undefined],
  ],
  [
    'does not know some',
    [counted({ counted: 3, quota: quotaOf(['eu-west-1', 'us-east-1']) })],
    ['warning', 'The run 2026-11-20T06:00:00Z does not know the quota of eu-west-1 and us-east-1.', EXPLAIN],
  ],
  [
    'knows none',
    [counted({ counted: 2, quota: quotaOf(['eu-west-1', 'us-east-1']) })],
    [
      'warning',
      'The run 2026-11-20T06:00:00Z does not know the quota of any of the 2 regions that it counted.',
      EXPLAIN,
    ],
  ],
])('the last total %s', (_what, runs, expected) => {
  const finding = judgeQuotas({ runs: answered(runs) }, shell);
  expect(told(finding)).toEqual(expected);
  expectWhole(finding);
});

test('a run without a total is passed over: the total before it says', () => {
  const { total: _, ...open } = { ...last, runId: '2026-11-20T12:00:00Z' };
  const finding = judgeQuotas({ runs: answered([open, counted({ quota: quotaOf(['eu-west-1']) })]) }, shell);
  expect(finding.what).toBe('The run 2026-11-20T06:00:00Z does not know the quota of eu-west-1.');
});

test('where nobody may ask for the runs it is unknown', () => {
  expect(judgeQuotas({ runs: DENIED }, shell).level).toBe('unknown');
});
