/** One region of Kinesis Video: what there is in it, how it is listed, and what is wrong with it. */
import type { FleetWorld } from './fleet.ts';

/** How a region's service answers a call that it does not serve. */
export const VIDEO_TROUBLES = [
  'throttled',
  'server-error',
  'drops-connection',
  'hang',
  'malformed',
  'token-loop',
  'denied',
  'bad-credentials',
] as const;
export type VideoTrouble = (typeof VIDEO_TROUBLES)[number];

/** What there is in one region, and how it is listed. */
export type RegionWorld = FleetWorld & {
  /** Streams on the first, second ... page of a listing, then again from the start. 0 is an empty page. */
  pageSizes: readonly number[];
  /** What a call takes beyond the usual. */
  slowMs?: number;
  /** A list ends with an empty token instead of none. */
  emptyToken?: true;
  repeats?: Repeats;
  prefixes?: PrefixLie;
  describes?: DescribeLie;
  /** Absent: its quota is applied, and more than there ever are. */
  quota?: QuotaWorld;
  /** What is wrong with it, one after the other. */
  troubles?: readonly Phase[];
  /** When the account has it switched off: seconds after the start. */
  off?: readonly { fromS: number; untilS: number }[];
};

/** Whether the account has it switched off, so many milliseconds after the start. */
export function isOff({ off = [] }: RegionWorld, sinceStartMs: number): boolean {
  return off.some(({ fromS, untilS }) => fromS * 1000 <= sinceStartMs && sinceStartMs < untilS * 1000);
}

/** Until when it lasts: seconds after the start, as long as faults do, or for ever. */
export type Phase = { how: Trouble; until: number | 'healed' | 'never' };

/** `unsupported`: its name does not resolve. */
export type Trouble = VideoTrouble | 'not-enabled' | 'unsupported';

/** What every list says twice. */
export const REPEATS = {
  'page again': 'every other page, again under a new token',
  overlap: 'the last stream of a page, as the first of the next',
  twice: 'the first stream of a page',
} as const;
export type Repeats = keyof typeof REPEATS;

/** How lists by prefix contradict the list of all streams. */
export const PREFIX_LIES = {
  nothing: 'hold nothing',
  'no token': 'end after their first page',
  'short page': 'end on half of their second page',
  'misses names': 'come from an index that misses names',
  lags: 'are as old as that many minutes',
  'ignores case': 'hold small letters for large ones, and the other way round',
  'ignores prefix': 'hold everything',
} as const;

/** `share` of the first letters, or of the names, it hits; of 5 minutes, where it lags. */
export type PrefixLie = { how: keyof typeof PREFIX_LIES; share: number };

/** How DescribeStream answers, asked for a stream that is there. */
export const DESCRIBE_LIES = {
  denied: 'is denied',
  refused: 'is refused as no valid question',
  fails: 'fails',
  'not found': 'finds nothing',
  another: 'finds a stream of another name',
  nothing: 'answers without a stream',
} as const;
export type DescribeLie = keyof typeof DESCRIBE_LIES;

/** What Service Quotas knows of the region's quota; each absent: it knows of no such value. */
export type QuotaWorld = { applied?: number; byDefault?: number; trouble?: QuotaTrouble };

/** How it answers instead. */
export const QUOTA_TROUBLES = {
  denied: 'denies',
  throttled: 'throttles',
  'server-error': 'answers with an error',
  'drops-connection': 'drops the connection',
  hang: 'never answers',
  zero: 'says 0',
  negative: 'says -1',
  fraction: 'says half of one more',
  endless: 'says a number that nothing can hold',
  text: 'says a text',
  nothing: 'answers without a value',
  another: 'answers of another quota',
  reason: 'answers with a reason instead of a value',
} as const;
export type QuotaTrouble = keyof typeof QUOTA_TROUBLES;

/** How far behind an index may be: less than what a count allows for (docs/counting.md). */
export const MOST_LAG_MS = 5 * 60_000;
