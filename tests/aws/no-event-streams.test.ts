import {
  EventStreamSerde,
  eventStreamSerdeProvider,
  resolveEventStreamSerdeConfig,
} from '../../src/aws/no-event-streams.ts';

test('a client whose service has streams of events is made as it would be', () => {
  const config = { region: 'eu-west-1' };
  expect(resolveEventStreamSerdeConfig(config)).toBe(config);
});

test.each([EventStreamSerde, eventStreamSerdeProvider])('whoever asks for one is told that there is none', (ask) => {
  expect(ask).toThrow('No function of kvs-census reads or writes a stream of events.');
});
