/** For how many listings a process has memory. */

/** Of the memory of a process, what is not for telling streams apart: Node, the SDK, forty pages. MB of 2^20 bytes. */
const MEMORY_BESIDE_MB = 160;
/** Even where that leaves nothing. */
const LEAST_MEMORY_MB = 8;
/** A listing takes up to 22 (census/arn-set.ts); 24 with its share of what else grows. */
const BYTES_PER_LISTING = 24;

/** Listings for which a process of so much memory has room: 37 million of 1,024 MB, where one invocation lists 13 million. */
export function listingsFor(memoryMb: number): number {
  const forListingsMb = Math.max(LEAST_MEMORY_MB, memoryMb - MEMORY_BESIDE_MB);
  return Math.floor((forListingsMb * 2 ** 20) / BYTES_PER_LISTING);
}
