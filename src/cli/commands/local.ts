/**
 * `kvs-census local`, which is `npm start`: the whole pipeline on this machine, from the compiled template and the
 * packaged functions, for one run.
 */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { LedgerReader, OnDamaged } from '../../answers/reader.ts';
import { makeDynamoDB } from '../../aws/clients.ts';
import { makeLedger } from '../../aws/ledger.ts';
import { makeReader } from '../../aws/reader.ts';
import type { Ledger } from '../../census/ports.ts';
import { parseRegion } from '../../census/region.ts';
import type { Run, RunKey } from '../../census/run.ts';
import { ensurePackaged } from '../../local/package.ts';
import { endWithNpm } from '../../local/parents.ts';
import { type Stack, type StackOptions, startStack } from '../../local/stack.ts';
import { checkTimeScale, DEFAULT_TIME_SCALE, fittingTimeScale } from '../../local/time-scale.ts';
import type { VideoService } from '../../local/video-service.ts';
import { makePageHandler } from '../../page/handler.ts';
import { forgetAwsEnvironment } from '../../surroundings.ts';
import { sentenceOf, UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { noteAccount } from '../local/account.ts';
import { makeProgress, type Progress } from '../local/progress.ts';
import { type Before, localResult, printResult } from '../local/result.ts';
import {
  DISPATCH_SCHEDULE,
  follow,
  isAnnounced,
  openRunNow,
  REGION,
  type Snapshot,
  SWEEP_SCHEDULE,
  settleInterrupted,
} from '../local/run.ts';
import { chooseVideo, type Video, type VideoOptions } from '../local/video.ts';
import { makeTeller } from '../print.ts';
import { plainJson } from '../render/plain.ts';
import { makeView } from '../render/text.ts';
import { findRunningStack, makeStackNote } from '../source/stack-note.ts';

type Options = VideoOptions & {
  timeScale?: number;
  fresh: boolean;
  keep: boolean;
  port?: number;
  json: boolean;
  verbose: boolean;
};

type LocalLedger = Ledger & LedgerReader;

const INTERRUPTED_EARLY = 'Interrupted before a run was opened.';

export function localCommand(io: Io): Command {
  const regions = (value: string, before: string[]) => [...before, ...parseRegions(value)];
  return new Command('local')
    .description('run the whole pipeline on this machine, once: no AWS, no Docker, no network')
    .option('--world <file>', 'which streams the local Kinesis Video holds, and its faults (docs/local-video.md)')
    .option('--deny <region>', 'a region that refuses access (repeatable)', regions, [])
    .option('--throttle <region>', 'a region that throttles every call (repeatable)', regions, [])
    .option('--hang <region>', 'a region that never answers (repeatable)', regions, [])
    .option('--regions <list>', 'count only these, separated by commas', parseRegions)
    .addOption(
      new Option('--video <which>', 'which Kinesis Video to count: the local one, or your AWS account')
        .choices(['local', 'aws'])
        .default('local'),
    )
    .option(
      '--time-scale <n>',
      `divide every wait and time-out by n (default: ${DEFAULT_TIME_SCALE} with the local Kinesis Video if its latency allows, else 1)`,
      parseScale,
    )
    .option('--fresh', 'forget the runs of earlier starts', false)
    .option('--keep', 'leave the stack up afterwards, and print how to reach it', false)
    .option('--port <n>', 'the port of the stack (default: a free one)', parsePort)
    .option('--json', 'print one JSON document and nothing else on standard output', false)
    .option('--verbose', 'print what the functions log, on standard error', false)
    .addHelpText(
      'after',
      '\nExit code: 0 complete, 2 partial, 1 could not run.\n\nAn own Kinesis Video service is used if AWS_ENDPOINT_URL_KINESIS_VIDEO names one.',
    )
    .action((options: Options) => local(options, io));
}

async function local(options: Options, io: Io): Promise<void> {
  const tell = makeTeller(io);
  const say = (line: string) => (options.json ? io.warn(line) : tell(`${line}\n`));
  endWithNpm();
  const interrupted = io.interrupted();
  const home = join(io.folder, '.kvs-census');
  await refuseBesideAnother(home);
  const video = await chooseVideo(options);
  forgetAwsEnvironment();
  const packageDir = await findPackage(say, io.warn, interrupted);
  const timeScale = chooseTimeScale(options, video, packageDir);

  const failing = new AbortController();
  const signal = AbortSignal.any([interrupted, failing.signal]);
  const note = makeStackNote(home, process.pid);
  const page = makeStackPage(video.accountId);
  const stack = await startStack({
    packageDir,
    timeScale,
    accountId: video.accountId,
    region: REGION,
    port: options.port ?? 0,
    ledgerDir: join(home, 'ledger'),
    fresh: options.fresh,
    ...(video.service && { video: video.service }),
    environment: { ...video.environment, ...(video.plan && { REGIONS: video.plan.join(',') }) },
    onLog: ({ function: name, line }) => options.verbose && io.warn(`${name}: ${line}`),
    onEvent: whenDispatcherFails((error) => failing.abort(error)),
    onPage: (request, response) => note.answer(request, response) || page.handle(request, response),
  }).catch((cause: NodeJS.ErrnoException) => {
    // What the system refuses is said by its code; the stack's own complaints are sentences.
    throw cause.code === undefined ? new UsageError(cause.message, { cause }) : cause;
  });
  let isCounting = false;
  try {
    interrupted.throwIfAborted();
    // Whoever holds the ledger's folder says where to ask, so that other commands can read it meanwhile.
    note.leave(stack.url);
    noteAccount(io.folder, video.accountId);
    const ledger = openLedger(stack);
    page.open(ledger);
    say(`Every wait and time-out is divided by ${timeScale} (--time-scale).`);
    if (options.keep) say(`The census page is at ${stack.url}/`);
    stack.startSchedules({ only: [SWEEP_SCHEDULE] });
    isCounting = true;
    await census(options, io, video, stack, ledger, signal, say);
    if (options.keep) await keep(stack, io, timeScale, say);
  } catch (error) {
    if (!interrupted.aborted) throw error;
    const outcome = isCounting ? 'Interrupted. The next start settles the run as partial.' : INTERRUPTED_EARLY;
    throw new UsageError(outcome, { cause: error });
  } finally {
    note.remove();
    await stack.stop();
    video.service?.close();
  }
}

/** Packaging and starting take seconds, after which the ledger's lock would say less well what is wrong. */
async function refuseBesideAnother(home: string): Promise<void> {
  const other = await findRunningStack(home);
  if (other === undefined) return;
  throw new UsageError(
    `A stack runs in this folder already, at ${other.url} (process ${other.pid}): stop that one first, or start in another folder.`,
  );
}

/** The census page of a stack whose ledger can only be opened after the stack, and with it the page, has started. */
function makeStackPage(accountId: string) {
  const opened = Promise.withResolvers<LocalLedger>();
  const handle = makePageHandler({
    withLedger: async (use) => await use({ reader: await opened.promise, accountId, description: 'the local stack' }),
    sentenceOf,
    nowMs: Date.now,
  });
  return { handle, open: opened.resolve };
}

/** Of a checkout, made when sources have changed; of an installed package, the one that came with it. */
async function findPackage(
  say: (line: string) => void,
  warn: (text: string) => void,
  interrupted: AbortSignal,
): Promise<string> {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  if (!existsSync(join(root, 'serverless.yml'))) return join(dirname(fileURLToPath(import.meta.url)), 'package');
  try {
    return await ensurePackaged({ root, log: say, signal: interrupted });
  } catch (cause) {
    if (interrupted.aborted) throw new UsageError(INTERRUPTED_EARLY, { cause });
    // The complaints of a compiler are many lines; the error itself is one sentence.
    const [first = '', ...complaints] = (cause as Error).message.split('\n');
    if (complaints.length === 0) throw cause;
    warn(complaints.join('\n'));
    throw new Error(`${first.replace(/[:.]$/, '')}; mend that and start again.`, { cause });
  }
}

function chooseTimeScale({ timeScale }: Options, { world }: Video, packageDir: string): number {
  if (world === undefined) return timeScale ?? 1;
  if (timeScale === undefined) return fittingTimeScale(world, packageDir);
  checkTimeScale(timeScale, world, packageDir);
  return timeScale;
}

/** A dispatcher that was given up will never open the run: waiting is over. */
function whenDispatcherFails(give: (error: Error) => void): NonNullable<StackOptions['onEvent']> {
  let lastError = '';
  return (event) => {
    if (event.type === 'invocation-ended' && event.error !== undefined) lastError = event.error.errorMessage;
    if (event.type === 'destination' && event.function === 'DispatcherLambdaFunction') {
      give(new Error(`The dispatcher could not open the run: ${lastError}`));
    }
  };
}

async function census(
  options: Options,
  io: Io,
  video: Video,
  stack: Stack,
  ledger: LocalLedger,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  for (const { runId, total } of await settleInterrupted(ledger, stack, video.accountId, signal, io.warn)) {
    const gaps = total?.missing.map(({ region, reason }) => `${region} (${reason})`).join(', ') || 'nothing';
    say(`The run ${runId} had been interrupted. It is settled as ${total?.verdict}; missing: ${gaps}.`);
  }
  const before = await previousRun(ledger, video.accountId, io);
  const key = await openRunNow(ledger, stack, video.accountId);
  const { run, records } = await watch(
    ledger,
    key,
    video,
    signal,
    makeProgress(options.json ? process.stderr : process.stdout, say),
  );
  const countedRegions = records.filter(({ status }) => status === 'counted').map(({ region }) => region);
  const truth = video.world && video.service?.truth(Object.keys(video.world.regions));
  const result = localResult(run, records, before, truth);
  io.exitCode = result.verdict === 'complete' ? 0 : 2;
  if (options.json) await io.write(`${plainJson(result)}\n`);
  else say(`\n${printResult(result, records, before, video.service?.truth(countedRegions), makeView(io))}`);
}

/** Only for a local table, which answers any credentials. */
function openLedger(stack: Stack): LocalLedger {
  const client = makeDynamoDB(
    { connectTimeoutMs: 3000, requestTimeoutMs: 10_000 },
    { endpoint: stack.url, region: REGION, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } },
  );
  const tableName = stack.resource('LedgerTable').name;
  const options = { client, tableName, nowMs: Date.now };
  return { ...makeLedger(options), ...makeReader(options) };
}

