/**
 * Answers what the page asks of the ledger, by whichever door a request comes: the command's server (handler.ts), or the function
 * behind the API. It only reads, and minds nobody's name: whoever calls it lets in only whom it should.
 */
import { NoAnswer, sameRun } from '../answers/no-answer.ts';
import { ofCensus } from '../answers/of-kind.ts';
import type { Source } from '../answers/reader.ts';
import { type CensusId, censusIdOf, kindOf, ownerOf, parseOwner } from '../census/census-id.ts';
import { InvalidInputError } from '../census/errors.ts';
import { parseKind } from '../census/kinds.ts';
import { parseRegion } from '../census/region.ts';
import { parseRunId } from '../census/run.ts';
import { keyOf, MOST_LINES, type Newest, type NewestSent } from './client/model.ts';
import { type Known, readHistory, readNewest, readPageDiff, readPageRun, readRegionHistory } from './data.ts';
import { EVERY_ANSWER } from './policy.ts';

export type PageRequest = {
  method: string;
  /** As the address has it: its parts may be encoded. */
  path: string;
  /** `account`, `kind`, and as often as needed `known`: keys of runs that the page has already. */
  query: URLSearchParams;
};

export type PageAnswer = {
  status: number;
  /** Without its charset, which is UTF-8. */
  type: string;
  body: string;
  headers: Record<string, string>;
};

export type PageReading = {
  /** Lends the ledger for one reading. */
  withLedger<T>(use: (ledger: Source) => Promise<T>): Promise<T>;
  /** Answered with where a request names no account, or no kind. */
  censusId: CensusId;
  /** What the reader is told of what was thrown, in one sentence. */
  sentenceOf(error: unknown): string;
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** What was read before; it is kept for as long as somebody asks (`nothingKnown`). */
  known: Known;
};

/** Of `/data/…`; whatever else is asked for is not there. Throws nothing. */
export async function answerData({ method, path, query }: PageRequest, reading: PageReading): Promise<PageAnswer> {
  if (!isForReading(method)) return text(405, 'This page is only for reading.');
  try {
    const censusId = askedFor(query, reading.censusId);
    return await data(path, (use) => readOf(censusId, reading, use), query.getAll('known'));
  } catch (error) {
    return failed(error, reading);
  }
}

export const isForReading = (method: string) => method === 'GET' || method === 'HEAD';

/** Reads what the ledger knows of one account and kind. */
export async function readOf<T>(
  censusId: CensusId,
  { withLedger, nowMs, known }: PageReading,
  use: (ledger: Source, nowMs: number, known: Known) => Promise<T>,
): Promise<T> {
  return await withLedger((ledger) => use(ofCensus(ledger, censusId), nowMs(), known));
}

export function failed(error: unknown, { sentenceOf }: Pick<PageReading, 'sentenceOf'>): PageAnswer {
  return json(statusOf(error), { problem: sentenceOf(error) });
}

/** What is not in the ledger, or not yet, is not there; what a request says wrongly, or the ledger, cannot be dealt with. */
function statusOf(error: unknown): number {
  if (error instanceof NoAnswer) return 404;
  return error instanceof InvalidInputError ? 422 : 500;
}

/** @throws InvalidInputError */
function askedFor(named: URLSearchParams, own: CensusId): CensusId {
  const owner = parseOwner(named.get('account') ?? ownerOf(own));
  return censusIdOf(owner, parseKind(named.get('kind') ?? kindOf(own)));
}

type Read = <T>(use: (ledger: Source, nowMs: number, known: Known) => Promise<T>) => Promise<T>;

/** @param known keys of runs that the page has already */
async function data(path: string, read: Read, known: readonly string[]): Promise<PageAnswer> {
  const [, root, what, name, other] = path.split('/').map(decoded);
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

function json(status: number, value: unknown): PageAnswer {
  return { status, type: 'application/json', body: JSON.stringify(value), headers: EVERY_ANSWER };
}

function text(status: number, sentence: string): PageAnswer {
  return { status, type: 'text/plain', body: `${sentence}\n`, headers: EVERY_ANSWER };
}
