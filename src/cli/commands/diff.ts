/** `kvs-census diff`: what lies between two runs. */
import { Argument, type Command } from 'commander';
import type { RunName } from '../../answers/run-name.ts';
import type { Io } from '../io.ts';
import { examples, parseRunName, type ReadingOptions, RUN_ARGUMENT, readingCommand } from '../options.ts';
import { withSource } from '../source/source.ts';
import { show } from '../subject.ts';
import { subjectOf } from '../subject-of.ts';

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
      await withSource(options, io, async (source) => {
        const names = before === undefined ? undefined : ([before, after ?? 'latest'] as const);
        await show(await (await subjectOf(source)).diff(source, names, io.nowMs()), io, options);
      });
    });
}
