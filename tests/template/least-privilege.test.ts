/**
 * The roles against the code: a role allows what its function's code can send to AWS, what Lambda does in its name, and
 * nothing else. What the code can send is read off its bundle: an SDK command that nobody uses is not in there.
 */

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { OTHER_KINDS } from '../../infra/kinds.ts';
import type { LedgerReader } from '../../src/answers/reader.ts';
import { makeLedger } from '../../src/aws/ledger.ts';
import { makeOrganizationLedger } from '../../src/aws/organization-ledger.ts';
import { makeReader } from '../../src/aws/reader.ts';
import { ORGANIZATION } from '../../src/census/census-id.ts';
import type { AccountRecord } from '../../src/census/organization/account-record.ts';
import { openOrganizationRun, parentOf } from '../../src/census/organization/run.ts';
import type { OrganizationTotal } from '../../src/census/organization/total.ts';
import type { Ledger } from '../../src/census/ports.ts';
import type { CountedRecord } from '../../src/census/region.ts';
import type { Total } from '../../src/census/run.ts';
import { openRun } from '../../src/census/run.ts';
import { parametersFor } from '../../src/cli/local/counted.ts';
import type { AggregatorDeps } from '../../src/functions/aggregator.ts';
import type { DispatcherDeps } from '../../src/functions/dispatcher.ts';
import type { UndeliveredDeps } from '../../src/functions/undelivered.ts';
import type { WorkerDeps } from '../../src/functions/worker.ts';
import { rebuild } from './bundle.ts';
import {
  type AnyFunction,
  API_PARAMETERS,
  everyFunction,
  type FunctionName,
  readResolved,
  somewhere,
} from './compiled.ts';
import type { Template } from './resolve.ts';
import { policiesOf } from './simulate.ts';

/** What Lambda does with the function's role: logs, polls its queue, reports to its on-failure destination. */
const log = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const poll = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
const report = ['sqs:SendMessage'];
const byLambda: Record<AnyFunction, string[]> = {
  dispatcher: [...log, ...report],
  worker: [...log, ...poll],
  undelivered: [...log, ...poll],
  aggregator: [...log, ...report],
  api: log,
};

/** The verbs of the ledger that each function is given; the compiler keeps these lists complete. */
type Verbs<Deps extends { ledger: unknown }> = Record<keyof Deps['ledger'], true>;
const dispatcherVerbs: Verbs<DispatcherDeps> = {
  readRunAndMemory: true,
  writeMemory: true,
  lastCount: true,
  openRun: true,
  readRun: true,
  earlierRuns: true,
  writeRecord: true,
  strike: true,
  markDispatched: true,
  readRecords: true,
  openRound: true,
  readOrganization: true,
  readAccountRecords: true,
  organizationBefore: true,
  lastTotal: true,
  openOrganization: true,
  openOrganizationRound: true,
  adoptRun: true,
  writeAccountRecord: true,
  strikeAccount: true,
};
const workerVerbs: Verbs<WorkerDeps> = { readRunAndRecord: true, writeRecord: true, strike: true, noteDark: true };
const undeliveredVerbs: Verbs<UndeliveredDeps> = { readRunAndRecord: true, writeRecord: true, strike: true };
const aggregatorVerbs: Verbs<AggregatorDeps> = {
  readRun: true,
  readRecords: true,
  storeTotal: true,
  markAnnounced: true,
  markSettled: true,
  runsForSweep: true,
  readSweepPlace: true,
  writeSweepPlace: true,
  lastKnown: true,
  earlierRuns: true,
  readOrganization: true,
  readAccountRecords: true,
  writeAccountRecord: true,
  strikeAccount: true,
  earlierOrganizations: true,
  storeOrganizationTotal: true,
};
type WholeLedger = Ledger & ReturnType<typeof makeOrganizationLedger>;
type Verb = keyof WholeLedger;
const verbsOf: Record<FunctionName, Verb[]> = {
  dispatcher: Object.keys(dispatcherVerbs) as Verb[],
  worker: Object.keys(workerVerbs) as Verb[],
  undelivered: Object.keys(undeliveredVerbs) as Verb[],
  aggregator: Object.keys(aggregatorVerbs) as Verb[],
};

