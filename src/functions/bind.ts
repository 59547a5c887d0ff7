import type { Context as LambdaContext } from 'aws-lambda';
import type { Clock, Every } from '../census/ports.ts';
import { errorFields, gatewayRequestOf, type Invocation, type Log, makeLog, printable } from '../log.ts';

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

/** The partition of whatever has this ARN: `arn:<partition>:...`. */
export function partitionOfArn(arn: string): string {
  return arn.split(':')[1] ?? '';
}

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
): (event: Event, context: Context & Pick<LambdaContext, 'awsRequestId'>) => Promise<Answer> {
  let invocation: Invocation = {};
  const log = makeLog(undefined, () => invocation);
  let body: ReturnType<typeof makeBody> | undefined;
  return async (event, context) => {
    // An environment runs one invocation at a time.
    invocation = { requestId: context.awsRequestId, ...gatewayRequestOf(event) };
    try {
      body ??= makeBody(log);
      return await body(event, context);
    } catch (error) {
      log.error('invocation failed', errorFields(error));
      throw printable(error);
    }
  };
}

/**
 * What is seldom needed is made when it is: a client of the SDK costs the better part of a millisecond at a cold start, and
 * several where a function has little CPU. (Its code is loaded all the same. Loading that later would take every module that
 * clients share out of the one scope that makes bundles small.)
 */
export function lazily<Question extends unknown[], Answer>(
  make: () => (...question: Question) => Answer,
): (...question: Question) => Answer {
  let made: ReturnType<typeof make> | undefined;
  return (...question) => {
    made ??= make();
    return made(...question);
  };
}
