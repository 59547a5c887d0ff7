/** `kvs-census redrive`: what is parked for a person, and what becomes of it. */
import type { Command } from 'commander';
import { headOf } from '../../answers/head.ts';
import type { RedriveAnswer } from '../../answers/parked.ts';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { examples, type ReadingOptions, readingCommand } from '../options.ts';
import { print } from '../print.ts';
import { type Found, openParkedQueues, type ParkedQueues } from '../source/parked.ts';
import { withSource } from '../source/source.ts';
import { needStack } from '../source/stack.ts';

type Options = ReadingOptions & { all: boolean; send: boolean; delete: boolean; yes: boolean };

const SHORTEST_ID = 4;

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
        const queues = await openParkedQueues(source);
        try {
          const { found: every, isAll } = await queues.find(io.nowMs());
          const found = every.filter(({ parked }) => options.kind === undefined || parked.kind === options.kind);
          const done = await act(queues, io, found, ids, options);
          const parked = found.map((one) => one.parked);
          const answer = { ...headOf('redrive', source.censusId, io.nowMs()), parked, all: isAll, ...done };
          await print(io, options, answer, async () => {
            const { renderRedrive } = await import('../render/redrive.ts');
            return (model, view) => renderRedrive(model, view, options.kind);
          });
        } finally {
          await queues.release();
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

async function act(
  queues: ParkedQueues,
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
      const left = options.send ? await queues.sendAgain(one) : await queues.delete(one);
      if (left === undefined) done.push(one.parked.id);
      else {
        io.warn(`${one.parked.id} was left where it is, because ${left}.`);
        io.exitCode = 2;
      }
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
