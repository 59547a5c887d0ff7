/** `kvs-census diff`: what lies between two runs. */
import { Argument, type Command } from 'commander';
import type { RunName } from '../../answers/run-name.ts';
import { ask } from '../ask.ts';
import type { Io } from '../io.ts';
import { examples, parseRunName, type ReadingOptions, RUN_ARGUMENT, readingCommand } from '../options.ts';

export function diffCommand(io: Io): Command {
  return readingCommand('diff', 'What changed between two runs, apart from what only changed in coverage.')
    .addArgument(new Argument('[before]', `the run to start from: ${RUN_ARGUMENT}`).argParser(parseRunName))
    .addArgument(new Argument('[after]', 'the run to compare with it (default: latest)').argParser(parseRunName))
    .addHelpText(
      'after',
      examples([
        ['diff', 'the newest total and the last complete one of the same plan'],
        ['diff yesterday', 'since yesterday'],
        ['diff 2026-11-19T06 latest', 'since the run of that hour'],
      ]),
    )
    .action(async (before: RunName | undefined, after: RunName | undefined, options: ReadingOptions) => {
      const names = before === undefined ? undefined : ([before, after ?? 'latest'] as const);
      await ask(options, io, (subject, source, nowMs) => subject.diff(source, names, nowMs));
    });
}
