/** One run on the local stack, from the Scheduler's event to its total. */
import type { LedgerReader, WholeRun } from '../../answers/reader.ts';
import { runOf } from '../../answers/run.ts';
import type { OpeningLedger } from '../../census/ports.ts';
import { isSettled, type RunKey, runIdOf } from '../../census/run.ts';
import type { Stack } from '../../local/stack.ts';
import type { VideoService } from '../../local/video-service.ts';
import { type FollowOptions, follow } from '../follow.ts';
import type { Io } from '../io.ts';
import type { Calls, Progress } from './progress.ts';
import { DISPATCH_SCHEDULE } from './schedules.ts';

/** Opens a run for the present second, as the Scheduler would. Two starts within one second are two seconds' runs. */
export async function openRunNow(
  ledger: Pick<OpeningLedger, 'readRun'>,
  stack: Stack,
  censusId: string,
  { nowMs, sleep }: Pick<Io, 'nowMs' | 'sleep'>,
): Promise<RunKey> {
  for (;;) {
    const atMs = nowMs();
    const key = { censusId, runId: runIdOf(atMs) as string };
    if ((await ledger.readRun(key)) === undefined) {
      await stack.fire(DISPATCH_SCHEDULE, new Date(Date.parse(key.runId)));
      return key;
    }
    await sleep(1000 - (atMs % 1000));
  }
}

type Watching = FollowOptions & Pick<Io, 'nowMs'> & { service: VideoService | undefined; progress: Progress };

/**
 * Shows the run's progress until it has settled.
 * @throws whatever the signal was given as its reason
 */
export async function watchRun(
  reader: Pick<LedgerReader, 'wholeRun'>,
  key: RunKey,
  { service, progress, nowMs, ...following }: Watching,
): Promise<WholeRun> {
  service?.resetStats();
  try {
    for await (const whole of follow(() => reader.wholeRun(key), following)) {
      const atMs = nowMs();
      progress.show(whole && runOf(whole, atMs), callsOf(service), atMs);
      if (whole !== undefined && isSettled(whole.run)) return whole;
    }
  } finally {
    progress.end();
  }
  throw following.signal.reason;
}

function callsOf(service: VideoService | undefined): Calls {
  return Object.fromEntries(Object.entries(service?.stats() ?? {}).map(([region, { calls }]) => [region, calls]));
}
