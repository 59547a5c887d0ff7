/** What lists of data streams count as one, and what the next count tells apart. */
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { dataStreamsLister } from '../../../src/aws/kinds/data-streams.ts';
import { dataStreams } from '../../../src/census/kinds/data-streams.ts';
import { makeTallier } from '../../../src/census/tally.ts';
import { WIRES } from './wires.ts';

const { factsOf } = dataStreamsLister(new KinesisClient({ region: 'eu-west-1' }));
const { entry, fields } = WIRES['data-streams'];
const RUN_MS = Date.parse('2026-11-20T06:00:00Z');

function tallyOf(entries: readonly unknown[]) {
  const tallier = makeTallier(RUN_MS, dataStreams.facets);
  for (const each of entries) tallier.add(factsOf(each)!);
  return tallier.tally();
}

const doorAgain = { ...entry('door'), [fields.createdAt]: 1_760_000_000 };
const doorUndated = { ...entry('door'), [fields.createdAt]: 'today' };

test.each([
  ['by its name alone', 'door'],
  ['without a time that can be read', doorUndated],
  ['made again meanwhile', doorAgain],
])('a data stream that a list shows again, %s, counts once', (_, again) => {
  expect(tallyOf([entry('door'), again, entry('hall')]).streams).toBe(2);
  expect(tallyOf([again, entry('door'), entry('hall')]).streams).toBe(2);
});

test('one that was made again between two counts is another, though its ARN is the same', () => {
  expect(tallyOf([doorAgain]).facets?.fingerprint).not.toBe(tallyOf([entry('door')]).facets?.fingerprint);
});
