/**
 * Counts accounts on the whole local stack, in a process of its own, so that memory and CPU time are of this side alone. Prints what it
 * came to as one line of JSON.
 *
 *     organization-side SIDE ACCOUNTS RUNS LATENCY [requests]
 *
 * `alone`: so many runs of one account, one after the other, on a stack that counts its own account; without the first, which starts
 * the processes of the functions. `together`: so many runs of the organisation of all the accounts, with the first, in which every role
 * has to be assumed. In either, every account has each of the regions, and each region one page.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeDynamoDB } from '../../src/aws/clients.ts';
import { makeLedger } from '../../src/aws/ledger.ts';
import { makeOrganizationLedger } from '../../src/aws/organization-ledger.ts';
import { ORGANIZATION } from '../../src/census/census-id.ts';
import { KINESIS_VIDEO } from '../../src/census/kinds/kinesis-video.ts';
import { runIdOf } from '../../src/census/run.ts';
import { DISPATCH_SCHEDULE, SWEEP_SCHEDULE } from '../../src/cli/local/schedules.ts';
import { ensurePackaged } from '../../src/local/package.ts';
import { parseWorld } from '../../src/local/parse-world.ts';
import { type ApiRequest, type Stack, type StackEvent, startStack } from '../../src/local/stack.ts';
import { makeVideoService } from '../../src/local/video-service.ts';

export type Side = 'alone' | 'together';

/** The most resident memory so far of any worker, and of the stack with what it emulates; in MB of 2^20 bytes. */
type Peaks = { workerMb: number; stackMb: number };

/** One run. */
export type Counted = {
  /** From the Scheduler's event to the announcement of the total. */
  ms: number;
  /** Of all functions and of the stack with what it emulates, user and system. */
  cpuMs: number;
  cells: number;
  streams: number;
  /** What the world holds; the run was not complete where these differ. */
  truth: number;
  /** Until the dispatcher had asked everybody. */
  dispatchMs: number;
  /** When a quarter of the cells was counted, and at the end. */
  peaks: { early: Peaks; end: Peaks };
  /** By service and operation, where they were counted. */
  requests: Record<string, number>;
};

const HUB = '100000000000';
const HOUR_MS = 3_600_000;

/** Those that any account of the commercial partition may have. */
const REGIONS = KINESIS_VIDEO.floor.filter((region) => !/^(cn|us-gov)-/.test(region));

const accountIdOf = (n: number) => String(Number(HUB) + n);

/** As many in no two neighbouring cells, so that a sum does not come out by chance. */
const streamsIn = (account: number, region: number) => 20 + ((account * REGIONS.length + region) % 83);

function worldOf(accounts: number, latencyMs: number) {
  const regionsOf = (account: number) =>
    Object.fromEntries(REGIONS.map((region, n) => [region, { streams: streamsIn(account, n) }]));
  const defaults = { latencyMs };
  if (accounts === 1) return { accountId: HUB, defaults, regions: regionsOf(0) };
  const all = Array.from({ length: accounts }, (_, n) => ({ accountId: accountIdOf(n), regions: regionsOf(n) }));
  return { accountId: HUB, defaults, regions: regionsOf(0), accounts: all };
}

async function main(): Promise<void> {
  const [side, accountsText, runsText, latencyText, requestsText] = process.argv.slice(2);
  const accounts = side === 'alone' ? 1 : Number(accountsText);
  const counting = await startCounting(accounts, Number(latencyText), requestsText === 'requests');
  try {
    if (side === 'alone') await counting.count();
    const runs: Counted[] = [];
    for (let n = 0; n < Number(runsText); n += 1) runs.push(await counting.count());
    process.stdout.write(`${JSON.stringify(runs)}\n`);
  } finally {
    await counting.stop();
  }
}

