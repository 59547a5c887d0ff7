import { nameOf, parseQuotaSaid, parseTarget } from '../../../src/cli/local/targets.ts';

test.each([
  ['eu-west-1', { part: 'list', region: 'eu-west-1' }],
  ['quota', { part: 'quotas' }],
  ['quota:eu-west-1', { part: 'quota', region: 'eu-west-1' }],
  ['live-list', { part: 'source', source: 'regions' }],
  ['opt-in', { part: 'source', source: 'optIn' }],
])('%s names what is broken, and is its name', (text, target) => {
  expect(parseTarget(text)).toEqual(target);
  expect(nameOf(parseTarget(text))).toBe(text);
});

test.each(['everywhere', 'quota:', 'quota:Ireland', 'eu-west-1:quota', 'constructor', ''])(
  '%j names nothing',
  (text) => {
    expect(() => parseTarget(text)).toThrow(
      /^".*" is not the name of an AWS region such as eu-west-1\. Or say quota, quota:REGION, live-list or opt-in\.$/,
    );
  },
);

test.each([
  ['eu-west-1=12000', { applied: 12_000 }],
  ['eu-west-1=0', { applied: 0 }],
  ['eu-west-1=-4', { applied: -4 }],
  ['eu-west-1=9.5', { applied: 9.5 }],
  ['eu-west-1=none', { applied: null }],
  ['eu-west-1=unknown', { applied: null, default: null }],
  ['eu-west-1=a lot', { applied: 'a lot' }],
  ['eu-west-1=1e3', { applied: '1e3' }],
])('%s is what Service Quotas says', (text, quota) => {
  expect(parseQuotaSaid(text)).toEqual({ region: 'eu-west-1', quota });
});

test.each(['eu-west-1', 'eu-west-1=', '=5', 'Ireland=5', ''])('%j says nothing of a quota', (text) => {
  expect(() => parseQuotaSaid(text)).toThrow(/^".*" is not .* such as eu-west-1(=12000)?\.$/);
});
