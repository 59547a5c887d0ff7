/** `kvs-census explain`: a run in sentences. */
import { Argument, type Command } from 'commander';
import { readExplain } from '../../answers/explain.ts';
import type { RunName } from '../../answers/run-name.ts';
import type { Io } from '../io.ts';
import { examples, parseRunName, type ReadingOptions, RUN_ARGUMENT, readingCommand } from '../options.ts';
import { exitCodeOf, print, tellNews } from '../print.ts';
import { withSource } from '../source/source.ts';

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
      await withSource(options, io, async (source) => {
        const { answer, news } = await readExplain(source, name, io.nowMs());
        tellNews(io, news);
        io.exitCode = exitCodeOf(answer.run);
        await print(io, options, answer, async () => (await import('../render/explain.ts')).renderExplain);
      });
    });
}
