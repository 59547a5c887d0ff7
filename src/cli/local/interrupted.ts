/** What becomes of a run whose start was interrupted: the next start settles it. */
import { ownerOf } from '../../census/census-id.ts';
import { InvalidInputError } from '../../census/errors.ts';
import type { EndingLedger } from '../../census/ports.ts';
import { isSettled, type Run, type RunKey } from '../../census/run.ts';
import type { Stack } from '../../local/stack.ts';
import { type FollowOptions, follow } from '../follow.ts';
import type { Io } from '../io.ts';
import { SWEEP_SCHEDULE } from './schedules.ts';

/**
 * Settles what an interrupted start left unsettled. Its tasks were in queues that are gone, so nothing can answer any
 * more: waiting for the deadline would only take time.
 */
export async function settleInterrupted(
  ledger: EndingLedger,
  stack: Stack,
  accountId: string,
  { warn, ...following }: FollowOptions & Pick<Io, 'warn'>,
): Promise<Run[]> {
  const keys: RunKey[] = [];
  for await (const key of ledger.runsForSweep('OPEN')) {
    if (ownerOf(key.censusId) !== accountId) continue;
    const run = await ledger.readRun(key).catch((error: unknown) => {
      // One that is damaged keeps no other from being counted.
      if (!(error instanceof InvalidInputError)) throw error;
      warn(error.message);
    });
    if (run !== undefined && !isSettled(run)) keys.push(key);
  }
  if (keys.length === 0) return [];
  for (const key of keys) await ledger.bringDeadlineForward(key, new Date().toISOString());
  await stack.fire(SWEEP_SCHEDULE, new Date());
  const settled: Run[] = [];
  for (const key of keys) {
    const look = async () => {
      const run = await ledger.readRun(key);
      return run && { run };
    };
    for await (const found of follow(look, following)) {
      if (found === undefined) break;
      if (isSettled(found.run)) settled.push(found.run);
    }
    following.signal.throwIfAborted();
  }
  return settled;
}
