import { ofCensus, ofKind } from '../../src/answers/of-kind.ts';
import type { LedgerReader } from '../../src/answers/reader.ts';
import { ACCOUNT, CHANNELS } from '../cli/history.ts';

const reader = {} as LedgerReader;
const place = { command: 'kvs-census', options: ['--local', '--account', ACCOUNT] };
const streams = { reader, censusId: ACCOUNT, description: 'the test ledger', place };

test('another kind has a census id of its own, and commands that ask for it name it', () => {
  const channels = ofKind(streams, 'channels');
  expect(channels).toEqual({
    ...streams,
    censusId: CHANNELS,
    place: { ...place, options: [...place.options, '--kind', 'channels'] },
  });
  expect(ofKind(channels, 'streams')).toEqual(streams);
  expect(ofKind(channels, 'channels')).toBe(channels);
});

test('a kind that was named before is named no more', () => {
  const options = ['--kind', 'channels', '--stage', 'prod'];
  const { place: asked } = ofKind({ ...streams, censusId: CHANNELS, place: { ...place, options } }, 'streams');
  expect(asked?.options).toEqual(['--stage', 'prod']);
});

test('whoever does not know where it will be read names the kind alone', () => {
  const { place: asked } = ofKind({ reader, censusId: ACCOUNT, description: '' }, 'channels');
  expect(asked).toEqual({ command: 'kvs-census', options: ['--kind', 'channels'] });
});

test('another account has its own runs of the same kind, and commands that ask for it name it', () => {
  const asked = ofCensus(streams, '210987654321/channels');
  const options = ['--local', '--account', '210987654321', '--kind', 'channels'];
  expect(asked).toEqual({ ...streams, censusId: '210987654321/channels', place: { ...place, options } });
  expect(ofCensus(asked, ACCOUNT).place?.options).toEqual(['--local', '--account', ACCOUNT]);
});

test('the same account needs no more than its kind', () => {
  expect(ofCensus(streams, CHANNELS)).toEqual(ofKind(streams, 'channels'));
  expect(ofCensus(streams, ACCOUNT)).toBe(streams);
});
