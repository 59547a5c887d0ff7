/**
 * Pure: records as items of the ledger's table, and the requests that read and write them. docs/data-model.md draws
 * the table. Every attribute is aliased (`#name`): several are words that DynamoDB reserves.
 */
import type {
  AttributeValue,
  BatchGetItemCommandInput,
  GetItemCommandInput,
  PutItemCommandInput,
  QueryCommandInput,
  UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { type CountedRecord, type FailedRecord, RANK, type RegionRecord } from '../census/region.ts';
import type { Run, RunId, RunKey } from '../census/run.ts';
import type { Total } from '../census/settle.ts';

/** The version of the items written here; a reader refuses a newer one. */
export const ITEM_VERSION = 1;

export const BY_TIME = 'byTime';
export const UNSETTLED = 'unsettled';

export type Item = Record<string, AttributeValue>;
export type Table = { tableName: string; retentionDays: number };

const RUN_SK = 'RUN';
const REGION_SK = 'REGION#';

export const runPk = ({ accountId, runId }: RunKey) => `RUN#${accountId}#${runId}`;
export const regionSk = (region: string) => `${REGION_SK}${region}`;
export const runsOfAccount = (accountId: string) => `RUNS#${accountId}`;
export const runsOfRegion = (accountId: string, region: string) => `REGION#${accountId}#${region}`;

/** A run and its regions' records expire together, counted from the run's instant. Seconds since 1970. */
function expiresAt({ runId }: RunKey, { retentionDays }: Table): number {
  return Math.floor(Date.parse(runId) / 1000) + retentionDays * 86_400;
}

const MARSHALL = { removeUndefinedValues: true };

export function runItem(run: Run, table: Table): Item {
  const { pending, unsettled, ...fields } = run;
  return marshall(
    {
      pk: runPk(run),
      sk: RUN_SK,
      timePk: runsOfAccount(run.accountId),
      timeSk: run.runId,
      version: ITEM_VERSION,
      ...fields,
      // DynamoDB has no empty sets: a run that waits for nothing has no such attribute.
      ...(pending.length > 0 && { pending: new Set(pending) }),
      ...(unsettled && { unsettled: run.accountId }),
      expiresAt: expiresAt(run, table),
    },
    MARSHALL,
  );
}

export function recordItem(record: RegionRecord, table: Table): Item {
  return marshall(
    {
      pk: runPk(record),
      sk: regionSk(record.region),
      timePk: runsOfRegion(record.accountId, record.region),
      timeSk: record.runId,
      version: ITEM_VERSION,
      ...record,
      rank: RANK[record.status],
      expiresAt: expiresAt(record, table),
    },
    MARSHALL,
  );
}

export const runKeyItem = (key: RunKey) => marshall({ pk: runPk(key), sk: RUN_SK });

/** Aliases each name: `names('rev')` is `{'#rev': 'rev'}`. */
function names(...attributes: string[]): Record<string, string> {
  return Object.fromEntries(attributes.map((name) => [`#${name}`, name]));
}

const values = (entries: Record<string, unknown>): Item => marshall(entries, MARSHALL);

const EXISTS = 'attribute_exists(#pk)';
const ABSENT = 'attribute_not_exists(#pk)';

export function openRunRequest(run: Run, table: Table): PutItemCommandInput {
  return {
    TableName: table.tableName,
    Item: runItem(run, table),
    ConditionExpression: ABSENT,
    ExpressionAttributeNames: names('pk'),
  };
}

export function readRunRequest(key: RunKey, table: Table): GetItemCommandInput {
  return { TableName: table.tableName, Key: runKeyItem(key), ConsistentRead: true };
}

export function readRunAndRecordRequest(key: RunKey, region: string, table: Table): BatchGetItemCommandInput {
  const Keys = [runKeyItem(key), marshall({ pk: runPk(key), sk: regionSk(region) })];
  return { RequestItems: { [table.tableName]: { Keys, ConsistentRead: true } } };
}

export function readRecordsRequest(key: RunKey, table: Table): QueryCommandInput {
  return {
    TableName: table.tableName,
    ConsistentRead: true,
    KeyConditionExpression: '#pk = :pk AND begins_with(#sk, :region)',
    ExpressionAttributeNames: names('pk', 'sk'),
    ExpressionAttributeValues: values({ ':pk': runPk(key), ':region': REGION_SK }),
  };
}

export function markDispatchedRequest(key: RunKey, round: number, table: Table): UpdateItemCommandInput {
  return {
    TableName: table.tableName,
    Key: runKeyItem(key),
    UpdateExpression: 'SET #dispatchedRound = :round',
    ConditionExpression: '#round = :round',
    ExpressionAttributeNames: names('dispatchedRound', 'round'),
    ExpressionAttributeValues: values({ ':round': round }),
  };
}

/** `mayReplace` of census/region.ts, as the table evaluates it. */
const NOT_COUNTED = '#status <> :counted';
const OLDER_OR_LOWER = '(#round < :round OR (#round = :round AND #rank <= :rank))';

export function writeRecordRequest(record: RegionRecord, table: Table): PutItemCommandInput {
  const request = { TableName: table.tableName, Item: recordItem(record, table) };
  if (record.status === 'counted') {
    return {
      ...request,
      ConditionExpression: `${ABSENT} OR ${NOT_COUNTED}`,
      ExpressionAttributeNames: names('pk', 'status'),
      ExpressionAttributeValues: values({ ':counted': 'counted' }),
    };
  }
  return {
    ...request,
    ConditionExpression: `${ABSENT} OR (${NOT_COUNTED} AND ${OLDER_OR_LOWER})`,
    ExpressionAttributeNames: names('pk', 'status', 'round', 'rank'),
    ExpressionAttributeValues: values({ ':counted': 'counted', ':round': record.round, ':rank': RANK[record.status] }),
  };
}

/**
 * A failure of a round that is over says nothing of a region that was asked for again since. Of any other it may have
 * changed the reason, so the run must be looked at.
 */
const STILL_SAYS_SOMETHING = '(#round <= :round OR NOT contains(#pending, :name))';

/** DELETE from a set is idempotent: two deliveries strike as one would. The `rev` it raises may go up twice. */
export function strikeRequest(record: CountedRecord | FailedRecord, table: Table): UpdateItemCommandInput {
  const failed = record.status === 'failed';
  return {
    TableName: table.tableName,
    Key: runKeyItem(record),
    UpdateExpression: 'DELETE #pending :region ADD #rev :one SET #unsettled = :accountId',
    ConditionExpression: failed ? `${EXISTS} AND ${STILL_SAYS_SOMETHING}` : EXISTS,
    ExpressionAttributeNames: names('pk', 'pending', 'rev', 'unsettled', ...(failed ? ['round'] : [])),
    ExpressionAttributeValues: values({
      ':region': new Set([record.region]),
      ':one': 1,
      ':accountId': record.accountId,
      ...(failed && { ':round': record.round, ':name': record.region }),
    }),
    ReturnValues: 'ALL_NEW',
  };
}

export function storeTotalRequest(
  key: RunKey,
  total: Total,
  rev: number,
  settledAt: string,
  table: Table,
): UpdateItemCommandInput {
  return {
    TableName: table.tableName,
    Key: runKeyItem(key),
    UpdateExpression: 'SET #total = :total, #rev = :next, #unsettled = :accountId',
    ConditionExpression: '#rev = :rev',
    ExpressionAttributeNames: names('total', 'rev', 'unsettled'),
    ExpressionAttributeValues: values({
      ':total': { ...total, rev: rev + 1, settledAt },
      ':rev': rev,
      ':next': rev + 1,
      ':accountId': key.accountId,
    }),
  };
}

export function markAnnouncedRequest(key: RunKey, rev: number, table: Table): UpdateItemCommandInput {
  return {
    TableName: table.tableName,
    Key: runKeyItem(key),
    UpdateExpression: 'SET #announcedRev = :rev',
    ConditionExpression: `${EXISTS} AND (attribute_not_exists(#announcedRev) OR #announcedRev < :rev)`,
    ExpressionAttributeNames: names('pk', 'announcedRev'),
    ExpressionAttributeValues: values({ ':rev': rev }),
  };
}

/** A run is settled while `settledRev` is its `rev`, and whatever raises that unsettles it; the attribute `unsettled` is for the sweep. */
export function markSettledRequest(
  key: RunKey,
  rev: number,
  forSweep: 'keep' | 'forget',
  table: Table,
): UpdateItemCommandInput {
  const forget = forSweep === 'forget';
  return {
    TableName: table.tableName,
    Key: runKeyItem(key),
    UpdateExpression: `SET #settledRev = :rev${forget ? ' REMOVE #unsettled' : ''}`,
    ConditionExpression: '#rev = :rev',
    ExpressionAttributeNames: names('settledRev', 'rev', ...(forget ? ['unsettled'] : [])),
    ExpressionAttributeValues: values({ ':rev': rev }),
  };
}

/** Newest first: those that a sweep has no time for are the ones that have settled long ago. */
export function runsForSweepRequest(accountId: string, table: Table): QueryCommandInput {
  return {
    TableName: table.tableName,
    IndexName: UNSETTLED,
    ScanIndexForward: false,
    KeyConditionExpression: '#unsettled = :accountId',
    ExpressionAttributeNames: names('unsettled'),
    ExpressionAttributeValues: values({ ':accountId': accountId }),
  };
}

/** Runs looked back at, newest first, for the last count of a region. One request. */
const LAST_KNOWN_LOOKBACK = 100;

export function lastKnownRequest(accountId: string, region: string, before: RunId, table: Table): QueryCommandInput {
  return {
    TableName: table.tableName,
    IndexName: BY_TIME,
    KeyConditionExpression: '#timePk = :timePk AND #timeSk < :before',
    FilterExpression: '#status = :counted',
    ScanIndexForward: false,
    Limit: LAST_KNOWN_LOOKBACK,
    ExpressionAttributeNames: names('timePk', 'timeSk', 'status'),
    ExpressionAttributeValues: values({
      ':timePk': runsOfRegion(accountId, region),
      ':before': before,
      ':counted': 'counted',
    }),
  };
}

export function openRoundRequest(
  key: RunKey,
  regions: readonly string[],
  round: number,
  deadlineAt: string,
  table: Table,
): UpdateItemCommandInput {
  return {
    TableName: table.tableName,
    Key: runKeyItem(key),
    // Exactly these are pending: whoever else still owes an answer owes it to a round that is over.
    UpdateExpression:
      'SET #round = :round, #deadlineAt = :deadlineAt, #unsettled = :accountId, #pending = :regions ADD #rev :one',
    ConditionExpression: '#round = :before AND attribute_exists(#total)',
    ExpressionAttributeNames: names('round', 'deadlineAt', 'unsettled', 'pending', 'rev', 'total'),
    ExpressionAttributeValues: values({
      ':round': round,
      ':before': round - 1,
      ':deadlineAt': deadlineAt,
      ':accountId': key.accountId,
      ':regions': new Set(regions),
      ':one': 1,
    }),
    ReturnValues: 'ALL_NEW',
  };
}

export function bringDeadlineForwardRequest(key: RunKey, deadlineAt: string, table: Table): UpdateItemCommandInput {
  return {
    TableName: table.tableName,
    Key: runKeyItem(key),
    UpdateExpression: 'SET #deadlineAt = :deadlineAt',
    ConditionExpression: `${EXISTS} AND #deadlineAt > :deadlineAt`,
    ExpressionAttributeNames: names('pk', 'deadlineAt'),
    ExpressionAttributeValues: values({ ':deadlineAt': deadlineAt }),
  };
}
