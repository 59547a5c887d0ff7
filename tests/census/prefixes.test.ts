import fc from 'fast-check';
import {
  changesByPrefix,
  LONGEST_PREFIX,
  makePrefixCounter,
  mergePrefixes,
  PREFIXES_KEPT,
  type Prefixes,
} from '../../src/census/prefixes.ts';

function prefixesOf(names: readonly string[]): Prefixes {
  const counter = makePrefixCounter();
  for (const name of names) counter.add(name);
  return counter.prefixes();
}

/** As the file's first sentences have it, in other words than the product's: every length is tried. */
function truthOf(names: readonly string[]): Prefixes {
  const stems = names.map((name) => name.slice(0, -4).slice(0, 60));
  for (let length = 60; ; length--) {
    const cut = stems.map((stem) => stem.slice(0, length));
    const prefixes = [...new Set(cut)].sort();
    if (prefixes.length > 50) continue;
    return {
      length,
      counts: prefixes.map((prefix) => ({ prefix, streams: cut.filter((each) => each === prefix).length })),
    };
  }
}

const LETTERS = [...'-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'];
/** Of few letters, so that names begin alike; of all; and such as no stream can have. */
const name = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 14 }),
  fc.string({ unit: fc.constantFrom(...LETTERS), maxLength: 8 }),
  fc.tuple(fc.constantFrom('store-nyc-cam-', 'store-bos-', 'x'.repeat(70)), fc.nat(2_000_000)).map(([a, n]) => a + n),
  fc.string({ unit: 'binary', maxLength: 70 }),
  fc.constantFrom('', '__proto__1234', 'constructor1234'),
);
const names = fc.oneof(
  { weight: 3, arbitrary: fc.array(name, { maxLength: 200, size: 'max' }) },
  { weight: 1, arbitrary: fc.array(name, { maxLength: 20 }) },
);

test('whatever the names: one length, the longest for which there are at most 50 prefixes', () => {
  fc.assert(
    fc.property(names, (all) => {
      expect(prefixesOf(all)).toEqual(truthOf(all));
    }),
  );
});

test('the order of the names does not matter', () => {
  fc.assert(
    fc.property(
      names.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
      ([all, shuffled]) => {
        expect(prefixesOf(shuffled)).toEqual(prefixesOf(all));
      },
    ),
  );
});

test('merging is what counting together would be, however it is grouped and in whatever order', () => {
  fc.assert(
    fc.property(names, names, names, (a, b, c) => {
      const [x, y, z] = [a, b, c].map(prefixesOf) as [Prefixes, Prefixes, Prefixes];
      const together = prefixesOf([...a, ...b, ...c]);
      expect(mergePrefixes([x, y, z])).toEqual(together);
      expect(mergePrefixes([mergePrefixes([z, x]), y])).toEqual(together);
      expect(mergePrefixes([z, mergePrefixes([y, x]), mergePrefixes([])])).toEqual(together);
    }),
  );
});

test('two runs are compared at the shorter of their lengths, and every stream that is more or less is told', () => {
  fc.assert(
    fc.property(names, names, (before, after) => {
      const [had, has] = [prefixesOf(before), prefixesOf(after)];
      const length = Math.min(had.length, has.length);
      const begin = (all: readonly string[], prefix: string) =>
        all.filter((each) => each.slice(0, -4).slice(0, length) === prefix).length;
      const changes = changesByPrefix(had, has);
      for (const change of changes) {
        expect(change).toEqual({
          prefix: change.prefix,
          before: begin(before, change.prefix),
          after: begin(after, change.prefix),
        });
        expect(change.before).not.toBe(change.after);
      }
      expect(changes.reduce((sum, one) => sum + one.after - one.before, 0)).toBe(after.length - before.length);
      expect(changesByPrefix(has, had).map(({ prefix }) => prefix)).toEqual(changes.map(({ prefix }) => prefix));
      expect(changesByPrefix(had, had)).toEqual([]);
    }),
  );
});

test('no name is kept whole, and what is kept is small, whatever the names', () => {
  const longest = Array.from({ length: 1000 }, (_, n) => `${'x'.repeat(200)}${n}`.padEnd(256, '-'));
  const apart = Array.from({ length: 1000 }, (_, n) => String(n).padEnd(256, 'x'));
  expect(prefixesOf(longest)).toEqual({
    length: LONGEST_PREFIX,
    counts: [{ prefix: 'x'.repeat(60), streams: 1000 }],
  });
  expect(prefixesOf(apart)).toMatchObject({ length: 1 });
  const few = Array.from({ length: PREFIXES_KEPT }, (_, n) => String(n).padEnd(256, 'x'));
  expect(JSON.stringify(prefixesOf(few)).length).toBeLessThan(5000);
  expect(prefixesOf(['lobby-1', 'cam', ''])).toEqual({
    length: 60,
    counts: [
      { prefix: '', streams: 2 },
      { prefix: 'lob', streams: 1 },
    ],
  });
});

test('a fleet of three cities: its prefixes are the cities', () => {
  const fleet = ['nyc', 'bos', 'sfo'].flatMap((city, index) =>
    Array.from({ length: 1000 * (index + 1) }, (_, n) => `store-${city}-cam-${String(n).padStart(6, '0')}`),
  );
  expect(prefixesOf(fleet).counts).toEqual([
    { prefix: 'store-bos-cam-00', streams: 2000 },
    { prefix: 'store-nyc-cam-00', streams: 1000 },
    { prefix: 'store-sfo-cam-00', streams: 3000 },
  ]);
});
