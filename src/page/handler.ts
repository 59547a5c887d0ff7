/**
 * Answers a browser with the census page, and the page with what it asks for. It only reads, and minds nobody's name: it
 * belongs behind a server that lets only this machine in (src/local/listen.ts).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { NoAnswer, sameRun } from '../answers/no-answer.ts';
import { ofCensus } from '../answers/of-kind.ts';
import type { Source } from '../answers/reader.ts';
import { type CensusId, censusIdOf, kindOf, ownerOf, parseOwner } from '../census/census-id.ts';
import { InvalidInputError } from '../census/errors.ts';
import { parseKind } from '../census/kinds.ts';
import { parseRegion } from '../census/region.ts';
import { parseRunId } from '../census/run.ts';
import { loadAssets } from './assets.ts';
import { keyOf, MOST_LINES, type Newest, type NewestSent, type PageData } from './client/model.ts';
import {
  type Known,
  nothingKnown,
  readHistory,
  readNewest,
  readPageDiff,
  readPageRun,
  readRegionHistory,
} from './data.ts';
import { pageHtml } from './html.ts';
import { type Assets, contentSecurityPolicy } from './policy.ts';

export type PageOptions = {
  /** Lends the ledger for one reading. */
  withLedger<T>(use: (ledger: Source) => Promise<T>): Promise<T>;
  /** What the page shows when it opens, and answers with where a request names no account, or no kind. */
  censusId: CensusId;
  /** What the reader is told of what was thrown, in one sentence. */
  sentenceOf(error: unknown): string;
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Absent: they are loaded for the first request. */
  assets?: Promise<Assets>;
};

type Answer = { status: number; type: string; body: string; headers?: Record<string, string> };

const EVERY_ANSWER = {
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

export function makePageHandler(options: PageOptions): (request: IncomingMessage, response: ServerResponse) => void {
  let loading = options.assets;
  const assets = () => {
    loading ??= loadAssets();
    return loading;
  };
  const known = nothingKnown();
  const { censusId, sentenceOf, nowMs, withLedger } = options;
  const readOf =
    (censusId: CensusId): Read =>
    (use) =>
      withLedger((ledger) => use(ofCensus(ledger, censusId), nowMs(), known));
  return (request, response) => {
    request.resume();
    void answer(request, { censusId, sentenceOf, readOf }, assets).then(({ status, type, body, headers }) => {
      response.writeHead(status, { ...EVERY_ANSWER, 'content-type': `${type}; charset=utf-8`, ...headers });
      response.end(request.method === 'HEAD' ? undefined : body);
    });
  };
}

/** Reads what the ledger knows of one account and kind. */
type Read = <T>(use: (ledger: Source, nowMs: number, known: Known) => Promise<T>) => Promise<T>;

type Reading = Pick<PageOptions, 'censusId' | 'sentenceOf'> & { readOf: (censusId: CensusId) => Read };

async function answer(request: IncomingMessage, reading: Reading, assets: () => Promise<Assets>): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return text(405, 'This page is only for reading.');
  try {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/') return await page(reading, await assets());
    const censusId = askedFor(searchParams, reading.censusId);
    return await data(pathname, reading.readOf(censusId), searchParams.getAll('known'));
  } catch (error) {
    return json(statusOf(error), { problem: reading.sentenceOf(error) });
  }
}

/** @throws InvalidInputError */
function askedFor(named: URLSearchParams, own: CensusId): CensusId {
  const owner = parseOwner(named.get('account') ?? ownerOf(own));
  return censusIdOf(owner, parseKind(named.get('kind') ?? kindOf(own)));
}

/** What is not in the ledger, or not yet, is not there; what a request says wrongly, or the ledger, cannot be dealt with. */
function statusOf(error: unknown): number {
  if (error instanceof NoAnswer) return 404;
  return error instanceof InvalidInputError ? 422 : 500;
}

async function page(reading: Reading, assets: Assets): Promise<Answer> {
  const policy = `${contentSecurityPolicy(assets, { live: true })}; frame-ancestors 'none'`;
  return {
    status: 200,
    type: 'text/html',
    body: pageHtml(await firstData(reading), assets),
    headers: { 'content-security-policy': policy },
  };
}

/** A ledger that cannot be read now may be readable in a moment: the page says what is wrong, and goes on asking. */
async function firstData({ censusId, readOf, sentenceOf }: Reading): Promise<PageData> {
  const first = { form: 'live', censusId } as const;
  try {
    return { ...first, newest: await readOf(censusId)(readNewest), problem: null };
  } catch (error) {
    return { ...first, newest: null, problem: sentenceOf(error) };
  }
}

/** @param known keys of runs that the page has already */
async function data(pathname: string, read: Read, known: readonly string[]): Promise<Answer> {
  const [, root, what, name, other] = pathname.split('/').map(decoded);
  if (root !== 'data') return text(404, 'There is no such page; the census page is at /.');
  switch (what) {
    case 'newest':
      return json(200, unlessKnown(await read(readNewest), known));
    case 'history':
      return json(200, await read((ledger, nowMs) => readHistory(ledger, MOST_LINES, nowMs)));
    case 'runs': {
      const runId = parseRunId(name);
      const run = await read((ledger, nowMs) => readPageRun(ledger, runId, nowMs));
      if (run === undefined) return json(404, { problem: `There is no run ${runId} in the ledger.` });
      return json(200, run);
    }
    case 'diff': {
      const [before, after] = [parseRunId(name), parseRunId(other)];
      if (before === after) return json(400, { problem: sameRun(before).message });
      return json(200, await read((ledger, nowMs) => readPageDiff(ledger, before, after, nowMs)));
    }
    case 'regions': {
      const region = parseRegion(name);
      return json(200, await read((ledger, nowMs) => readRegionHistory(ledger, region, MOST_LINES, nowMs)));
    }
    default:
      return text(404, 'There is no such page; the census page is at /.');
  }
}

/** A page asks again and again, and of a thousand accounts there is much to send. */
function unlessKnown({ latest, open, ...newest }: Newest, known: readonly string[]): NewestSent {
  const sent = (whole: Newest['open']) => {
    const key = keyOf(whole);
    return key !== null && known.includes(key) ? { unchanged: key } : whole;
  };
  return { ...newest, latest: sent(latest), open: sent(open) };
}

/** @throws InvalidInputError */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw new InvalidInputError('The address cannot be read.', { cause });
  }
}

function json(status: number, value: unknown): Answer {
  return { status, type: 'application/json', body: JSON.stringify(value) };
}

function text(status: number, sentence: string): Answer {
  return { status, type: 'text/plain', body: `${sentence}\n` };
}
