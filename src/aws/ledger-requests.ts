/**
 * Pure: the requests with which the functions read and write the ledger, in groups by what they are for (census/ports.ts). Every
 * attribute is aliased (`#name`): several are words that DynamoDB reserves. What people ask: read-requests.ts.
 *
 * Others write at the same time, so each write says in its condition what must still hold of the stored item. A total, and the
 * strikes that may come between:
 *
 *     aggregator   read the run, its records ───▶ storeTotal ──▶ markAnnounced ──▶ markSettled
 *                  rev 7                          if rev is 7:                     if rev is 8:
 *                              ╎                  8, OPEN              ╎           PARTIAL, or in no list
 *     worker       writeRecord ─▶ strike          writeRecord ─▶ strike
 *                                 8, OPEN                        9, OPEN
 *                                 no storeTotal                  no markSettled    either way: read the run again
 */
import type {
  BatchGetItemCommandInput,
  GetItemCommandInput,
  PutItemCommandInput,
  QueryCommandInput,
  UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { CensusId } from '../census/census-id.ts';
import { RUNS_LOOKED_AT } from '../census/look-back.ts';
import type { OrganizationTotal } from '../census/organization/total.ts';
import { type CountedRecord, type FailedRecord, RANK, type RegionRecord } from '../census/region.ts';
import type { RegionMemory } from '../census/region-memory.ts';
import type { Run, RunId, RunKey, SweepList, Total } from '../census/run.ts';
import {
  ABSENT,
  BY_TIME,
  KNOWN,
  knownVersion,
  names,
  OPEN,
  PARTIAL,
  SWEEP,
  type Table,
  values,
} from './expressions.ts';
import {
  darkKeyItem,
  memoryItem,
  memoryKeyItem,
  REGION_SK,
  recordItem,
  recordKeyItem,
  runItem,
  runKeyItem,
  runPk,
  runsOf,
  runsOfRegion,
  sweepKeyItem,
} from './items.ts';

// ---- reading ---------------------------------------------------------------------------------------------------------

export function readRunRequest(key: RunKey, table: Table): GetItemCommandInput {
  return { TableName: table.tableName, Key: runKeyItem(key), ConsistentRead: true };
}

export function readRunAndRecordRequest(
  key: RunKey,
  region: string,
  table: Table,
  previous?: RunId,
  organization?: RunKey,
): BatchGetItemCommandInput {
  const before = previous === undefined ? [] : [recordKeyItem({ ...key, runId: previous }, region)];
  const dark = organization === undefined ? [] : [darkKeyItem(organization, region)];
  const Keys = [runKeyItem(key), recordKeyItem(key, region), ...before, ...dark];
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

/** Records looked at, newest first, for the last count of a region. In one request. */
const LAST_KNOWN_LOOKBACK = 100;

export function lastKnownRequest(censusId: CensusId, region: string, before: RunId, table: Table): QueryCommandInput {
  return {
    TableName: table.tableName,
    IndexName: BY_TIME,
    KeyConditionExpression: '#timePk = :timePk AND #timeSk < :before',
    FilterExpression: '#status = :counted',
    ScanIndexForward: false,
    Limit: LAST_KNOWN_LOOKBACK,
    ExpressionAttributeNames: names('timePk', 'timeSk', 'status'),
    ExpressionAttributeValues: values({
      ':timePk': runsOfRegion(censusId, region),
      ':before': before,
      ':counted': 'counted',
    }),
  };
}

/** The runs of the same census before this one, newest first. One request. */
export function earlierRunsRequest({ censusId, runId }: RunKey, table: Table): QueryCommandInput {
  return {
    TableName: table.tableName,
    IndexName: BY_TIME,
    KeyConditionExpression: '#timePk = :timePk AND #timeSk < :before',
    ScanIndexForward: false,
    Limit: RUNS_LOOKED_AT,
    ExpressionAttributeNames: names('timePk', 'timeSk'),
    ExpressionAttributeValues: values({ ':timePk': runsOf(censusId), ':before': runId }),
  };
}

export function readRunAndMemoryRequest(key: RunKey, table: Table): BatchGetItemCommandInput {
  const Keys = [runKeyItem(key), memoryKeyItem(key.censusId)];
  return { RequestItems: { [table.tableName]: { Keys, ConsistentRead: true } } };
}

/** Whoever comes last is right: he has asked last. */
export function writeMemoryRequest(censusId: CensusId, memory: RegionMemory, table: Table): PutItemCommandInput {
  return {
    TableName: table.tableName,
    Item: memoryItem(censusId, memory),
    ConditionExpression: `${ABSENT} OR ${KNOWN}`,
    ExpressionAttributeNames: names('pk', 'version'),
    ExpressionAttributeValues: values(knownVersion),
  };
}

// ---- opening a run and its rounds -----------------------------------------------------------------------------------

export function openRunRequest(run: Run, table: Table): PutItemCommandInput {
  return {
    TableName: table.tableName,
    Item: runItem(run),
    ConditionExpression: ABSENT,
    ExpressionAttributeNames: names('pk'),
  };
}

/** @param pending regions; or of an organisation's run, positions of accounts */
export function openRoundRequest(
  key: RunKey,
  pending: ReadonlySet<string> | ReadonlySet<number>,
  round: number,
  deadlineAt: string,
  table: Table,
): UpdateItemCommandInput {
  return {
    TableName: table.tableName,
    Key: runKeyItem(key),
    // Exactly these are pending: whoever else still owes an answer owes it to a round that is over.
    UpdateExpression:
      'SET #round = :round, #deadlineAt = :deadlineAt, #sweep = :open, #pending = :pending ADD #rev :one',
    ConditionExpression: `${KNOWN} AND #round = :before AND attribute_exists(#total)`,
    ExpressionAttributeNames: names('version', 'round', 'deadlineAt', 'sweep', 'pending', 'rev', 'total'),
    ExpressionAttributeValues: values({
      ...knownVersion,
      ':round': round,
      ':before': round - 1,
      ':deadlineAt': deadlineAt,
      ':open': OPEN,
      ':pending': pending,
      ':one': 1,
    }),
    ReturnValues: 'ALL_NEW',
  };
}

export function markDispatchedRequest(key: RunKey, round: number, table: Table): UpdateItemCommandInput {
  return {
    TableName: table.tableName,
    Key: runKeyItem(key),
    UpdateExpression: 'SET #dispatchedRound = :round',
    ConditionExpression: `${KNOWN} AND #round = :round`,
    ExpressionAttributeNames: names('version', 'dispatchedRound', 'round'),
    ExpressionAttributeValues: values({ ...knownVersion, ':round': round }),
  };
}

export function bringDeadlineForwardRequest(key: RunKey, deadlineAt: string, table: Table): UpdateItemCommandInput {
  return {
    TableName: table.tableName,
    Key: runKeyItem(key),
    UpdateExpression: 'SET #deadlineAt = :deadlineAt',
    ConditionExpression: `${KNOWN} AND #deadlineAt > :deadlineAt`,
    ExpressionAttributeNames: names('version', 'deadlineAt'),
    ExpressionAttributeValues: values({ ...knownVersion, ':deadlineAt': deadlineAt }),
  };
}

// ---- concluding a region ----------------------------------------------------------------------------------------------

/** `mayReplace` of census/region.ts, as the table evaluates it. */
const NOT_COUNTED = '#status <> :counted';
const OLDER_OR_LOWER = '(#round < :round OR (#round = :round AND #rank <= :rank))';

export function writeRecordRequest(
  record: RegionRecord,
  run: Pick<Run, 'expiresAt'>,
  table: Table,
): PutItemCommandInput {
  const request = { TableName: table.tableName, Item: recordItem(record, run) };
  if (record.status === 'counted') {
    return {
      ...request,
      ConditionExpression: `${ABSENT} OR (${KNOWN} AND ${NOT_COUNTED})`,
      ExpressionAttributeNames: names('pk', 'version', 'status'),
      ExpressionAttributeValues: values({ ...knownVersion, ':counted': 'counted' }),
    };
  }
  return {
    ...request,
    ConditionExpression: `${ABSENT} OR (${KNOWN} AND ${NOT_COUNTED} AND ${OLDER_OR_LOWER})`,
    ExpressionAttributeNames: names('pk', 'version', 'status', 'round', 'rank'),
    ExpressionAttributeValues: values({
      ...knownVersion,
      ':counted': 'counted',
      ':round': record.round,
      ':rank': RANK[record.status],
    }),
  };
}

/** Whatever a forged task says. There is no such run without a plan. */
const ASKED_FOR = `${KNOWN} AND contains(#plan, :name) AND #round >= :round`;

/**
 * A failure of a round that is over says nothing of a region that was asked for again since. Of any other it may have
 * changed the reason, so the run must be looked at.
 */
const STILL_SAYS_SOMETHING = '(#round = :round OR NOT contains(#pending, :name))';

/** DELETE from a set is idempotent: two deliveries strike as one would. The `rev` it raises may go up twice. */
export function strikeRequest(record: CountedRecord | FailedRecord, table: Table): UpdateItemCommandInput {
  const failed = record.status === 'failed';
  return {
    TableName: table.tableName,
    Key: runKeyItem(record),
    UpdateExpression: 'DELETE #pending :region ADD #rev :one SET #sweep = :open',
    ConditionExpression: failed ? `${ASKED_FOR} AND ${STILL_SAYS_SOMETHING}` : ASKED_FOR,
    ExpressionAttributeNames: names('version', 'plan', 'round', 'pending', 'rev', 'sweep'),
    ExpressionAttributeValues: values({
      ...knownVersion,
      ':name': record.region,
      ':round': record.round,
      ':region': new Set([record.region]),
      ':one': 1,
      ':open': OPEN,
    }),
    ReturnValues: 'ALL_NEW',
  };
}

// ---- settling ---------------------------------------------------------------------------------------------------------

export function storeTotalRequest(
  key: RunKey,
  total: Total | OrganizationTotal,
  rev: number,
  settledAt: string,
  table: Table,
): UpdateItemCommandInput {
  return {
    TableName: table.tableName,
    Key: runKeyItem(key),
    UpdateExpression: 'SET #total = :total, #rev = :next, #sweep = :open',
    // Of a run that has expired meanwhile the table may have deleted records, but not yet the run.
    ConditionExpression: `${KNOWN} AND #rev = :rev AND #expiresAt > :now`,
    ExpressionAttributeNames: names('version', 'total', 'rev', 'sweep', 'expiresAt'),
    ExpressionAttributeValues: values({
      ...knownVersion,
      ':total': { ...total, rev: rev + 1, settledAt },
      ':rev': rev,
      ':next': rev + 1,
      ':open': OPEN,
      ':now': Date.parse(settledAt) / 1000,
    }),
  };
}

export function markAnnouncedRequest(key: RunKey, rev: number, table: Table): UpdateItemCommandInput {
  return {
    TableName: table.tableName,
    Key: runKeyItem(key),
    UpdateExpression: 'SET #announcedRev = :rev',
    ConditionExpression: `${KNOWN} AND (attribute_not_exists(#announcedRev) OR #announcedRev < :rev)`,
    ExpressionAttributeNames: names('version', 'announcedRev'),
    ExpressionAttributeValues: values({ ...knownVersion, ':rev': rev }),
  };
}

/** A run is settled while it is not in the list of open ones, into which whatever raises its `rev` puts it back. */
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
    UpdateExpression: forget ? 'REMOVE #sweep' : 'SET #sweep = :partial',
    ConditionExpression: `${KNOWN} AND #rev = :rev`,
    ExpressionAttributeNames: names('version', 'sweep', 'rev'),
    ExpressionAttributeValues: values({ ...knownVersion, ':rev': rev, ...(!forget && { ':partial': PARTIAL }) }),
  };
}

