/**
 * Pure: the requests with which people read the ledger. Each is a Query on a key or on the index `byTime`, or gets
 * items by their whole keys; nothing scans. docs/data-model.md shows the same requests in other tools.
 */

import type { BatchGetItemCommandInput, QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { RecordKey, TimeRange } from '../answers/reader.ts';
import type { Run, RunKey } from '../census/run.ts';
import { batches } from './batches.ts';
import { BY_TIME } from './expressions.ts';
import { recordKeyItem, runKeyItem, runPk, runsOf, runsOfRegion } from './items.ts';

/** Keys in one BatchGetItem, DynamoDB's limit. */
const BATCH_KEYS = 100;

/** The runs of a census, newest first. */
export function runsRequest(
  censusId: string,
  range: TimeRange,
  limit: number | undefined,
  tableName: string,
): QueryCommandInput {
  return byTimeRequest(runsOf(censusId), range, limit, tableName);
}

/** The records of one region, newest first. */
export function regionRequest(
  censusId: string,
  region: string,
  range: TimeRange,
  limit: number | undefined,
  tableName: string,
): QueryCommandInput {
  return byTimeRequest(runsOfRegion(censusId, region), range, limit, tableName);
}

function byTimeRequest(
  timePk: string,
  range: TimeRange,
  limit: number | undefined,
  tableName: string,
): QueryCommandInput {
  const { condition, values } = timeCondition(range);
  return {
    TableName: tableName,
    IndexName: BY_TIME,
    KeyConditionExpression: `#timePk = :timePk${condition}`,
    ScanIndexForward: false,
    // Without a limit a page is as many items as fit in 1 MB.
    ...(limit !== undefined && { Limit: limit }),
    ExpressionAttributeNames: { '#timePk': 'timePk', ...(condition !== '' && { '#timeSk': 'timeSk' }) },
    ExpressionAttributeValues: { ':timePk': { S: timePk }, ...values },
  };
}

function timeCondition({ since, until }: TimeRange) {
  if (since !== undefined && until !== undefined) {
    return {
      condition: ' AND #timeSk BETWEEN :since AND :until',
      values: { ':since': { S: since }, ':until': { S: until } },
    };
  }
  if (since !== undefined) return { condition: ' AND #timeSk >= :since', values: { ':since': { S: since } } };
  if (until !== undefined) return { condition: ' AND #timeSk <= :until', values: { ':until': { S: until } } };
  return { condition: '', values: {} };
}

/** A run and all of its region records: they share the partition key. */
export function wholeRunRequest(key: RunKey, tableName: string): QueryCommandInput {
  return {
    TableName: tableName,
    ConsistentRead: true,
    KeyConditionExpression: '#pk = :pk',
    ExpressionAttributeNames: { '#pk': 'pk' },
    ExpressionAttributeValues: { ':pk': { S: runPk(key) } },
  };
}

/** A run of the organisation with its plan and its account records. The run comes first: what was struck then is on record. */
export function wholeOrganizationRequest(key: RunKey, tableName: string): QueryCommandInput {
  return { ...wholeRunRequest(key, tableName), ScanIndexForward: false };
}

/**
 * Several runs of accounts, with their records, whose plans are known, in as few requests as possible: two runs of 19 regions are one. Of
 * the records only those of planned regions are asked for.
 */
export function wholeRunsRequests(
  runs: readonly Pick<Run, 'censusId' | 'runId' | 'plan'>[],
  tableName: string,
): BatchGetItemCommandInput[] {
  const keys = runs.flatMap((run) => [runKeyItem(run), ...run.plan.map((region) => recordKeyItem(run, region))]);
  return batches(keys, BATCH_KEYS).map((Keys) => ({ RequestItems: { [tableName]: { Keys, ConsistentRead: true } } }));
}

/** Many records: what they say is final, so they are read at half the price. */
export function recordsRequests(
  censusId: string,
  keys: readonly RecordKey[],
  tableName: string,
): BatchGetItemCommandInput[] {
  const all = keys.map(({ runId, region }) => recordKeyItem({ censusId, runId }, region));
  return batches(all, BATCH_KEYS).map((Keys) => ({ RequestItems: { [tableName]: { Keys } } }));
}
