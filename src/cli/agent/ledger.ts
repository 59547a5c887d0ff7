/**
 * The ledger of a process that answers for hours. What is on this machine is opened for each question and closed again: it belongs to
 * whoever holds its folder open, and `npm start` and other commands must get at it in between. AWS is reached through one client, which
 * keeps its session, so that nobody is asked to sign in for each question; after a failure the next question begins anew, with what the
 * person has mended meanwhile.
 */
import { NoAnswer } from '../../answers/no-answer.ts';
import { placed } from '../../answers/place.ts';
import { InvalidInputError } from '../../census/errors.ts';
import type { Kind } from '../../census/kinds.ts';
import { sentenceOf, UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { type PlaceOptions, placeOf } from '../options.ts';
import { askStack, type OpenedStack, type StackSource, withStack } from '../source/source.ts';
import { inTools } from './in-tools.ts';

/** Whose runs, and of which kind, where a question says more than the command line did. */
type Asked = { account?: string; kind?: Kind };

export type AgentLedger = {
  /** @throws UsageError with one sentence, whatever happened; the cause is what was thrown */
  read<T>(asked: Asked, use: (source: StackSource) => Promise<T>): Promise<T>;
  /** Has closed a ledger of this machine when it resolves. A question that still waits for AWS is not waited for. */
  close(): Promise<void>;
};

/** Questions to AWS at the same time; the others wait. A client that sends thousands must not use the ledger's capacity up. */
const AT_ONCE = 8;

export function makeLedger(options: PlaceOptions, io: Io): AgentLedger {
  return options.local ? makeLocalLedger(options, io) : makeHeldLedger(options, io);
}

function makeLocalLedger(options: PlaceOptions, io: Io): AgentLedger {
  const queue = makeQueue(1);
  return {
    read: (asked, use) => queue.next(() => withStack(options, io, (stack) => ask(stack, options, io, asked, use))),
    close: queue.close,
  };
}

/** A stack that is open. It is closed once nobody uses it any more and `isDropped`, or at once by `end`. */
type Held = { stack: Promise<OpenedStack>; own(): Promise<string>; users: number; isDropped: boolean; end(): void };

function makeHeldLedger(options: PlaceOptions, io: Io): AgentLedger {
  const queue = makeQueue(AT_ONCE);
  let held: Held | undefined;
  const drop = (one: Held) => {
    one.isDropped = true;
    if (held === one) held = undefined;
  };
  return {
    read: (asked, use) =>
      queue.next(async () => {
        held ??= hold(options, io);
        const mine = held;
        mine.users += 1;
        try {
          return await ask({ ...(await mine.stack), own: mine.own }, options, io, asked, use);
        } catch (error) {
          if (!isAnswer((error as Error).cause)) drop(mine);
          throw error;
        } finally {
          mine.users -= 1;
          if (mine.isDropped && mine.users === 0) mine.end();
        }
      }),
    async close() {
      held?.end();
      queue.end();
    },
  };
}

/** @throws UsageError with one sentence, for an agent */
async function ask<T>(
  stack: OpenedStack,
  options: PlaceOptions,
  io: Io,
  asked: Asked,
  use: (source: StackSource) => Promise<T>,
): Promise<T> {
  const wanted = { ...options, ...asked };
  const place = { ...stack.place, ...placeOf(io, wanted) };
  try {
    return await askStack({ ...stack, place }, wanted, use);
  } catch (cause) {
    const sentence = sentenceOf(cause, stack.where);
    throw new UsageError(placed(isAnswer(cause) ? inTools(sentence) : sentence, place), { cause });
  }
}

/** What the ledger, or the question, says: the way there is well. */
const isAnswer = (error: unknown) => error instanceof NoAnswer || error instanceof InvalidInputError;

function hold(options: PlaceOptions, io: Io): Held {
  const opened = Promise.withResolvers<OpenedStack>();
  const over = Promise.withResolvers<void>();
  withStack(options, io, async (stack) => {
    opened.resolve(stack);
    await over.promise;
  }).catch(opened.reject);
  let own: Promise<string> | undefined;
  return {
    stack: opened.promise,
    // Asked once: the credentials stay those of one account.
    own: () => (own ??= opened.promise.then((stack) => stack.own())),
    users: 0,
    isDropped: false,
    end: over.resolve,
  };
}

/** So many at once, the others in the order in which they came. */
function makeQueue(width: number) {
  const waiting: (() => void)[] = [];
  const running = new Set<Promise<unknown>>();
  let isClosed = false;
  const end = () => {
    isClosed = true;
    for (const resolve of waiting.splice(0)) resolve();
  };
  return {
    async next<T>(work: () => Promise<T>): Promise<T> {
      while (running.size >= width && !isClosed) await new Promise<void>((resolve) => waiting.push(resolve));
      if (isClosed) throw new UsageError('The server is ending.');
      const one = work();
      running.add(one);
      try {
        return await one;
      } finally {
        running.delete(one);
        waiting.shift()?.();
      }
    },
    /** What waits is not begun any more. */
    end,
    /** Resolves when nothing is under way. */
    async close() {
      end();
      await Promise.allSettled(running);
    },
  };
}
