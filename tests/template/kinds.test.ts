/** What the template has once for each kind of thing that is counted. */
import { idOf, KINDS, partsOfEachKind } from '../../infra/kinds.ts';

const MODEL = {
  Parameters: { 'Count<Kinds>': { Default: '<on or off>', Description: 'Whether <many> are counted.' } },
  Resources: {
    'NoTotalOf<Kinds>Alarm': { Name: 'stage-no-total-<kind>', Kinds: ['<kind>', { If: '<Kinds>AreCounted' }] },
  },
};
const partsOf = (list: string, kinds: readonly string[]) => partsOfEachKind(MODEL, list, kinds);

test('streams are in the template themselves; every other kind that the code knows has a copy of all', () => {
  const { Resources, ...others } = partsOf('streams', KINDS);
  expect(Object.keys(Resources ?? {})).toEqual(KINDS.slice(1).map((kind) => `NoTotalOf${idOf(kind)}Alarm`));
  expect(Object.keys(others)).toEqual(['Parameters']);
  expect(partsOf('streams', ['streams'])).toEqual({ Parameters: {}, Resources: {} });
});

test('a copy says the kind wherever the model leaves room for it, and whether it is counted', () => {
  expect(partsOf('streams, data-streams', ['streams', 'channels', 'data-streams'])).toEqual({
    Parameters: {
      CountChannels: { Default: 'off', Description: 'Whether channels are counted.' },
      CountDataStreams: { Default: 'on', Description: 'Whether data-streams are counted.' },
    },
    Resources: {
      NoTotalOfChannelsAlarm: {
        Name: 'stage-no-total-channels',
        Kinds: ['channels', { If: 'ChannelsAreCounted' }],
      },
      NoTotalOfDataStreamsAlarm: {
        Name: 'stage-no-total-data-streams',
        Kinds: ['data-streams', { If: 'DataStreamsAreCounted' }],
      },
    },
  });
});
