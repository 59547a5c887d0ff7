import fc from 'fast-check';
import { streams as kind } from '../../src/census/kinds/streams.ts';
import {
  CLASSES_KEPT,
  type Counts,
  classesOf,
  EMPTY_TALLY,
  type Facets,
  makeTallier,
  mergeTallies,
  type StreamFacts,
  type Tally,
} from '../../src/census/tally.ts';

const RUN_MS = Date.parse('2026-11-20T06:00:00Z');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function tallyOf(streams: readonly StreamFacts[]): Tally {
  const tallier = makeTallier(RUN_MS, kind.facets);
  for (const stream of streams) tallier.add(stream);
  return tallier.tally();
}

type Shown = Facets & Readonly<Record<'status' | 'retention' | 'mediaType' | 'kmsKey', Counts>>;

function facetsOf(...streams: Partial<StreamFacts>[]): Shown {
  const facts = streams.map((stream, index) => ({ name: `camera-${index}`, arn: `arn:${index}`, ...stream }));
  const { facets } = tallyOf(facts);
  if (facets === undefined) throw new Error('The tally has no facets.');
  return facets as Shown;
}

/** The classes that hold something. */
const filled = (counts: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));

const COUNTED_FACETS = ['status', 'retention', 'mediaType', 'kmsKey', 'created'] as const;

const mediaType = fc.oneof(
  fc.constantFrom('video/h264', 'video/h265', 'video/h264,audio/aac', '', 'nonsense', '__proto__', 'a/b/c'),
  // Far more different ones than a tally names.
  fc.integer({ min: 0, max: 99 }).map((n) => `video/x-${n}`),
  fc.string({ maxLength: 200 }),
);
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const streamFacts = fc
  .record({
    name: fc.string({ minLength: 1, maxLength: 6 }),
    arn: fc.string({ minLength: 1, maxLength: 20 }),
    status: optional(fc.constantFrom('ACTIVE', 'CREATING', 'UPDATING', 'DELETING', 'SLEEPING', '')),
    retentionHours: optional(fc.oneof(fc.integer({ min: -5, max: 200 }), fc.constantFrom(Number.NaN, 87_600))),
    mediaType: optional(mediaType),
    kmsKeyId: optional(
      fc.constantFrom('arn:aws:kms:eu-west-1:1:alias/aws/kinesisvideo', 'arn:aws:kms:eu-west-1:1:key/1'),
    ),
    createdAtMs: optional(
      fc.oneof(
        fc.integer({ min: RUN_MS - 60 * DAY_MS, max: RUN_MS + DAY_MS }),
        fc.constantFrom(Number.NaN, -1, 0, 8.64e15, Number.POSITIVE_INFINITY),
      ),
    ),
  })
  .map((facts) => Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as StreamFacts);
const someStreams = fc.uniqueArray(streamFacts, { selector: ({ arn }) => arn, maxLength: 80 });

describe('whatever a page holds', () => {
  test('every facet sorts every stream into one class', () => {
    fc.assert(
      fc.property(someStreams, (streams) => {
        const tally = tallyOf(streams);
        expect(tally.streams).toBe(streams.length);
        for (const facet of COUNTED_FACETS) {
          const sum = Object.values(tally.facets ? classesOf(tally.facets)[facet]! : {}).reduce((a, b) => a + b, 0);
          expect(sum).toBe(streams.length);
        }
      }),
    );
  });

  test('merging is what counting together would be', () => {
    fc.assert(
      fc.property(someStreams, fc.nat(80), (all, cut) => {
        const [a, b] = [all.slice(0, cut), all.slice(cut)];
        expect(mergeTallies(tallyOf(a), tallyOf(b))).toEqual(tallyOf(all));
      }),
    );
  });

  test('a stream that comes again, as it was or changed, changes nothing', () => {
    fc.assert(
      fc.property(someStreams, fc.array(fc.tuple(fc.nat(79), streamFacts)), (streams, again) => {
        const repeats = again.flatMap(([index, changed]) => {
          const stream = streams[index];
          return stream === undefined ? [] : [stream, { ...changed, arn: stream.arn }];
        });
        expect(tallyOf([...streams, ...repeats])).toEqual(tallyOf(streams));
      }),
    );
  });

  test('merging is associative and commutative, and the empty tally changes nothing', () => {
    // A tally without facets, of streams counted before there were any, takes part too.
    const tally = fc.oneof(
      someStreams.map(tallyOf),
      fc.nat(9).map((streams) => ({ streams })),
    );
    fc.assert(
      fc.property(tally, tally, tally, (a, b, c) => {
        expect(mergeTallies(mergeTallies(a, b), c)).toEqual(mergeTallies(a, mergeTallies(b, c)));
        expect(mergeTallies(a, b)).toEqual(mergeTallies(b, a));
        expect(mergeTallies(a, EMPTY_TALLY)).toEqual(a);
      }),
    );
  });

  test('the order of the streams does not matter', () => {
    fc.assert(
      fc.property(someStreams, (streams) => {
        expect(tallyOf([...streams].reverse())).toEqual(tallyOf(streams));
      }),
    );
  });

  test('a tally stays small', () => {
    const many = Array.from({ length: 3000 }, (_, i) => ({
      name: `camera-${i}`,
      arn: `arn:${i}`,
      mediaType: `video/${'x'.repeat(100)}${i}`,
    }));
    expect(JSON.stringify(tallyOf(many)).length).toBeLessThan(4096);
  });
});

test('facets that are not known of all streams are not told at all', () => {
  const known = tallyOf([{ name: 'a', arn: 'a' }]);
  expect(mergeTallies(known, { streams: 2 })).toEqual({ streams: 3 });
});

test('a region without streams has no facets', () => {
  expect(tallyOf([])).toEqual({ streams: 0 });
});

