/** What the template has once for each kind of thing that is counted. */
import { idOf, partsOfEachKind } from '../../infra/kinds.ts';
import { KINDS, type Kind } from '../../src/census/kinds.ts';

const MODEL = {
  Parameters: { 'Count<Kinds>': { Default: '<on or off>', Description: 'Whether <many> are counted.' } },
  Resources: {
    'NoTotalOf<Kinds>Alarm': { Name: 'stage-no-total-<kind>', Kinds: ['<kind>', { If: '<Kinds>AreCounted' }] },
  },
};
const partsOf = (list: string, kinds: readonly Kind[]) => partsOfEachKind(MODEL, list, kinds);

test('streams are in the template themselves; every other kind that the code knows has a copy of all', () => {
  const { Resources, ...others } = partsOf('streams', KINDS);
  expect(Object.keys(Resources ?? {})).toEqual(KINDS.slice(1).map((kind) => `NoTotalOf${idOf(kind)}Alarm`));
  expect(Object.keys(others)).toEqual(['Parameters']);
  expect(partsOf('streams', ['streams'])).toEqual({ Parameters: {}, Resources: {} });
});

test.each([
  ['streams, channels', 'on'],
  ['streams', 'off'],
])('with %s a copy says the kind wherever the model leaves room for it, and that it is %s', (list, isCounted) => {
  expect(partsOf(list, ['streams', 'channels'])).toEqual({
    Parameters: { CountChannels: { Default: isCounted, Description: 'Whether channels are counted.' } },
    Resources: {
      NoTotalOfChannelsAlarm: {
        Name: 'stage-no-total-channels',
        Kinds: ['channels', { If: 'ChannelsAreCounted' }],
      },
    },
  });
});

test('a logical id has no hyphens', () => {
  expect(['channels', 'data-streams'].map(idOf)).toEqual(['Channels', 'DataStreams']);
});
