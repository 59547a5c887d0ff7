import fc from 'fast-check';
import { churnInTotal, churnOf, lookoutFrom, youngOf } from '../../src/census/churn.ts';
import { CLOCK_MARGIN_MS, mergeNewcomers, NO_NEWCOMERS } from '../../src/census/newcomers.ts';
import type { Churn, CountedRecord } from '../../src/census/region.ts';
import { runIdOf } from '../../src/census/run.ts';
import { EMPTY_TALLY, makeTallier, mergeTallies, type StreamFacts } from '../../src/census/tally.ts';
import { counted, failed } from './examples.ts';

const START_MS = Date.parse('2026-11-20T06:00:00Z');
const MINUTE_MS = 60_000;

/** A stream's life, in true time, and where it stands in every list: 0 is its beginning, 1 its end. */
type Life = { name: string; bornMs: number; goneMs: number; place: number; isUndated?: boolean };

/** A count in true time. Its worker's clock is wrong by `aheadMs`; each of its lists holds some of the streams. */
type Count = { startMs: number; tookMs: number; aheadMs: number; lists: number };

type World = {
  lives: readonly Life[];
  counts: readonly Count[];
  /** By which the service's clock is wrong, and after which a new stream is listed. */
  serviceAheadMs: number;
  lagMs: number;
};

function factsOf({ name, bornMs, isUndated }: Life, { serviceAheadMs }: World): StreamFacts {
  const createdAtMs = bornMs + serviceAheadMs;
  return { name, arn: `arn:stream/${name}/${createdAtMs}`, ...(!isUndated && { createdAtMs }) };
}

/** What a count lists: each stream at its place, if it is there by then. */
function listedBy({ startMs, tookMs }: Count, world: World): StreamFacts[] {
  const isListed = ({ bornMs, goneMs, place }: Life) => {
    const seenMs = startMs + place * tookMs;
    return bornMs + world.lagMs <= seenMs && seenMs < goneMs;
  };
  return world.lives.filter(isListed).map((life) => factsOf(life, world));
}

/** As the worker records it. */
function recordOf(count: Count, listed: readonly StreamFacts[], before: CountedRecord | undefined): CountedRecord {
  const clockMs = count.startMs + count.aheadMs;
  const lookout = lookoutFrom(clockMs, before);
  const talliers = Array.from({ length: count.lists }, (_, part) => {
    const tallier = makeTallier(clockMs, [], lookout);
    for (const [nth, stream] of listed.entries()) if (nth % count.lists === part) tallier.add(stream);
    return tallier;
  });
  const newcomers = talliers.map((one) => one.newcomers()).reduce(mergeNewcomers, NO_NEWCOMERS);
  const tally = talliers.map((one) => one.tally()).reduce(mergeTallies, EMPTY_TALLY);
  const now = { tally, startedAt: new Date(clockMs).toISOString() };
  const young = youngOf(lookout, newcomers);
  const churn = churnOf(before, now, newcomers);
  return counted('eu-west-1', 0, {
    runId: runIdOf(count.startMs)!,
    ...now,
    endedAt: new Date(clockMs + count.tookMs).toISOString(),
    ...(young && { young }),
    ...(churn && { churn }),
  });
}

const without = (some: readonly StreamFacts[], others: readonly StreamFacts[]) => {
  const arns = new Set(others.map(({ arn }) => arn));
  return some.filter(({ arn }) => !arns.has(arn)).length;
};

/** What is said of each count but the first, and the truth of it: the difference of what the two have listed. */
function told(world: World): { said: Churn | undefined; truth: Omit<Churn, 'against'>; listed: StreamFacts[][] }[] {
  let before: CountedRecord | undefined;
  let had: StreamFacts[] = [];
  return world.counts.flatMap((count, nth) => {
    const listed = listedBy(count, world);
    const record = recordOf(count, listed, before);
    const truth = { created: without(listed, had), gone: without(had, listed) };
    const one = { said: record.churn, truth, listed: [had, listed] };
    [before, had] = [record, listed];
    return nth === 0 ? [] : [one];
  });
}

const HORIZON_MS = 120 * MINUTE_MS;

/** Mostly around the counts, where it is hard to tell what was there. */
const instants = (counts: readonly Count[]) =>
  fc.oneof(
    fc.integer({ min: -HORIZON_MS, max: HORIZON_MS }).map((ms) => START_MS + ms),
    fc
      .tuple(fc.constantFrom(...counts), fc.integer({ min: -7 * MINUTE_MS, max: 3 * MINUTE_MS }))
      .map(([{ startMs }, ms]) => startMs + ms),
  );

