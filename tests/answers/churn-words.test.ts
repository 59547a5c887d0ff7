import { churnLine } from '../../src/answers/churn-words.ts';

const AGAINST = '2026-11-20T05:00:00Z';

test('What came and what went is a line, with the regions of which it is unknown', () => {
  const churn = { against: AGAINST, created: 1_034, gone: 12, unknown: [] };
  const line = 'created 1,034, gone 12 since the run before, 2026-11-20T05:00:00Z';
  expect(churnLine({ churn })).toBe(line);
  const some = { churn: { ...churn, unknown: ['eu-west-1', 'us-east-1'] } };
  expect(churnLine(some)).toBe(`${line}; unknown in eu-west-1, us-east-1`);
  expect(churnLine(some, (regions) => plural(regions))).toBe(`${line}; unknown in 2 regions`);
});

test('Where it is known of no region there is no line', () => {
  expect(churnLine({ churn: null })).toBeNull();
});

const plural = (regions: readonly string[]) => `${regions.length} regions`;
