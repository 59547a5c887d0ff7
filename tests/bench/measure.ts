/** Runs what is to be compared: one server for all, one fresh process for each run, the sides in turn. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { RegionStats } from '../../src/local/video-service.ts';
import type { Measured } from './run-one.ts';
import { isSmall, type Row, regionOf, type Side, WARM_UP_REGION, worldJson } from './worlds.ts';

export type Run = Measured & {
  row: string;
  side: Side;
  round: number;
  /** What the server saw of this run. */
  calls: number;
  throttled: number;
  maxCallsInAnySecond: number;
};

export type Plan = {
  rows: readonly Row[];
  rounds: number;
  /** The sample's way is slow and its times hardly vary: measured in the first round, unless asked for in all. */
  sample: 'never' | 'once' | 'always';
  /**
   * From this latency on, the loops of large worlds run side by side. The sample's way, which no target is compared
   * with, always does.
   */
  sideBySideFromMs: number;
};

/** What runs at the same time. */
type Step = { round: number; runs: { row: Row; side: Side }[] };

const SMALL_FACTOR = 3;
/** Processes that are under way: none outlives the benchmark. */
const children = new Set<ChildProcess>();

const RUN_LIMIT_MS = 15 * 60_000;

/**
 * The sides in turn, round by round, so that whatever else the machine does hits all of them alike. The engine always
 * runs alone.
 */
function stepsOf({ rows, rounds, sample, sideBySideFromMs }: Plan): Step[] {
  const steps: Step[] = [];
  for (const group of Map.groupBy(rows, (row) => (row.sides.length > 1 ? row.latencyMs : row.id)).values()) {
    for (let round = 1; round <= rounds * SMALL_FACTOR; round += 1) {
      const together: Step = { round, runs: [] };
      for (const row of group) {
        if (round > roundsOf(row, rounds)) continue;
        for (const side of row.sides) {
          if (side === 'sample' && (sample === 'never' || (sample === 'once' && round > 1))) continue;
          const mayShare = side === 'sample' || (side === 'loop' && row.latencyMs >= sideBySideFromMs);
          if (mayShare && !isSmall(row)) together.runs.push({ row, side });
          else steps.push({ round, runs: [{ row, side }] });
        }
      }
      if (together.runs.length > 0) steps.push(together);
    }
  }
  return steps;
}

function roundsOf(row: Row, rounds: number): number {
  if (row.isOnce) return 1;
  return isSmall(row) && row.streams > 0 ? rounds * SMALL_FACTOR : rounds;
}

/** @param onRun is told of each run as it ends */
export async function measure(plan: Plan, onRun: (run: Run) => void): Promise<Run[]> {
  const folder = mkdtempSync(join(tmpdir(), 'kvs-census-bench-'));
  const tidyUp = () => {
    for (const child of children) child.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', tidyUp);
  try {
    const url = await startServer(folder);
    const runOne = await bundle(folder);
    const countOne = (side: Side, region: string) => runChild(runOne, [side, region], url);
    await countOne('engine', WARM_UP_REGION);
    const all: Run[] = [];
    for (const { round, runs } of stepsOf(plan)) {
      await fetch(`${url}/stats`, { method: 'DELETE' });
      const measured = await Promise.all(runs.map(({ row, side }) => countOne(side, regionOf(row, side))));
      const stats = (await (await fetch(`${url}/stats`)).json()) as Record<string, RegionStats>;
      for (const [index, { row, side }] of runs.entries()) {
        const run: Run = { row: row.id, side, round, ...measured[index]!, ...stats[regionOf(row, side)]! };
        all.push(run);
        onRun(run);
      }
    }
    return all;
  } finally {
    tidyUp();
  }
}

/** As the worker is packaged: one minified file with the SDK inside. */
async function bundle(folder: string): Promise<string> {
  const outfile = join(folder, 'run-one.cjs');
  await build({
    entryPoints: [fileURLToPath(new URL('run-one.ts', import.meta.url))],
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    minify: true,
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
  return outfile;
}

async function startServer(folder: string): Promise<string> {
  const worldFile = join(folder, 'world.json');
  writeFileSync(worldFile, JSON.stringify(worldJson()));
  const main = fileURLToPath(new URL('../../src/local/video-main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, '--world', worldFile], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.add(child);
  for await (const url of createInterface({ input: child.stdout })) return url;
  throw new Error('The local Kinesis Video ended before it printed its address.');
}

async function runChild(file: string, args: string[], endpoint: string): Promise<Measured> {
  const env = {
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: endpoint,
    // No such file: the SDK's defaults, and not those of whoever measures.
    AWS_CONFIG_FILE: `${file}.none`,
    // As serverless.yml sets it for the worker.
    NODE_OPTIONS: '--max-semi-space-size=4',
  };
  const child = spawn(process.execPath, [file, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: RUN_LIMIT_MS,
  });
  children.add(child);
  let text = '';
  for await (const part of child.stdout.setEncoding('utf8')) text += part;
  const code = await ended(child);
  children.delete(child);
  if (code !== 0) throw new Error(`The run ${args.join(' ')} ended with ${code ?? child.signalCode}.`);
  return JSON.parse(text) as Measured;
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve));
  return child.exitCode;
}
