import fc from 'fast-check';
import { floorMs } from './floor.ts';

const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${1000 + i}`);

describe('the least time of a region', () => {
  test('of one page is that of one call', () => {
    expect(floorMs([], 10, 100, 20)).toBe(100);
    expect(floorMs(numbered('a', 10), 10, 100, 20)).toBe(100);
  });

  test('is that of its list where too many branches are empty', () => {
    // Two pages: 200 ms. By first letters it would be 66 calls.
    expect(floorMs(['a', ...numbered('b', 10)], 10, 100, 20)).toBe(200);
  });

  test('is that of its pages and its empty branches where those are quicker', () => {
    const names = [...numbered('a', 200), ...numbered('b', 200)];
    // 40 pages one after the other are 4 s. By first letters: 20 pages each, and 63 empty branches.
    expect(floorMs(names, 10, 100, 20)).toBe((20 + 20 + 63 - 1) * 20 + 100);
  });

  test('is that of the longest list where calls are slow, or of what it takes to cut it', () => {
    const names = [...numbered('a', 1000), ...numbered('b', 1000)];
    // a1 and b1 hold all of a and b, a10 and b10 to a19 and b19 a tenth of it each; each row needs one more question.
    const cut = [20 * 10, 2 * 55 + 2 * 64 + 63, 2 * 2];
    const calls = cut.reduce((a, b) => a + b);
    expect(floorMs(names, 10, 1000, 20)).toBe((calls - 1) * 20 + 1000);
    expect(floorMs(names, 10, 100, 20)).toBe(Math.max(100 * 100, (200 + 63 - 1) * 20 + 100));
  });

  test('counts a question for the stream that is named like a prefix, whether there is one or not', () => {
    // Ten lists of ten pages, beside which all of three rows is empty. No shorter name leads to a first letter.
    const callsMs = (100 + 64 + 64 + 55 + 2 - 1) * 20 + 300;
    expect(floorMs(numbered('a', 1000), 10, 300, 20)).toBe(callsMs);
    expect(floorMs(['a', 'a1', ...numbered('a', 998)], 10, 300, 20)).toBe(callsMs);
  });

  test('is never more than that of the list, nor less than that of the pages at the rate that is allowed', () => {
    const names = fc.uniqueArray(fc.string({ unit: fc.constantFrom(...'ab0'), minLength: 1, maxLength: 8 }));
    fc.assert(
      fc.property(names, fc.integer({ min: 20, max: 500 }), (all, latencyMs) => {
        const pages = Math.max(1, Math.ceil(all.length / 2));
        const least = floorMs(all, 2, latencyMs, 20);
        expect(least).toBeLessThanOrEqual(pages * latencyMs);
        expect(least).toBeGreaterThanOrEqual((pages - 1) * 20 + latencyMs);
      }),
    );
  });
});
