import fc from 'fast-check';
import { makeArnSet } from '../../src/census/arn-set.ts';
import { hashOf } from '../../src/census/fingerprint.ts';
import { calm, numbered } from './listing/counting.ts';
import { count, TIME_LIMIT_MS } from './listing/listing.ts';

const arnOf = (index: number) =>
  `arn:aws:kinesisvideo:eu-west-1:123456789012:stream/camera-${String(index).padStart(7, '0')}/1700000000000`;

/** More than a table that is not divided holds. */
const MANY = 120_000;

describe('a set of ARNs', () => {
  test('is told by whether each is new what a set of their hashes would tell', () => {
    const word = fc.oneof(fc.constantFrom(0, 1, -1, 16, 17, 2 ** 31 - 1, -(2 ** 31)), fc.integer());
    fc.assert(
      fc.property(fc.array(fc.record({ high: word, low: word }), { maxLength: 300 }), (hashes) => {
        const set = makeArnSet();
        const known = new Set<string>();
        const [told, expected] = [[] as boolean[], [] as boolean[]];
        for (const hash of hashes) {
          // One hash stands for another, because an empty slot has it.
          const text = hash.high === 0 && hash.low === 0 ? '0/1' : `${hash.high}/${hash.low}`;
          told.push(set.has(hash), set.add(hash));
          expected.push(known.has(text), !known.has(text));
          known.add(text);
        }
        expect(told).toEqual(expected);
      }),
    );
  });

  test('keeps hashes apart of which a word is 0, where they want the same place, and after it has grown', () => {
    const set = makeArnSet();
    // The first table has 16 places, by the last bits of the low word.
    const hashes = [0, 5, 21, 37].flatMap((low) => [7, 0, -7].map((high) => ({ high, low })));
    for (const hash of hashes) expect([set.has(hash), set.add(hash), set.has(hash)]).toEqual([false, true, true]);
    for (let low = 100; low < 200; low++) set.add({ high: 1, low });
    expect(hashes.map((hash) => set.add(hash))).toEqual(hashes.map(() => false));
    expect([set.has({ high: 2, low: 0 }), set.has({ high: 0, low: 2 })]).toEqual([false, false]);
  });

  test('holds nothing, when it has grown, that was not added', () => {
    const set = makeArnSet();
    for (let low = 100; low < 200; low++) set.add({ high: 1, low });
    expect([set.has({ high: 0, low: 0 }), set.has({ high: 0, low: 1 })]).toEqual([false, false]);
  });

  test('of more than three million forgets none, when its divided tables are as large as one before it was divided', () => {
    const set = makeArnSet();
    // The numbers are mixed so that they fall on all tables; each of the two words is one to one.
    const { imul } = Math;
    const hash = { high: 0, low: 0 };
    const nth = (index: number) => {
      hash.high = imul(index, 0x9e3779b1);
      hash.low = imul(index ^ (index >>> 15), 0x85ebca77);
      return hash;
    };
    const members = 3_300_000;
    let [added, found] = [0, 0];
    for (let index = 0; index < members; index++) if (set.add(nth(index))) added += 1;
    for (let index = 0; index < members; index += 7) if (set.has(nth(index))) found += 1;
    expect([added, found]).toEqual([members, Math.ceil(members / 7)]);
    expect(set.bytes() / members).toBeLessThanOrEqual(24);
  });

  test('forgets none while it grows, keeps 120,000 numbered ones apart, and takes at most 32 bytes each, later 24', () => {
    const set = makeArnSet();
    let [added, least, most, mostOfMany] = [0, 99, 0, 0];
    for (let index = 0; index < MANY; index++) {
      if (set.add(hashOf(arnOf(index)))) added += 1;
      if (index % 500 !== 499) continue;
      least = Math.min(least, set.bytes() / (index + 1));
      most = Math.max(most, set.bytes() / (index + 1));
      if (index > 60_000) mostOfMany = Math.max(mostOfMany, set.bytes() / (index + 1));
    }
    let found = 0;
    for (let index = 0; index < MANY; index++) if (set.has(hashOf(arnOf(index)))) found += 1;
    expect([added, found, set.has(hashOf(arnOf(MANY)))]).toEqual([MANY, MANY, false]);
    expect(least).toBeGreaterThan(8);
    expect(most).toBeLessThanOrEqual(32);
    expect(mostOfMany).toBeLessThanOrEqual(24);
  });
});

describe('a region of more streams than there is memory for', () => {
  const region = calm(numbered('camera-', 95));

  test('ends as a bad answer, and not as a crash', async () => {
    const { result } = await count(region, { timeLimitMs: TIME_LIMIT_MS, listings: 89 });
    expect(result).toMatchObject({ outcome: 'failed', reason: 'bad-answer' });
  });

  test('is counted if it is the last page for which there is', async () => {
    const { result } = await count(region, { timeLimitMs: TIME_LIMIT_MS, listings: 95 });
    expect(result).toMatchObject({ outcome: 'counted' });
  });
});
