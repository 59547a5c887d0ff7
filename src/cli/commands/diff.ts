/** `kvs-census diff`: what lies between two runs. */
import { Argument, type Command } from 'commander';
import { readDiff } from '../../answers/diff.ts';
import type { RunName } from '../../answers/run-name.ts';
import type { Io } from '../io.ts';
import { examples, parseRunName, type ReadingOptions, RUN_ARGUMENT, readingCommand } from '../options.ts';
import { print, tellNews } from '../print.ts';
import { withSource } from '../source/source.ts';

export function diffCommand(io: Io): Command {
  return readingCommand('diff', 'What changed between two runs, apart from what only changed in coverage.')
    .addArgument(new Argument('<before>', `the run to start from: ${RUN_ARGUMENT}`).argParser(parseRunName))
    .addArgument(new Argument('<after>', 'the run to compare with it').argParser(parseRunName))
    .addHelpText(
      'after',
      examples([
        ['diff yesterday latest', 'since yesterday'],
        ['diff 2026-11-19T06 latest', 'since the run of that hour'],
      ]),
    )
    .action(async (before: RunName, after: RunName, options: ReadingOptions) => {
      await withSource(options, io, async (source) => {
        const { answer, news } = await readDiff(source, before, after, io.nowMs());
        tellNews(io, news);
        if (answer.before.runId > answer.after.runId) {
          io.warn('The first run is the later one: this goes back in time, and "gone" is what was created since.');
        }
        io.exitCode = answer.coverage.length === 0 ? 0 : 2;
        await print(io, options, answer, async () => (await import('../render/diff.ts')).renderDiff);
      });
    });
}
