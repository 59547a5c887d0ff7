/**
 * Pure: the requests for what belongs to an organisation's run. All of it lies in one partition, and only the run is in the indexes:
 *
 *     ACCOUNT#<account>      what became of each account
 *     DARK#<region>          which accounts got no page there
 *     PLAN#<plan>#<nnn>      the accounts, a thousand an item  ┐ read together: from 'PLAN#' to 'RUN'
 *     RUN                    which plan holds, pending, total  ┘
 *
 * One level up the order is the same as for a region: account record, strike, nudge.
 */
import type { PutItemCommandInput, QueryCommandInput, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { AccountRecord } from '../census/organization/account-record.ts';
import { DARK_ACCOUNTS } from '../census/quick-try.ts';
import type { Parent, RunBase, RunKey } from '../census/run.ts';
import { ABSENT, KNOWN, knownVersion, names, OPEN, type Table, values } from './expressions.ts';
import { darkKeyItem, ITEM_OF_ORGANIZATION, type Item, RUN_SK, runKeyItem, runPk } from './items.ts';
import { ACCOUNT_SK, accountRecordItem, PLAN_SK } from './organization-items.ts';

/** The run of an organisation, and no other. */
const OF_ORGANIZATION = `${KNOWN} AND attribute_exists(#planId)`;

// ---- reading ---------------------------------------------------------------------------------------------------------

export function readOrganizationRequest(key: RunKey, table: Table): QueryCommandInput {
  return {
    TableName: table.tableName,
    ConsistentRead: true,
    KeyConditionExpression: '#pk = :pk AND #sk BETWEEN :plan AND :run',
    ExpressionAttributeNames: names('pk', 'sk'),
    ExpressionAttributeValues: values({ ':pk': runPk(key), ':plan': PLAN_SK, ':run': RUN_SK }),
  };
}

export function readAccountRecordsRequest(key: RunKey, table: Table): QueryCommandInput {
  return {
    TableName: table.tableName,
    ConsistentRead: true,
    KeyConditionExpression: '#pk = :pk AND begins_with(#sk, :account)',
    ExpressionAttributeNames: names('pk', 'sk'),
    ExpressionAttributeValues: values({ ':pk': runPk(key), ':account': ACCOUNT_SK }),
  };
}

// ---- opening a run and its rounds ------------------------------------------------------------------------------------

/** A piece of a plan, or the run: whoever comes first has written it. */
export function putOnceRequest(item: Item, table: Table): PutItemCommandInput {
  return {
    TableName: table.tableName,
    Item: item,
    ConditionExpression: ABSENT,
    ExpressionAttributeNames: names('pk'),
  };
}

/** Of an account's run, whoever opened it. It is told to its parent by whoever settles it next. */
export function adoptRunRequest(key: RunKey, parent: Parent, table: Table): UpdateItemCommandInput {
  return {
    TableName: table.tableName,
    Key: runKeyItem(key),
    UpdateExpression: 'SET #parent = :parent, #sweep = :open, #version = :version ADD #rev :one',
    ConditionExpression: `${KNOWN} AND attribute_exists(#plan) AND (attribute_not_exists(#parent) OR #parent.#round < :round)`,
    ExpressionAttributeNames: names('version', 'plan', 'parent', 'round', 'sweep', 'rev'),
    ExpressionAttributeValues: values({
      ...knownVersion,
      ':parent': parent,
      ':round': parent.round,
      ':open': OPEN,
      ':version': ITEM_OF_ORGANIZATION,
      ':one': 1,
    }),
    ReturnValues: 'ALL_NEW',
  };
}

// ---- what became of an account ---------------------------------------------------------------------------------------

/** `mayReplaceAccount` of census/organization/account-record.ts, as the table evaluates it. */
const FAILED = '#status = :failed';
const FAILED_BEFORE = `${FAILED} AND #round <= :round`;
const OLDER = '(#round < :round OR (#round = :round AND #rev <= :rev))';

export function writeAccountRecordRequest(
  record: AccountRecord,
  run: Pick<RunBase, 'expiresAt'>,
  table: Table,
): PutItemCommandInput {
  const request = { TableName: table.tableName, Item: accountRecordItem(record, run) };
  const known = { ...knownVersion, ':failed': 'failed', ':round': record.round };
  if (record.status === 'failed') {
    return {
      ...request,
      ConditionExpression: `${ABSENT} OR (${KNOWN} AND ${FAILED_BEFORE})`,
      ExpressionAttributeNames: names('pk', 'version', 'status', 'round'),
      ExpressionAttributeValues: values(known),
    };
  }
  return {
    ...request,
    ConditionExpression: `${ABSENT} OR (${KNOWN} AND (${FAILED} OR ${OLDER}))`,
    ExpressionAttributeNames: names('pk', 'version', 'status', 'round', 'rev'),
    ExpressionAttributeValues: values({ ...known, ':rev': record.rev }),
  };
}

/** Takes the account off, if the organisation is still in the round in which it was asked. */
export function strikeAccountRequest(
  organization: RunKey,
  parent: Pick<Parent, 'position' | 'round'>,
  table: Table,
): UpdateItemCommandInput {
  return {
    TableName: table.tableName,
    Key: runKeyItem(organization),
    UpdateExpression: 'DELETE #pending :position ADD #rev :one SET #sweep = :open',
    ConditionExpression: `${OF_ORGANIZATION} AND #round = :round`,
    ExpressionAttributeNames: names('version', 'planId', 'round', 'pending', 'rev', 'sweep'),
    ExpressionAttributeValues: values({
      ...knownVersion,
      ':round': parent.round,
      ':position': new Set([parent.position]),
      ':one': 1,
      ':open': OPEN,
    }),
    ReturnValues: 'ALL_NEW',
  };
}

/** Says that there is news of an account that still is waited for, or of one that a later round has asked again. */
export function noteNewsRequest(organization: RunKey, table: Table): UpdateItemCommandInput {
  return {
    TableName: table.tableName,
    Key: runKeyItem(organization),
    UpdateExpression: 'ADD #rev :one SET #sweep = :open',
    ConditionExpression: OF_ORGANIZATION,
    ExpressionAttributeNames: names('version', 'planId', 'rev', 'sweep'),
    ExpressionAttributeValues: values({ ...knownVersion, ':one': 1, ':open': OPEN }),
    ReturnValues: 'ALL_NEW',
  };
}

// ---- dark regions ----------------------------------------------------------------------------------------------------

/** Nobody asks for more of them, and thousands would make each writing dearer. */
export function noteDarkRequest(
  organization: RunKey,
  region: string,
  accountId: string,
  { expiresAt }: Pick<Parent, 'expiresAt'>,
  table: Table,
): UpdateItemCommandInput {
  return {
    TableName: table.tableName,
    Key: darkKeyItem(organization, region),
    UpdateExpression: 'SET #version = :version, #expiresAt = :expiresAt ADD #accounts :account',
    ConditionExpression: `${ABSENT} OR (${KNOWN} AND size(#accounts) < :enough)`,
    ExpressionAttributeNames: names('pk', 'version', 'expiresAt', 'accounts'),
    ExpressionAttributeValues: values({
      ...knownVersion,
      ':version': ITEM_OF_ORGANIZATION,
      ':expiresAt': expiresAt,
      ':account': new Set([accountId]),
      ':enough': DARK_ACCOUNTS,
    }),
  };
}
