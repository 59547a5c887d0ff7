/** What may be said in a question, and how much may be asked for: the same by every door. */
import { LEAST_DAYS } from '../slope.ts';

/** `open` runs have no total yet. */
export const VERDICTS = ['complete', 'partial', 'open'] as const;

/** Runs that are asked for at once, at most; more of them come from `export`, which streams. */
export const MOST_RUNS = 1000;

/** Of the history that growth is told from: unless it is said; at least; and at most, as long as a run is kept unless a parameter says otherwise. */
export const HISTORY_DAYS = { usual: 30, least: LEAST_DAYS, most: 400 };