// ---- sweeping ---------------------------------------------------------------------------------------------------------

/** Of every account in the ledger, newest first. The run after which it goes on may have left the list since. */
export function runsForSweepRequest(list: SweepList, after: RunKey | undefined, table: Table): QueryCommandInput {
  return {
    TableName: table.tableName,
    IndexName: SWEEP,
    ScanIndexForward: false,
    KeyConditionExpression: '#sweep = :list',
    ExpressionAttributeNames: names('sweep'),
    ExpressionAttributeValues: values({ ':list': list }),
    ...(after && { ExclusiveStartKey: { ...runKeyItem(after), ...values({ sweep: list, timeSk: after.runId }) } }),
  };
}

export function readSweepPlaceRequest(list: SweepList, table: Table): GetItemCommandInput {
  return { TableName: table.tableName, Key: sweepKeyItem(list), ConsistentRead: true };
}

export function writeSweepPlaceRequest(
  list: SweepList,
  place: RunKey | undefined,
  table: Table,
): UpdateItemCommandInput {
  const request = { TableName: table.tableName, Key: sweepKeyItem(list), ExpressionAttributeNames: names('place') };
  if (place === undefined) return { ...request, UpdateExpression: 'REMOVE #place' };
  const { censusId, runId } = place;
  return {
    ...request,
    UpdateExpression: 'SET #place = :place',
    ExpressionAttributeValues: values({ ':place': { censusId, runId } }),
  };
}
