/** `kvs-census retry`: asks again for what a run is missing. */
import { Argument, type Command } from 'commander';
import type { RunName } from '../../answers/run-name.ts';
import type { Io } from '../io.ts';
import { examples, parseRunName, RUN_ARGUMENT, readingCommand } from '../options.ts';
import { withSource } from '../source/source.ts';
import { needStack } from '../source/stack.ts';
import type { RetryOptions } from '../subject.ts';
import { subjectOf } from '../subject-of.ts';

export function retryCommand(io: Io): Command {
  return readingCommand(
    'retry',
    'Asks again for the regions, or the accounts, that a run is missing, and only for these.',
  )
    .addArgument(new Argument('<run>', RUN_ARGUMENT).argParser(parseRunName))
    .argument('[regions...]', 'of the missing regions only these; of a run of an organisation: accounts')
    .option('--force', 'also if the run is older than 24 h (its number will mix instants), or is being retried', false)
    .option('--wait', 'follow the run until it has settled again', false)
    .addHelpText(
      'after',
      examples([
        ['retry latest', 'all that the newest total is missing'],
        ['retry 2026-11-20T06:00:00Z me-south-1 --wait', 'one region, seen through'],
        ['retry latest 444455556666', 'one account of an organisation'],
      ]),
    )
    .action(async (name: RunName, wished: string[], options: RetryOptions) => {
      await withSource(options, io, async (source) => {
        needStack(source);
        await (await subjectOf(source)).retry(source, io, options, name, wished);
      });
    });
}
