/**
 * The ledger on DynamoDB, by who uses it: a function's bundle holds only what that function asks. What the requests say is
 * in ledger-requests.ts. Runs of organisations: organization-ledger.ts.
 */
import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type {
  ConcludingLedger,
  EndingLedger,
  Ledger,
  OpeningLedger,
  RetryingLedger,
  SweepingLedger,
  TaskLedger,
} from '../census/ports.ts';
import type { RegionRecord } from '../census/region.ts';
import { type Item, runPk } from './items.ts';
import * as requests from './ledger-requests.ts';
import { getAll, queryAll } from './read-all.ts';
import {
  checkVersion,
  isDarkItem,
  isRunItem,
  readDark,
  readLastKnown,
  readMemory,
  readRecord,
  readRecordIfSound,
  readRun,
  readRunIfSound,
  readRunKey,
  readSweepPlace,
} from './read-items.ts';
import { type LedgerOptions, makeSender, type Sender } from './sender.ts';

export function makeOpeningLedger(options: LedgerOptions): OpeningLedger {
  const sender = makeSender(options);
  return {
    ...readingRun(sender),
    ...lookingBack(sender),
    ...dispatching(sender),
    ...concluding(sender),
    async openRun(run) {
      return (await sender.put(requests.openRunRequest(run, sender.table))) ? 'opened' : 'exists';
    },

    async readRunAndMemory(key) {
      const found = await getAll(sender.client, requests.readRunAndMemoryRequest(key, sender.table));
      const run = found.find(isRunItem);
      const item = found.find((one) => !isRunItem(one));
      const memory = item && readMemory(item);
      return { ...(run && sender.isThere(run) && { run: readRun(run) }), ...(memory && { memory }) };
    },

    async writeMemory(censusId, memory) {
      await sender.put(requests.writeMemoryRequest(censusId, memory, sender.table));
    },

    async lastCount(censusId, region, before) {
      for await (const page of queryAll(
        sender.client,
        requests.lastKnownRequest(censusId, region, before, sender.table),
      )) {
        const item = page.find(sender.isThere);
        if (item) return readLastKnown(item);
      }
      return undefined;
    },
  };
}

export function makeRetryingLedger(options: LedgerOptions): RetryingLedger {
  const sender = makeSender(options);
  return {
    ...readingRun(sender),
    ...lookingBack(sender),
    ...dispatching(sender),
    ...askingAgain(sender),
  };
}

export function makeTaskLedger(options: LedgerOptions): TaskLedger {
  const sender = makeSender(options);
  return {
    ...concluding(sender),
    async readRunAndRecord(key, region, previous, organization) {
      const isOfRun = ({ pk }: Item) => pk?.S === runPk(key);
      const request = requests.readRunAndRecordRequest(key, region, sender.table, previous, organization);
      const there = (await getAll(sender.client, request, isOfRun)).filter(sender.isThere);
      const run = there.find(isRunItem);
      const record = there.find((item) => isOfRun(item) && !isRunItem(item));
      const earlier = there.find((item) => !isOfRun(item) && !isDarkItem(item));
      const before = earlier && readRecordIfSound(earlier);
      const note = there.find(isDarkItem);
      const dark = note && readDark(note);
      return {
        ...(run && { run: readRun(run) }),
        ...(record && { record: readRecord(record) }),
        ...(before && { before }),
        ...(dark && { dark }),
      };
    },
  };
}

/**
 * What was refused may have been so because a newer release had taken the item over since it was read. Then nothing of the task
 * is done, and it must come back to a function that knows the item.
 */
async function refuseNewer({ client, table }: Sender, record: RegionRecord): Promise<void> {
  for (const item of await getAll(client, requests.readRunAndRecordRequest(record, record.region, table)))
    checkVersion(item);
}