/** One after the other under one name: each is another stream. */
const livesOf = (counts: readonly Count[]) =>
  fc
    .array(
      fc.record({
        instants: fc.uniqueArray(instants(counts), { minLength: 1, maxLength: 6 }),
        place: fc.double({ min: 0, max: 1, noNaN: true }),
        isUndated: fc.constantFrom(...Array<boolean>(60).fill(false), true),
      }),
      { maxLength: 40 },
    )
    .map((all) =>
      all.flatMap(({ instants, place, isUndated }, name): Life[] => {
        const sorted = [...instants].sort((a, b) => a - b);
        const births = sorted.filter((_, nth) => nth % 2 === 0);
        return births.map((bornMs, nth) => {
          const goneMs = sorted[2 * nth + 1] ?? Number.POSITIVE_INFINITY;
          return { name: `camera-${name}`, bornMs, goneMs, place, isUndated };
        });
      }),
    );

const counts: fc.Arbitrary<Count[]> = fc.uniqueArray(
  fc.record({
    startMs: fc.integer({ min: 0, max: 20 }).map((nth) => START_MS + nth * 5 * MINUTE_MS),
    tookMs: fc.integer({ min: 0, max: 4 * MINUTE_MS }),
    aheadMs: fc.integer({ min: -2 * MINUTE_MS, max: 2 * MINUTE_MS }),
    lists: fc.integer({ min: 1, max: 3 }),
  }),
  { minLength: 2, maxLength: 5, selector: ({ startMs }) => startMs },
);

/** Clocks and lag together make no more than the margin. */
const worlds: fc.Arbitrary<World> = counts
  .map((all) => all.sort((a, b) => a.startMs - b.startMs))
  .chain((all) =>
    fc.record({
      lives: livesOf(all),
      counts: fc.constant(all),
      serviceAheadMs: fc.integer({ min: -2 * MINUTE_MS, max: 2 * MINUTE_MS }),
      lagMs: fc.integer({ min: 0, max: CLOCK_MARGIN_MS - 4 * MINUTE_MS }),
    }),
  );

describe('Whatever is created, deleted and made again, before, between and while two counts list', () => {
  test('what is said of it is the difference of what the two have listed', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        for (const { said, truth } of told(world)) if (said !== undefined) expect(said).toMatchObject(truth);
      }),
      { numRuns: 2000 },
    );
  });

  test('it is said of every two counts, one after the other, whose streams tell when they were made', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const pairs = world.counts.slice(1).map((now, nth) => ({ now, before: world.counts[nth]! }));
        for (const [nth, { said, listed }] of told(world).entries()) {
          const { now, before } = pairs[nth]!;
          const areInOrder = before.startMs + before.aheadMs + before.tookMs <= now.startMs + now.aheadMs;
          const areDated = listed.flat().every(({ createdAtMs }) => createdAtMs !== undefined);
          expect([said !== undefined, areInOrder, areDated]).toEqual([areInOrder && areDated, areInOrder, areDated]);
        }
      }),
      { numRuns: 500 },
    );
  });
});

const stream = (name: string, agoMs: number): StreamFacts => {
  const createdAtMs = START_MS - agoMs;
  return { name, arn: `arn:stream/${name}/${createdAtMs}`, createdAtMs };
};
const DAY_MS = 24 * 60 * MINUTE_MS;
const countAt = (agoMs: number): Count => ({ startMs: START_MS - agoMs, tookMs: 1000, aheadMs: 0, lists: 1 });
const [OLD, OTHER, YOUNG, NEW] = [
  stream('old', DAY_MS),
  stream('other', DAY_MS),
  stream('young', 60 * MINUTE_MS + 1),
  stream('new', 30 * MINUTE_MS),
];
const HOUR_AGO = countAt(60 * MINUTE_MS);

/** The count of an hour ago, and what is said of a count now. */
function between(had: readonly StreamFacts[], has: readonly StreamFacts[], changes: Partial<CountedRecord> = {}) {
  const before = { ...recordOf(HOUR_AGO, had, undefined), ...changes };
  return recordOf(countAt(0), has, before).churn;
}

describe('Between two counts', () => {
  test.each<[string, StreamFacts[], StreamFacts[], [created: number, gone: number]]>([
    ['nothing', [OLD], [OLD], [0, 0]],
    ['what was made since is created', [OLD], [OLD, NEW], [1, 0]],
    ['what is not there any more is gone', [OLD, OTHER], [OLD], [0, 1]],
    ['both may be, though there are as many', [OLD, OTHER], [OLD, NEW], [1, 1]],
    ['what was made just before the first is not created, if that one has listed it', [OLD, YOUNG], [YOUNG], [0, 1]],
    ['and is created, if that one has not', [OLD], [OLD, YOUNG], [1, 0]],
    ['and is gone, if it was listed and is not there any more', [OLD, YOUNG], [OLD], [0, 1]],
    ['all may be gone', [OLD, YOUNG], [], [0, 2]],
    ['and all may be created', [], [NEW, YOUNG], [2, 0]],
    ['there may be nothing at all', [], [], [0, 0]],
  ])('%s', (_sentence, had, has, [created, gone]) => {
    expect(between(had, has)).toEqual({ against: runIdOf(HOUR_AGO.startMs), created, gone });
  });

  test('a stream that was made again under its name is created, and that before is gone', () => {
    const again = { ...NEW, name: 'old', arn: NEW.arn.replace('new', 'old') };
    expect(between([OLD], [again])).toMatchObject({ created: 1, gone: 1 });
  });
});

