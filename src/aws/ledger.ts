/** The ledger on DynamoDB: one verb per function. What the requests say is in items.ts. */
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
import type { Ledger } from '../census/ports.ts';
import * as items from './items.ts';
import { getAll, queryAll } from './read-all.ts';
import { isExpired, isRunItem, readLastKnown, readRecord, readRun, readRunKey, readSweepPlace } from './read-items.ts';

type LedgerOptions = items.Table & {
  client: DynamoDBClient;
  /** Milliseconds since 1970; decides which items have expired. */
  nowMs: () => number;
};

export function makeLedger({ client, nowMs, ...table }: LedgerOptions): Ledger {
  const isThere = (item: items.Item) => !isExpired(item, nowMs());

  /** Nothing, if the condition did not hold; other errors are thrown. */
  async function unlessRefused<Answer>(sent: Promise<Answer>): Promise<Answer | undefined> {
    try {
      return await sent;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }

  const put = (request: PutItemCommandInput) => unlessRefused(client.send(new PutItemCommand(request)));
  const update = (request: UpdateItemCommandInput) => unlessRefused(client.send(new UpdateItemCommand(request)));

  async function updateRun(request: UpdateItemCommandInput) {
    const run = (await update(request))?.Attributes;
    return run && readRun(run);
  }

  return {
    async openRun(run) {
      return (await put(items.openRunRequest(run, table))) ? 'opened' : 'exists';
    },

    async readRun(key) {
      const { Item } = await client.send(new GetItemCommand(items.readRunRequest(key, table)));
      return Item && isThere(Item) ? readRun(Item) : undefined;
    },

    async readRunAndRecord(key, region) {
      const found = await getAll(client, items.readRunAndRecordRequest(key, region, table));
      const there = found.filter(isThere);
      const run = there.find(isRunItem);
      const record = there.find((item) => !isRunItem(item));
      return { ...(run && { run: readRun(run) }), ...(record && { record: readRecord(record) }) };
    },

    async readRecords(key) {
      const records = [];
      // Whether they have expired is for the run to say: it is read first, and they go together.
      for await (const page of queryAll(client, items.readRecordsRequest(key, table))) {
        records.push(...page.map(readRecord));
      }
      return records;
    },

    async markDispatched(key, round) {
      await update(items.markDispatchedRequest(key, round, table));
    },

    async writeRecord(record, run) {
      return (await put(items.writeRecordRequest(record, run, table))) ? 'written' : 'refused';
    },

    async strike(record) {
      return await updateRun(items.strikeRequest(record, table));
    },

    async storeTotal(key, total, rev, settledAt) {
      const stored = await update(items.storeTotalRequest(key, total, rev, settledAt, table));
      return stored ? { ...total, rev: rev + 1, settledAt } : 'refused';
    },

    async markAnnounced(key, rev) {
      await update(items.markAnnouncedRequest(key, rev, table));
    },

    async markSettled(key, rev, forSweep) {
      return (await update(items.markSettledRequest(key, rev, forSweep, table))) ? 'settled' : 'refused';
    },

    async *runsForSweep(list, after) {
      for await (const page of queryAll(client, items.runsForSweepRequest(list, after, table))) {
        yield* page.flatMap((item) => readRunKey(item) ?? []);
      }
    },

    async readSweepPlace(list) {
      const { Item } = await client.send(new GetItemCommand(items.readSweepPlaceRequest(list, table)));
      return Item && readSweepPlace(Item);
    },

    async writeSweepPlace(list, place) {
      await update(items.writeSweepPlaceRequest(list, place, table));
    },

    async lastKnown(accountId, region, before) {
      const { Items } = await client.send(new QueryCommand(items.lastKnownRequest(accountId, region, before, table)));
      const item = Items?.find(isThere);
      return item && readLastKnown(item);
    },

    async openRound(key, regions, round, deadlineAt) {
      return await updateRun(items.openRoundRequest(key, regions, round, deadlineAt, table));
    },

    async bringDeadlineForward(key, deadlineAt) {
      await update(items.bringDeadlineForwardRequest(key, deadlineAt, table));
    },
  };
}