let template: Template;
beforeAll(async () => {
  // The code can list every kind, in every account; what is not counted, a role may not list (rules/permissions.ts).
  const accounts = { Accounts: 'organization', IncludeOrganizationalUnits: 'ou-ab12-11111111' };
  const parameters = { ...parametersFor(OTHER_KINDS), ...accounts, ...API_PARAMETERS.page };
  template = await readResolved({ ...somewhere, parameters });
});

test.each(everyFunction)('the role of the %s allows exactly what is done with it', async (name) => {
  const sent = name === 'api' ? await sentByReader() : await sentToLedger(name);
  const needed = new Set([...byLambda[name], ...(await sentByBundle(name)), ...sent]);
  expect(allowedTo(name)).toEqual([...needed].sort());
});

type Statement = { Action: string | string[] };

function allowedTo(name: AnyFunction): string[] {
  const role = `${name.charAt(0).toUpperCase()}${name.slice(1)}Role`;
  const statements = policiesOf(template, role).flatMap(({ policy }) => policy.Statement as unknown as Statement[]);
  const actions = statements.flatMap(({ Action }) => Action);
  return [...new Set(actions)].sort();
}

const services: Record<string, string> = {
  account: 'account',
  kinesis: 'kinesis',
  'kinesis-video': 'kinesisvideo',
  'service-quotas': 'servicequotas',
  sns: 'sns',
  sqs: 'sqs',
  ssm: 'ssm',
  sts: 'sts',
  organizations: 'organizations',
};

/** Of every client but DynamoDB's, whose commands are all in the one factory of the ledger. */
async function sentByBundle(name: AnyFunction): Promise<string[]> {
  const { inputs } = await rebuild(name);
  return Object.keys(inputs).flatMap((file) => {
    const [, client = '', command = ''] = /@aws-sdk\/client-([\w-]+)\/.*\/commands\/(\w+)Command\.js$/.exec(file) ?? [];
    if (command === '' || client === 'dynamodb') return [];
    const service = services[client];
    if (service === undefined) throw new Error(`${name} sends to ${client}, of which this test knows nothing.`);
    return [`${service}:${command.replace(/^PublishBatch$/, 'Publish')}`]; // IAM has one action for both
  });
}

/** A client that notes every command and sends none. */
function notingClient(): { client: DynamoDBClient; sent: string[] } {
  const sent: string[] = [];
  const client = new DynamoDBClient({ region: 'eu-west-1' });
  client.middlewareStack.add(
    (_next, context) => async () => {
      sent.push(`dynamodb:${String(context.commandName).replace(/Command$/, '')}`);
      return { output: { $metadata: {} } as never, response: {} };
    },
    { step: 'initialize', priority: 'high' },
  );
  return { client, sent };
}

/** By calling each verb. */
async function sentToLedger(name: FunctionName): Promise<string[]> {
  const { client, sent } = notingClient();
  const options = { client, nowMs: () => Date.parse(runId), tableName: 'table' };
  const ledger = { ...makeLedger(options), ...makeOrganizationLedger(options) };
  for (const verb of verbsOf[name]) await samples[verb](ledger);
  return sent;
}

/** By calling each verb of those who only read. */
async function sentByReader(): Promise<string[]> {
  const { client, sent } = notingClient();
  const reader = makeReader({ client, nowMs: () => Date.parse(runId), tableName: 'table' });
  for (const ask of Object.values(readings)) await ask(reader);
  return sent;
}

const runId = '2026-11-20T06:00:00Z';
const at = '2026-11-20T06:00:01.000Z';
const run = openRun({ censusId: '123456789012', runId }, ['eu-west-1'], Date.parse(runId), {
  deadlineAfterMs: 5_400_000,
  retentionDays: 400,
});
const record = { ...run, region: 'eu-west-1', recordedAt: at, status: 'counted' } as unknown as CountedRecord;
const total = { verdict: 'complete', streams: 0, expected: 1, counted: 1, missing: [], tally: {} } as unknown as Total;

