/**
 * `npm run bench:api`: what the API takes on the local stack: against the reads of the ledger alone, with many callers at the same
 * time, and in memory for a long history. README.md says how.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { batches } from '../../src/aws/batches.ts';
import { recordItem, runItem } from '../../src/aws/items.ts';
import { runIdOf } from '../../src/census/run.ts';
import { ensurePackaged } from '../../src/local/package.ts';
import { type Stack, startStack } from '../../src/local/stack.ts';
import { DEFAULT_TIME_SCALE } from '../../src/local/time-scale.ts';
import { ACCOUNT, history } from '../cli/history.ts';
import type { Flood, History, Pair } from './api-side.ts';

/** A warm answer, times the reads of the ledger that it takes. */
const MOST_TIMES = 1.5;
const MOST_MS = 1000;
const MOST_MB = 128;

const RUNS = 1000;
const AT_ONCE = 20;
/** Answers look into no older run than these. */
const RUNS_WITH_RECORDS = 12;

const OPTIONS = {
  pairs: { type: 'string', default: '400' },
  requests: { type: 'string', default: '1000' },
  help: { type: 'boolean', default: false },
} as const;

const USAGE = `Usage: npm run bench:api -- [--pairs N] [--requests N]
  --pairs N      warm answers, each beside the reads of the ledger that it takes (default 400)
  --requests N   requests, ${AT_ONCE} at the same time (default 1000)
  --help         this`;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) return console.log(USAGE);
  console.log(`Node ${process.version}, ${availableParallelism()} cores, load ${load()} at the start.`);
  const quick = await withApi({}, async (ask) => ({
    pairs: await ask<Pair[]>('pairs', values.pairs),
    flood: await ask<Flood>('flood', values.requests, String(AT_ONCE)),
  }));
  // So little that V8 has to collect what nobody holds: what the function is seen to take it needs.
  const small = await withApi(
    { NODE_OPTIONS: '--max-semi-space-size=4 --max-old-space-size=48' },
    async (ask, peakMb) => ({
      history: await ask<History>('history', String(RUNS)),
      peakMb: peakMb(),
    }),
  );
  console.log(`Load ${load()} at the end.\n`);
  const goals = [reportPairs(quick.pairs), reportFlood(quick.flood), reportHistory(small.history, small.peakMb)];
  if (goals.includes(false)) process.exitCode = 1;
}

const load = () => loadavg()[0]?.toFixed(1);

type Ask = <T>(...args: string[]) => Promise<T>;

/** A stack with the API, whose ledger has a long history. @param environment of the functions */
async function withApi<T>(
  environment: Record<string, string>,
  use: (ask: Ask, peakMb: () => number) => Promise<T>,
): Promise<T> {
  const stack = await startStack({
    packageDir: await ensurePackaged({ root: fileURLToPath(new URL('../..', import.meta.url)), log: () => {} }),
    timeScale: DEFAULT_TIME_SCALE,
    accountId: ACCOUNT,
    region: 'us-east-1',
    environment,
    parameters: { Api: 'iam' },
  });
  try {
    await fill(stack);
    return await use(makeAsk(stack), () => peakOf(stack));
  } finally {
    await stack.stop();
  }
}

async function fill(stack: Stack): Promise<void> {
  const client = new DynamoDBClient({
    endpoint: stack.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const table = stack.resource('LedgerTable').name;
  const endsAt = runIdOf(Date.now() - 600_000)!;
  const past = [...history({ runs: RUNS, endsAt })];
  const items = past.flatMap(({ run, records }, n) => [
    runItem(run),
    ...(n < past.length - RUNS_WITH_RECORDS ? [] : records.map((record) => recordItem(record, run))),
  ]);
  for (const batch of batches(items, 25)) {
    const puts = batch.map((Item) => ({ PutRequest: { Item } }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: puts } }));
  }
  client.destroy();
}

/** Callers are a process of their own: the stack has one thread. */
function makeAsk(stack: Stack): Ask {
  const file = fileURLToPath(new URL('api-side.ts', import.meta.url));
  return async (...args) => {
    const sent = [file, stack.url, stack.resource('LedgerTable').name, ...args];
    const child = spawn(process.execPath, sent, { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const printed = await text(child.stdout);
    if ((await ended) !== 0) throw new Error(`The caller that was to ask ${args.join(' ')} failed.`);
    return JSON.parse(printed);
  };
}

/** The most resident memory so far of any process of the function, in MB of 2^20 bytes. Linux tells it of other processes. */
function peakOf(stack: Stack): number {
  const peaks = stack
    .environments()
    .filter((each) => each.function === 'ApiLambdaFunction')
    .map(({ pid }) => {
      const file = `/proc/${pid}/status`;
      const [, kb] = existsSync(file) ? (/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(file, 'utf8')) ?? []) : [];
      return Number(kb ?? Number.NaN) / 1024;
    });
  return Math.max(...peaks);
}

function reportPairs(pairs: readonly Pair[]): boolean {
  const api = quantile(pairs.map(({ apiMs }) => apiMs));
  const reads = quantile(pairs.map(({ readsMs }) => readsMs));
  const times = quantile(pairs.map(({ apiMs, readsMs }) => apiMs / readsMs));
  console.log(
    `${pairs.length} pairs, medians: GET /v1/latest ${api.toFixed(1)} ms, its two reads alone ${reads.toFixed(1)} ms.`,
  );
  return goal(`${times.toFixed(2)} times the reads, as the median of the pairs`, times <= MOST_TIMES, `${MOST_TIMES}`);
}

function reportFlood({ ms, failed, seconds }: Flood): boolean {
  const slowest = Math.max(...ms);
  const errors = Object.entries(failed).map(([status, number]) => `${number} × ${status}`);
  console.log(
    `${ms.length} requests, ${AT_ONCE} at the same time: ${(ms.length / seconds).toFixed(0)} a second, median ${quantile(ms).toFixed(0)} ms, ` +
      `99 of 100 within ${quantile(ms, 0.99).toFixed(0)} ms.`,
  );
  const what = `errors: ${errors.length === 0 ? 'none' : errors.join(', ')}; slowest ${slowest.toFixed(0)} ms`;
  return goal(what, errors.length === 0 && slowest < MOST_MS, `no error, and less than ${MOST_MS} ms`);
}

function reportHistory({ pages, runs, kb, slowestMs }: History, peakMb: number): boolean {
  console.log(
    `/v1/runs?last=${RUNS} to its end: ${runs} runs in ${pages} pages of at most ${kb.toFixed(0)} KB, the slowest after ${slowestMs.toFixed(0)} ms.`,
  );
  return goal(`${peakMb.toFixed(0)} MB at most in the function`, runs === RUNS && peakMb <= MOST_MB, `${MOST_MB} MB`);
}

function goal(what: string, isMet: boolean, most: string): boolean {
  console.log(`  ${what}. Goal: ${most}: ${isMet ? 'met' : 'MISSED'}.`);
  return isMet;
}

function quantile(values: readonly number[], part = 0.5): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