export function makeSweepingLedger(options: LedgerOptions): SweepingLedger {
  const sender = makeSender(options);
  return {
    ...readingRun(sender),
    ...readingRecords(sender),
    ...lookingBack(sender),
    ...listing(sender),

    async storeTotal(key, total, rev, settledAt) {
      const stored = await sender.update(requests.storeTotalRequest(key, total, rev, settledAt, sender.table));
      return stored ? { ...total, rev: rev + 1, settledAt } : 'refused';
    },

    async markAnnounced(key, rev) {
      await sender.update(requests.markAnnouncedRequest(key, rev, sender.table));
    },

    async markSettled(key, rev, forSweep) {
      return (await sender.update(requests.markSettledRequest(key, rev, forSweep, sender.table)))
        ? 'settled'
        : 'refused';
    },

    async lastKnown(censusId, region, before) {
      const request = requests.lastKnownRequest(censusId, region, before, sender.table);
      const item = (await sender.client.send(new QueryCommand(request))).Items?.find(sender.isThere);
      return item && readLastKnown(item);
    },

    async readSweepPlace(list) {
      const { Item } = await sender.client.send(new GetItemCommand(requests.readSweepPlaceRequest(list, sender.table)));
      return Item && readSweepPlace(Item);
    },

    async writeSweepPlace(list, place) {
      await sender.update(requests.writeSweepPlaceRequest(list, place, sender.table));
    },
  };
}

export function makeEndingLedger(options: LedgerOptions): EndingLedger {
  const sender = makeSender(options);
  return {
    ...readingRun(sender),
    ...listing(sender),
    async bringDeadlineForward(key, deadlineAt) {
      await sender.update(requests.bringDeadlineForwardRequest(key, deadlineAt, sender.table));
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

function readingRun({ client, table, isThere }: Sender): Pick<Ledger, 'readRun'> {
  return {
    async readRun(key) {
      const { Item } = await client.send(new GetItemCommand(requests.readRunRequest(key, table)));
      return Item && isThere(Item) ? readRun(Item) : undefined;
    },
  };
}

export function readingRecords({ client, table }: Sender): Pick<Ledger, 'readRecords'> {
  return {
    async readRecords(key) {
      const records = [];
      // Whether they have expired is for the run to say: it is read first, and they go together.
      for await (const page of queryAll(client, requests.readRecordsRequest(key, table))) {
        records.push(...page.map(readRecord));
      }
      return records;
    },
  };
}

function lookingBack({ client, table, isThere }: Sender): Pick<Ledger, 'earlierRuns'> {
  return {
    async earlierRuns(key) {
      const { Items = [] } = await client.send(new QueryCommand(requests.earlierRunsRequest(key, table)));
      return Items.filter(isThere).flatMap((item) => readRunIfSound(item) ?? []);
    },
  };
}

export function dispatching({ update, table }: Sender): Pick<Ledger, 'markDispatched'> {
  return {
    async markDispatched(key, round) {
      await update(requests.markDispatchedRequest(key, round, table));
    },
  };
}

export function askingAgain({ updateRun, table }: Sender): Pick<Ledger, 'openRound'> {
  return {
    async openRound(key, regions, round, deadlineAt) {
      return await updateRun(requests.openRoundRequest(key, new Set(regions), round, deadlineAt, table));
    },
  };
}

function concluding(sender: Sender): ConcludingLedger {
  return {
    async writeRecord(record, run) {
      if (await sender.put(requests.writeRecordRequest(record, run, sender.table))) return 'written';
      await refuseNewer(sender, record);
      return 'refused';
    },

    async strike(record) {
      const run = await sender.updateRun(requests.strikeRequest(record, sender.table));
      if (run === undefined) await refuseNewer(sender, record);
      return run;
    },
  };
}

function listing({ client, table }: Sender): Pick<Ledger, 'runsForSweep'> {
  return {
    async *runsForSweep(list, after) {
      for await (const page of queryAll(client, requests.runsForSweepRequest(list, after, table))) {
        yield* page.flatMap((item) => readRunKey(item) ?? []);
      }
    },
  };
}
