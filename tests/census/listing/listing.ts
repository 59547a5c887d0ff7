/** A region as the engine's ListPage shows it: in virtual time, in any order, with pages of any size and any trouble. */

import { CountError } from '../../../src/census/errors.ts';
import { streams } from '../../../src/census/kinds/streams.ts';
import {
  ATTEMPTS_PER_PAGE,
  type CountLimits,
  type CountResult,
  countRegion,
} from '../../../src/census/listing/count.ts';
import type { Earlier } from '../../../src/census/listing/earlier.ts';
import { makePace } from '../../../src/census/listing/pace.ts';
import type { ListPage, Page, PageRequest } from '../../../src/census/ports.ts';
import type { Prefixes } from '../../../src/census/prefixes.ts';
import { makeTallier, type StreamFacts, type Tallier, type Tally } from '../../../src/census/tally.ts';
import { makeVirtualClock, type VirtualClock } from './virtual-clock.ts';

export const RUN_MS = Date.parse('2026-11-20T06:00:00Z');

export const newTallier = () => makeTallier(RUN_MS, streams.facets);

/** Streams: their lists can be asked for by prefix. */
export const STREAMS = { facets: streams.facets, hasPrefixes: true, asOfMs: RUN_MS };

export type Listed = {
  names: readonly string[];
  /** `hash` is no order that names would show. */
  order: 'name' | 'hash';
  /** Most streams on the first, second ... page of a list, then again from the start. 0 is an empty page. */
  pageCaps: readonly number[];
  /** The service fills a page first, and then leaves out what does not begin with the prefix. */
  prefixAfterPaging?: boolean;
  /** Of a call, in the order in which calls are made. */
  latencyMs: (call: number, request: PageRequest) => number;
  /** What the service makes of a page that is right. */
  lie?: (page: Page, request: PageRequest, nowMs: number) => Page;
  /** What a call meets instead of its page. `unexpected` is no CountError: a bug, or a crash. */
  trouble?: (call: number, request: PageRequest) => CountError | Error | undefined;
};

export type Call = { request: PageRequest; atMs: number; outcome?: 'page' | 'error' };

export const throttled = () => new CountError('throttled', 'Too fast.', { retryable: true });
export const unreachable = () => new CountError('unreachable', 'A 5xx.', { retryable: true });
export const timedOut = () => new CountError('timed-out', 'Too slow.', { retryable: true });
export const refused = () => new CountError('bad-answer', 'Such a request is not accepted.');
export const denied = () => new CountError('denied', 'Not allowed.');

const letterHash = (text: string) => {
  let hash = 7;
  for (const letter of text) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
};

const STATUSES = ['ACTIVE', 'CREATING', 'UPDATING', 'DELETING'];

/** All that there is to know of a stream follows from its name. */
export function streamOf(name: string): StreamFacts {
  const hash = letterHash(name);
  const createdAtMs = RUN_MS - (hash % 4_000_000_000);
  return {
    name,
    arn: `arn:aws:kinesisvideo:eu-west-1:123456789012:stream/${name}/${createdAtMs}`,
    status: STATUSES[hash % 4]!,
    retentionHours: [0, 24, 100, 1000][(hash >>> 2) % 4]!,
    mediaType: `video/h${hash % 30}`,
    createdAtMs,
  };
}

export function truthOf(names: readonly string[]): Tally {
  return tallierOf(names).tally();
}

/** How many of these streams begin with each prefix. */
export function prefixTruthOf(names: readonly string[]): Prefixes {
  return tallierOf(names).prefixes();
}

function tallierOf(names: readonly string[]): Tallier {
  const tallier = newTallier();
  for (const name of names) tallier.add(streamOf(name));
  return tallier;
}

/** Pages that one list of everything takes. */
export function pagesOf({ names, pageCaps }: Pick<Listed, 'names' | 'pageCaps'>): number {
  let pages = 0;
  let left = names.length;
  do left -= pageCaps[pages++ % pageCaps.length]!;
  while (left > 0 || pageCaps[(pages - 1) % pageCaps.length] === 0);
  return pages;
}

export function serve(clock: VirtualClock, listed: Listed) {
  const sorted = [...listed.names].sort();
  if (listed.order === 'hash') sorted.sort((a, b) => letterHash(a) - letterHash(b));
  const lists = new Map<string, readonly string[]>();
  const calls: Call[] = [];

  function listOf(prefix: string): readonly string[] {
    const list = lists.get(prefix) ?? sorted.filter((name) => name.startsWith(prefix));
    lists.set(prefix, list);
    return list;
  }

  function pageOf({ prefix = '', name, token }: PageRequest) {
    if (name !== undefined) return { streams: sorted.filter((each) => each === name).map(streamOf) };
    const list = listOf(listed.prefixAfterPaging ? '' : prefix);
    const [from = 0, nth = 0] = token === undefined ? [] : token.split('/').map(Number);
    const cap = listed.pageCaps[nth % listed.pageCaps.length]!;
    const to = Math.min(from + cap, list.length);
    const isLast = to === list.length && cap > 0;
    const page = list.slice(from, to).filter((each) => each.startsWith(prefix));
    return { streams: page.map(streamOf), ...(!isLast && { nextToken: `${to}/${nth + 1}` }) };
  }

  const listPage: ListPage = async (request) => {
    const number = calls.length;
    const call: Call = { request, atMs: clock.nowMs() };
    calls.push(call);
    const { signal, timeLimitMs = Number.POSITIVE_INFINITY } = request;
    const latencyMs = listed.latencyMs(number, request);
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    signal?.addEventListener('abort', end);
    await Promise.race([clock.sleep(Math.min(latencyMs, timeLimitMs)), ended]);
    signal?.removeEventListener('abort', end);
    const error = signal?.aborted || latencyMs > timeLimitMs ? timedOut() : listed.trouble?.(number, request);
    call.outcome = error === undefined ? 'page' : 'error';
    if (error !== undefined) throw error;
    const page = pageOf(request);
    return listed.lie?.(page, request, clock.nowMs()) ?? page;
  };
  return { listPage, calls };
}

export const LIMITS: Omit<CountLimits, 'stopAtMs'> = {
  attemptsPerPage: ATTEMPTS_PER_PAGE,
  pageBackoffMs: 500,
  pageBackoffLimitMs: 10_000,
  listings: 1_000_000,
};

/** What an invocation of the worker leaves for counting. */
export const TIME_LIMIT_MS = 285_000;

export type Counted = { result: CountResult; calls: Call[]; ms: number };

/** Counts the region once, in virtual time. */
export async function count(
  listed: Listed,
  {
    timeLimitMs = TIME_LIMIT_MS,
    random = () => 0.5 as number,
    listings = LIMITS.listings,
    earlier = undefined as Earlier | undefined,
  } = {},
): Promise<Counted> {
  const clock = makeVirtualClock(RUN_MS);
  const { listPage, calls } = serve(clock, listed);
  const ports = { listPage, pace: makePace(clock, 45), clock, random };
  const limits = { ...LIMITS, listings, stopAtMs: RUN_MS + timeLimitMs };
  const result = await clock.run(countRegion(ports, limits, { ...STREAMS, earlier }));
  return { result, calls, ms: clock.nowMs() - RUN_MS };
}
