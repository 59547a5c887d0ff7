import type { Context as LambdaContext } from 'aws-lambda';
import type { Clock } from '../census/ports.ts';
import { errorFields, type Log, makeLog, printable } from '../log.ts';

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

/**
 * A handler that makes its body at the first invocation, so that importing a function needs no environment. Each line of its
 * log names the invocation, and what it throws is what may be printed: the details are in the log.
 */
export function bind<Event, Context, Answer>(
  makeBody: (log: Log) => (event: Event, context: Context) => Promise<Answer>,
): (event: Event, context: Context & Invocation) => Promise<Answer> {
  let requestId: string | undefined;
  const log = makeLog(undefined, () => requestId);
  let body: ReturnType<typeof makeBody> | undefined;
  return async (event, context) => {
    // An environment runs one invocation at a time.
    requestId = context.awsRequestId;
    try {
      body ??= makeBody(log);
      return await body(event, context);
    } catch (error) {
      log.error('invocation failed', errorFields(error));
      throw printable(error);
    }
  };
}

type Invocation = Pick<LambdaContext, 'awsRequestId'>;
