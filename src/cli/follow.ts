/** A run as it progresses. */
import { isSettled, type RunBase } from '../census/run.ts';
import type { Io } from './io.ts';

export type FollowOptions = Pick<Io, 'sleep'> & {
  /** Milliseconds between two looks. */
  everyMs: number;
  /** Ends it after one more look. */
  signal: AbortSignal;
};

/** What `look` finds, again and again, until the run has settled; undefined as long as it is not there. */
export async function* follow<Found extends { run: Pick<RunBase, 'sweep'> }>(
  look: () => Promise<Found | undefined>,
  { everyMs, sleep, signal }: FollowOptions,
): AsyncGenerator<Found | undefined, void> {
  const stopped = aborted(signal);
  for (;;) {
    const found = await look();
    yield found;
    if (signal.aborted || (found !== undefined && isSettled(found.run))) return;
    await Promise.race([sleep(everyMs), stopped]);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
