/** What `npm start` does, in its order: the stack is started, counts once, tells what it counted, and is stopped. */
import { once } from 'node:events';
import { readComparedRun } from '../../answers/compared-run.ts';
import { makeDamage } from '../../answers/damage.ts';
import { manyOf } from '../../answers/kind-words.ts';
import { noSuchRun } from '../../answers/no-answer.ts';
import type { LedgerReader } from '../../answers/reader.ts';
import { censusIdOf, kindOf, ORGANIZATION } from '../../census/census-id.ts';
import { type Kind, STREAMS } from '../../census/kinds.ts';
import { endWithNpm } from '../../local/parents.ts';
import type { StackOptions } from '../../local/stack.ts';
import { checkTimeScale, fittingTimeScale, taskWaits } from '../../local/time-scale.ts';
import { accountIdsOf } from '../../local/world.ts';
import { forgetAwsEnvironment } from '../../surroundings.ts';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { placeOf } from '../options.ts';
import { exitCodeOf, makeTeller } from '../print.ts';
import { plainJson } from '../render/plain.ts';
import { makeView } from '../render/text.ts';
import type { Waits } from '../render/watch.ts';
import type { ApiChoice } from './api.ts';
import { makeAttempts } from './attempts.ts';
import { settleInterrupted } from './interrupted.ts';
import { censusOfOrganization } from './organization-census.ts';
import { findPackage } from './package.ts';
import { makeProgress } from './progress.ts';
import { localResult, printResult } from './result.ts';
import { openRunsNow, type Watched, watchRuns } from './run.ts';
import { DISPATCH_SCHEDULE } from './schedules.ts';
import { type LocalStack, refuseBesideAnother, withLocalStack } from './stack.ts';
import { documentOf, exitCodeOfAll, type Told, tell } from './told.ts';
import { chooseVideo, truthOf, type Video, type VideoOptions } from './video.ts';

export type StartOptions = VideoOptions & {
  timeScale?: number;
  fresh: boolean;
  keep: boolean;
  /** By default `iam` of a stack that stays up. */
  api?: ApiChoice;
  port?: number;
  json: boolean;
  wide: boolean;
  verbose: boolean;
};

type Say = (line: string) => void;

