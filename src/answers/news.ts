import type { RunId } from '../census/run.ts';

/** Regions that were counted after a run's total was stored: that is true of what it names, and about to grow. */
export type News = { runId: RunId; regions: readonly string[] };

/** An answer, and what a person should know beside it. */
export type Read<Answer> = { answer: Answer; news: readonly News[] };
