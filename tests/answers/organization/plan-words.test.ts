import { organizationPlanLine, sourceSentences } from '../../../src/answers/organization/plan-words.ts';
import type { RunSource } from '../../../src/answers/run-summary.ts';

const planned = (accounts: RunSource, excluded: string[] = []) => ({ expected: 24, excluded, sources: { accounts } });
const asked = { from: 'asked', askedAt: '2026-11-20T06:00:00.400Z', because: null } as const;

test.each<[string, ReturnType<typeof planned>, string | null, string[]]>([
  ['all that Organizations names', planned(asked), null, []],
  ['some are excluded', planned(asked, ['111122223333']), '24 accounts; 1 account excluded', []],
  [
    'a parameter names them',
    planned({ from: 'parameter', askedAt: null, because: null }),
    '24 accounts, those of the parameter accounts',
    ['A parameter (accounts) names the accounts to count.'],
  ],
  [
    'Organizations refuses',
    planned({ from: 'cache', askedAt: null, because: 'denied' }),
    'the list of accounts could not be asked (denied): that of the run before is used',
    ['The list of accounts could not be asked (denied): that of the run before is used.'],
  ],
])('%s', (_, run, line, sentences) => {
  expect(organizationPlanLine(run)).toBe(line);
  expect(sourceSentences(run)).toEqual(sentences);
});