/** @throws UsageError when it is interrupted */
export async function start(options: StartOptions, io: Io): Promise<void> {
  const say = makeSay(options, io);
  const api = chooseApi(options);
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
    const attempts = makeAttempts(video.accountId, taskWaits(packageDir, timeScale));
    const onLog: StackOptions['onLog'] = ({ function: name, line }) => {
      attempts.note(line);
      if (verbose) io.warn(`${name}: ${line}`);
    };
    const place = placeOf(io, { local: true });
    const how = { folder: io.folder, place, video, packageDir, timeScale, port, fresh, onLog, api };
    await withLocalStack(how, async (local) => {
      interrupted.throwIfAborted();
      say(`Every wait and time-out is divided by ${timeScale} (--time-scale).`);
      if (keep) say(`The census page is at ${local.stack.url}/`);
      outcome = 'Interrupted. The next start settles the run as partial.';
      const waitsOf = (kind: Kind) => ({ timeScale, waitAfter: attempts.waitAfter(kind) });
      await census(options, io, video, local, waitsOf, say);
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

/** @throws UsageError for an API that nobody could ask */
function chooseApi({ api, keep }: StartOptions): ApiChoice {
  if (keep) return api ?? 'iam';
  if (api === undefined || api === 'off') return 'off';
  throw new UsageError(`--api ${api} is for a stack that stays up: add --keep, or leave it out.`);
}

function chooseTimeScale({ timeScale }: StartOptions, { world, kinds }: Video, packageDir: string): number {
  if (world === undefined) return timeScale ?? 1;
  if (timeScale === undefined) return fittingTimeScale(world, packageDir, kinds);
  checkTimeScale(timeScale, world, packageDir, kinds);
  return timeScale;
}

async function census(
  { json, wide }: StartOptions,
  io: Io,
  video: Video,
  local: LocalStack,
  waitsOf: (kind: Kind) => Waits,
  say: Say,
): Promise<void> {
  const { ledger, stack } = local;
  const following = { everyMs: POLL_MS, sleep: io.sleep, signal: io.interrupted() };
  const owners = new Set([...(video.world ? accountIdsOf(video.world) : []), video.accountId, video.owner]);
  const interrupted = await settleInterrupted(ledger, stack, owners, { ...following, warn: io.warn });
  for (const line of interruptedLines(interrupted)) say(line);
  const told =
    video.owner === ORGANIZATION
      ? await censusOfOrganization({ json, wide, timeScale: waitsOf(STREAMS).timeScale }, io, video, local, say)
      : await censusOfAccount({ json, wide }, io, video, local, waitsOf, say);
  io.exitCode = exitCodeOfAll(told);
  if (json) await io.write(`${plainJson(documentOf(told, video.owner))}\n`);
  else tell(told, makeView(io, { wide }), say);
}

/** What is said of runs that were left unsettled; of an account's that is part of the organisation's nothing more. */
function interruptedLines({ accounts, organizations }: Awaited<ReturnType<typeof settleInterrupted>>): string[] {
  const whose = (censusId: string) => (kindOf(censusId) === STREAMS ? '' : ` of ${manyOf(kindOf(censusId))}`);
  return [
    ...accounts.flatMap(({ censusId, runId, total, parent }) => {
      if (parent !== undefined) return [];
      const gaps = total?.missing.map(({ region, reason }) => `${region} (${reason})`).join(', ') || 'nothing';
      return `The run ${runId}${whose(censusId)} had been interrupted. It is settled as ${total?.verdict}; missing: ${gaps}.`;
    }),
    ...organizations.map(({ censusId, runId, total }) => {
      const whole = `${total?.counted} of ${total?.expected} accounts are complete`;
      return `The run ${runId} of the organisation${whose(censusId)} had been interrupted. It is settled as ${total?.verdict}; ${whole}.`;
    }),
  ];
}

async function censusOfAccount(
  { json, wide }: Pick<StartOptions, 'json' | 'wide'>,
  io: Io,
  video: Video,
  { ledger, stack, givenUp }: LocalStack,
  waitsOf: (kind: Kind) => Waits,
  say: Say,
): Promise<Told[]> {
  const { accountId, service, kinds } = video;
  const following = { everyMs: POLL_MS, sleep: io.sleep, signal: io.interrupted() };
  const censusIds = kinds.map((kind) => censusIdOf(accountId, kind));
  const keys = await openRunsNow(ledger, stack, censusIds, io);
  const progress = makeProgress(json ? process.stderr : process.stdout, say, { kinds, waitsOf });
  const watched = await watchRuns(ledger, keys, { service, progress, givenUp, nowMs: io.nowMs, ...following });
  const told: Told[] = [];
  for (const one of watched) told.push(await outcomeOf(one, io, { ...video, wide }, ledger));
  return told;
}

type Shown = Video & Pick<StartOptions, 'wide'>;
/** @throws the reason why the only kind was not counted */
async function outcomeOf(watched: Watched, io: Io, { wide, ...video }: Shown, reader: LedgerReader): Promise<Told> {
  const { kind } = watched;
  if ('error' in watched) {
    if (video.kinds.length === 1) throw watched.error;
    const { message: error } = watched.error;
    return { outcome: { kind, error }, exitCode: 1, print: () => `${manyOf(kind)}: ${error}` };
  }
  const damage = makeDamage();
  const { censusId, runId } = watched.key;
  const source = { reader, censusId, description: 'the local ledger' };
  const answer = await readComparedRun(source, runId, io.nowMs(), damage);
  if (answer === undefined) throw noSuchRun(source, runId);
  for (const { problem } of damage.items()) io.warn(problem);
  const truth = truthOf(video, kind, answer.regions);
  const result = localResult(answer, video.accountId, truth);
  return {
    outcome: { kind, result },
    exitCode: exitCodeOf(answer.run),
    print: () => printResult(result, answer, truth, makeView(io, { wide, kind })),
  };
}

/** Milliseconds between two looks at a run. */
const POLL_MS = 100;

/** Leaves the stack up, its schedules running, until it is interrupted. */
async function keepUp({ stack, api }: LocalStack, io: Io, timeScale: number, say: Say): Promise<void> {
  stack.startSchedules({ only: [DISPATCH_SCHEDULE] });
  say(`\nThe stack stays up (time scale ${timeScale}); stop it with Ctrl-C. The census page: ${stack.url}/`);
  say('To reach it from another shell:\n');
  for (const [name, value] of Object.entries(stack.environment)) say(`export ${name}=${value}`);
  const [first, ...lines] = await api.howToAsk(stack);
  if (first !== undefined) for (const line of [`\n${first}`, ...lines]) say(line);
  const signal = io.interrupted();
  if (!signal.aborted) await once(signal, 'abort');
}
