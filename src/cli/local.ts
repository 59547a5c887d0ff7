/**
 * `kvs-census local`, which is `npm start`: the whole pipeline on this machine, from the compiled template and the
 * packaged functions, for one run.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import { makeDynamoDB } from '../aws/clients.ts';
import { readIdentity } from '../aws/identity.ts';
import { makeLedger } from '../aws/ledger.ts';
import { makeReader } from '../aws/reader.ts';
import { parseRegion } from '../census/region.ts';
import type { Run, RunKey } from '../census/run.ts';
import { localConfig } from '../config.ts';
import { ensurePackaged } from '../local/package.ts';
import { type Stack, type StackOptions, startStack } from '../local/stack.ts';
import { checkTimeScale, DEFAULT_TIME_SCALE, fittingTimeScale } from '../local/time-scale.ts';
import { makeVideoService, type VideoService } from '../local/video.ts';
import { defaultWorld, readWorld, type World, withFault } from '../local/world.ts';
import { makeProgress } from './local-progress.ts';
import { type Before, localResult, printResult } from './local-result.ts';
import {
  DISPATCH_SCHEDULE,
  follow,
  isAnnounced,
  type LocalLedger,
  openRunNow,
  type Snapshot,
  SWEEP_SCHEDULE,
  settleInterrupted,
} from './local-run.ts';

type Options = {
  world?: string;
  deny: string[];
  throttle: string[];
  hang: string[];
  regions?: string[];
  video: 'local' | 'aws';
  timeScale?: number;
  fresh: boolean;
  keep: boolean;
  port?: number;
  json: boolean;
  verbose: boolean;
};

const REGION = 'us-east-1';
const ACCOUNT = '000000000000';
/** This command writes no item that expires. */
const RETENTION_DAYS = 400;
/** Runs looked at for one with a total to compare with. */
const LOOKBACK = 10;

export function localCommand(): Command {
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
    .action(local);
}

async function local(options: Options): Promise<void> {
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const video = await chooseVideo(options);
  const packageDir = await findPackage(options.json ? say : (line) => console.log(line));
  const timeScale = chooseTimeScale(options, video, packageDir);
  const home = join(process.cwd(), '.kvs-census');
  const ledgerDir = join(home, 'ledger');
  if (options.fresh) rmSync(ledgerDir, { recursive: true, force: true });

  const stopping = new AbortController();
  const interrupted = () => stopping.abort(new Error('Interrupted. The next start settles the run as partial.'));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);

  const stack = await startStack({
    packageDir,
    timeScale,
    accountId: video.accountId,
    region: REGION,
    port: options.port ?? 0,
    ledgerDir,
    ...(video.service && { video: video.service }),
    environment: { ...video.environment, ...(video.plan && { REGIONS: video.plan.join(',') }) },
    onLog: ({ function: name, line }) => options.verbose && say(`${name}: ${line}`),
    onEvent: failsWith(stopping),
  });
  try {
    await census(options, video, stack, timeScale, stopping.signal, say);
    if (options.keep)
      await keep(stack, home, timeScale, stopping.signal, options.json ? say : (line) => console.log(line));
  } finally {
    process.removeListener('SIGINT', interrupted).removeListener('SIGTERM', interrupted);
    await stack.stop();
    video.service?.close();
  }
}

/** What there is to count, and how functions reach it. */
type Video = {
  accountId: string;
  environment: Record<string, string>;
  service?: VideoService;
  world?: World;
  plan?: string[];
};

async function chooseVideo(options: Options): Promise<Video> {
  const { videoEndpoint, accountEndpoint = videoEndpoint } = localConfig();
  const faults = [...options.deny, ...options.throttle, ...options.hang];
  const isLocal = options.video === 'local' && videoEndpoint === undefined;
  if (!isLocal && (faults.length > 0 || options.world !== undefined)) {
    throw new Error(
      '--world, --deny, --throttle and --hang shape the local Kinesis Video; leave them out with --video aws or AWS_ENDPOINT_URL_KINESIS_VIDEO.',
    );
  }
  const plan = options.regions && { plan: options.regions };
  if (options.video === 'aws') {
    const { accountId, credentials } = await readIdentity({ region: REGION });
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    const environment = {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ...(sessionToken && { AWS_SESSION_TOKEN: sessionToken }),
    };
    return { accountId, environment, ...plan };
  }
  if (videoEndpoint !== undefined && accountEndpoint !== undefined) {
    return {
      accountId: ACCOUNT,
      environment: { AWS_ENDPOINT_URL_KINESIS_VIDEO: videoEndpoint, AWS_ENDPOINT_URL_ACCOUNT: accountEndpoint },
      ...plan,
    };
  }
  return { environment: {}, ...localVideo(options), ...plan };
}

