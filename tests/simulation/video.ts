/** Kinesis Video as the worker's ListPage sees it: small regions, page by page, with everything that can go wrong. */
import type { CountError, Reason } from '../../src/census/errors.ts';
import type { Page, PageRequest } from '../../src/census/ports.ts';
import type { StreamFacts } from '../../src/census/tally.ts';
import type { VideoTrouble } from './faults.ts';
import { REQUEST_TIMEOUT_MS, SlowError } from './process.ts';

/** What there is in one region, and how it is listed. */
export type RegionWorld = {
  region: string;
  streams: number;
  /** Streams on the first, second ... page of a listing, then again from the start. 0 is an empty page. */
  pageSizes: readonly number[];
  /** What is wrong with it, one after the other. */
  troubles?: readonly Phase[];
};

/** Until when it lasts: seconds after the start, as long as faults do, or for ever. */
export type Phase = { how: Trouble; until: number | 'healed' | 'never' };

export type Trouble = VideoTrouble | 'not-enabled' | 'unsupported';

/** What the adapter (src/aws/video.ts) makes of each trouble. */
export const REASON_OF: Readonly<Record<Trouble, { reason: Reason; retryable: boolean }>> = {
  throttled: { reason: 'throttled', retryable: true },
  'server-error': { reason: 'unreachable', retryable: true },
  'drops-connection': { reason: 'unreachable', retryable: true },
  hang: { reason: 'timed-out', retryable: true },
  malformed: { reason: 'bad-answer', retryable: true },
  'token-loop': { reason: 'bad-answer', retryable: true },
  denied: { reason: 'denied', retryable: false },
  'not-enabled': { reason: 'not-enabled', retryable: false },
  unsupported: { reason: 'unsupported', retryable: false },
};

type MakeCountError = new (...args: ConstructorParameters<typeof CountError>) => CountError;

export function troubleError(MakeError: MakeCountError, trouble: Trouble): CountError {
  const { reason, retryable } = REASON_OF[trouble];
  return new MakeError(reason, `secret-message of ${trouble}`, { retryable, cause: { name: 'AwsError' } });
}

export const nameOf = (region: string, index: number) => `secret-camera.${region}-${String(index).padStart(5, '0')}`;

/** The regions' streams, made once: many simulations list the same ones. */
const fleets = new Map<string, StreamFacts[]>();

function streamsOf({ region, streams }: RegionWorld): readonly StreamFacts[] {
  const fleet = fleets.get(region) ?? [];
  for (let index = fleet.length; index < streams; index++) fleet.push(makeStream(region, index));
  fleets.set(region, fleet);
  return fleet.length === streams ? fleet : fleet.slice(0, streams);
}

function makeStream(region: string, index: number): StreamFacts {
  const name = nameOf(region, index);
  const createdAtMs = 1_700_000_000_000 + index;
  const arn = `arn:aws:kinesisvideo:${region}:123456789012:stream/${name}/${createdAtMs}`;
  return { name, arn, status: 'ACTIVE', retentionHours: 24, mediaType: 'video/h264', createdAtMs };
}

/**
 * One page. A token names the place at which the page before ended.
 * @throws CountError, or SlowError for one that takes its time
 */
export function listPage(
  world: RegionWorld,
  { prefix = '', name, token, timeLimitMs = REQUEST_TIMEOUT_MS }: PageRequest,
  trouble: Trouble | undefined,
  MakeError: MakeCountError,
): Page {
  if (trouble === 'hang')
    throw new SlowError(troubleError(MakeError, trouble), Math.min(timeLimitMs, REQUEST_TIMEOUT_MS));
  if (trouble !== undefined && trouble !== 'token-loop') throw troubleError(MakeError, trouble);
  const [position = 0, page = 0] = token === undefined ? [] : token.split('-').slice(2).map(Number);
  const all = streamsOf(world);
  if (name !== undefined) return { streams: all.filter((stream) => stream.name === name) };
  const found = prefix === '' ? all : all.filter((stream) => stream.name.startsWith(prefix));
  const { pageSizes } = world;
  const size = pageSizes[page % pageSizes.length]!;
  const end = Math.min(position + size, found.length);
  // An empty page says nothing about the end, so it always has a token.
  const isLast = end === found.length && size > 0 && trouble !== 'token-loop';
  const repeated = trouble === 'token-loop' ? token : undefined;
  const nextToken = isLast ? undefined : (repeated ?? `secret-token-${end}-${page + 1}`);
  return { streams: found.slice(position, end), ...(nextToken !== undefined && { nextToken }) };
}
