/** An SQS standard queue in virtual time: visibility, receive counts, redrive. What goes wrong on the way is elsewhere. */
import type { Cancel, VirtualTime } from './virtual-time.ts';

type Attributes = Readonly<Record<string, string>>;
export type Received = {
  messageId: string;
  receiptHandle: string;
  body: string;
  receives: number;
  attributes: Attributes;
};

export type Queue = {
  readonly name: string;
  send(body: string, attributes?: Attributes): void;
  /** The message that has been visible for longest, hidden from now on; one received too often goes to the dead letters. */
  receive(): Received | undefined;
  /** ChangeMessageVisibility. @throws if the handle is not that of a message here */
  delay(receiptHandle: string, seconds: number): void;
  /** DeleteMessage. A handle of no message is no error. */
  remove(receiptHandle: string): void;
  /** Messages here, hidden ones included. */
  size(): number;
};

type QueueOptions = {
  name: string;
  time: VirtualTime;
  visibilityMs: number;
  redrive?: { maxReceives: number; deadLetters: Queue };
  /** Whether a handle from an earlier receive still works: SQS promises neither. */
  oldHandlesWork?: boolean;
  onVisible?: () => void;
  /** A message has come, or has gone for good (`gone`): not by redrive, which is told of where it arrives. */
  onMessage?: (messageId: string, body: string, what: 'come' | 'gone' | 'dead') => void;
};

type Message = {
  id: string;
  body: string;
  attributes: Attributes;
  receives: number;
  visibleAtMs: number;
  wake: Cancel;
};

export function makeQueue(options: QueueOptions): Queue {
  const { name, time, visibilityMs, redrive, onVisible, onMessage } = options;
  const messages = new Map<string, Message>();
  let sent = 0;

  function showAt(message: Message, atMs: number): void {
    message.wake();
    message.visibleAtMs = atMs;
    message.wake = time.after(atMs - time.nowMs(), () => onVisible?.());
  }

  function messageOf(receiptHandle: string): Message | undefined {
    const [id = '', receives] = receiptHandle.split('#');
    const message = messages.get(id);
    return options.oldHandlesWork || Number(receives) === message?.receives ? message : undefined;
  }

  function take(): Message | undefined {
    let first: Message | undefined;
    for (const message of messages.values()) {
      if (message.visibleAtMs > time.nowMs()) continue;
      if (first === undefined || message.visibleAtMs < first.visibleAtMs) first = message;
    }
    return first;
  }

  function drop(message: Message): void {
    message.wake();
    messages.delete(message.id);
  }

  return {
    name,
    size: () => messages.size,
    send(body, attributes = {}) {
      sent += 1;
      const message = { id: `${name}-${sent}`, body, attributes, receives: 0, visibleAtMs: 0, wake: () => {} };
      messages.set(message.id, message);
      onMessage?.(message.id, body, 'come');
      showAt(message, time.nowMs());
    },
    receive() {
      for (;;) {
        const message = take();
        if (message === undefined) return undefined;
        if (redrive === undefined || message.receives < redrive.maxReceives) {
          message.receives += 1;
          showAt(message, time.nowMs() + visibilityMs);
          const { id, body, receives, attributes } = message;
          return { messageId: id, receiptHandle: `${id}#${receives}`, body, receives, attributes };
        }
        drop(message);
        onMessage?.(message.id, message.body, 'dead');
        redrive.deadLetters.send(message.body, message.attributes);
      }
    },
    delay(receiptHandle, seconds) {
      const message = messageOf(receiptHandle);
      if (message === undefined) throw invalidHandle();
      showAt(message, time.nowMs() + seconds * 1000);
    },
    remove(receiptHandle) {
      const message = messageOf(receiptHandle);
      if (message === undefined) return;
      drop(message);
      onMessage?.(message.id, message.body, 'gone');
    },
  };
}

function invalidHandle(): Error {
  return Object.assign(new Error('The receipt handle is not valid for this message.'), {
    name: 'InvalidParameterValue',
    $metadata: { httpStatusCode: 400 },
  });
}
