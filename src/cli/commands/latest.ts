/** `kvs-census latest`: the newest total. */
import type { Command } from 'commander';
import type { RunFilter } from '../../answers/run-filter.ts';
import { ask } from '../ask.ts';
import type { Io } from '../io.ts';
import { examples, type ReadingOptions, readingCommand, withAccountFilter } from '../options.ts';

export function latestCommand(io: Io): Command {
  const what = 'The newest total: how many there are, in which regions or accounts, and whether to trust it.';
  return withAccountFilter(readingCommand('latest', what))
    .addHelpText(
      'after',
      examples([
        ['latest', 'of the stage dev, with your default credentials'],
        ['latest --stage prod --region eu-west-1', 'of another stage and region'],
        ['latest --local', 'of the runs of `npm start`'],
        ['latest --kind channels', 'of signaling channels, where the stack counts them'],
        [
          'latest --account organization --verdict partial',
          'of all accounts together; shown are those that miss something',
        ],
        ['latest --json | jq .run.streams', 'the number alone'],
      ]),
    )
    .action(async (options: ReadingOptions & RunFilter) => {
      await ask(options, io, (subject, source, nowMs) => subject.latest(source, options, nowMs));
    });
}
