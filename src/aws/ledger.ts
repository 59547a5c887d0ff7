/**
 * The ledger on DynamoDB, by who uses it: a function's bundle holds only what that function asks. What the requests say is
 * in items.ts.
 */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type {
  EndingLedger,
  Ledger,
  OpeningLedger,
  RetryingLedger,
  SweepingLedger,
  TaskLedger,
} from '../census/ports.ts';
import * as items from './items.ts';
import { getAll, queryAll } from './read-all.ts';
import { isExpired, isRunItem, readLastKnown, readRecord, readRun, readRunKey, readSweepPlace } from './read-items.ts';

type LedgerOptions = items.Table & {
  client: DynamoDBClient;
  /** Milliseconds since 1970; decides which items have expired. */
  nowMs: () => number;
};

type Connection = ReturnType<typeof connect>;

function connect({ client, nowMs, ...table }: LedgerOptions) {
  const put = (request: PutItemCommandInput) => unlessRefused(client.send(new PutItemCommand(request)));
  const update = (request: UpdateItemCommandInput) => unlessRefused(client.send(new UpdateItemCommand(request)));
  return {
    client,
    table,
    put,
    update,
    async updateRun(request: UpdateItemCommandInput) {
      const run = (await update(request))?.Attributes;
      return run && readRun(run);
    },
    isThere: (item: items.Item) => !isExpired(item, nowMs()),
  };
}

/** Nothing, if the condition did not hold; other errors are thrown. */
async function unlessRefused<Answer>(sent: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await sent;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

export function makeOpeningLedger(options: LedgerOptions): OpeningLedger {
  const to = connect(options);
  return {
    ...readingRun(to),
    ...dispatching(to),
    async openRun(run) {
      return (await to.put(items.openRunRequest(run, to.table))) ? 'opened' : 'exists';
    },
  };
}

export function makeRetryingLedger(options: LedgerOptions): RetryingLedger {
  const to = connect(options);
  return {
    ...readingRun(to),
    ...dispatching(to),
    async openRound(key, regions, round, deadlineAt) {
      return await to.updateRun(items.openRoundRequest(key, regions, round, deadlineAt, to.table));
    },
  };
}

export function makeTaskLedger(options: LedgerOptions): TaskLedger {
  const to = connect(options);
  return {
    async readRunAndRecord(key, region) {
      const found = await getAll(to.client, items.readRunAndRecordRequest(key, region, to.table));
      const there = found.filter(to.isThere);
      const run = there.find(isRunItem);
      const record = there.find((item) => !isRunItem(item));
      return { ...(run && { run: readRun(run) }), ...(record && { record: readRecord(record) }) };
    },

    async writeRecord(record, run) {
      return (await to.put(items.writeRecordRequest(record, run, to.table))) ? 'written' : 'refused';
    },

    async strike(record) {
      return await to.updateRun(items.strikeRequest(record, to.table));
    },
  };
}

export function makeSweepingLedger(options: LedgerOptions): SweepingLedger {
  const to = connect(options);
  return {
    ...readingRun(to),
    ...listing(to),

    async readRecords(key) {
      const records = [];
      // Whether they have expired is for the run to say: it is read first, and they go together.
      for await (const page of queryAll(to.client, items.readRecordsRequest(key, to.table))) {
        records.push(...page.map(readRecord));
      }
      return records;
    },

    async storeTotal(key, total, rev, settledAt) {
      const stored = await to.update(items.storeTotalRequest(key, total, rev, settledAt, to.table));
      return stored ? { ...total, rev: rev + 1, settledAt } : 'refused';
    },

    async markAnnounced(key, rev) {
      await to.update(items.markAnnouncedRequest(key, rev, to.table));
    },

    async markSettled(key, rev, forSweep) {
      return (await to.update(items.markSettledRequest(key, rev, forSweep, to.table))) ? 'settled' : 'refused';
    },

    async lastKnown(accountId, region, before) {
      const request = items.lastKnownRequest(accountId, region, before, to.table);
      const item = (await to.client.send(new QueryCommand(request))).Items?.find(to.isThere);
      return item && readLastKnown(item);
    },

    async readSweepPlace(list) {
      const { Item } = await to.client.send(new GetItemCommand(items.readSweepPlaceRequest(list, to.table)));
      return Item && readSweepPlace(Item);
    },

    async writeSweepPlace(list, place) {
      await to.update(items.writeSweepPlaceRequest(list, place, to.table));
    },
  };
}

export function makeEndingLedger(options: LedgerOptions): EndingLedger {
  const to = connect(options);
  return {
    ...readingRun(to),
    ...listing(to),
    async bringDeadlineForward(key, deadlineAt) {
      await to.update(items.bringDeadlineForwardRequest(key, deadlineAt, to.table));
    },
  };
}

/** All of it, for whoever plays every part. */
export function makeLedger(options: LedgerOptions): Ledger {
  return {
    ...makeOpeningLedger(options),
    ...makeRetryingLedger(options),
    ...makeTaskLedger(options),
    ...makeSweepingLedger(options),
    ...makeEndingLedger(options),
  };
}

function readingRun({ client, table, isThere }: Connection): Pick<Ledger, 'readRun'> {
  return {
    async readRun(key) {
      const { Item } = await client.send(new GetItemCommand(items.readRunRequest(key, table)));
      return Item && isThere(Item) ? readRun(Item) : undefined;
    },
  };
}

function dispatching({ update, table }: Connection): Pick<Ledger, 'markDispatched'> {
  return {
    async markDispatched(key, round) {
      await update(items.markDispatchedRequest(key, round, table));
    },
  };
}

function listing({ client, table }: Connection): Pick<Ledger, 'runsForSweep'> {
  return {
    async *runsForSweep(list, after) {
      for await (const page of queryAll(client, items.runsForSweepRequest(list, after, table))) {
        yield* page.flatMap((item) => readRunKey(item) ?? []);
      }
    },
  };
}
