/** `kvs-census run`: everything of one run; with `--now`, starts one. */
import { Argument, type Command } from 'commander';
import { type Head, headOf, type RegionRow, type RunSummary, regionRows, runSummary } from '../../answers/model.ts';
import { readWholeRun } from '../../answers/pick.ts';
import type { WholeRun } from '../../answers/reader.ts';
import type { RunId } from '../../census/run.ts';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { examples, parseRunName, type ReadingOptions, readingCommand } from '../options.ts';
import { print } from '../print.ts';
import { withSource } from '../source/source.ts';

export type RunModel = Head<'run'> & { run: RunSummary; regions: RegionRow[] };

type Options = ReadingOptions & { now: boolean; wait: boolean };

export function runCommand(io: Io): Command {
  return readingCommand('run', 'Everything of one run; with --now, starts a run.')
    .addArgument(new Argument('[run]', 'its id, or "latest"').argParser(parseRunName))
    .option('--now', 'start a run at this instant, as the schedule would', false)
    .option('--wait', 'with --now: follow it until it has settled', false)
    .addHelpText(
      'after',
      examples([
        ['run 2026-11-20T06:00:00Z', 'the run of that instant'],
        ['run --now --wait', 'start one on the stage dev and see it through'],
        ['run --now --local', 'on the stack that `npm start -- --keep` left up'],
      ]),
    )
    .action(async (name: RunId | 'latest' | undefined, options: Options) => {
      checkUse(name, options);
      await withSource(options, io, async (source) => {
        if (options.now) {
          const { startRun } = await import('./start-run.ts');
          return await startRun(source, io, options);
        }
        const whole = await readWholeRun(source, io, name ?? 'latest');
        const model = runModel(whole, io.nowMs());
        io.exitCode = model.run.verdict === 'complete' ? 0 : 2;
        await print(io, options, model, async () => (await import('../render/whole-run.ts')).renderWholeRun);
      });
    });
}

function checkUse(name: string | undefined, { now, wait }: Options): void {
  if (name !== undefined && now) throw new UsageError('A run is either named or started with --now, not both.');
  if (name === undefined && !now) {
    throw new UsageError('Name a run (an instant such as 2026-11-20T06:00:00Z, or latest), or start one with --now.');
  }
  if (wait && !now) throw new UsageError('--wait goes with --now; `kvs-census watch` follows a run that is under way.');
}

export function runModel({ run, records }: WholeRun, nowMs: number): RunModel {
  return {
    ...headOf('run', run.accountId, nowMs),
    run: runSummary(run, nowMs),
    regions: regionRows(run, records, new Map(), nowMs),
  };
}
