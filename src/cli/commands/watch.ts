/** `kvs-census watch`: a run as it progresses, until it has settled. */
import { Argument, type Command } from 'commander';
import { readNewestId } from '../../answers/progress.ts';
import { findRunId, type RunName } from '../../answers/run-name.ts';
import type { Io } from '../io.ts';
import { examples, parseRunName, type ReadingOptions, RUN_ARGUMENT, readingCommand } from '../options.ts';
import { withSource } from '../source/source.ts';
import { subjectOf } from '../subject-of.ts';

export function watchCommand(io: Io): Command {
  return readingCommand('watch', 'Follows a run until it has settled.')
    .addArgument(
      new Argument('[run]', `${RUN_ARGUMENT}; without one, and for latest, the newest of all`).argParser(parseRunName),
    )
    .addHelpText(
      'after',
      examples([
        ['watch', 'the newest run'],
        ['watch 2026-11-20T06:00:00Z --local', 'a run of the stack that `npm start -- --keep` left up'],
      ]),
    )
    .addHelpText('after', '\nWith --json, one line per change, each a whole run.')
    .action(async (name: RunName | undefined, options: ReadingOptions) => {
      await withSource(options, io, async (source) => {
        const isNewest = name === undefined || name === 'latest';
        const runId = isNewest ? await readNewestId(source) : await findRunId(source, name, io.nowMs());
        await (await subjectOf(source)).watch(source, io, options, runId);
      });
    });
}
