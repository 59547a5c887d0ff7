import { ownerOf } from './census-id.ts';
import type { RegionTask } from './messages.ts';
import { type AttemptedRecord, type CountedRecord, type FailedRecord, heardBy, type RegionRecord } from './region.ts';
import { isOver, type Run } from './run.ts';

/** Why a task is of no run that this stack opened: nobody obeys it, and it ends parked for a person. */
export type Refusal = 'other-account' | 'no-such-run' | 'not-planned' | 'no-such-round';

/** Where a task stands by the time somebody receives it. */
type Standing =
  | { is: 'refused'; why: Refusal }
  /** Its region was counted; perhaps nobody struck it. */
  | { is: 'counted'; run: Run; record: CountedRecord }
  /** Its round is over for good: it is let go. */
  | { is: 'late' }
  | { is: 'wanted'; run: Run; record?: FailedRecord | AttemptedRecord };

type Judge = {
  /** The account that whoever received the task runs in. */
  accountId: string;
  nowMs: number;
  /** Milliseconds after a round's deadline at which it is over for good. */
  partialSweepMs: number;
};

/**
 * Judges a task by what the ledger knows, never by what it says of itself: anybody who may send to a queue can write one.
 *
 *     refused ─▶ counted ─▶ late ─▶ wanted       the first that holds
 */
export function standingOf(
  task: RegionTask,
  known: { run?: Run; record?: RegionRecord },
  { accountId, nowMs, partialSweepMs }: Judge,
): Standing {
  const { run } = known;
  // Of another account only what the dispatcher opened for it: no message can make itself part of an organisation's run.
  if (ownerOf(task.censusId) !== accountId && run?.parent === undefined) return { is: 'refused', why: 'other-account' };
  if (run === undefined) return { is: 'refused', why: 'no-such-run' };
  if (!run.plan.includes(task.region)) return { is: 'refused', why: 'not-planned' };
  if (task.round > run.round) return { is: 'refused', why: 'no-such-round' };
  const [record] = known.record === undefined ? [] : heardBy(run, [known.record]);
  if (record?.status === 'counted') return { is: 'counted', run, record };
  if (isLate(task, run, nowMs, partialSweepMs)) return { is: 'late' };
  return { is: 'wanted', run, ...(record && { record }) };
}

/**
 * The earlier of two deadlines counts: the task's own, and that of the round that the run is in. A round's deadline is not
 * later than that of the next, so the second one bounds what a forged task can say.
 */
export function isLate(task: RegionTask, run: Run, nowMs: number, partialSweepMs: number): boolean {
  return [task, run].some(({ deadlineAt }) => isOver(deadlineAt, nowMs, partialSweepMs));
}
