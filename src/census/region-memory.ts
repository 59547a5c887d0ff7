/** What is learned of an account's regions, and remembered from one run to the next. */
import type { LastKnown, SourceFailure } from './run.ts';

/** Regions in which the service is, or that the account has not switched on; or why that could not be learned. */
export type RegionsAnswer = { regions: readonly string[] } | { because: SourceFailure; cause?: unknown };

export type Remembered = { regions: readonly string[]; askedAt: string };

/** What the ledger remembers of an account's regions, between one run and the next. */
export type RegionMemory = {
  /** Where the service is. */
  live?: Remembered;
  /** Which regions were explicitly switched off. */
  off?: Remembered;
  /** Of those: what the last count there found; `null`: there never was one. */
  lastCounts: Readonly<Record<string, LastKnown | null>>;
};

export const NOTHING_REMEMBERED: RegionMemory = { lastCounts: {} };
