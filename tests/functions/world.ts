/**
 * Where the body of a function runs in these tests: the simulated ledger, virtual time, and ports that only note what was
 * asked of them. What a function then does to the rest of the stack: tests/simulation, tests/stack.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { makeLedger } from '../../src/aws/ledger.ts';
import { makeOrganizationLedger } from '../../src/aws/organization-ledger.ts';
import type { RegionTask } from '../../src/census/messages.ts';
import { printTask } from '../../src/census/messages.ts';
import type { OrganizationRun } from '../../src/census/organization/run.ts';
import type { StoredOrganizationTotal } from '../../src/census/organization/total.ts';
import type { RunKey, StoredTotal } from '../../src/census/run.ts';
import type { Log, LogFields } from '../../src/log.ts';
import { ACCOUNT, OPENED_MS } from '../census/examples.ts';
import { makeVirtualClock } from '../census/listing/virtual-clock.ts';
import { makeTable } from '../simulation/table.ts';

type Said = { level: keyof Log; message: string } & LogFields;

export function makeWorld(startMs = OPENED_MS) {
  const clock = makeVirtualClock(startMs);
  const table = makeTable({ nowMs: clock.nowMs });
  const client = { send: async (command: object) => table.carryOut(command) } as unknown as DynamoDBClient;
  const said: Said[] = [];
  const at =
    (level: keyof Log) =>
    (message: string, fields: LogFields = {}) =>
      void said.push({ level, message, ...fields });
  const log: Log = { info: at('info'), warn: at('warn'), error: at('error') };
  const nudged: RunKey[] = [];
  const held: [handle: string, ms: number][] = [];
  const parked: [body: string, why: string][] = [];
  const printed: Record<string, unknown>[] = [];
  const announced: [key: RunKey, total: StoredTotal][] = [];
  const announcedOfAll: [key: RunKey, total: StoredOrganizationTotal][] = [];
  const options = { client, tableName: 'ledger', nowMs: clock.nowMs };
  return {
    clock,
    table,
    ledger: { ...makeLedger(options), ...makeOrganizationLedger(options) },
    log,
    said,
    nudged,
    sendNudge: async ({ censusId, runId }: RunKey) => void nudged.push({ censusId, runId }),
    held,
    delayMessage: async (handle: string, ms: number) => void held.push([handle, ms]),
    parked,
    parkMessage: async (body: string, why: string) => void parked.push([body, why]),
    printed,
    print: (line: string) => void printed.push(JSON.parse(line)),
    announced,
    announceTotal: async ({ censusId, runId }: RunKey, total: StoredTotal) =>
      void announced.push([{ censusId, runId }, total]),
    announcedOfAll,
    announceOrganization: async ({ censusId, runId }: OrganizationRun, total: StoredOrganizationTotal) =>
      void announcedOfAll.push([{ censusId, runId }, total]),
  };
}

export type World = ReturnType<typeof makeWorld>;
export type WorldLedger = World['ledger'];

/** The environment of all four functions, where one service stands for all of AWS. */
export const variablesOf = (endpoint: string) => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'anybody',
  AWS_SECRET_ACCESS_KEY: 'anything',
  TABLE_NAME: 'the-ledger',
  RETENTION_DAYS: '400',
  HTTP_CONNECT_TIMEOUT_MS: '3000',
  HTTP_REQUEST_TIMEOUT_MS: '10000',
  REGION_TASKS_TOPIC_ARN: `arn:aws:sns:eu-central-1:${ACCOUNT}:region-tasks`,
  NUDGES_TOPIC_ARN: `arn:aws:sns:eu-central-1:${ACCOUNT}:nudges`,
  TOTALS_TOPIC_ARN: `arn:aws:sns:eu-central-1:${ACCOUNT}:totals`,
  TOTALS_MAIL_TOPIC_ARN: `arn:aws:sns:eu-central-1:${ACCOUNT}:totals-mail`,
  TOTALS_DETAIL_TOPIC_ARN: `arn:aws:sns:eu-central-1:${ACCOUNT}:totals-detail`,
  LOOK_BACK_SECONDS: '1',
  REGION_TASKS_QUEUE_URL: `${endpoint}/${ACCOUNT}/region-tasks`,
  UNREADABLE_TASKS_QUEUE_URL: `${endpoint}/${ACCOUNT}/unreadable-tasks`,
  KINDS: 'streams',
  ACCOUNTS: 'self',
  MEMBER_ROLE: 'kvs-census-member',
  EXTERNAL_ID: 'none',
  ACCOUNTS_TIMEOUT_MS: '60000',
  ORGANIZATION_DEADLINE_MS: '7200000',
  ACCESS_RETRY_MS: '10000',
  DISPATCH_CONCURRENCY: '50',
  REGIONS: 'eu-west-1',
  REGION_SOURCES_TIMEOUT_MS: '5000',
  RUN_DEADLINE_MS: '5400000',
  RUN_MAX_AGE_MS: '3600000',
  RUN_MAX_AHEAD_MS: '60000',
  PUBLISH_BACKOFF_MS: '200',
  MAX_RECEIVES: '5',
  LEASE_MS: '120000',
  LEASE_RENEW_MS: '40000',
  TASK_BACKOFF_MS: '30000,120000,480000,1200000',
  PAGE_BACKOFF_MS: '500',
  PAGE_BACKOFF_LIMIT_MS: '10000',
  CALLS_PER_SECOND: '45',
  QUICK_TRY_MS: '5000',
  CLOSING_TIME_MS: '15000',
  QUOTA_WAIT_SECONDS: '1',
  PARTIAL_SWEEP_MS: '86400000',
  NAME_PREFIXES: 'on',
  METRICS: 'totals',
  STAGE: 'dev',
  QUOTA_ALARM_PERCENT: '80',
  DROP_ALARM_PERCENT: '0',
  PARTIAL_ALARM_RUNS: '0',
});

/** The ledger, but for one verb that fails. */
export function failing(ledger: WorldLedger, verb: keyof WorldLedger, error: Error): WorldLedger {
  return { ...ledger, [verb]: () => Promise.reject(error) };
}

/** As DynamoDB refuses by the SDK. */
export const ledgerError = () =>
  Object.assign(new Error('The table is busy.'), {
    name: 'ProvisionedThroughputExceededException',
    $metadata: { httpStatusCode: 400, requestId: 'request-1' },
  });

export function messageOf(what: RegionTask | string, receives = 1, id = 'm-1'): SQSRecord {
  return {
    messageId: id,
    receiptHandle: `handle-${id}`,
    body: typeof what === 'string' ? what : printTask(what),
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: String(OPENED_MS),
      SenderId: 'sns',
      ApproximateFirstReceiveTimestamp: String(OPENED_MS),
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:eu-west-1:${ACCOUNT}:region-tasks`,
    awsRegion: 'eu-west-1',
  };
}

export const eventOf = (...messages: SQSRecord[]): SQSEvent => ({ Records: messages });

export const contextOf = (name: string, remainingMs = 300_000) => ({
  invokedFunctionArn: `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:kvs-census-dev-${name}`,
  awsRequestId: 'invocation-1',
  getRemainingTimeInMillis: () => remainingMs,
  memoryLimitInMB: '1024',
});