/** A world of one's own is counted in the regions that it names; the default world names those of the template. */
function localVideo(options: Options): { accountId: string; service: VideoService; world: World; plan?: string[] } {
  let world = options.world === undefined ? defaultWorld() : readWorld(options.world);
  for (const region of options.deny) world = withFault(world, region, 'denied');
  for (const region of options.throttle) world = withFault(world, region, 'throttled');
  for (const region of options.hang) world = withFault(world, region, 'hang');
  return {
    accountId: world.accountId,
    service: makeVideoService(world),
    world,
    ...(options.world !== undefined && { plan: Object.keys(world.regions) }),
  };
}

/** Of a checkout, made when sources have changed; of an installed package, the one that came with it. */
async function findPackage(log: (line: string) => void): Promise<string> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  if (existsSync(join(root, 'serverless.yml'))) return await ensurePackaged({ root, log });
  return join(dirname(fileURLToPath(import.meta.url)), 'package');
}

function chooseTimeScale({ timeScale }: Options, { world }: Video, packageDir: string): number {
  if (world === undefined) return timeScale ?? 1;
  if (timeScale === undefined) return fittingTimeScale(world, packageDir);
  checkTimeScale(timeScale, world, packageDir);
  return timeScale;
}

/** The dispatcher and the aggregator end in a dead end only when nothing more will come: then waiting is over. */
function failsWith(stopping: AbortController): NonNullable<StackOptions['onEvent']> {
  let lastError = '';
  return (event) => {
    if (event.type === 'retry') lastError = event.error.errorMessage;
    if (event.type === 'destination' && event.function === 'DispatcherLambdaFunction') {
      stopping.abort(new Error(`The dispatcher could not open the run: ${lastError}`));
    }
  };
}

async function census(
  options: Options,
  video: Video,
  stack: Stack,
  timeScale: number,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  const print = options.json ? say : (line: string) => console.log(line);
  print(`Every wait and time-out is divided by ${timeScale} (--time-scale).`);
  const ledger = openLedger(stack);
  stack.startSchedules({ only: [SWEEP_SCHEDULE] });
  for (const run of await settleInterrupted(ledger, stack, video.accountId, signal)) {
    print(
      `The run ${run.runId} had been interrupted. It is settled as ${run.total?.verdict}: ${run.total?.missing.length} regions are missing.`,
    );
  }
  const before = await previousRun(ledger, video.accountId);
  const key = await openRunNow(ledger, stack, video.accountId);
  const { run, records } = await watch(ledger, key, video, signal, options.json);
  const countedRegions = records.filter(({ status }) => status === 'counted').map(({ region }) => region);
  const truth = video.world && video.service?.truth(Object.keys(video.world.regions));
  const result = localResult(run, records, before, truth);
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else console.log(`\n${printResult(result, records, before, video.service?.truth(countedRegions))}`);
  process.exitCode = result.verdict === 'complete' ? 0 : 2;
}

/** Only for a local table, which answers any credentials. */
function openLedger(stack: Stack): LocalLedger {
  const client = makeDynamoDB(
    { connectTimeoutMs: 3000, requestTimeoutMs: 10_000 },
    { endpoint: stack.url, region: REGION, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } },
  );
  const tableName = stack.resource('LedgerTable').name;
  const options = { client, tableName, nowMs: Date.now };
  return { ...makeLedger({ ...options, retentionDays: RETENTION_DAYS }), ...makeReader(options) };
}

/** The newest run that has a total. */
async function previousRun(ledger: LocalLedger, accountId: string): Promise<Before | undefined> {
  const run = (await ledger.newestRuns(accountId, LOOKBACK)).find(({ total }) => total !== undefined);
  return run && { run, records: await ledger.readRecords(run) };
}

/** Shows the run's progress until its total is announced. */
async function watch(
  ledger: LocalLedger,
  key: RunKey,
  { service }: Video,
  signal: AbortSignal,
  json: boolean,
): Promise<Required<Snapshot> & { run: Run }> {
  const progress = makeProgress(json ? process.stderr : process.stdout);
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
async function keep(
  stack: Stack,
  home: string,
  timeScale: number,
  signal: AbortSignal,
  print: (line: string) => void,
): Promise<void> {
  stack.startSchedules({ only: [DISPATCH_SCHEDULE] });
  const note = join(home, 'stack.json');
  writeFileSync(note, `${JSON.stringify({ url: stack.url, pid: process.pid })}\n`);
  print(
    `\nThe stack stays up at ${stack.url} (time scale ${timeScale}); stop it with Ctrl-C. To reach it from another shell:\n`,
  );
  for (const [name, value] of Object.entries(stack.environment)) print(`export ${name}=${value}`);
  try {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  } finally {
    rmSync(note, { force: true });
  }
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
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError('Expected a port from 1 to 65535.');
}