const { createdAtMs: _, ...UNDATED } = OTHER;
const AT_ZERO = ['a', 'b', 'c', 'd'].map((name) => ({ name, arn: `arn:stream/${name}`, createdAtMs: 0 }));

describe('Nothing is said', () => {
  test.each<[string, StreamFacts[], StreamFacts[], Partial<CountedRecord>]>([
    ['where a stream does not tell when it was made', [OLD], [OLD, UNDATED], {}],
    ['nor where one did not tell it before', [OLD, UNDATED], [OLD], {}],
    [
      'where a service says 1970 of all: two that went and one that came would be one',
      AT_ZERO.slice(1),
      AT_ZERO.slice(0, 2),
      {},
    ],
    ['where the count before ended after this one began', [OLD], [OLD], { endedAt: '2026-11-20T06:00:00.001Z' }],
    ['where an older stream appears that the count before has not listed', [OLD], [OLD, OTHER], {}],
    ['nor if another one went for it: as many, and not the same', [OLD], [OTHER], {}],
    ['nor if a young one is said to have been listed, which is gone', [OLD, YOUNG], [OLD, OTHER], {}],
    ['where the count before has no facets', [OLD], [OLD], { tally: { streams: 1 } }],
  ])('%s', (_sentence, had, has, changes) => {
    expect(between(had, has, changes)).toBeUndefined();
  });

  test('where the run before did not count the region', () => {
    const lookout = lookoutFrom(START_MS, failed('eu-west-1'));
    expect(lookout).toEqual({ sinceMs: START_MS - CLOCK_MARGIN_MS });
    const now = { tally: { streams: 0 }, startedAt: new Date(START_MS).toISOString() };
    expect(churnOf(failed('eu-west-1'), now, NO_NEWCOMERS)).toBeUndefined();
    expect(churnOf(undefined, now, NO_NEWCOMERS)).toBeUndefined();
    expect(churnOf(counted('eu-west-1', 0), now, NO_NEWCOMERS)).toBeUndefined();
  });

  test('where more young ones were listed than are kept', () => {
    const many = Array.from({ length: 201 }, (_, nth) => stream(`young-${nth}`, 60 * MINUTE_MS + 1));
    expect(between(many.slice(1), many.slice(1))).toMatchObject({ created: 0, gone: 0 });
    expect(between(many, many)).toBeUndefined();
  });
});

test('A count that ends at the instant at which the next begins lies before it', () => {
  expect(between([OLD], [OLD], { endedAt: new Date(START_MS).toISOString() })).toMatchObject({ created: 0, gone: 0 });
});

test('What is kept are the hashes in the order of their letters, and since when', () => {
  const some = Array.from({ length: 20 }, (_, nth) => stream(`young-${nth}`, 1));
  const { young } = recordOf(countAt(0), some, undefined);
  expect(young?.since).toBe('2026-11-20T05:55:00.000Z');
  expect(young?.hashes).toEqual([...young!.hashes].sort());
  expect(young?.hashes).toHaveLength(20);
});

describe('Over a run', () => {
  const AGAINST = '2026-11-20T05:00:00Z';
  const churned = (region: string, created: number, gone: number, against = AGAINST) =>
    counted(region, 1, { churn: { against, created, gone } });

  test('created and gone are sums, and the regions that do not say are named', () => {
    const all = [churned('eu-west-1', 3, 1), counted('us-east-1', 5), churned('sa-east-1', 4, 0)];
    expect(churnInTotal(['us-east-1', 'sa-east-1', 'eu-west-1', 'af-south-1'], all)).toEqual({
      against: AGAINST,
      created: 7,
      gone: 1,
      unknown: ['af-south-1', 'us-east-1'],
    });
  });

  test('a region that was held against an older run than the others is one of those', () => {
    const all = [churned('eu-west-1', 3, 1, '2026-11-20T04:00:00Z'), churned('us-east-1', 4, 0)];
    expect(churnInTotal(['eu-west-1', 'us-east-1'], all)).toEqual({
      against: AGAINST,
      created: 4,
      gone: 0,
      unknown: ['eu-west-1'],
    });
  });

  test('nothing is said where no region says anything', () => {
    expect(churnInTotal(['eu-west-1'], [counted('eu-west-1', 1)])).toBeUndefined();
  });
});
