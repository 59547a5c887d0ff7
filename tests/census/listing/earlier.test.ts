import { makeExpectation, NO_EXPECTATION, stillExpected } from '../../../src/census/listing/earlier.ts';

describe('what an earlier count lets one expect', () => {
  const prefixes = {
    length: 3,
    counts: [
      { prefix: 'ab', streams: 1 },
      { prefix: 'abc', streams: 20 },
      { prefix: 'abd', streams: 300 },
      { prefix: 'xyz', streams: 4000 },
    ],
  };

  test('is nothing where there was none', () => {
    expect([NO_EXPECTATION.of(''), NO_EXPECTATION.of('a')]).toEqual([undefined, undefined]);
    expect(NO_EXPECTATION.below('')).toEqual([]);
  });

  test('is all its streams in the region, and in each part what begins like it', () => {
    const { of } = makeExpectation({ streams: 4321, prefixes });
    expect(['', 'a', 'ab', 'abd', 'x', 'n'].map(of)).toEqual([4321, 321, 321, 300, 4000, 0]);
    // It is the same when asked again.
    expect(of('ab')).toBe(321);
  });

  test('does not tell what longer prefixes hold', () => {
    const { of, below } = makeExpectation({ streams: 4321, prefixes });
    expect(of('abca')).toBeUndefined();
    expect(below('abc')).toEqual([]);
  });

  test('is, by the next letter, what there was of each', () => {
    const { below } = makeExpectation({ streams: 4321, prefixes });
    const ofBoth = [
      { prefix: 'a', streams: 321 },
      { prefix: 'x', streams: 4000 },
    ];
    expect(below('')).toEqual(ofBoth);
    expect(below('')).toEqual(ofBoth);
    // The stream whose name is no longer is not in it.
    expect(below('ab')).toEqual([
      { prefix: 'abc', streams: 20 },
      { prefix: 'abd', streams: 300 },
    ]);
    expect(below('n')).toEqual([]);
  });

  test('knows names that begin like one that was there, however long they are', () => {
    const { knows } = makeExpectation({ streams: 4321, prefixes });
    // The last four letters of a name are in no prefix.
    expect(['abc1234', 'ab1234', 'xyz', 'xyz12345', 'n'].map(knows)).toEqual([true, true, true, true, true]);
    expect(['abe1234', 'n1234', 'xya12345'].map(knows)).toEqual([false, false, false]);
    expect([NO_EXPECTATION.knows('n1234'), makeExpectation({ streams: 1 }).knows('n1234')]).toEqual([true, true]);
  });

  test('without prefixes is of the region alone', () => {
    const { of, below } = makeExpectation({ streams: 4321 });
    expect([of(''), of('a')]).toEqual([4321, undefined]);
    expect(below('')).toEqual([]);
  });
});

test('an expectation holds until a tenth more was shown, and is never less than that', () => {
  expect([0, 999, 1001, 1100, 1101].map((shown) => stillExpected(1000, shown))).toEqual([
    1000,
    1000,
    1001,
    1100,
    undefined,
  ]);
  expect(stillExpected(0, 0)).toBe(0);
  expect(stillExpected(0, 1)).toBeUndefined();
  expect(stillExpected(undefined, 5)).toBeUndefined();
});
