/** `kvs-census explain`: a run in sentences. */
import { Argument, type Command } from 'commander';
import type { RunName } from '../../answers/run-name.ts';
import { ask } from '../ask.ts';
import type { Io } from '../io.ts';
import { examples, parseRunName, type ReadingOptions, RUN_ARGUMENT, readingCommand } from '../options.ts';

export function explainCommand(io: Io): Command {
  return readingCommand('explain', 'How a number came about, what is missing from it and why, and what to do about it.')
    .addArgument(new Argument('<run>', RUN_ARGUMENT).argParser(parseRunName))
    .addHelpText(
      'after',
      examples([
        ['explain latest', 'the newest total'],
        ['explain 2026-11-20T06:00:00Z --stage prod', 'a certain run'],
      ]),
    )
    .action(async (name: RunName, options: ReadingOptions) => {
      await ask(options, io, (subject, source, nowMs) => subject.explain(source, name, nowMs));
    });
}
