/** What `npm start` does, in its order: the stack is started, counts once, tells what it counted, and is stopped. */
import { once } from 'node:events';
import { readComparedRun } from '../../answers/compared-run.ts';
import { makeDamage } from '../../answers/damage.ts';
import { noSuchRun } from '../../answers/no-answer.ts';
import { endWithNpm } from '../../local/parents.ts';
import type { StackOptions } from '../../local/stack.ts';
import { checkTimeScale, fittingTimeScale, taskWaits } from '../../local/time-scale.ts';
import { forgetAwsEnvironment } from '../../surroundings.ts';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { placeOf } from '../options.ts';
import { exitCodeOf, makeTeller } from '../print.ts';
import { plainJson } from '../render/plain.ts';
import { makeView } from '../render/text.ts';
import type { Waits } from '../render/watch.ts';
import { makeAttempts } from './attempts.ts';
import { settleInterrupted } from './interrupted.ts';
import { findPackage } from './package.ts';
import { makeProgress } from './progress.ts';
import { localResult, printResult } from './result.ts';
import { openRunNow, watchRun } from './run.ts';
import { DISPATCH_SCHEDULE } from './schedules.ts';
import { type LocalStack, refuseBesideAnother, withLocalStack } from './stack.ts';
import { chooseVideo, truthOf, type Video, type VideoOptions } from './video.ts';

export type StartOptions = VideoOptions & {
  timeScale?: number;
  fresh: boolean;
  keep: boolean;
  port?: number;
  json: boolean;
  wide: boolean;
  verbose: boolean;
};

type Say = (line: string) => void;

/** @throws UsageError when it is interrupted */
export async function start(options: StartOptions, io: Io): Promise<void> {
  const say = makeSay(options, io);
  endWithNpm();
  const interrupted = io.interrupted();
  await refuseBesideAnother(io.folder);
  const video = await chooseVideo(options);
  forgetAwsEnvironment();
  let outcome = 'Interrupted before a run was opened.';
  try {
    const packageDir = await findPackage({ say, warn: io.warn, signal: interrupted });
    const timeScale = chooseTimeScale(options, video, packageDir);
    const { port = 0, fresh, keep, verbose } = options;
    const attempts = makeAttempts(taskWaits(packageDir, timeScale));
    const onLog: StackOptions['onLog'] = ({ function: name, line }) => {
      attempts.note(line);
      if (verbose) io.warn(`${name}: ${line}`);
    };
    const place = placeOf(io, { local: true });
    const how = { folder: io.folder, place, video, packageDir, timeScale, port, fresh, onLog };
    await withLocalStack(how, async (local) => {
      interrupted.throwIfAborted();
      say(`Every wait and time-out is divided by ${timeScale} (--time-scale).`);
      if (keep) say(`The census page is at ${local.stack.url}/`);
      outcome = 'Interrupted. The next start settles the run as partial.';
      const waits = { timeScale, waitAfter: attempts.waitAfter };
      await census(options, io, video, local, waits, say);
      if (keep) await keepUp(local, io, timeScale, say);
    });
  } catch (error) {
    if (!interrupted.aborted) throw error;
    throw new UsageError(outcome, { cause: error });
  }
}

/** With `--json` standard output is for the document alone. */
function makeSay({ json }: StartOptions, io: Io): Say {
  if (json) return io.warn;
  const tell = makeTeller(io);
  return (line) => tell(`${line}\n`);
}

function chooseTimeScale({ timeScale }: StartOptions, { world }: Video, packageDir: string): number {
  if (world === undefined) return timeScale ?? 1;
  if (timeScale === undefined) return fittingTimeScale(world, packageDir);
  checkTimeScale(timeScale, world, packageDir);
  return timeScale;
}

async function census(
  { json, wide }: StartOptions,
  io: Io,
  video: Video,
  local: LocalStack,
  waits: Waits,
  say: Say,
): Promise<void> {
  const { ledger, stack, givenUp } = local;
  const { accountId: censusId, service } = video;
  const following = { everyMs: POLL_MS, sleep: io.sleep, signal: AbortSignal.any([io.interrupted(), givenUp]) };
  for (const { runId, total } of await settleInterrupted(ledger, stack, censusId, { ...following, warn: io.warn })) {
    const gaps = total?.missing.map(({ region, reason }) => `${region} (${reason})`).join(', ') || 'nothing';
    say(`The run ${runId} had been interrupted. It is settled as ${total?.verdict}; missing: ${gaps}.`);
  }
  const key = await openRunNow(ledger, stack, censusId, io);
  const progress = makeProgress(json ? process.stderr : process.stdout, say, waits);
  const { run } = await watchRun(ledger, key, { service, progress, nowMs: io.nowMs, ...following });
  const damage = makeDamage();
  const source = { reader: ledger, censusId, description: 'the local ledger' };
  const answer = await readComparedRun(source, run.runId, io.nowMs(), damage);
  if (answer === undefined) throw noSuchRun(source, run.runId);
  for (const { problem } of damage.items()) io.warn(problem);
  const truth = truthOf(video, answer.regions);
  const result = localResult(answer, censusId, truth);
  io.exitCode = exitCodeOf(answer.run);
  if (json) await io.write(`${plainJson(result)}\n`);
  else say(`\n${printResult(result, answer, truth, makeView(io, { wide }))}`);
}

/** Milliseconds between two looks at a run. */
const POLL_MS = 100;

/** Leaves the stack up, its schedules running, until it is interrupted. */
async function keepUp({ stack }: LocalStack, io: Io, timeScale: number, say: Say): Promise<void> {
  stack.startSchedules({ only: [DISPATCH_SCHEDULE] });
  say(`\nThe stack stays up (time scale ${timeScale}); stop it with Ctrl-C. The census page: ${stack.url}/`);
  say('To reach it from another shell:\n');
  for (const [name, value] of Object.entries(stack.environment)) say(`export ${name}=${value}`);
  const signal = io.interrupted();
  if (!signal.aborted) await once(signal, 'abort');
}
