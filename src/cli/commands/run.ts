/** `kvs-census run`: everything of one run; with `--now`, starts one. */
import { Argument, type Command } from 'commander';
import { settleOwner } from '../../answers/asking/owner.ts';
import { commandLine } from '../../answers/place.ts';
import type { RunFilter } from '../../answers/run-filter.ts';
import type { RunName } from '../../answers/run-name.ts';
import { startedOf } from '../../answers/started.ts';
import { type RunId, runIdOf } from '../../census/run.ts';
import { ask } from '../ask.ts';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import {
  examples,
  parseRunName,
  type ReadingOptions,
  RUN_ARGUMENT,
  readingCommand,
  withAccountFilter,
} from '../options.ts';
import { plainJson } from '../render/plain.ts';
import { type StackSource, withSource } from '../source/source.ts';
import { functionName, invoke, needKind, needStack } from '../source/stack.ts';
import { subjectOf } from '../subject-of.ts';

type Options = ReadingOptions & RunFilter & { now: boolean; wait: boolean };

export function runCommand(io: Io): Command {
  return withAccountFilter(readingCommand('run', 'Everything of one run; with --now, starts a run.'))
    .addArgument(new Argument('[run]', RUN_ARGUMENT).argParser(parseRunName))
    .option('--now', 'start a run at this instant, as the schedule would: of every kind that the stack counts', false)
    .option('--wait', 'with --now: follow the one of --kind until it has settled', false)
    .addHelpText(
      'after',
      examples([
        ['run 2026-11-20T06:00:00Z', 'the run of that instant'],
        ['run --now --wait', 'start one on the stage dev and see it through'],
        ['run --now --local', 'on the stack that `npm start -- --keep` left up'],
      ]),
    )
    .action(async (name: RunName | undefined, options: Options) => {
      checkUse(name, options);
      const started = {};
      if (options.now) return await withSource(options, io, (source) => startRun(source, io, options, started));
      await ask(options, io, (subject, source, nowMs) => subject.run(source, name ?? 'latest', options, nowMs));
    });
}

function checkUse(name: string | undefined, { now, wait }: Options): void {
  if (name !== undefined && now) throw new UsageError('A run is either named or started with --now, not both.');
  if (name === undefined && !now) {
    throw new UsageError(
      'Name a run (an instant such as 2026-11-20T06:00:00Z, latest, yesterday), or start one with --now.',
    );
  }
  if (wait && !now)
    throw new UsageError('--wait goes with --now; the command `watch` follows a run that is under way.');
}

/**
 * Does what the schedule does, at another instant. Once: where the run turns out to be part of the organisation's, that is followed
 * instead, and `started` says that it was asked for already.
 */
async function startRun(
  source: StackSource,
  io: Io,
  { wait, json, wide, account }: Options,
  started: { runId?: RunId },
): Promise<void> {
  needStack(source);
  await needKind(source);
  if (wait && account === undefined) await settleOwner(source);
  started.runId ??= await invokeDispatcher(source, io);
  const { runId } = started;
  if (wait) return await (await subjectOf(source)).watch(source, io, { json, wide, isNew: true }, runId);
  if (json) return await io.write(`${plainJson(startedOf(source.censusId, runId, io.nowMs()))}\n`);
  const next = commandLine(source.place, `watch ${runId}`);
  await io.write(`The run ${runId} was asked for, of every kind that the stack counts. Follow it with: ${next}\n`);
}

async function invokeDispatcher(source: StackSource, io: Io): Promise<RunId> {
  const runId = runIdOf(io.nowMs()) as RunId;
  await invoke(source, functionName(source, 'dispatcher'), { runId });
  return runId;
}
