import type { RunId } from '../census/run.ts';
import type { Head } from './head.ts';

/** What asking once more for a run's missing regions has set going. */
export type RetryAnswer = Head<'retry'> & {
  runId: RunId;
  round: number;
  /** The round was open already, and its tasks only half published. */
  resumed: boolean;
  /** Whose tasks were published. */
  regions: string[];
  /** ISO 8601. */
  deadlineAt: string;
};
