import { GaveUpError } from './errors.ts';
import type { Clock } from './ports.ts';

/** `otherwise` after so many milliseconds, whether or not the work heeds the signal that is then aborted. */
export async function within<T, U>(
  clock: Pick<Clock, 'sleep'>,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
  otherwise: U,
): Promise<T | U> {
  const timeUp = new AbortController();
  const done = new AbortController();
  const timer = clock.sleep(ms, done.signal).then(() => {
    timeUp.abort();
    return otherwise;
  });
  try {
    return await Promise.race([work(timeUp.signal), timer]);
  } finally {
    done.abort();
  }
}

/** For what can be done without: undefined where the work fails, or takes longer than so many milliseconds. `onTrouble` is told why. */
export async function orNothing<T>(
  clock: Pick<Clock, 'sleep'>,
  ms: number,
  work: () => Promise<T>,
  onTrouble: (error: unknown) => void,
): Promise<T | undefined> {
  try {
    const answer = await within(clock, ms, async () => ({ given: await work() }), undefined);
    if (answer !== undefined) return answer.given;
    throw new GaveUpError(`No answer came within ${ms} ms.`);
  } catch (error) {
    onTrouble(error);
    return undefined;
  }
}