describe('the facets', () => {
  test('status is as the service says, and other where it says something new', () => {
    const statuses = ['ACTIVE', 'ACTIVE', 'CREATING', 'UPDATING', 'DELETING', 'PAUSED'];
    expect(facetsOf(...statuses.map((status) => ({ status })), {}).status).toEqual({
      active: 2,
      creating: 1,
      updating: 1,
      deleting: 1,
      other: 2,
    });
  });

  test.each([
    [0, 'none'],
    [1, 'day'],
    [24, 'day'],
    [25, 'week'],
    [168, 'week'],
    [169, 'longer'],
    [87_600, 'longer'],
    [undefined, 'unknown'],
    [-1, 'unknown'],
    [Number.NaN, 'unknown'],
  ])('a retention of %s hours is %s', (retentionHours, name) => {
    expect(filled(facetsOf(retentionHours === undefined ? {} : { retentionHours }).retention)).toEqual({ [name]: 1 });
  });

  test.each([
    [0, 'day'],
    [DAY_MS, 'day'],
    [DAY_MS + 1, 'week'],
    [7 * DAY_MS, 'week'],
    [7 * DAY_MS + 1, 'month'],
    [30 * DAY_MS, 'month'],
    [30 * DAY_MS + 1, 'older'],
    [-HOUR_MS, 'day'],
    [RUN_MS - 1, 'older'],
    [RUN_MS, 'unknown'],
    [RUN_MS + 1, 'unknown'],
    [RUN_MS - Date.UTC(10_000, 0, 1) + 1, 'day'],
    [RUN_MS - Date.UTC(10_000, 0, 1), 'unknown'],
  ])('a stream created %d ms before the run counts as %s', (ageMs, name) => {
    expect(filled(facetsOf({ createdAtMs: RUN_MS - ageMs }).created)).toEqual({ [name]: 1 });
  });

  test('the key is AWS-managed if its alias is, else a customer has it', () => {
    const keys = [
      { kmsKeyId: 'arn:aws:kms:eu-west-1:123456789012:alias/aws/kinesisvideo' },
      { kmsKeyId: 'aws/kinesisvideo' },
      { kmsKeyId: 'arn:aws:kms:eu-west-1:123456789012:alias/mine' },
      { kmsKeyId: 'arn:aws-cn:kms:cn-north-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab' },
      {},
    ];
    expect(facetsOf(...keys).kmsKey).toEqual({ awsManaged: 2, customer: 2, unknown: 1 });
  });

  test('media types are counted as they are named', () => {
    const types = ['video/h264', 'video/h264', 'video/h264,audio/aac', '', 'no type at all'];
    expect(facetsOf(...types.map((type) => ({ mediaType: type })), {}).mediaType).toEqual({
      'video/h264': 2,
      'video/h264,audio/aac': 1,
      none: 2,
      other: 1,
    });
  });

  test('a media type that is longer than the service allows is none', () => {
    const long = (length: number) => ({ mediaType: `video/${'x'.repeat(length - 6)}` });
    expect(facetsOf(long(128), long(129)).mediaType).toEqual({ [long(128).mediaType]: 1, other: 1 });
  });

  test('of too many media types the first in the alphabet are kept, whenever they came; none and other are no types', () => {
    const typeOf = (index: number) => `video/${String(index).padStart(3, '0')}`;
    const types = Array.from({ length: 200 }, (_, index) => ({ mediaType: typeOf(199 - index) }));
    const kept = Array.from({ length: CLASSES_KEPT }, (_, index) => [typeOf(index), 1]);
    expect(facetsOf({}, { mediaType: 'nonsense' }, ...types).mediaType).toEqual({
      ...Object.fromEntries(kept),
      none: 1,
      other: 1 + 200 - CLASSES_KEPT,
    });
  });

  test('media types beyond the number kept are other', () => {
    const types = Array.from({ length: CLASSES_KEPT + 5 }, (_, i) => ({ mediaType: `video/${100 + i}` }));
    const counts = facetsOf(...types).mediaType;
    expect(counts.other).toBe(5);
    expect(Object.keys(counts)).toHaveLength(CLASSES_KEPT + 1);
  });

  test('the oldest and the newest creation are instants', () => {
    const instants = ['2024-02-29T12:00:00.000Z', '2021-01-01T00:00:00.000Z', '2026-11-19T23:59:59.999Z'];
    expect(facetsOf(...instants.map((at) => ({ createdAtMs: Date.parse(at) })), {})).toMatchObject({
      oldestCreatedAt: '2021-01-01T00:00:00.000Z',
      newestCreatedAt: '2026-11-19T23:59:59.999Z',
    });
  });

  test('there is no oldest creation where no stream tells', () => {
    expect(Object.keys(facetsOf({}))).not.toContain('oldestCreatedAt');
    expect(Object.keys(facetsOf({}))).not.toContain('newestCreatedAt');
    const merged = mergeTallies(tallyOf([{ name: 'a', arn: 'a' }]), tallyOf([{ name: 'b', arn: 'b', createdAtMs: 1 }]));
    expect(merged.facets).toMatchObject({ oldestCreatedAt: '1970-01-01T00:00:00.001Z' });
  });
});

test('a tallier says which streams are the first of their ARN, and knows those that it has', () => {
  const tallier = makeTallier(RUN_MS, kind.facets);
  const [one, another] = ['one', 'another'].map((name) => ({ name, arn: `arn:${name}` })) as [StreamFacts, StreamFacts];
  expect([one, another, one].map((stream) => tallier.add(stream))).toEqual([true, true, false]);
  expect([one, another].every(({ arn }) => tallier.has(arn))).toBe(true);
  expect(tallier.has('arn:none')).toBe(false);
});
