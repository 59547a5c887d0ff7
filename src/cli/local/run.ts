/** One run on the local stack, from the Scheduler's event to the announced total. */
import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidInputError } from '../../census/errors.ts';
import type { EndingLedger, FollowingLedger } from '../../census/ports.ts';
import type { RegionRecord } from '../../census/region.ts';
import { isSettled, type Run, type RunKey, runIdOf } from '../../census/run.ts';
import type { Stack } from '../../local/stack.ts';

/** A run and its region records as they are at one moment; the run is absent until the dispatcher has opened it. */
export type Snapshot = { run?: Run; records: RegionRecord[] };

/** Where the stack pretends to be. */
export const REGION = 'us-east-1';

const POLL_MS = 100;

/** The logical ids of the two schedules are osls's: function, then `SchedulerSchedule` and a number. */
export const DISPATCH_SCHEDULE = 'DispatcherSchedulerSchedule1';
export const SWEEP_SCHEDULE = 'AggregatorSchedulerSchedule1';

/** Whether everything that a run will say for now has been said. */
export function isAnnounced(run: Run | undefined): boolean {
  return (
    run?.total !== undefined && run.announcedRev !== undefined && run.announcedRev >= run.total.rev && isSettled(run)
  );
}

/**
 * Settles what an interrupted start left unsettled. Its tasks were in queues that are gone, so nothing can answer any
 * more: waiting for the deadline would only take time.
 */
export async function settleInterrupted(
  ledger: EndingLedger,
  stack: Stack,
  accountId: string,
  signal: AbortSignal,
  warn: (sentence: string) => void,
): Promise<Run[]> {
  const keys: RunKey[] = [];
  for await (const key of ledger.runsForSweep('OPEN')) {
    if (key.accountId !== accountId) continue;
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
    for await (const { run } of follow(ledger, key, signal)) {
      if (run === undefined) break;
      if (isAnnounced(run)) {
        settled.push(run);
        break;
      }
    }
  }
  return settled;
}

/** Opens a run for the present second, as the Scheduler would. Two starts within one second are two seconds' runs. */
export async function openRunNow(ledger: FollowingLedger, stack: Stack, accountId: string): Promise<RunKey> {
  for (;;) {
    const nowMs = Date.now();
    const key = { accountId, runId: runIdOf(nowMs) as string };
    if ((await ledger.readRun(key)) === undefined) {
      await stack.fire(DISPATCH_SCHEDULE, new Date(Date.parse(key.runId)));
      return key;
    }
    await sleep(1000 - (nowMs % 1000));
  }
}

/** The run and its records again and again, until the caller stops or the signal does. */
export async function* follow(ledger: FollowingLedger, key: RunKey, signal: AbortSignal): AsyncGenerator<Snapshot> {
  for (;;) {
    signal.throwIfAborted();
    const run = await ledger.readRun(key);
    yield { ...(run && { run }), records: await ledger.readRecords(key) };
    // Ends early when the signal comes; the reason is thrown above.
    await sleep(POLL_MS, undefined, { signal }).catch(() => {});
  }
}
