/** What is seen can be bookmarked. */
import { type Address, hashOf, readHash } from '../../../src/page/client/address.ts';

const NEWEST = { choice: 'newest', beside: null } as const;

const OWN = '123456789012';
const OTHER = '210987654321';

test.each<[string, Address]>([
  ['#', { censusId: OWN, ...NEWEST }],
  ['#kind=channels', { censusId: `${OWN}/channels`, ...NEWEST }],
  ['#account=organization', { censusId: 'organization', ...NEWEST }],
  [`#account=${OTHER}&kind=channels`, { censusId: `${OTHER}/channels`, ...NEWEST }],
  ['#run=2026-11-20T06:00:00Z', { censusId: OWN, choice: { runId: '2026-11-20T06:00:00Z' }, beside: null }],
  [
    '#kind=channels&run=2026-11-20T06:00:00Z&beside=2026-11-19T06:00:00Z',
    { censusId: `${OWN}/channels`, choice: { runId: '2026-11-20T06:00:00Z' }, beside: '2026-11-19T06:00:00Z' },
  ],
])('%s', (hash, address) => {
  expect(hashOf(address, OWN)).toBe(hash);
  expect(readHash(hash, OWN)).toEqual({ ...address, notice: null });
});

test('what the page opens with is what need not be named', () => {
  expect(hashOf({ censusId: OWN, ...NEWEST }, 'organization/channels')).toBe(`#account=${OWN}&kind=streams`);
  expect(readHash('', 'organization/channels').censusId).toBe('organization/channels');
  expect(readHash(`#account=${OWN}`, 'organization/channels').censusId).toBe(`${OWN}/channels`);
});

test.each([
  ['#kind=cameras', /^"cameras" is not a kind of thing that is counted: streams, channels/],
  ['#account=everyone', /^"everyone" is neither an account id, of twelve digits, nor organization\.$/],
])('%s is one sentence, and the page shows its own', (hash, sentence) => {
  const { notice, ...address } = readHash(`${hash}&run=2026-11-20T06:00:00Z`, OWN);
  expect(address).toEqual({ censusId: OWN, ...NEWEST });
  expect(notice).toMatch(sentence);
});
