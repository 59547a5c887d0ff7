/** `kvs-census diff`: what lies between two runs. */
import { Argument, type Command } from 'commander';
import { readDiff, readNewestDiff } from '../../answers/diff.ts';
import type { RunName } from '../../answers/run-name.ts';
import type { Io } from '../io.ts';
import { examples, parseRunName, type ReadingOptions, RUN_ARGUMENT, readingCommand } from '../options.ts';
import { print, tellNews } from '../print.ts';
import { withSource } from '../source/source.ts';

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
        const nowMs = io.nowMs();
        const { answer, news } =
          before === undefined
            ? await readNewestDiff(source, nowMs)
            : await readDiff(source, before, after ?? 'latest', nowMs);
        tellNews(io, news);
        if (answer.before.runId > answer.after.runId) {
          io.warn('The first run is the later one: this goes back in time, and "gone" is what was created since.');
        }
        io.exitCode = answer.coverage.length === 0 ? 0 : 2;
        await print(io, options, answer, async () => (await import('../render/diff.ts')).renderDiff);
      });
    });
}
