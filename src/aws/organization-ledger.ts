/** The ledger of organisations' runs on DynamoDB, by who uses it. What the requests say is in organization-requests.ts. */
import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { InvalidInputError } from '../census/errors.ts';
import type {
  DarkLedger,
  OrganizationOpeningLedger,
  OrganizationSettlingLedger,
  ReportingLedger,
} from '../census/organization/ports.ts';
import type { OrganizationRun } from '../census/organization/run.ts';
import type { RunKey } from '../census/run.ts';
import { type Item, runKeyItem } from './items.ts';
import { askingAgain, dispatching, readingRecords } from './ledger.ts';
import { earlierRunsRequest, openRoundRequest, storeTotalRequest } from './ledger-requests.ts';
import { accountRecordKeyItem, organizationItem, planItems, positionsOf } from './organization-items.ts';
import * as requests from './organization-requests.ts';
import { queryAll } from './read-all.ts';
import { checkVersion, isRunItem, readRunIfSound } from './read-items.ts';
import { readAccountRecord, readOrganization, readSummaryIfSound } from './read-organization-items.ts';
import { type LedgerOptions, makeSender, type Sender } from './sender.ts';

export function makeOrganizationOpeningLedger(options: LedgerOptions): OrganizationOpeningLedger {
  const sender = makeSender(options);
  const { client, table, isThere } = sender;
  const { readOrganization: readWhole, ...reading } = readingOrganization(sender);
  return {
    readOrganization: readWhole,
    ...reading,
    ...reporting(sender),
    ...dispatching(sender),
    ...askingAgain(sender),
    ...readingRecords(sender),

    async organizationBefore(key, isWanted) {
      for (const { censusId, runId } of (await earlierSummaries(sender, key)).filter(isWanted)) {
        const found = await unlessDamaged(readWhole({ censusId, runId }));
        if (found) return found;
      }
      return undefined;
    },

    async lastTotal(censusId, before) {
      // However many runs in a row got nothing: else an account that denied everything for long would be taken for an empty one.
      for await (const page of queryAll(client, earlierRunsRequest({ censusId, runId: before }, table))) {
        for (const { runId, total } of page.filter(isThere).flatMap((item) => readRunIfSound(item) ?? [])) {
          if (total === undefined || (total.verdict === 'partial' && total.streams === 0)) continue;
          return { runId, streams: total.streams, countedAt: total.lastCountedAt ?? total.settledAt };
        }
      }
      return undefined;
    },

    async openOrganization(run) {
      // The plan first: a run that is there has one.
      for (const item of planItems(run)) await sender.put(requests.putOnceRequest(item, table));
      return (await sender.put(requests.putOnceRequest(organizationItem(run), table))) ? 'opened' : 'exists';
    },

    async openOrganizationRound(run, accountIds, round, deadlineAt) {
      const request = openRoundRequest(run, positionsOf(run, accountIds), round, deadlineAt, table);
      return (await sender.update(request)) !== undefined;
    },

    async adoptRun(key, parent) {
      return await sender.updateRun(requests.adoptRunRequest(key, parent, table));
    },
  };
}

export function makeOrganizationSettlingLedger(options: LedgerOptions): OrganizationSettlingLedger {
  const sender = makeSender(options);
  return {
    ...readingOrganization(sender),
    ...reporting(sender),
    earlierOrganizations: (key) => earlierSummaries(sender, key),

    async storeOrganizationTotal(key, total, rev, settledAt) {
      const stored = await sender.update(storeTotalRequest(key, total, rev, settledAt, sender.table));
      return stored ? { ...total, rev: rev + 1, settledAt } : 'refused';
    },
  };
}

export function makeDarkLedger(options: LedgerOptions): DarkLedger {
  const sender = makeSender(options);
  return {
    async noteDark(organization, region, accountId, parent) {
      await sender.update(requests.noteDarkRequest(organization, region, accountId, parent, sender.table));
    },
  };
}

/** All of it, for whoever plays every part. */
export function makeOrganizationLedger(options: LedgerOptions) {
  return {
    ...makeOrganizationOpeningLedger(options),
    ...makeOrganizationSettlingLedger(options),
    ...makeDarkLedger(options),
  };
}

type Reading = Pick<OrganizationSettlingLedger, 'readOrganization' | 'readAccountRecords'>;

function readingOrganization({ client, table, isThere }: Sender): Reading {
  return {
    async readOrganization(key) {
      const items: Item[] = [];
      for await (const page of queryAll(client, requests.readOrganizationRequest(key, table))) items.push(...page);
      const run = items.find(isRunItem);
      return run && isThere(run) ? readOrganization(items) : undefined;
    },

    async readAccountRecords(key) {
      const records = [];
      // Whether they have expired is for the run to say, as of region records.
      for await (const page of queryAll(client, requests.readAccountRecordsRequest(key, table))) {
        records.push(...page.map(readAccountRecord));
      }
      return records;
    },
  };
}

function reporting(sender: Sender): ReportingLedger {
  const { table } = sender;
  return {
    async writeAccountRecord(record, run) {
      if (await sender.put(requests.writeAccountRecordRequest(record, run, table))) return 'written';
      await refuseNewer(sender, accountRecordKeyItem(record, record.accountId));
      return 'refused';
    },

    async strikeAccount(organization, parent, ended) {
      const struck = ended
        ? await sender.update(requests.strikeAccountRequest(organization, parent, table))
        : undefined;
      const told = struck ?? (await sender.update(requests.noteNewsRequest(organization, table)));
      if (told === undefined) await refuseNewer(sender, runKeyItem(organization));
      const run = told?.Attributes;
      return run !== undefined && run.pending === undefined;
    },
  };
}

/**
 * What was refused may have been so because a newer release had taken the item over. Then nothing is done, and whoever asked must
 * fail, so that it comes back to a function that knows the item.
 */
async function refuseNewer({ client, table }: Sender, Key: Item): Promise<void> {
  const { Item } = await client.send(new GetItemCommand({ TableName: table.tableName, Key, ConsistentRead: true }));
  if (Item) checkVersion(Item);
}

async function earlierSummaries({ client, table, isThere }: Sender, key: RunKey) {
  const { Items = [] } = await client.send(new QueryCommand(earlierRunsRequest(key, table)));
  return Items.filter(isThere).flatMap((item) => readSummaryIfSound(item) ?? []);
}

async function unlessDamaged(reading: Promise<OrganizationRun | undefined>): Promise<OrganizationRun | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}
