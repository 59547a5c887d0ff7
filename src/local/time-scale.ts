/** By how much the waits of the template may be divided before the local Kinesis Video no longer fits into them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kindOf, STREAMS } from './kinds.ts';
import { ofType, readTemplate, withParameters } from './template.ts';
import { heldIn, type RegionWorld, regionsOf, type World } from './world.ts';

/** With it even a region that hangs settles within a minute. */
export const DEFAULT_TIME_SCALE = 40;

/**
 * The dispatcher of an organisation asks for all accounts at once, and hundreds of tasks follow: a busy laptop that must answer all of
 * them takes longer for each.
 */
const ORGANIZATION_TIME_SCALE = 20;

const WORKER = 'WorkerLambdaFunction';

/** The share of a time limit that a world may use up by itself; the rest is for a busy laptop. */
const FILL = 0.5;

/** For what a process asks about regions as the first that it does, on a laptop. */
const ONE_ACCOUNT_MS = { sources: 1000, connect: 0, request: 0 };

/** The same where it is asked about many accounts, and what a laptop then needs for a connection, and for an answer. */
const MANY_ACCOUNTS_MS = { sources: 5000, connect: 1000, request: 1000 };

type Limits = { requestTimeoutMs: number; listingMs: number; callsPerSecond: number };

export function fittingTimeScale(world: World, packageDir: string, kinds: readonly string[] = [STREAMS]): number {
  const limits = readLimits(packageDir);
  const scales = everyRegion(world, kinds).flatMap(({ kind, own: region }) => [
    (limits.requestTimeoutMs * FILL) / region.latencyMs,
    (limits.listingMs * FILL) / listingMs(kind, region, limits),
  ]);
  // The dispatcher opens a run of each kind one after the other, within the time of one invocation.
  const most = world.organization === undefined ? DEFAULT_TIME_SCALE : ORGANIZATION_TIME_SCALE;
  return Math.max(1, Math.floor(Math.min(most / kinds.length, ...scales)));
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
  const { TASK_BACKOFF_MS = '', MAX_RECEIVES } = readFunction(packageDir, WORKER).variables;
  const waits = TASK_BACKOFF_MS.split(',').map((ms) => Number(ms) / timeScale);
  return waits.slice(0, Number(MAX_RECEIVES) - 1);
}

/** Of what is counted: how many kinds, and the parameters of the stack, of which those of an organisation are others. */
type Counted = {
  readonly kinds: number;
  readonly parameters: Readonly<Record<string, string>>;
  readonly isOrganization: boolean;
};

/**
 * What the functions are told instead of what the template says, divided: what a busy laptop needs to answer itself does not
 * depend on how fast time is to pass. But asking about regions, once for each kind, leaves half of the dispatcher's time for the
 * rest.
 */
export function patience(packageDir: string, timeScale: number, counted: Counted): Record<string, string> {
  const { kinds, parameters, isOrganization } = counted;
  const { seconds, variables } = readFunction(packageDir, 'DispatcherLambdaFunction', parameters);
  const { sources, connect, request } = isOrganization ? MANY_ACCOUNTS_MS : ONE_ACCOUNT_MS;
  const wantedMs = {
    REGION_SOURCES_TIMEOUT_MS: Math.min(sources, (seconds * 1000) / timeScale / 2 / kinds),
    HTTP_CONNECT_TIMEOUT_MS: connect,
    HTTP_REQUEST_TIMEOUT_MS: request,
  };
  const longer = Object.entries(wantedMs).filter(([name, ms]) => Number(variables[name]) / timeScale < ms);
  return Object.fromEntries(longer.map(([name, ms]) => [name, String(ms)]));
}

/** Names are not looked at. */
const ANYWHERE = { accountId: '000000000000', region: 'us-east-1', stackName: 'local', endpoint: 'http://127.0.0.1' };

function readFunction(packageDir: string, logicalId: string, parameters: Readonly<Record<string, string>> = {}) {
  const json: unknown = JSON.parse(readFileSync(join(packageDir, 'cloudformation-template-update-stack.json'), 'utf8'));
  const template = readTemplate(withParameters(json, parameters), ANYWHERE);
  const found = ofType(template, 'AWS::Lambda::Function').find((each) => each.logicalId === logicalId);
  if (found === undefined) throw new Error(`The template has no function ${logicalId}.`);
  return { seconds: found.properties.Timeout, variables: found.properties.Environment?.Variables ?? {} };
}

function readLimits(packageDir: string): Limits {
  const { seconds, variables } = readFunction(packageDir, WORKER);
  const { HTTP_REQUEST_TIMEOUT_MS, CLOSING_TIME_MS, CALLS_PER_SECOND } = variables;
  return {
    requestTimeoutMs: Number(HTTP_REQUEST_TIMEOUT_MS),
    listingMs: seconds * 1000 - Number(CLOSING_TIME_MS),
    callsPerSecond: Number(CALLS_PER_SECOND),
  };
}
