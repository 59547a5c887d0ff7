/** The ledger as people read it: what a command or a page asks for, in as few requests as there can be. */
import type { BatchGetItemCommandInput, DynamoDBClient, QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { LedgerReader, OnDamaged, Reading, WholeOrganization, WholeRun } from '../answers/reader.ts';
import { InvalidInputError } from '../census/errors.ts';
import type { AccountRecord } from '../census/organization/account-record.ts';
import { plannedAccounts } from '../census/organization/run.ts';
import { isSoundRecord, isSoundTotal } from '../census/organization/sound.ts';
import type { OrganizationSummary } from '../census/organization/summary.ts';
import { checkTotal } from '../census/recheck.ts';
import { heardBy } from '../census/region.ts';
import type { Run } from '../census/run.ts';
import type { Item } from './items.ts';
import { accountRecordSk } from './organization-items.ts';
import { getAll, queryAll } from './read-all.ts';
import { damaged, isExpired, isRunItem, keyOf, readRecord, readRun } from './read-items.ts';
import { readAccountRecord, readOrganization, readSummary } from './read-organization-items.ts';
import {
  recordsRequests,
  regionRequest,
  runsRequest,
  wholeOrganizationRequest,
  wholeRunRequest,
  wholeRunsRequests,
} from './read-requests.ts';

type ReaderOptions = {
  client: DynamoDBClient;
  tableName: string;
  /** Milliseconds since 1970; decides which items have expired. */
  nowMs: () => number;
};

export function makeReader({ client, tableName, nowMs }: ReaderOptions): LedgerReader {
  async function* query(request: QueryCommandInput) {
    for await (const page of queryAll(client, request)) {
      for (const item of page) if (!isExpired(item, nowMs())) yield item;
    }
  }

  /** At most `limit` of what can be read. */
  async function* readable<T>(
    request: QueryCommandInput,
    read: (item: Item) => T,
    { limit = Number.POSITIVE_INFINITY, onDamaged }: Reading,
  ) {
    let given = 0;
    for await (const item of query(request)) {
      const found = unlessDamaged(item, read, onDamaged);
      if (found === undefined) continue;
      yield found;
      given += 1;
      if (given >= limit) return;
    }
  }

  async function itemsOf(requests: readonly BatchGetItemCommandInput[]): Promise<Item[]> {
    const found = [];
    for (const request of requests) found.push(...(await getAll(client, request)));
    const atMs = nowMs();
    return found.filter((item) => !isExpired(item, atMs));
  }

  function runs(censusId: string, { perRequest, ...reading }: Reading = {}) {
    return readable(runsRequest(censusId, reading, perRequest ?? reading.limit, tableName), soundRun, reading);
  }

  return {
    runs,

    async newestRuns(censusId, { runs: limit = 10, totals = 0, ...reading } = {}) {
      const found = await collect(runs(censusId, { ...reading, limit }));
      const isEnough = () => found.length < limit || found.filter(({ total }) => total).length >= totals;
      const oldest = found.at(-1)?.runId;
      if (oldest === undefined || isEnough()) return found;
      for await (const run of runs(censusId, { ...reading, until: oldest })) {
        if (run.runId === oldest) continue;
        found.push(run);
        if (isEnough()) break;
      }
      return found;
    },

    async wholeRun(key) {
      return wholeRunOf(await collect(query(wholeRunRequest(key, tableName))));
    },

    async wholeRuns(known, onDamaged) {
      const byRun = Map.groupBy(await itemsOf(wholeRunsRequests(known, tableName)), ({ pk }) => pk?.S);
      return [...byRun.values()].flatMap((items) => wholeRunOf(items, onDamaged) ?? []).sort(newestFirst);
    },

    async records(censusId, keys, onDamaged) {
      const items = await itemsOf(recordsRequests(censusId, keys, tableName));
      return items.flatMap((item) => unlessDamaged(item, readRecord, onDamaged) ?? []);
    },

    regionRecords(censusId, region, { perRequest, ...reading } = {}) {
      const request = regionRequest(censusId, region, reading, perRequest ?? reading.limit, tableName);
      return readable(request, readRecord, reading);
    },

    organizationRuns(censusId, { perRequest, ...reading } = {}) {
      return readable(runsRequest(censusId, reading, perRequest ?? reading.limit, tableName), soundSummary, reading);
    },

    async wholeOrganization(key) {
      return wholeOrganizationOf(await collect(query(wholeOrganizationRequest(key, tableName))));
    },
  };
}

/** A history is told without the records. So what a run says of itself is held together here, where each is read. */
function soundRun(item: Item): Run {
  const run = readRun(item);
  checkTotal(run);
  return run;
}

function soundSummary(item: Item): OrganizationSummary {
  const run = readSummary(item);
  if (!isSoundTotal(run)) throw damaged(item, CONTRADICTION);
  return run;
}

function soundAccount(item: Item): AccountRecord {
  const record = readAccountRecord(item);
  if (!isSoundRecord(record)) throw damaged(item, CONTRADICTION);
  return record;
}

const CONTRADICTION = 'its verdict and its numbers contradict each other';

/** @throws InvalidInputError if nobody is to be told */
function unlessDamaged<T>(item: Item, read: (item: Item) => T, onDamaged: OnDamaged | undefined): T | undefined {
  try {
    return read(item);
  } catch (error) {
    if (onDamaged === undefined || !(error instanceof InvalidInputError)) throw error;
    onDamaged({ ...keyOf(item), problem: error.message });
    return undefined;
  }
}

/** Undefined without the run's own item, and where one of its items is damaged. */
function wholeRunOf(items: readonly Item[], onDamaged?: OnDamaged): WholeRun | undefined {
  const runItem = items.find(isRunItem);
  const run = runItem && unlessDamaged(runItem, soundRun, onDamaged);
  if (run === undefined) return undefined;
  const planned = items.filter((item) => run.plan.includes(keyOf(item).region ?? ''));
  const records = planned.flatMap((item) => unlessDamaged(item, readRecord, onDamaged) ?? []);
  return records.length === planned.length ? { run, records: heardBy(run, records) } : undefined;
}

/**
 * Undefined without the run's own item.
 * @throws InvalidInputError if something of it is damaged
 */
function wholeOrganizationOf(items: readonly Item[]): WholeOrganization | undefined {
  const runItem = items.find(isRunItem);
  const run = readOrganization(items);
  if (runItem === undefined || run === undefined) return undefined;
  soundSummary(runItem);
  const bySk = new Map(items.map((item) => [item.sk?.S, item]));
  const records = plannedAccounts(run).flatMap(({ accountId }) => {
    const item = bySk.get(accountRecordSk(accountId));
    return item === undefined ? [] : [soundAccount(item)];
  });
  return { run, records };
}

const newestFirst = (a: WholeRun, b: WholeRun) => (a.run.runId < b.run.runId ? 1 : -1);

async function collect<T>(from: AsyncIterable<T>): Promise<T[]> {
  const all = [];
  for await (const one of from) all.push(one);
  return all;
}
