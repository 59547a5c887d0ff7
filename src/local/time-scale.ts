/** By how much the waits of the template may be divided before the local Kinesis Video no longer fits into them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kindOf, STREAMS } from './kinds.ts';
import { heldIn, type RegionWorld, regionsOf, type World } from './world.ts';

/** With it even a region that hangs settles within a minute. */
export const DEFAULT_TIME_SCALE = 40;

/** The share of a time limit that a world may use up by itself; the rest is for a busy laptop. */
const FILL = 0.5;

/** For what a process asks about regions as the first that it does, on a laptop. */
const SOURCES_TIMEOUT_MS = 1000;

type Limits = { requestTimeoutMs: number; listingMs: number; callsPerSecond: number };

export function fittingTimeScale(world: World, packageDir: string, kinds: readonly string[] = [STREAMS]): number {
  const limits = readLimits(packageDir);
  const scales = everyRegion(world, kinds).flatMap(({ kind, own: region }) => [
    (limits.requestTimeoutMs * FILL) / region.latencyMs,
    (limits.listingMs * FILL) / listingMs(kind, region, limits),
  ]);
  // The dispatcher opens a run of each kind one after the other, within the time of one invocation.
  return Math.max(1, Math.floor(Math.min(DEFAULT_TIME_SCALE / kinds.length, ...scales)));
}

/** @throws Error if a page of the world takes longer than the scaled time for a request */
export function checkTimeScale(
  timeScale: number,
  world: World,
  packageDir: string,
  kinds: readonly string[] = [STREAMS],
): void {
  const { requestTimeoutMs } = readLimits(packageDir);
  const scaledMs = requestTimeoutMs / timeScale;
  for (const {
    region,
    own: { latencyMs },
  } of everyRegion(world, kinds)) {
    if (latencyMs < scaledMs) continue;
    throw new Error(
      `--time-scale ${timeScale} leaves ${Math.floor(scaledMs)} ms for a request, but a page of ${region} takes ${latencyMs} ms; use --time-scale ${fittingTimeScale(world, packageDir, kinds)} or less.`,
    );
  }
}

function everyRegion(world: World, kinds: readonly string[]): { kind: string; region: string; own: RegionWorld }[] {
  return heldIn(world).flatMap((held) =>
    kinds.flatMap((kind) => Object.entries(regionsOf(held, kind)).map(([region, own]) => ({ kind, region, own }))),
  );
}

/** What listing a region takes at least, page after page. */
function listingMs(kind: string, { size, latencyMs, pageCap }: RegionWorld, limits: Limits): number {
  const callsPerSecond = Math.min(limits.callsPerSecond, kindOf(kind).callsPerSecond);
  const perPage = pageCap.reduce((sum, cap) => sum + cap, 0) / pageCap.length;
  return Math.ceil(size / Math.max(1, perPage)) * Math.max(latencyMs, 1000 / callsPerSecond);
}

/** How long the task of a region waits at most, in ms, after its first failure, its second and so on until the last attempt. */
export function taskWaits(packageDir: string, timeScale: number): number[] {
  const { TASK_BACKOFF_MS = '', MAX_RECEIVES } = readWorker(packageDir).Environment.Variables;
  const waits = TASK_BACKOFF_MS.split(',').map((ms) => Number(ms) / timeScale);
  return waits.slice(0, Number(MAX_RECEIVES) - 1);
}

/**
 * What the functions are told instead of what the template says, divided: what a busy laptop needs to answer itself does not
 * depend on how fast time is to pass. But asking about regions, once for each kind, leaves half of the dispatcher's time for the
 * rest.
 */
export function patience(packageDir: string, timeScale: number, kinds: number): Record<string, string> {
  const { Timeout, Environment } = readFunction(packageDir, 'DispatcherLambdaFunction');
  const scaledMs = Number(Environment.Variables.REGION_SOURCES_TIMEOUT_MS) / timeScale;
  const wantedMs = Math.min(SOURCES_TIMEOUT_MS, (Timeout * 1000) / timeScale / 2 / kinds);
  return scaledMs < wantedMs ? { REGION_SOURCES_TIMEOUT_MS: String(wantedMs) } : {};
}

type CompiledFunction = { Properties: { Timeout: number; Environment: { Variables: Record<string, string> } } };

function readWorker(packageDir: string): CompiledFunction['Properties'] {
  return readFunction(packageDir, 'WorkerLambdaFunction');
}

function readFunction(packageDir: string, logicalId: string): CompiledFunction['Properties'] {
  const file = join(packageDir, 'cloudformation-template-update-stack.json');
  const { Resources } = JSON.parse(readFileSync(file, 'utf8')) as { Resources: Record<string, CompiledFunction> };
  return Resources[logicalId]?.Properties ?? { Timeout: 0, Environment: { Variables: {} } };
}

function readLimits(packageDir: string): Limits {
  const { Timeout, Environment } = readWorker(packageDir);
  const { HTTP_REQUEST_TIMEOUT_MS, CLOSING_TIME_MS, CALLS_PER_SECOND } = Environment.Variables;
  return {
    requestTimeoutMs: Number(HTTP_REQUEST_TIMEOUT_MS),
    listingMs: Timeout * 1000 - Number(CLOSING_TIME_MS),
    callsPerSecond: Number(CALLS_PER_SECOND),
  };
}
