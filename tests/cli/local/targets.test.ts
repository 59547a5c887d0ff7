import { nameOf, parseQuotaSaid, parseTarget } from '../../../src/cli/local/targets.ts';

const PLACE = { kind: 'streams', region: 'eu-west-1' };

test.each([
  ['eu-west-1', { part: 'list', place: PLACE }],
  ['quota', { part: 'quotas', kind: 'streams' }],
  ['quota:eu-west-1', { part: 'quota', place: PLACE }],
  ['live-list', { part: 'live-list', service: 'kinesisvideo' }],
  ['opt-in', { part: 'opt-in' }],
  ['channels:eu-west-1', { part: 'list', place: { ...PLACE, kind: 'channels' } }],
  ['channels:quota', { part: 'quotas', kind: 'channels' }],
  ['channels:quota:eu-west-1', { part: 'quota', place: { ...PLACE, kind: 'channels' } }],
  ['data-streams:live-list', { part: 'live-list', service: 'kinesis' }],
  ['organizations', { part: 'organizations' }],
  ['role:123456789012', { part: 'role', accountId: '123456789012' }],
  ['123456789012:eu-west-1', { part: 'list', place: PLACE, accountId: '123456789012' }],
  [
    '123456789012:channels:eu-west-1',
    { part: 'list', place: { ...PLACE, kind: 'channels' }, accountId: '123456789012' },
  ],
])('%s names what is broken, and is its name', (text, target) => {
  expect(parseTarget(text)).toEqual(target);
  expect(nameOf(parseTarget(text))).toBe(text);
});

test('channels are where streams are: one list tells of both', () => {
  expect(nameOf(parseTarget('channels:live-list'))).toBe('live-list');
  expect(nameOf(parseTarget('streams:eu-west-1'))).toBe('eu-west-1');
});

test.each([
  'everywhere',
  'role:',
  'role:12',
  '12:eu-west-1',
  'quota:',
  'quota:Ireland',
  'eu-west-1:quota',
  'channels:',
  'constructor',
  '',
])('%j names nothing', (text) => {
  expect(() => parseTarget(text)).toThrow(
    /^".*" is not the name of an AWS region such as eu-west-1\. Or say quota, quota:REGION, live-list or opt-in; before it, channels: or data-streams: for another kind; of a world with several accounts ACCOUNT:REGION, role:ACCOUNT or organizations\.$/,
  );
});

test('of one account alone a region is broken, and nothing else', () => {
  expect(() => parseTarget('123456789012:quota')).toThrow(
    /^"quota" is not the name of an AWS region such as eu-west-1\.$/,
  );
});

test('no kind has opt-in states of its own', () => {
  expect(() => parseTarget('channels:opt-in')).toThrow(
    /^An account switches a region on for every kind: say opt-in alone\.$/,
  );
});

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
  expect(parseQuotaSaid(text)).toEqual({ place: PLACE, quota });
  expect(parseQuotaSaid(`channels:${text}`)).toEqual({ place: { ...PLACE, kind: 'channels' }, quota });
});

test.each(['eu-west-1', 'eu-west-1=', '=5', 'Ireland=5', ''])('%j says nothing of a quota', (text) => {
  expect(() => parseQuotaSaid(text)).toThrow(/^".*" is not .* such as eu-west-1(=12000)?\.$/);
});
