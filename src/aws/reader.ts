/** The ledger as people read it: what a command or a page asks for, in as few requests as there can be. */
import {
  BatchGetItemCommand,
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { RegionRecord } from '../census/region.ts';
import type { Run, RunId, RunKey } from '../census/run.ts';
import { heardBy } from '../census/standing.ts';
import type { Item } from './items.ts';
import { isExpired, isRunItem, readRecord, readRun } from './read-items.ts';
import { regionRequest, runsRequest, type TimeRange, wholeRunRequest, wholeRunsRequests } from './read-requests.ts';

export type { TimeRange } from './read-requests.ts';

/** A run and what is known of its regions. Records that the run did not ask for are left out. */
export type WholeRun = { run: Run; records: RegionRecord[] };

export type Reading = TimeRange & {
  /** How many are given at most. */
  limit?: number;
  /** How many one request gives at most; absent: as many as fit in 1 MB. */
  perRequest?: number;
};

/**
 * Every reading that goes by time comes from an index, which lags behind the table by moments; a run with its records
 * comes from the table itself. Expired items are never given. Damaged items, and those of a newer version, throw
 * InvalidInputError.
 */
export type LedgerReader = {
  /**
   * Newest first. One request, unless so many of them are open that others must be looked for behind them: that goes back
   * as far as it must.
   */
  newestRuns(accountId: string, wanted?: Wanted): Promise<Run[]>;
  /** Newest first, page by page as they are asked for; at most `limit` of them. */
  runs(accountId: string, reading?: Reading): AsyncIterable<Run>;
  /** One request. */
  wholeRun(key: RunKey): Promise<WholeRun | undefined>;
  /** Several runs that were read before, afresh and with their records: one request for two runs of 19 regions. */
  wholeRuns(runs: readonly Run[]): Promise<WholeRun[]>;
  /** One region through time, newest first. Runs in which nobody recorded anything of it are not there. */
  regionRecords(accountId: string, region: string, reading?: Reading): AsyncIterable<RegionRecord>;
};

export type Wanted = {
  /** Not after this one. */
  until?: RunId;
  /** How many at least, if there are so many; more only for the sake of `totals`. 10 unless said otherwise. */
  runs?: number;
  /** How many of them are to have a total, at least. */
  totals?: number;
};

export type ReaderOptions = {
  client: DynamoDBClient;
  tableName: string;
  /** Milliseconds since 1970; decides which items have expired. */
  nowMs: () => number;
};

/** How often an answer that left keys unread is asked again. */
const BATCH_READS = 5;

export function makeReader({ client, tableName, nowMs }: ReaderOptions): LedgerReader {
  async function* query(request: QueryCommandInput, limit = Number.POSITIVE_INFINITY) {
    let start: Item | undefined;
    let given = 0;
    do {
      const answer = await client.send(new QueryCommand({ ...request, ...(start && { ExclusiveStartKey: start }) }));
      for (const item of answer.Items ?? []) {
        if (isExpired(item, nowMs())) continue;
        yield item;
        given += 1;
        if (given >= limit) return;
      }
      start = answer.LastEvaluatedKey;
    } while (start !== undefined);
  }

  async function getAll(runs: readonly Run[]): Promise<Item[]> {
    const found: Item[] = [];
    for (let request of wholeRunsRequests(runs, tableName)) {
      for (let read = 1; ; read++) {
        const { Responses, UnprocessedKeys } = await client.send(new BatchGetItemCommand(request));
        found.push(...(Responses?.[tableName] ?? []));
        if (!UnprocessedKeys || Object.keys(UnprocessedKeys).length === 0) break;
        if (read >= BATCH_READS) throw new Error(`The ledger left keys unread ${BATCH_READS} times; try again later.`);
        request = { RequestItems: UnprocessedKeys };
      }
    }
    const atMs = nowMs();
    return found.filter((item) => !isExpired(item, atMs));
  }

  async function* runs(accountId: string, { limit, perRequest = limit, ...range }: Reading = {}) {
    for await (const item of query(runsRequest(accountId, range, perRequest, tableName), limit)) yield readRun(item);
  }

  return {
    runs,

    async newestRuns(accountId, { runs: limit = 10, totals = 0, ...range } = {}) {
      const found = await collect(runs(accountId, { ...range, limit }));
      const isEnough = () => found.length < limit || found.filter(({ total }) => total).length >= totals;
      const oldest = found.at(-1)?.runId;
      if (oldest === undefined || isEnough()) return found;
      for await (const run of runs(accountId, { until: oldest })) {
        if (run.runId === oldest) continue;
        found.push(run);
        if (isEnough()) break;
      }
      return found;
    },

    async wholeRun(key) {
      return wholeRunOf(await collect(query(wholeRunRequest(key, tableName))));
    },

    async wholeRuns(known) {
      const byRun = Map.groupBy(await getAll(known), ({ pk }) => pk?.S);
      return [...byRun.values()].flatMap((items) => wholeRunOf(items) ?? []).sort(newestFirst);
    },

    async *regionRecords(accountId, region, { limit, perRequest = limit, ...range } = {}) {
      const request = regionRequest(accountId, region, range, perRequest, tableName);
      for await (const item of query(request, limit)) yield readRecord(item);
    },
  };
}

function wholeRunOf(items: readonly Item[]): WholeRun | undefined {
  const runItem = items.find(isRunItem);
  if (runItem === undefined) return undefined;
  const run = readRun(runItem);
  const records = items.filter((item) => !isRunItem(item)).map(readRecord);
  return { run, records: heardBy(run, records) };
}

const newestFirst = (a: WholeRun, b: WholeRun) => (a.run.runId < b.run.runId ? 1 : -1);

async function collect<T>(from: AsyncIterable<T>): Promise<T[]> {
  const all = [];
  for await (const one of from) all.push(one);
  return all;
}
