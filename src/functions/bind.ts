import type { Clock } from '../census/ports.ts';

/** The machine's own clock; the only one besides a test's. */
export const realClock: Clock = {
  nowMs: Date.now,
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      signal?.addEventListener('abort', wake);
    }),
};

/** Runs `task` every `ms` until the returned function is called. */
export type Every = (ms: number, task: () => void) => () => void;

export const realEvery: Every = (ms, task) => {
  const timer = setInterval(task, ms);
  return () => clearInterval(timer);
};

/** A handler that makes its body at the first invocation, so that importing a function needs no environment. */
export function bind<Event, Context, Answer>(
  makeBody: () => (event: Event, context: Context) => Promise<Answer>,
): (event: Event, context: Context) => Promise<Answer> {
  let body: ReturnType<typeof makeBody> | undefined;
  return (event, context) => {
    body ??= makeBody();
    return body(event, context);
  };
}
