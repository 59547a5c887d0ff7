import { judgePlan } from '../../../src/answers/health/plan.ts';
import type { PlanSources, Run } from '../../../src/census/run.ts';
import { answered, DENIED, expectWhole, healthy, NOW_MS, of, shell, told } from './a-stack.ts';

const ASKED = { from: 'asked', askedAt: '2026-11-20T06:00:00.000Z' } as const;
const LOG = 'aws logs tail /aws/lambda/kvs-census-prod-dispatcher --since 1d --region eu-west-1 --profile night';
const RESTORE = expect.stringContaining('create-change-set');

test.each<[string, PlanSources | undefined, unknown[]]>([
  ['says nothing of it', undefined, ['ok', 'No run says yet where it had its list of regions from.', undefined]],
  ['asked for both', { regions: ASKED, optIn: ASKED }, ['ok', 'The last run knew its regions.', undefined]],
  [
    'remembered what was asked today',
    { regions: { ...ASKED, from: 'cache' }, optIn: ASKED },
    ['ok', 'The last run knew its regions.', undefined],
  ],
  [
    'was told by a parameter',
    { regions: { from: 'parameter' }, optIn: { from: 'parameter' } },
    ['ok', 'The parameter regions names them.', undefined],
  ],
  [
    'runs where nobody can be asked',
    { regions: ASKED, optIn: { from: 'nowhere' } },
    ['ok', expect.anything(), undefined],
  ],
  [
    'was refused',
    { regions: { from: 'floor', because: 'denied' }, optIn: { from: 'nowhere', because: 'denied' } },
    [
      'warning',
      expect.stringMatching(
        /^Of the run 2026-11-20T06:00:00Z: the list of regions could not be asked \(denied\).* switched on could not be asked/,
      ),
      RESTORE,
    ],
  ],
  [
    'was throttled, and remembered',
    { regions: ASKED, optIn: { ...ASKED, from: 'cache', because: 'throttled' } },
    ['warning', expect.stringContaining('(throttled): the answer of 2026-11-20T06:00:00Z is used'), LOG],
  ],
])('the last run %s', (_what, sources, expected) => {
  const [run] = of(healthy().runs) as [Run];
  const finding = judgePlan({ runs: answered([{ ...run, ...(sources && { sources }) }]) }, NOW_MS, shell);
  expect(told(finding)).toEqual(expected);
  expectWhole(finding);
});

test('without a run, or where nobody may ask for one', () => {
  expect(judgePlan({ runs: answered([]) }, NOW_MS, shell).level).toBe('ok');
  expect(judgePlan({ runs: DENIED }, NOW_MS, shell).level).toBe('unknown');
});

test('what was denied names the permission', () => {
  const [run] = of(healthy().runs) as [Run];
  const sources: PlanSources = { regions: ASKED, optIn: { from: 'nowhere', because: 'denied' } };
  expect(judgePlan({ runs: answered([{ ...run, sources }]) }, NOW_MS, shell).todo).toMatch(
    /^The dispatcher may not do account:ListRegions\. /,
  );
});
