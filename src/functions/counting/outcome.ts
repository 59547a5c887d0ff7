/** What becomes of a task once a worker has looked at it. */
import type { RegionTask } from '../../census/messages.ts';
import type { Random } from '../../census/ports.ts';
import type { WorkerConfig } from '../../config.ts';
import type { Log } from '../../log.ts';

/** Acknowledged, or back in the queue after a wait. */
export type Outcome = { done: true } | { done: false; waitMs: number };

export const DONE: Outcome = { done: true };
export const AT_ONCE: Outcome = { done: false, waitMs: 0 };

/** Its region stays missing. A person who wants it after all asks again, in a round of its own. */
export function letGo(
  { log }: { log: Log },
  { censusId, runId, region, round }: RegionTask,
  receives: number,
): Outcome {
  log.warn('task is too late and was let go', { censusId, runId, region, round, receives });
  return DONE;
}

export type ComingBackDeps = { random: Random; config: Pick<WorkerConfig, 'maxReceives' | 'taskBackoffMs'> };

/** After the last receive the task returns at once, so that it is dead-lettered now and not after its lease. */
export function comeBack({ config, random }: ComingBackDeps, receives: number): Outcome {
  if (receives >= config.maxReceives) return AT_ONCE;
  const longestMs = config.taskBackoffMs[receives - 1] ?? config.taskBackoffMs.at(-1) ?? 0;
  return { done: false, waitMs: longestMs * (0.5 + random() / 2) };
}
