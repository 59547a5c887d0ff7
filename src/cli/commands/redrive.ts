/** `kvs-census redrive`: what is parked for a person, and what becomes of it. */
import type { Command } from 'commander';
import { headOf } from '../../answers/head.ts';
import { type Parked, type ParkedQueueName, parkedOf, type RedriveAnswer } from '../../answers/parked.ts';
import type { ParkedQueue, ReceivedMessage } from '../../aws/parked.ts';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { examples, type ReadingOptions, readingCommand } from '../options.ts';
import { print } from '../print.ts';
import { type StackSource, withSource } from '../source/source.ts';
import { functionName, invoke, needStack, queueName } from '../source/stack.ts';

type Options = ReadingOptions & { all: boolean; send: boolean; delete: boolean; yes: boolean };

/** Messages looked at, per queue. */
const LIMIT = 500;
const SHORTEST_ID = 4;
/** What is invoked asynchronously, and so may fail for good. */
const INVOKED = ['dispatcher', 'aggregator'] as const;

export function redriveCommand(io: Io): Command {
  return readingCommand(
    'redrive',
    'Lists what is parked in unreadable-tasks and failed-invocations; sends it again, or deletes it.',
  )
    .argument('[ids...]', 'ids as the list shows them, or their first characters')
    .option('--all', 'everything that is listed', false)
    .option('--send', 'send tasks to region-tasks again, and invoke failed invocations again', false)
    .option('--delete', 'delete them; asks for --yes as well', false)
    .option('--yes', 'with --delete: really', false)
    .addHelpText(
      'after',
      examples([
        ['redrive', 'list, with reasons'],
        ['redrive 3f2a --send', 'one of them again'],
        ['redrive --all --delete --yes', 'forget all of them'],
      ]),
    )
    .action(async (ids: string[], options: Options) => {
      checkUse(ids, options);
      await withSource(options, io, async (source) => {
        needStack(source);
        const queues = await openQueues(source);
        try {
          const found = await findParked(queues, io.nowMs());
          const done = await act(source, io, found.messages, ids, options);
          const parked = found.messages.map((one) => one.parked);
          const answer = { ...headOf('redrive', source.accountId, io.nowMs()), parked, all: found.isAll, ...done };
          await print(io, options, answer, async () => (await import('../render/redrive.ts')).renderRedrive);
        } finally {
          await Promise.all(queues.map((queue) => queue.release()));
        }
      });
    });
}

function checkUse(ids: readonly string[], options: Options): void {
  const { all, send, yes } = options;
  const chosen = ids.length > 0 || all;
  if (send && options.delete) throw new UsageError('Either --send or --delete, not both.');
  if ((send || options.delete) && !chosen) throw new UsageError('Name the messages by their ids, or take --all.');
  if (chosen && !send && !options.delete)
    throw new UsageError('Say what is to become of them: --send, or --delete --yes.');
  if (ids.length > 0 && all) throw new UsageError('Either ids or --all, not both.');
  if (yes && !options.delete) throw new UsageError('--yes goes with --delete.');
}

/** A queue together with what was received from it and is still there. */
type Held = {
  name: ParkedQueueName;
  queue: ParkedQueue;
  messages: Map<string, ReceivedMessage>;
  release(): Promise<void>;
};

async function openQueues(source: StackSource): Promise<Held[]> {
  const [{ openParkedQueue }, sqs] = await Promise.all([import('../../aws/parked.ts'), source.access.sqs()]);
  return await Promise.all(
    (['unreadable-tasks', 'failed-invocations'] as const).map(async (name) => {
      const queue = await openParkedQueue(sqs, queueName(source, name));
      const messages = new Map<string, ReceivedMessage>();
      return { name, queue, messages, release: () => queue.release([...messages.values()]) };
    }),
  );
}

type Found = { parked: Parked; message: ReceivedMessage; held: Held };

async function findParked(queues: readonly Held[], nowMs: number): Promise<{ messages: Found[]; isAll: boolean }> {
  const found = await Promise.all(
    queues.map(async (held) => {
      const { messages, isAll } = await held.queue.receive(LIMIT);
      for (const message of messages) held.messages.set(message.id, message);
      return {
        isAll,
        messages: messages.map((message) => ({ parked: parkedOf(held.name, message, nowMs), message, held })),
      };
    }),
  );
  return { messages: found.flatMap(({ messages }) => messages), isAll: found.every(({ isAll }) => isAll) };
}

async function act(
  source: StackSource,
  io: Io,
  found: readonly Found[],
  ids: readonly string[],
  options: Options,
): Promise<Pick<RedriveAnswer, 'sent' | 'deleted'>> {
  const chosen = options.all ? found : [...new Set(ids.map((id) => find(found, id)))];
  if (options.delete && !options.yes && chosen.length > 0) {
    throw new UsageError(
      `${chosen.length} parked messages would be deleted for good (${chosen.map(({ parked }) => parked.id).join(', ')}): say --delete --yes to do it.`,
    );
  }
  const done: string[] = [];
  try {
    for (const one of chosen) {
      if (options.send && !(await sendAgain(source, io, one))) continue;
      await one.held.queue.delete(one.message);
      one.held.messages.delete(one.message.id);
      done.push(one.parked.id);
    }
  } catch (error) {
    if (done.length > 0) io.warn(`${options.send ? 'Sent again' : 'Deleted'} before this failed: ${done.join(', ')}.`);
    throw error;
  }
  return options.send ? { sent: done, deleted: [] } : { sent: [], deleted: done };
}

function find(found: readonly Found[], id: string): Found {
  const matching = found.filter(({ parked }) => parked.id.startsWith(id));
  const [one, another] = matching;
  if (one === undefined)
    throw new UsageError(`Nothing that is parked has the id ${id}: \`kvs-census redrive\` lists what there is.`);
  if (another !== undefined || id.length < SHORTEST_ID) {
    throw new UsageError(`The id ${id} is not enough to tell which message is meant: give more of its characters.`);
  }
  return one;
}

/** Sent before it is deleted: a crash between the two repeats a message, and loses none. */
async function sendAgain(source: StackSource, io: Io, { parked: { id, again }, message }: Found): Promise<boolean> {
  const leave = (because: string): false => {
    io.warn(`${id} was left where it is, because ${because}.`);
    io.exitCode = 2;
    return false;
  };
  switch (again.action) {
    case 'send-task': {
      const { makeSendBody } = await import('../../aws/parked.ts');
      const send = await makeSendBody(await source.access.sqs(), queueName(source, 'region-tasks'));
      await send(message.body);
      return true;
    }
    case 'invoke':
      // A message is no reason to invoke whatever it names, with the credentials of whoever reads it.
      if (!INVOKED.some((name) => functionName(source, name) === again.function)) {
        return leave(`${again.function} is not a function of this stack that is invoked so`);
      }
      await invoke(source, again.function, again.payload);
      return true;
    case 'none':
      return leave(again.because);
    default:
      return again satisfies never;
  }
}