/** The newest run that has a total. One that cannot be read is named, and costs no more than the comparison. */
async function previousRun(ledger: LocalLedger, accountId: string, io: Io): Promise<Before | undefined> {
  const onDamaged: OnDamaged = ({ problem }) => io.warn(problem);
  const newest = await ledger.newestRuns(accountId, { totals: 1, onDamaged });
  const run = newest.find(({ total }) => total !== undefined);
  return run && (await ledger.wholeRuns([run], onDamaged))[0];
}

/** Shows the run's progress until its total is announced. */
async function watch(
  ledger: LocalLedger,
  key: RunKey,
  { service }: Video,
  signal: AbortSignal,
  progress: Progress,
): Promise<Required<Snapshot> & { run: Run }> {
  service?.resetStats();
  try {
    for await (const snapshot of follow(ledger, key, signal)) {
      progress.show(snapshot, callsOf(service));
      if (snapshot.run !== undefined && isAnnounced(snapshot.run))
        return { run: snapshot.run, records: snapshot.records };
    }
  } finally {
    progress.end();
  }
  throw signal.reason;
}

function callsOf(service: VideoService | undefined): Record<string, number> {
  return Object.fromEntries(Object.entries(service?.stats() ?? {}).map(([region, { calls }]) => [region, calls]));
}

/** Leaves the stack up, its schedules running, until it is interrupted. */
async function keep(stack: Stack, io: Io, timeScale: number, say: (line: string) => void): Promise<void> {
  stack.startSchedules({ only: [DISPATCH_SCHEDULE] });
  say(`\nThe stack stays up (time scale ${timeScale}); stop it with Ctrl-C. The census page: ${stack.url}/`);
  say('To reach it from another shell:\n');
  for (const [name, value] of Object.entries(stack.environment)) say(`export ${name}=${value}`);
  const signal = io.interrupted();
  if (!signal.aborted) await once(signal, 'abort');
}

function parseRegions(value: string): string[] {
  return value.split(',').map((part) => {
    try {
      return parseRegion(part.trim());
    } catch (error) {
      throw new InvalidArgumentError((error as Error).message);
    }
  });
}

function parseScale(value: string): number {
  const scale = Number(value);
  if (scale >= 1 && scale <= 1000) return scale;
  throw new InvalidArgumentError('Expected a number from 1 to 1000.');
}

function parsePort(value: string): number {
  const port = Number(value);
  if (/^\d+$/.test(value) && port <= 65_535) return port;
  throw new InvalidArgumentError('Expected a port from 0 to 65535.');
}
