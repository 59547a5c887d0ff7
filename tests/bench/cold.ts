/**
 * `npm run bench:cold`: what a function takes from the start of its process until it is bound, as Lambda does at a cold
 * start, against a bundle that only makes the same clients of the SDK. The two start in turn, so that whatever else the
 * machine does hits both. CPU time decides: a function has little of it, and others on this machine do not lengthen it.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { optionsInServerlessYml, packageOf, readZip, rebuild } from '../template/bundle.ts';
import {
  environment,
  type FunctionName,
  functionArn,
  functionNames,
  packageDir,
  readResolved,
  root,
} from '../template/compiled.ts';
import type { Template } from '../template/resolve.ts';

/** The product's share: reading the settings, the rules, the adapters. */
const MOST = 1.05;

/** What makes each function bind and then ends at once, before anything is asked of AWS. Two can only refuse such an event. */
const EVENTS: Readonly<Record<FunctionName, unknown>> = {
  dispatcher: { runId: 'none' },
  worker: { Records: [] },
  undelivered: { Records: [] },
  aggregator: { Records: [] },
};

const REFUSING: readonly FunctionName[] = ['dispatcher', 'aggregator'];

/** In the child: milliseconds since the process began, and of CPU, once the handler has answered, however it did. */
const STARTER = `
const [file, event, arn] = process.argv.slice(2);
const end = () => {
  const { user, system } = process.cpuUsage();
  process.send({ ms: performance.now(), cpuMs: (user + system) / 1000 });
  process.disconnect();
};
const context = { awsRequestId: 'cold', invokedFunctionArn: arn, memoryLimitInMB: '1024', getRemainingTimeInMillis: () => 60000 };
Promise.resolve(require(file).handler(JSON.parse(event), context)).then(end, end);
`;

const require = createRequire(import.meta.url);

/** The name of the one client that a package of the SDK exports. */
function clientIn(of: string): string {
  const [client] = Object.keys(require(`@aws-sdk/${of}`)).filter((name) => /^[A-Z]\w*Client$/.test(name));
  if (client === undefined) throw new Error(`The package @aws-sdk/${of} exports no client.`);
  return client;
}

/** Milliseconds. */
type Start = { ms: number; cpuMs: number };
/** Ours, and that of the clients alone. */
type Pair = [Start, Start];
type Side = { file: string; env: Record<string, string>; event: string; arn: string };

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '40' } } });
  const rounds = Number(values.rounds);
  if (!Number.isSafeInteger(rounds) || rounds < 1)
    throw new Error(`--rounds is "${values.rounds}"; expected a whole number from 1 up.`);
  const template = await readResolved();
  const folder = mkdtempSync(join(tmpdir(), 'kvs-census-cold-'));
  try {
    writeFileSync(join(folder, 'starter.cjs'), STARTER);
    const load = loadavg()[0]?.toFixed(1);
    console.log(
      `Node ${process.version}, ${availableParallelism()} cores, load ${load} at the start, ${rounds} pairs.`,
    );
    console.log('Milliseconds from the start of the process until the function is bound, and of CPU; medians.\n');
    console.log(rowOf(['function', 'zip, bytes', 'bound', 'clients alone', 'ratio', 'CPU', 'clients alone', 'ratio']));
    let missed = false;
    for (const name of functionNames) {
      const [ours, theirs] = [await bundled(name, template, folder), await clientsAlone(name, template, folder)];
      const pairs = await inTurn(ours, theirs, rounds, join(folder, 'starter.cjs'));
      const ratio = median(pairs.map(([a, b]) => a.cpuMs / b.cpuMs));
      missed ||= ratio > MOST;
      const bytes = statSync(join(await packageDir(), `${name}.zip`)).size.toLocaleString('en-US');
      const of = (pick: (pair: Pair) => number, digits = 1) => median(pairs.map(pick)).toFixed(digits);
      console.log(
        rowOf([
          ...[name, bytes, of(([a]) => a.ms), of(([, b]) => b.ms), of(([a, b]) => a.ms / b.ms, 3)],
          ...[of(([a]) => a.cpuMs), of(([, b]) => b.cpuMs), ratio.toFixed(3)],
        ]),
      );
    }
    console.log(`\nTarget: at most ${MOST} times the CPU time: ${missed ? 'MISSED' : 'met'}.`);
    if (missed) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function bundled(name: FunctionName, template: Template, folder: string): Promise<Side> {
  const file = join(folder, `${name}.cjs`);
  writeFileSync(file, (await readZip(name)).files[`src/functions/${name}.cjs`] ?? '');
  return side(name, template, file);
}

/** Built as ours is, of the clients that are in ours; with the SDK's own choice of credentials, as everybody has it. */
async function clientsAlone(name: FunctionName, template: Template, folder: string): Promise<Side> {
  const { inputs } = await rebuild(name);
  const packages = new Set(
    Object.keys(inputs).flatMap((file) => /@aws-sdk\/(client-[\w-]+)$/.exec(packageOf(file) ?? '')?.[1] ?? []),
  );
  const clients = [...packages].map((of) => ({ of, client: clientIn(of) }));
  const source = [
    ...clients.map(({ of, client }) => `import { ${client} } from '@aws-sdk/${of}';`),
    `let made;`,
    `export const handler = async () => {`,
    `  made ??= [${clients.map(({ client }) => `new ${client}({})`).join(', ')}];`,
    // Standard output is opened by the first line, which any function prints sooner or later.
    REFUSING.includes(name) ? `  process.stdout.write('{"level":"error"}\\n');` : '',
    `};`,
  ].join('\n');
  const file = join(folder, `${name}-clients.cjs`);
  const { outExtension: _, alias: __, ...options } = await optionsInServerlessYml();
  await build({ ...options, stdin: { contents: source, resolveDir: root }, outfile: file, logLevel: 'silent' });
  return side(name, template, file);
}

const side = (name: FunctionName, template: Template, file: string): Side => ({
  file,
  event: JSON.stringify(EVENTS[name]),
  arn: functionArn(name),
  env: {
    PATH: process.env.PATH ?? '',
    ...environment(template, name),
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'nobody',
    AWS_SECRET_ACCESS_KEY: 'nothing',
  },
});

/** Each first in every other pair. */
async function inTurn(ours: Side, theirs: Side, rounds: number, starter: string): Promise<Pair[]> {
  const pairs: Pair[] = [];
  // The first of each reads the files for the first time.
  for (const one of [ours, theirs]) await start(one, starter);
  for (let round = 0; round < rounds; round += 1) {
    if (round % 2 === 0) pairs.push([await start(ours, starter), await start(theirs, starter)]);
    else {
      const other = await start(theirs, starter);
      pairs.push([await start(ours, starter), other]);
    }
  }
  return pairs;
}

async function start({ file, event, arn, env }: Side, starter: string): Promise<Start> {
  const child = spawn(process.execPath, [starter, file, event, arn], {
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const { promise, resolve, reject } = Promise.withResolvers<Start>();
  child.once('message', (measured) => resolve(measured as Start));
  child.once('error', reject);
  child.once('exit', (code) => reject(new Error(`${file} ended with ${code} before it was bound.`)));
  return await promise;
}

const WIDTHS = [12, 11, 8, 15, 7, 8, 15, 7];
const rowOf = (cells: readonly string[]) =>
  cells.map((cell, at) => (at === 0 ? cell.padEnd(WIDTHS[0]!) : cell.padStart(WIDTHS[at]!))).join(' ');

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
