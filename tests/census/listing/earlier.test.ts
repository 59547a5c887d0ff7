import { makeExpectation, stillExpected } from '../../../src/census/listing/earlier.ts';

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
    const expectation = makeExpectation(undefined);
    expect([expectation(''), expectation('a')]).toEqual([undefined, undefined]);
  });

  test('is all its streams in the region, and in each part what begins like it', () => {
    const expectation = makeExpectation({ streams: 4321, prefixes });
    expect(['', 'a', 'ab', 'abd', 'x', 'n'].map(expectation)).toEqual([4321, 321, 321, 300, 4000, 0]);
    // It is the same when asked again.
    expect(expectation('ab')).toBe(321);
  });

  test('does not tell what longer prefixes hold', () => {
    expect(makeExpectation({ streams: 4321, prefixes })('abca')).toBeUndefined();
  });

  test('without prefixes is of the region alone', () => {
    const expectation = makeExpectation({ streams: 4321 });
    expect([expectation(''), expectation('a')]).toEqual([4321, undefined]);
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
