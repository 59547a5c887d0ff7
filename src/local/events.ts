/** What the local stack tells whoever started it: the lines that functions print, and what happens between them. */

import type { OnRequest } from './requests.ts';

export type FunctionLog = {
  /** The function's logical id. */
  readonly function: string;
  /** The process that printed it. */
  readonly pid: number;
  readonly stream: 'stdout' | 'stderr';
  readonly line: string;
};

/** What went wrong in an invocation, as Lambda describes it in a response payload. */
export type FunctionError = {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
};

export type StackEvent =
  | { type: 'invocation-started'; function: string; requestId: string; pid: number }
  | { type: 'invocation-ended'; function: string; requestId: string; pid: number; ms: number; error?: FunctionError }
  /** An asynchronous event failed, and is tried again; `attempt` counts from 1. */
  | { type: 'retry'; function: string; requestId: string; attempt: number; afterMs: number; error: FunctionError }
  /** An asynchronous event's record went to its destination, or was dropped because it has none or refused it. */
  | {
      type: 'destination';
      function: string;
      requestId: string;
      condition: string;
      destination: string | undefined;
      refusal?: string;
    }
  /** A poller's invocation was refused for want of concurrency; it is tried again while the messages are hidden. */
  | { type: 'batch-throttled'; function: string; queue: string; messageIds: readonly string[] }
  /** A message stays in its queue and comes back when its visibility ends. */
  | { type: 'message-failed'; function: string; queue: string; messageId: string; receives: number; reason: string }
  | { type: 'schedule-fired'; schedule: string; function: string; scheduledAt: string }
  /** The Scheduler could not hand its event to Lambda, and sent it to its dead-letter queue or dropped it. */
  | { type: 'schedule-failed'; schedule: string; reason: string; deadLetterQueue: string | undefined };

export type Listeners = {
  readonly onLog: (line: FunctionLog) => void;
  readonly onEvent: (event: StackEvent) => void;
  /** Nobody listens as a rule: then nothing looks at requests. */
  readonly onRequest?: OnRequest | undefined;
};
