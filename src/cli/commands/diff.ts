/** `kvs-census diff`: what lies between two runs. */
import { Argument, type Command } from 'commander';
import { type Head, headOf, type RunSummary, runSummary } from '../../answers/model.ts';
import { readWholeRun } from '../../answers/pick.ts';
import { diffRuns, type RunDiff } from '../../census/diff.ts';
import type { RunId } from '../../census/run.ts';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { examples, parseRunName, type ReadingOptions, readingCommand } from '../options.ts';
import { print } from '../print.ts';
import { type Source, withSource } from '../source/source.ts';

export type DiffModel = Head<'diff'> &
  Omit<RunDiff, 'before' | 'after'> & {
    /** The run named first, and the one named second. */
    before: RunSummary;
    after: RunSummary;
  };

export function diffCommand(io: Io): Command {
  return readingCommand('diff', 'What changed between two runs, apart from what only changed in coverage.')
    .addArgument(new Argument('<before>', 'the run to start from: its id, or "latest"').argParser(parseRunName))
    .addArgument(new Argument('<after>', 'the run to compare with it').argParser(parseRunName))
    .addHelpText('after', examples([['diff 2026-11-19T06:00:00Z latest', 'since yesterday morning']]))
    .action(async (before: RunId | 'latest', after: RunId | 'latest', options: ReadingOptions) => {
      await withSource(options, io, async (source) => {
        const model = await readDiff(source, io, before, after);
        if (model.before.runId > model.after.runId) {
          io.warn('The first run is the later one: this goes back in time, and "gone" is what was created since.');
        }
        io.exitCode = model.coverage.length === 0 ? 0 : 2;
        await print(io, options, model, async () => (await import('../render/diff.ts')).renderDiff);
      });
    });
}

/** Two requests. */
export async function readDiff(
  source: Pick<Source, 'reader' | 'accountId' | 'description'>,
  io: Io,
  before: RunId | 'latest',
  after: RunId | 'latest',
): Promise<DiffModel> {
  const [first, second] = await Promise.all([readWholeRun(source, io, before), readWholeRun(source, io, after)]);
  for (const { run } of [first, second]) {
    if (run.total === undefined) {
      throw new UsageError(
        `The run ${run.runId} has no total yet, so nothing can be compared with it: follow it with \`kvs-census watch ${run.runId}\`..`,
      );
    }
  }
  return {
    ...headOf('diff', source.accountId, io.nowMs()),
    ...diffRuns(first, second),
    before: runSummary(first.run, io.nowMs()),
    after: runSummary(second.run, io.nowMs()),
  };
}
