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
