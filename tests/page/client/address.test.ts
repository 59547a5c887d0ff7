/** What is seen can be bookmarked. */
import { type Address, hashOf, readHash } from '../../../src/page/client/address.ts';

const NEWEST = { choice: 'newest', beside: null } as const;

test.each<[string, Address]>([
  ['#', { kind: 'streams', ...NEWEST }],
  ['#kind=channels', { kind: 'channels', ...NEWEST }],
  ['#run=2026-11-20T06:00:00Z', { kind: 'streams', choice: { runId: '2026-11-20T06:00:00Z' }, beside: null }],
  [
    '#kind=channels&run=2026-11-20T06:00:00Z&beside=2026-11-19T06:00:00Z',
    { kind: 'channels', choice: { runId: '2026-11-20T06:00:00Z' }, beside: '2026-11-19T06:00:00Z' },
  ],
])('%s', (hash, address) => {
  expect(hashOf(address, 'streams')).toBe(hash);
  expect(readHash(hash, 'streams')).toEqual({ ...address, notice: null });
});

test('the kind that the page opens with is the one that need not be named', () => {
  expect(hashOf({ kind: 'streams', ...NEWEST }, 'channels')).toBe('#kind=streams');
  expect(readHash('', 'channels').kind).toBe('channels');
});

test('a kind that is none is one sentence, and the page shows its own', () => {
  const { notice, ...address } = readHash('#kind=cameras&run=2026-11-20T06:00:00Z', 'streams');
  expect(address).toEqual({ kind: 'streams', ...NEWEST });
  expect(notice).toMatch(/^"cameras" is not a kind of thing that is counted: streams, channels/);
});
