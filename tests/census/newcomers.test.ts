import fc from 'fast-check';
import { addFingerprints, hashOf, printHash } from '../../src/census/fingerprint.ts';
import {
  CLOCK_MARGIN_MS,
  type Lookout,
  makeFinder,
  makeHashSet,
  mergeNewcomers,
  type Newcomers,
  NO_NEWCOMERS,
  YOUNG_KEPT,
} from '../../src/census/newcomers.ts';

const SINCE_MS = Date.parse('2026-11-20T05:55:00Z');
const EARLIER_MS = SINCE_MS - 3_600_000;

const printOf = (arn: string) => printHash(hashOf(arn));
const made = (nth: number, createdAtMs?: number) => ({
  arn: `arn:${nth}`,
  ...(createdAtMs !== undefined && { createdAtMs }),
});

type Made = ReturnType<typeof made>;

function found(streams: readonly Made[], lookout: Lookout = { sinceMs: SINCE_MS }): Newcomers {
  const finder = makeFinder(lookout);
  for (const { arn, createdAtMs } of streams) finder.add(createdAtMs, hashOf(arn));
  return finder.newcomers();
}

test('Young is what was made after the instant, and not at it', () => {
  const { young } = found([made(1, SINCE_MS - 1), made(2, SINCE_MS), made(3, SINCE_MS + 1)]);
  expect(young).toEqual([printOf('arn:3')]);
});

test('The margin is the five minutes by which two clocks may differ', () => {
  expect(CLOCK_MARGIN_MS).toBe(300_000);
});

test('So many young ones are kept, and one more is too many', () => {
  const streams = Array.from({ length: YOUNG_KEPT + 1 }, (_, nth) => made(nth, SINCE_MS + 1));
  expect(found(streams.slice(1)).young).toHaveLength(YOUNG_KEPT);
  expect(found(streams).young).toBeNull();
});

test.each([undefined, Number.NaN, -1, 0, 253_402_300_800_000])(
  'A stream that was made at %s has no date',
  (createdAtMs) => {
    expect(found([made(1, SINCE_MS + 1), made(2, createdAtMs)])).toMatchObject({ areDated: false });
    expect(found([made(1, 1)])).toMatchObject({ areDated: true });
  },
);

test('Created is what was made since the count before, but for what that one had listed', () => {
  const earlier = { sinceMs: EARLIER_MS, young: makeHashSet([printOf('arn:2')]) };
  const streams = [made(1, EARLIER_MS), made(2, EARLIER_MS + 1), made(3, EARLIER_MS + 2), made(4, SINCE_MS + 1)];
  expect(found(streams, { sinceMs: SINCE_MS, earlier })).toEqual({
    areDated: true,
    young: [printOf('arn:4')],
    created: { streams: 2, fingerprint: addFingerprints(printOf('arn:3'), printOf('arn:4')) },
    known: { streams: 1, fingerprint: printOf('arn:2') },
  });
});

test('Two hashes that begin alike are told apart', () => {
  const hashes = makeHashSet(['ffffffff00000001']);
  expect([1, 2].map((low) => hashes.has({ high: -1, low }))).toEqual([true, false]);
});

test('The count before may have begun later, by a clock that is wrong', () => {
  const earlier = { sinceMs: SINCE_MS + 10, young: makeHashSet([]) };
  expect(found([made(1, SINCE_MS + 5), made(2, SINCE_MS + 11)], { sinceMs: SINCE_MS, earlier })).toMatchObject({
    young: [printOf('arn:1'), printOf('arn:2')],
    created: { streams: 1, fingerprint: printOf('arn:2') },
  });
});

const instant = fc.integer({ min: EARLIER_MS - 1000, max: SINCE_MS + 1000 });
const streams = fc
  .array(fc.option(instant, { nil: undefined, freq: 50 }), { maxLength: 500, size: 'max' })
  .map((all) => all.map((createdAtMs, nth) => made(nth, createdAtMs)));
const inOrder = ({ young, ...rest }: Newcomers) => ({ young: young && [...young].sort(), ...rest });

test('in however many lists they come, and in whatever order these are merged, they are the same', () => {
  fc.assert(
    fc.property(streams, fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), (all, cuts) => {
      const earlier = {
        sinceMs: EARLIER_MS,
        young: makeHashSet(all.filter((_, nth) => nth % 3 === 0).map(({ arn }) => printOf(arn))),
      };
      const lookout = { sinceMs: SINCE_MS, earlier };
      const lists = cuts.map((_, part) => all.filter((_, nth) => nth % cuts.length === part));
      const merged = lists.map((list) => found(list, lookout));
      const whole = inOrder(found(all, lookout));
      expect(inOrder(merged.reduce(mergeNewcomers, NO_NEWCOMERS))).toEqual(whole);
      expect(inOrder(merged.reduceRight(mergeNewcomers))).toEqual(whole);
    }),
  );
});