async function startCounting(accounts: number, latencyMs: number, countsRequests: boolean) {
  const isAlone = accounts === 1;
  const censusId = isAlone ? HUB : ORGANIZATION;
  const world = parseWorld(worldOf(accounts, latencyMs), 'the world of the benchmark');
  const video = makeVideoService(world);
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), 'kvs-census-bench-'));
  const requests = new Map<string, number>();
  const cells = accounts * REGIONS.length;
  let told = () => {};
  let counted = 0;
  let dispatchedAt = 0;
  let early: Peaks | undefined;
  const { memberRole } = world.organization ?? {};
  const stack: Stack = await startStack({
    packageDir: await ensurePackaged({ root, log: () => {} }),
    timeScale: 1,
    accountId: HUB,
    region: 'us-east-1',
    video,
    ledgerDir: join(folder, 'ledger'),
    environment: {
      // As serverless.yml has it, and so small that V8 has to collect what nobody holds: what is left is needed.
      NODE_OPTIONS: '--max-semi-space-size=4 --max-old-space-size=48',
      // Runs are identified by their second, and take less.
      RUN_MAX_AGE_MS: String(24 * HOUR_MS),
      ...(memberRole && { ACCOUNTS: ORGANIZATION, MEMBER_ROLE: memberRole.name, EXTERNAL_ID: memberRole.externalId }),
    },
    parameters: isAlone ? {} : { Accounts: ORGANIZATION },
    onLog({ line }) {
      if (line.includes('"region counted"')) counted += 1;
      if (counted >= cells / 4) early ??= peaksOf(stack);
      // Asking the ledger whether there is a total would be work for the stack.
      if (line.includes('"total announced"') && isOf(line, censusId)) told();
    },
    onEvent: (event) => {
      if (isEndOfDispatch(event)) dispatchedAt = performance.now();
    },
    ...(countsRequests && { onRequest: (request) => note(requests, request) }),
  });
  stack.startSchedules({ only: [SWEEP_SCHEDULE] });
  const client = makeDynamoDB(
    { connectTimeoutMs: 3000, requestTimeoutMs: 10_000 },
    { endpoint: stack.url, region: 'us-east-1', credentials: { accessKeyId: 'any', secretAccessKey: 'thing' } },
  );
  const options = { client, tableName: stack.resource('LedgerTable').name, nowMs: Date.now };
  let instantMs = Date.now() - HOUR_MS;

  return {
    async count(): Promise<Counted> {
      instantMs += 1000;
      const runId = runIdOf(instantMs)!;
      const ended = new Promise<void>((resolve) => {
        told = resolve;
      });
      requests.clear();
      counted = 0;
      early = undefined;
      const cpuBefore = cpuOf(stack);
      const startedAt = performance.now();
      await stack.fire(DISPATCH_SCHEDULE, new Date(instantMs));
      await ended;
      const ms = performance.now() - startedAt;
      const cpuMs = cpuOf(stack) - cpuBefore;
      const key = { censusId, runId };
      const total = isAlone
        ? (await makeLedger(options).readRun(key))?.total
        : (await makeOrganizationLedger(options).readOrganization(key))?.total;
      const ids = Array.from({ length: accounts }, (_, n) => accountIdOf(n));
      return {
        ms,
        cpuMs,
        cells,
        streams: total?.verdict === 'complete' ? total.streams : Number.NaN,
        truth: ids.reduce((sum, id) => sum + video.truth(REGIONS, undefined, id), 0),
        dispatchMs: dispatchedAt - startedAt,
        peaks: { early: early ?? peaksOf(stack), end: peaksOf(stack) },
        requests: Object.fromEntries([...requests].sort()),
      };
    },
    async stop() {
      client.destroy();
      await stack.stop();
      video.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const isOf = (line: string, censusId: string) => (JSON.parse(line) as { censusId?: string }).censusId === censusId;

function isEndOfDispatch(event: StackEvent): boolean {
  return event.type === 'invocation-ended' && event.function === 'DispatcherLambdaFunction';
}

function note(requests: Map<string, number>, { by, service, action }: ApiRequest): void {
  if (service === 'logs') return;
  const who = by.includes(':role/') ? 'member' : by.replace('LambdaFunction', '');
  const name = `${who} ${service}:${action}`;
  requests.set(name, (requests.get(name) ?? 0) + 1);
}

function peaksOf(stack: Stack): Peaks {
  const workers = stack.environments().filter((each) => each.function === 'WorkerLambdaFunction');
  const workerMb = Math.max(...workers.map(({ pid }) => peakOf(pid)));
  // maxRSS is in KiB.
  return { workerMb, stackMb: process.resourceUsage().maxRSS / 1024 };
}

/** Linux tells it of other processes. */
function peakOf(pid: number): number {
  const file = `/proc/${pid}/status`;
  const [, kb] = existsSync(file) ? (/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(file, 'utf8')) ?? []) : [];
  return Number(kb ?? Number.NaN) / 1024;
}

/** Milliseconds so far, of this process and of those that run functions. Linux counts them in hundredths of a second. */
function cpuOf(stack: Stack): number {
  const { user, system } = process.cpuUsage();
  const others = stack.environments().map(({ pid }) => {
    const file = `/proc/${pid}/stat`;
    if (!existsSync(file)) return Number.NaN;
    const [, fields = ''] = /\) (.*)/.exec(readFileSync(file, 'utf8')) ?? [];
    const [utime, stime] = fields.split(' ').slice(11, 13).map(Number);
    return (utime! + stime!) * 10;
  });
  return others.reduce((sum, ms) => sum + ms, (user + system) / 1000);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