const account = '123456789012';
const organization = openOrganizationRun(
  { censusId: ORGANIZATION, runId },
  { accounts: [{ accountId: account }], sources: { accounts: { from: 'parameter' } } },
  Date.parse(runId),
  { deadlineAfterMs: 7_200_000, retentionDays: 400 },
);
const accountRecord: AccountRecord = {
  censusId: ORGANIZATION,
  runId,
  accountId: account,
  round: 0,
  recordedAt: at,
  status: 'failed',
  reason: 'no-access',
};
const organizationTotal = { ...total, missing: [] } as unknown as OrganizationTotal;

const samples: Record<Verb, (ledger: WholeLedger) => Promise<unknown>> = {
  openRun: (ledger) => ledger.openRun(run),
  readRunAndMemory: (ledger) => ledger.readRunAndMemory(run),
  writeMemory: (ledger) => ledger.writeMemory(run.censusId, { lastCounts: {} }),
  lastCount: (ledger) => ledger.lastCount(run.censusId, 'eu-west-1', runId),
  readRun: (ledger) => ledger.readRun(run),
  readRunAndRecord: (ledger) => ledger.readRunAndRecord(run, 'eu-west-1'),
  readRecords: (ledger) => ledger.readRecords(run),
  markDispatched: (ledger) => ledger.markDispatched(run, 0),
  writeRecord: (ledger) => ledger.writeRecord(record, run),
  strike: (ledger) => ledger.strike(record),
  storeTotal: (ledger) => ledger.storeTotal(run, total, 0, at),
  markAnnounced: (ledger) => ledger.markAnnounced(run, 1),
  markSettled: (ledger) => ledger.markSettled(run, 1, 'forget'),
  runsForSweep: (ledger) => ledger.runsForSweep('OPEN')[Symbol.asyncIterator]().next(),
  readSweepPlace: (ledger) => ledger.readSweepPlace('OPEN'),
  writeSweepPlace: (ledger) => ledger.writeSweepPlace('OPEN', run),
  lastKnown: (ledger) => ledger.lastKnown(run.censusId, 'eu-west-1', runId),
  earlierRuns: (ledger) => ledger.earlierRuns(run),
  openRound: (ledger) => ledger.openRound(run, ['eu-west-1'], 1, at),
  bringDeadlineForward: (ledger) => ledger.bringDeadlineForward(run, at),
  readOrganization: (ledger) => ledger.readOrganization(organization),
  readAccountRecords: (ledger) => ledger.readAccountRecords(organization),
  writeAccountRecord: (ledger) => ledger.writeAccountRecord(accountRecord, organization),
  strikeAccount: (ledger) => ledger.strikeAccount(organization, parentOf(organization, account), true),
  organizationBefore: (ledger) => ledger.organizationBefore(organization, () => true),
  lastTotal: (ledger) => ledger.lastTotal(account, runId),
  openOrganization: (ledger) => ledger.openOrganization(organization),
  openOrganizationRound: (ledger) => ledger.openOrganizationRound(organization, [account], 1, at),
  adoptRun: (ledger) => ledger.adoptRun(run, parentOf(organization, account)),
  earlierOrganizations: (ledger) => ledger.earlierOrganizations(organization),
  storeOrganizationTotal: (ledger) => ledger.storeOrganizationTotal(organization, organizationTotal, 0, at),
  noteDark: (ledger) => ledger.noteDark(organization, 'eu-west-1', account, organization),
};

const first = <T>(all: AsyncIterable<T>) => all[Symbol.asyncIterator]().next();

/** The compiler keeps this list complete. */
const readings: Record<keyof LedgerReader, (reader: LedgerReader) => Promise<unknown>> = {
  newestRuns: (reader) => reader.newestRuns(run.censusId),
  runs: (reader) => first(reader.runs(run.censusId)),
  wholeRun: (reader) => reader.wholeRun(run),
  wholeRuns: (reader) => reader.wholeRuns([run]),
  records: (reader) => reader.records(run.censusId, [{ runId, region: 'eu-west-1' }]),
  regionRecords: (reader) => first(reader.regionRecords(run.censusId, 'eu-west-1')),
  organizationRuns: (reader) => first(reader.organizationRuns(organization.censusId)),
  wholeOrganization: (reader) => reader.wholeOrganization(organization),
};
