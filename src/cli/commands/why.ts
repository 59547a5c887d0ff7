/** `kvs-census why`: why a total is lower, or higher, than another. */
import { Argument, type Command, Option } from 'commander';
import type { RunName } from '../../answers/run-name.ts';
import { ask } from '../ask.ts';
import type { Io } from '../io.ts';
import { examples, parseRunName, type ReadingOptions, RUN_ARGUMENT, readingCommand } from '../options.ts';

type Options = ReadingOptions & { than?: RunName };

export function whyCommand(io: Io): Command {
  return readingCommand('why', 'Why a total is lower, or higher: what really changed, and what is only not visible.')
    .addArgument(new Argument('[run]', `${RUN_ARGUMENT} (default: latest)`).argParser(parseRunName))
    .addOption(
      new Option('--than <run>', 'than which run (default: the last complete one of the same plan)').argParser(
        parseRunName,
      ),
    )
    .addHelpText(
      'after',
      examples([
        ['why', 'the newest total against the last complete one of the same plan'],
        ['why --than yesterday', 'against the newest total of yesterday'],
        ['why 2026-11-20T06 --than latest~4', 'a certain run against another'],
      ]),
    )
    .action(async (name: RunName | undefined, options: Options) => {
      await ask(options, io, (subject, source, nowMs) => subject.why(source, name ?? 'latest', options.than, nowMs));
    });
}
