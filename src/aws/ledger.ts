/** The ledger on DynamoDB: one verb per function. What the requests say is in items.ts. */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Ledger } from '../census/ports.ts';
import * as items from './items.ts';
import { getAll, queryAll } from './read-all.ts';
import { isExpired, isRunItem, readLastKnown, readRecord, readRun, readRunKey, readSweepPlace } from './read-items.ts';

export type LedgerOptions = items.Table & {
  client: DynamoDBClient;
  /** Milliseconds since 1970; decides which items have expired. */
  nowMs: () => number;
};

export function makeLedger({ client, nowMs, ...table }: LedgerOptions): Ledger {
  function present(found: readonly items.Item[] | undefined) {
    const atMs = nowMs();
    return (found ?? []).filter((item) => !isExpired(item, atMs));
  }

  /** Whether the condition held; other errors are thrown. */
  async function holds(send: Promise<unknown>): Promise<boolean> {
    try {
      await send;
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  const update = (request: UpdateItemCommandInput) => holds(client.send(new UpdateItemCommand(request)));

  async function updateRun(request: UpdateItemCommandInput) {
    try {
      const { Attributes } = await client.send(new UpdateItemCommand(request));
      return Attributes && readRun(Attributes);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }

  return {
    async openRun(run) {
      const opened = await holds(client.send(new PutItemCommand(items.openRunRequest(run, table))));
      return opened ? 'opened' : 'exists';
    },

    async readRun(key) {
      const { Item } = await client.send(new GetItemCommand(items.readRunRequest(key, table)));
      const [item] = present(Item && [Item]);
      return item && readRun(item);
    },

    async readRunAndRecord(key, region) {
      const there = present(await getAll(client, items.readRunAndRecordRequest(key, region, table)));
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
      const written = await holds(client.send(new PutItemCommand(items.writeRecordRequest(record, run, table))));
      return written ? 'written' : 'refused';
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
      const [item] = present(Items);
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
