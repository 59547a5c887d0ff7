/** Runs on the local stack, one of each kind, from the Scheduler's event to their totals. */
import type { LedgerReader, WholeRun } from '../../answers/reader.ts';
import { runOf } from '../../answers/run.ts';
import { kindOf } from '../../census/census-id.ts';
import type { Kind } from '../../census/kinds.ts';
import { isSettled, type RunBase, type RunKey, runIdOf } from '../../census/run.ts';
import type { Stack } from '../../local/stack.ts';
import type { VideoService } from '../../local/video-service.ts';
import { type FollowOptions, follow } from '../follow.ts';
import type { Io } from '../io.ts';
import type { Calls } from './pictures.ts';
import type { Progress } from './progress.ts';
import { DISPATCH_SCHEDULE } from './schedules.ts';

/**
 * Opens a run of each kind for the present second, as the Scheduler would. Two starts within one second are two seconds' runs.
 * @param readRun of an account, or of the organisation
 */
export async function openRunsNow(
  { readRun }: { readRun(key: RunKey): Promise<object | undefined> },
  stack: Stack,
  censusIds: readonly string[],
  { nowMs, sleep }: Pick<Io, 'nowMs' | 'sleep'>,
): Promise<RunKey[]> {
  for (;;) {
    const atMs = nowMs();
    const runId = runIdOf(atMs) as string;
    const keys = censusIds.map((censusId) => ({ censusId, runId }));
    const runs = await Promise.all(keys.map((key) => readRun(key)));
    if (runs.every((run) => run === undefined)) {
      await stack.fire(DISPATCH_SCHEDULE, new Date(Date.parse(runId)));
      return keys;
    }
    await sleep(1000 - (atMs % 1000));
  }
}

/** What was found of a run: it, and what is known of its regions or its accounts. */
type Found = { run: Pick<RunBase, 'sweep' | 'round' | 'dispatchedRound'> };

type Watching = FollowOptions &
  Pick<Io, 'nowMs'> & {
    /** Aborts when the dispatcher was given up: what it has not dispatched by then, it never will. */
    givenUp: AbortSignal;
  };

/** What became of a run: it has settled, or it was never dispatched. */
export type Watched<Whole extends Found = WholeRun> = { kind: Kind } & (
  | { key: RunKey; whole: Whole }
  | { error: Error }
);

/**
 * Shows the progress of the runs until each has settled, or is known never to be.
 * @throws whatever the signal was given as its reason
 */
export async function watchRuns(
  reader: Pick<LedgerReader, 'wholeRun'>,
  keys: readonly RunKey[],
  { service, progress, ...watching }: Watching & { service: VideoService | undefined; progress: Progress },
): Promise<Watched[]> {
  service?.resetStats();
  const look = (key: RunKey) => reader.wholeRun(key);
  const show = (kind: Kind, whole: WholeRun | undefined, atMs: number) =>
    progress.show(kind, whole && runOf(whole, atMs), callsOf(service, kind), atMs);
  try {
    return await watchEach(keys, { ...watching, look, show });
  } finally {
    progress.end();
  }
}

/** The same of whatever runs there are. */
export async function watchEach<Whole extends Found>(
  keys: readonly RunKey[],
  watching: Watching & Looking<Whole>,
): Promise<Watched<Whole>[]> {
  return await Promise.all(keys.map((key) => watchOne(key, watching)));
}

type Looking<Whole> = {
  look(key: RunKey): Promise<Whole | undefined>;
  show(kind: Kind, whole: Whole | undefined, atMs: number): void;
};

async function watchOne<Whole extends Found>(
  key: RunKey,
  { look, show, nowMs, givenUp, ...following }: Watching & Looking<Whole>,
): Promise<Watched<Whole>> {
  const kind = kindOf(key.censusId);
  for await (const whole of follow(() => look(key), following)) {
    show(kind, whole, nowMs());
    if (whole !== undefined && isSettled(whole.run)) return { kind, key, whole };
    if (givenUp.aborted && !isDispatched(whole)) return { kind, error: givenUp.reason as Error };
  }
  throw following.signal.reason;
}

function isDispatched(found: Found | undefined): boolean {
  return found !== undefined && found.run.dispatchedRound === found.run.round;
}

function callsOf(service: VideoService | undefined, kind: Kind): Calls {
  return Object.fromEntries(Object.entries(service?.stats(kind) ?? {}).map(([region, { calls }]) => [region, calls]));
}
