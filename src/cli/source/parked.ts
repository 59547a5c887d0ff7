/** What is parked in the queues of a stack: received, and sent again or deleted. */
import { type Parked, type ParkedQueueName, parkedOf } from '../../answers/parked.ts';
import type { ParkedQueue, ReceivedMessage } from '../../aws/parked.ts';
import type { StackSource } from './source.ts';
import { functionName, invoke, queueName } from './stack.ts';

/** Messages looked at, per queue. */
const LIMIT = 500;
/** What is invoked asynchronously, and so may fail for good. */
const INVOKED = ['dispatcher', 'aggregator'] as const;

/** A queue together with what was received from it and is still there. */
type Held = {
  name: ParkedQueueName;
  queue: ParkedQueue;
  messages: Map<string, ReceivedMessage>;
};

export type Found = { parked: Parked; message: ReceivedMessage; held: Held };

export type ParkedQueues = {
  /** Oldest first, queue by queue; of many not all. They are hidden from others until `release`. */
  find(nowMs: number): Promise<{ found: Found[]; isAll: boolean }>;
  /**
   * Sent before it is deleted: a crash between the two repeats a message, and loses none. Gives why it was left where it
   * is, if it was.
   */
  sendAgain(one: Found): Promise<string | undefined>;
  delete(one: Found): Promise<void>;
  release(): Promise<void>;
};

export async function openParkedQueues(source: StackSource): Promise<ParkedQueues> {
  const [{ openParkedQueue }, sqs] = await Promise.all([import('../../aws/parked.ts'), source.access.sqs()]);
  const queues: Held[] = await Promise.all(
    (['unreadable-tasks', 'failed-invocations'] as const).map(async (name) => ({
      name,
      queue: await openParkedQueue(sqs, queueName(source, name)),
      messages: new Map<string, ReceivedMessage>(),
    })),
  );
  const remove = async ({ held, message }: Found) => {
    await held.queue.delete(message);
    held.messages.delete(message.id);
  };
  return {
    async find(nowMs) {
      const received = await Promise.all(queues.map((held) => receive(held, nowMs)));
      return { found: received.flatMap(({ found }) => found), isAll: received.every(({ isAll }) => isAll) };
    },
    async sendAgain(one) {
      const left = await send(source, one);
      if (left === undefined) await remove(one);
      return left;
    },
    delete: remove,
    release: async () => {
      await Promise.all(queues.map(({ queue, messages }) => queue.release([...messages.values()])));
    },
  };
}

async function receive(held: Held, nowMs: number): Promise<{ found: Found[]; isAll: boolean }> {
  const { messages, isAll } = await held.queue.receive(LIMIT);
  for (const message of messages) held.messages.set(message.id, message);
  return { found: messages.map((message) => ({ parked: parkedOf(held.name, message, nowMs), message, held })), isAll };
}

async function send(source: StackSource, { parked: { again }, message }: Found): Promise<string | undefined> {
  switch (again.action) {
    case 'send-task': {
      const { makeSendBody } = await import('../../aws/parked.ts');
      const sendBody = await makeSendBody(await source.access.sqs(), queueName(source, 'region-tasks'));
      await sendBody(message.body);
      return undefined;
    }
    case 'invoke':
      // A message is no reason to invoke whatever it names, with the credentials of whoever reads it.
      if (!INVOKED.some((name) => functionName(source, name) === again.function)) {
        return `${again.function} is not a function of this stack that is invoked so`;
      }
      await invoke(source, again.function, again.payload);
      return undefined;
    case 'none':
      return again.because;
    default:
      return again satisfies never;
  }
}
