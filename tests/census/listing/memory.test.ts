import { listingsFor } from '../../../src/census/listing/memory.ts';

const MIB = 2 ** 20;

test('a worker of 1,024 MB has memory for 37 million listings', () => {
  expect(Math.floor(listingsFor(1024) / 1e6)).toBe(37);
});

test('a listing takes 24 bytes', () => {
  expect(listingsFor(2048) - listingsFor(1024)).toBe(Math.floor((1024 * MIB) / 24));
});

test('there is memory for some even where Node leaves none', () => {
  expect(listingsFor(128)).toBe(Math.floor((8 * MIB) / 24));
});
