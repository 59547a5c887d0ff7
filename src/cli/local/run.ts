/** Runs on the local stack, one of each kind, from the Scheduler's event to their totals. */
import type { LedgerReader, WholeRun } from '../../answers/reader.ts';
import { runOf } from '../../answers/run.ts';
import { kindOf } from '../../census/census-id.ts';
import type { Kind } from '../../census/kinds.ts';
import type { OpeningLedger } from '../../census/ports.ts';
import { isSettled, type Run, type RunKey, runIdOf } from '../../census/run.ts';
import type { Stack } from '../../local/stack.ts';
import type { VideoService } from '../../local/video-service.ts';
import { type FollowOptions, follow } from '../follow.ts';
import type { Io } from '../io.ts';
import type { Calls } from './pictures.ts';
import type { Progress } from './progress.ts';
import { DISPATCH_SCHEDULE } from './schedules.ts';

/**
 * Opens a run of each kind for the present second, as the Scheduler would. Two starts within one second are two seconds' runs.
 */
export async function openRunsNow(
  ledger: Pick<OpeningLedger, 'readRun'>,
  stack: Stack,
  censusIds: readonly string[],
  { nowMs, sleep }: Pick<Io, 'nowMs' | 'sleep'>,
): Promise<RunKey[]> {
  for (;;) {
    const atMs = nowMs();
    const runId = runIdOf(atMs) as string;
    const keys = censusIds.map((censusId) => ({ censusId, runId }));
    const runs = await Promise.all(keys.map((key) => ledger.readRun(key)));
    if (runs.every((run) => run === undefined)) {
      await stack.fire(DISPATCH_SCHEDULE, new Date(Date.parse(runId)));
      return keys;
    }
    await sleep(1000 - (atMs % 1000));
  }
}

type Watching = FollowOptions &
  Pick<Io, 'nowMs'> & {
    service: VideoService | undefined;
    progress: Progress;
    /** Aborts when the dispatcher was given up: what it has not dispatched by then, it never will. */
    givenUp: AbortSignal;
  };

/** What became of a run: it has settled, or it was never dispatched. */
export type Watched = { kind: Kind } & ({ key: RunKey; whole: WholeRun } | { error: Error });

/**
 * Shows the progress of the runs until each has settled, or is known never to be.
 * @throws whatever the signal was given as its reason
 */
export async function watchRuns(
  reader: Pick<LedgerReader, 'wholeRun'>,
  keys: readonly RunKey[],
  { progress, ...watching }: Watching,
): Promise<Watched[]> {
  watching.service?.resetStats();
  try {
    return await Promise.all(keys.map((key) => watchRun(reader, key, { progress, ...watching })));
  } finally {
    progress.end();
  }
}

async function watchRun(
  reader: Pick<LedgerReader, 'wholeRun'>,
  key: RunKey,
  { service, progress, nowMs, givenUp, ...following }: Watching,
): Promise<Watched> {
  const kind = kindOf(key.censusId);
  for await (const whole of follow(() => reader.wholeRun(key), following)) {
    const atMs = nowMs();
    progress.show(kind, whole && runOf(whole, atMs), callsOf(service, kind), atMs);
    if (whole !== undefined && isSettled(whole.run)) return { kind, key, whole };
    if (givenUp.aborted && !isDispatched(whole?.run)) return { kind, error: givenUp.reason as Error };
  }
  throw following.signal.reason;
}

function isDispatched(run: Run | undefined): boolean {
  return run !== undefined && run.dispatchedRound === run.round;
}

function callsOf(service: VideoService | undefined, kind: Kind): Calls {
  return Object.fromEntries(Object.entries(service?.stats(kind) ?? {}).map(([region, { calls }]) => [region, calls]));
}
