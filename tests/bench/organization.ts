/**
 * `npm run bench:organization`: what counting all accounts of an organisation takes on the local stack, against counting the same
 * accounts one after the other, each as the only one of its stack. README.md says how.
 */
import { spawn } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Counted, Side } from './organization-side.ts';

/** Times the sum of what its accounts take alone. */
const MOST = 1.3;

/** So that V8 has to collect what nobody holds: what the stack is seen to take it needs. */
const SMALL = ['--max-semi-space-size=4', '--max-old-space-size=192'];

const OPTIONS = {
  accounts: { type: 'string', default: '200' },
  runs: { type: 'string', default: '20' },
  latency: { type: 'string', default: '0' },
  requests: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const USAGE = `Usage: npm run bench:organization -- [--accounts N] [--runs N] [--latency MS] [--requests]
  --accounts N   accounts of the organisation (default 200)
  --runs N       runs of a single account, half of them before the organisation's and half after it (default 20)
  --latency MS   what a page takes (default 0: only what the stack itself takes)
  --requests     also print how many requests each side makes for a cell; counting them takes time of its own
  --help         this`;

type Options = { accounts: number; latency: number; requests: boolean };

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) return console.log(USAGE);
  const [accounts, runs] = [whole('accounts', values.accounts, 2), whole('runs', values.runs, 2)];
  const options = { accounts, latency: whole('latency', values.latency, 0), requests: values.requests };
  console.log(
    `Node ${process.version}, ${availableParallelism()} cores, load ${load()} at the start; a page takes ${options.latency} ms.`,
  );
  // Whatever else the machine does hits both sides.
  const before = await measure('alone', Math.ceil(runs / 2), options);
  const together = await measure('together', 2, options);
  const alone = [...before, ...(await measure('alone', Math.floor(runs / 2), options))];
  console.log(`Load ${load()} at the end.\n`);
  report(alone, together, options);
}

const load = () => loadavg()[0]?.toFixed(1);

function whole(name: string, value: string, least: number): number {
  const number = Number(value);
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new Error(`--${name} is "${value}"; expected a whole number from ${least} up.`);
}

async function measure(side: Side, runs: number, { accounts, latency, requests }: Options): Promise<Counted[]> {
  const file = fileURLToPath(new URL('organization-side.ts', import.meta.url));
  const args = [file, side, accounts, runs, latency, ...(requests ? ['requests'] : [])].map(String);
  const child = spawn(process.execPath, [...SMALL, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const printed = await text(child.stdout);
  if ((await ended) !== 0) throw new Error(`The side ${side} ended before it had counted.`);
  return JSON.parse(printed) as Counted[];
}

function report(alone: readonly Counted[], together: readonly Counted[], { accounts, requests }: Options): void {
  const cells = together[0]!.cells;
  const summed = {
    ms: accounts * mean(alone, ({ ms }) => ms),
    cpuMs: accounts * mean(alone, ({ cpuMs }) => cpuMs),
    cells,
  };
  printRow('', ['s', 'cells/s', 'CPU ms/cell', 'worker MB, ¼', 'worker MB', 'stack MB, ¼', 'stack MB']);
  for (const [n, run] of together.entries())
    printRow(`organisation of ${accounts}, run ${n + 1}`, [...speedOf(run), ...memoryOf([run])]);
  printRow(`${accounts} × mean of ${alone.length} single runs`, [...speedOf(summed), ...memoryOf(alone)]);
  if (requests) printRequests(alone, together);

  const worst = Math.max(...together.map(({ ms }) => ms)) / summed.ms;
  const cpu = Math.max(...together.map(({ cpuMs }) => cpuMs)) / summed.cpuMs;
  const wrong = [...alone, ...together].filter(({ streams, truth }) => streams !== truth);
  const dispatch = together.map(({ dispatchMs }) => (dispatchMs / 1000).toFixed(1)).join(' and ');
  console.log(`\n${count(cells)} cells. The dispatcher had asked all accounts after ${dispatch} s.`);
  console.log(
    wrong.length === 0
      ? `Every run was complete and exact (${count(together[0]!.truth)} streams in the organisation).`
      : `${wrong.length} runs were NOT complete and exact.`,
  );
  console.log(
    `Of the slower run, times the sum of single runs: ${worst.toFixed(2)} of time, ${cpu.toFixed(2)} of CPU time.`,
  );
  console.log(`Target: at most ${MOST} of time: ${worst > MOST ? 'MISSED' : 'met'}.`);
  if (worst > MOST || wrong.length > 0) process.exitCode = 1;
}

const count = (number: number) => number.toLocaleString('en-US');

const speedOf = ({ ms, cpuMs, cells }: Pick<Counted, 'ms' | 'cpuMs' | 'cells'>) => [
  (ms / 1000).toFixed(2),
  ((cells * 1000) / ms).toFixed(1),
  (cpuMs / cells).toFixed(1),
];

const memoryOf = (runs: readonly Counted[]) =>
  (['workerMb', 'stackMb'] as const).flatMap((of) =>
    (['early', 'end'] as const).map((when) => Math.max(...runs.map(({ peaks }) => peaks[when][of])).toFixed(0)),
  );

function printRow(name: string, cells: readonly string[]): void {
  console.log([name.padEnd(40), ...cells.map((cell) => cell.padStart(12))].join(' '));
}

function printRequests(alone: readonly Counted[], together: readonly Counted[]): void {
  const names = [...new Set([...together, ...alone].flatMap(({ requests }) => Object.keys(requests)))].sort();
  const forACell = (name: string, runs: readonly Counted[]) =>
    mean(runs, ({ requests, cells }) => (requests[name] ?? 0) / cells).toFixed(2);
  console.log('');
  printRow('Requests for a cell', [...together.map((_, n) => `run ${n + 1}`), 'single runs']);
  for (const name of names) printRow(name, [...together.map((run) => forACell(name, [run])), forACell(name, alone)]);
}

function mean<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((sum, one) => sum + of(one), 0) / all.length;
}

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  console.error('See npm run bench:organization -- --help.');
  process.exitCode = 1;
}
