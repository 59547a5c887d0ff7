/**
 * Least privilege by execution: what the packaged functions ask AWS for, and what Lambda and the Scheduler do in their name,
 * while everything happens that can happen to a run, against the roles that the template gives them. Whatever was asked is
 * allowed; whatever is allowed was asked; and what nobody should do is denied.
 */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PublishCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { OTHER_KINDS } from '../../infra/kinds.ts';
import { censusIdOf } from '../../src/census/census-id.ts';
import { descriptorOf, KINDS, type Kind } from '../../src/census/kinds.ts';
import { openRun, type RunKey, runIdOf } from '../../src/census/run.ts';
import { parametersFor } from '../../src/cli/local/counted.ts';
import { DISPATCH_SCHEDULE } from '../../src/cli/local/schedules.ts';
import { type ApiRequest, startStack } from '../../src/local/stack.ts';
import { cleanUp, temporaryFolder } from '../local/sample-stack.ts';
import { ofType, packageDir, readResolved } from '../template/compiled.ts';
import type { JsonObject, Template } from '../template/resolve.ts';
import { isAllowed, policiesOf } from '../template/simulate.ts';
import { ACCOUNT, ASKING, type Harness, startHarness } from './harness.ts';

jest.setTimeout(240_000);

const REGION = 'us-east-1';
const DENIED = expect.objectContaining({ region: 'eu-west-1', reason: 'denied' });
/** Where IAM calls an operation otherwise than its service does. */
const IAM_NAMES: Readonly<Record<string, string>> = {
  'sns:PublishBatch': 'sns:Publish',
  'lambda:Invoke': 'lambda:InvokeFunction',
};

type Use = { role: string; action: string; resource: string };
type Statement = { Effect: string; Action: string | string[]; Resource: string | string[] };

let template: Template;
/** Each once. */
let uses: Use[];

beforeAll(async () => {
  template = await readResolved({ partition: 'aws', region: REGION, accountId: ACCOUNT, ...COUNTING });
  const seen = new Map<string, Use>();
  const onRequest = ({ by, service, action: operation, resource: named = '*' }: ApiRequest) => {
    const role = roleOf(by);
    if (role === undefined) return;
    // Public parameters belong to no account, for which the simulation knows no type of resource.
    const resource = named.replace(`:ssm:${REGION}::`, `:ssm:${REGION}:${ACCOUNT}:`);
    const action = IAM_NAMES[`${service}:${operation}`] ?? `${service}:${operation}`;
    seen.set(`${role} ${action} ${resource}`, { role, action, resource });
  };
  await exerciseEverything(onRequest);
  await planByWhatIsKnown(onRequest);
  await failToInvoke(onRequest);
  uses = [...seen.values()];
});
afterAll(cleanUp);

/** Of a function or a schedule; nothing for anybody else. */
function roleOf(logicalId: string): string | undefined {
  const { Role, Target } = template.Resources[logicalId]?.Properties ?? {};
  const arn = Role ?? (Target as JsonObject | undefined)?.RoleArn;
  return arn === undefined ? undefined : String(arn).split('/').at(-1);
}

const LETTERS = [...'-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'];
/** All begin with the same letter: to count them by their second, the one that has no second is asked for by its name. */
const NAMES = LETTERS.flatMap((second) => LETTERS.map((third) => `a${second}${third}`));

/** Every kind is counted, as a deployment would have it. */
const COUNTING = { parameters: parametersFor(KINDS) };
const TOLD = { KINDS: KINDS.join(',') };

/** Of each other kind as much in that region. */
const ofOthers = (region: (kind: Kind) => object) =>
  Object.fromEntries(OTHER_KINDS.map((kind) => [kind, { regions: { [REGION]: region(kind) } }]));

/** The run of each kind at that instant. */
async function allSettled({ settled }: Harness, { runId }: RunKey) {
  const keys = KINDS.map((kind) => ({ censusId: censusIdOf(ACCOUNT, kind), runId }));
  return await Promise.all(keys.map(settled));
}

async function exerciseEverything(onRequest: (request: ApiRequest) => void): Promise<void> {
  // On so many pages that it is counted by its parts.
  const large = { names: { kind: 'list', names: NAMES }, pageCap: 100, latencyMs: 100 };
  const regions = {
    [REGION]: large,
    'eu-west-1': { streams: 5, fault: 'denied' },
    'eu-west-2': { streams: 7, fault: { kind: 'server-error', calls: 6 }, quota: { applied: null } },
    'af-south-1': { streams: 3, fault: 'not-enabled' },
  };
  const kinds = ofOthers((kind) => (descriptorOf(kind).hasPrefixes ? large : { [kind]: 3 }));
  const harness = await startHarness({ regions, kinds }, { onRequest, environment: TOLD, ...COUNTING });
  try {
    const key = await harness.open();
    await allSettled(harness, key);
    // A second trigger finds the run open.
    await harness.stack.invoke('DispatcherLambdaFunction', { runId: key.runId });
    await askAgain(harness, key);
    await answerByDeadLetter(harness);
    await parkWhatNobodyReads(harness);
    await failThreeTimes(harness);
  } finally {
    await harness.stop();
  }
}

/** A run whose regions nobody has set, one of which is off. */
async function planByWhatIsKnown(onRequest: (request: ApiRequest) => void): Promise<void> {
  const regions = { [REGION]: { streams: 3 }, 'af-south-1': { streams: 3, fault: 'not-enabled' } };
  const floors = new Set(KINDS.flatMap((kind) => descriptorOf(kind).regions.floor));
  const EXCLUDE_REGIONS = [...floors].filter((region) => !(region in regions)).join(',');
  const environment = { ...ASKING.environment, ...TOLD, EXCLUDE_REGIONS };
  const kinds = ofOthers((kind) => ({ [kind]: 3 }));
  const harness = await startHarness({ regions, kinds }, { ...ASKING, onRequest, environment, ...COUNTING });
  try {
    const [run] = await allSettled(harness, await harness.open());
    expect(run).toMatchObject({ plan: [REGION], off: [{ region: 'af-south-1' }], total: { verdict: 'complete' } });
  } finally {
    await harness.stop();
  }
}

/** What a person's retry of a region that is denied makes the functions do. */
async function askAgain({ ledger, sqs, stack, settled }: Harness, key: RunKey): Promise<void> {
  const region = 'eu-west-1';
  const deadlineAt = new Date(Date.now() + 5_400_000).toISOString();
  await ledger.openRound(key, [region], 1, deadlineAt);
  const task = { version: 1, accountId: ACCOUNT, runId: key.runId, region, round: 1, deadlineAt };
  const QueueUrl = stack.resource('RegionTasksQueue').url;
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(task) }));
  expect(await settled(key)).toMatchObject({ round: 1, total: { missing: expect.arrayContaining([DENIED]) } });
}

/** A run whose only region is heard of through the dead letters. */
async function answerByDeadLetter({ ledger, sqs, stack, settled }: Harness): Promise<void> {
  const key = { censusId: ACCOUNT, runId: runIdOf(Date.now() + 60_000) as string };
  const run = openRun(key, [REGION], Date.now(), { deadlineAfterMs: 5_400_000, retentionDays: 400 });
  await ledger.openRun(run);
  const task = {
    version: 1,
    accountId: ACCOUNT,
    runId: key.runId,
    region: REGION,
    round: 0,
    deadlineAt: run.deadlineAt,
  };
  const QueueUrl = stack.resource('UndeliveredTasksQueue').url;
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(task) }));
  await settled(key);
}

async function parkWhatNobodyReads({ sqs, stack, take }: Harness): Promise<void> {
  const QueueUrl = stack.resource('UndeliveredTasksQueue').url;
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'not a task' }));
  await take(stack.resource('UnreadableTasksQueue').url as string);
}

async function failThreeTimes({ sns, stack, take }: Harness): Promise<void> {
  await sns.send(new PublishCommand({ TopicArn: stack.resource('NudgesTopic').arn, Message: 'not a nudge' }));
  await stack.invokeAsync('DispatcherLambdaFunction', { runId: 'no instant' });
  for (let failures = 0; failures < 2; failures += 1)
    await take(stack.resource('FailedInvocationsQueue').url as string);
}

/** A schedule whose event Lambda does not take. */
async function failToInvoke(onRequest: (request: ApiRequest) => void): Promise<void> {
  const folder = await temporaryFolder();
  await cp(await packageDir(), folder, { recursive: true });
  const file = join(folder, 'cloudformation-template-update-stack.json');
  const json = JSON.parse(await readFile(file, 'utf8'));
  const { Target } = json.Resources[DISPATCH_SCHEDULE].Properties;
  Object.assign(Target, { Input: 'no JSON', RetryPolicy: { MaximumRetryAttempts: 0 } });
  await writeFile(file, JSON.stringify(json));
  const stack = await startStack({ packageDir: folder, timeScale: 40, accountId: ACCOUNT, region: REGION, onRequest });
  await stack.fire(DISPATCH_SCHEDULE, new Date());
  await stack.stop();
}

const may = ({ role, action, resource }: Use, statements: Statement[]) =>
  isAllowed({
    principal: `arn:aws:iam::${ACCOUNT}:role/${role}`,
    action,
    resource,
    policies: [{ name: role, policy: { Version: '2012-10-17', Statement: statements } as unknown as JsonObject }],
  });

const statementsOf = (role: string) =>
  policiesOf(template, role).flatMap(({ policy }) => policy.Statement as unknown as Statement[]);

test('everybody who has a role did something with it', () => {
  const roles = ofType(template, 'AWS::IAM::Role').map(([id]) => id);
  expect([...new Set(uses.map(({ role }) => role))].sort()).toEqual(roles.sort());
});

test('whatever was asked for is allowed', async () => {
  const refused = [];
  for (const use of uses) if (!(await may(use, statementsOf(use.role)))) refused.push(use);
  expect(refused).toEqual([]);
});

test('whatever is allowed was asked for', async () => {
  const unused = [];
  for (const [role] of ofType(template, 'AWS::IAM::Role')) {
    for (const statement of statementsOf(role)) {
      for (const Action of [statement.Action].flat()) {
        for (const Resource of [statement.Resource].flat()) {
          const alone = { ...statement, Action, Resource };
          const candidates = uses.filter((use) => use.role === role && use.action === Action);
          const isUsed = (await Promise.all(candidates.map((use) => may(use, [alone])))).includes(true);
          if (!isUsed) unused.push(`${role} ${Action} ${Resource}`);
        }
      }
    }
  }
  expect(unused).toEqual([]);
});

test('what only another does is denied', async () => {
  const granted = [];
  for (const [role] of ofType(template, 'AWS::IAM::Role')) {
    const own = new Set(uses.filter((use) => use.role === role).map(({ action, resource }) => `${action} ${resource}`));
    const others = uses.filter(({ action, resource }) => !own.has(`${action} ${resource}`));
    for (const { action, resource } of others)
      if (await may({ role, action, resource }, statementsOf(role))) granted.push(`${role} ${action} ${resource}`);
  }
  expect(granted).toEqual([]);
});

describe('nobody may', () => {
  const of = (service: string, name: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${name}`;
  const table = of('dynamodb', 'table/kvs-census-dev');
  const video = of('kinesisvideo', 'stream/door/1700000000000');
  test.each([
    ['dynamodb:DeleteItem', table],
    ['dynamodb:BatchWriteItem', table],
    ['dynamodb:Scan', table],
    ['dynamodb:DeleteTable', table],
    ['dynamodb:UpdateTimeToLive', table],
    ['dynamodb:GetItem', of('dynamodb', 'table/of-somebody-else')],
    ['dynamodb:Query', of('dynamodb', 'table/of-somebody-else/index/byTime')],
    ['sqs:PurgeQueue', of('sqs', 'kvs-census-dev-region-tasks')],
    ['sqs:DeleteQueue', of('sqs', 'kvs-census-dev-failed-invocations')],
    ['sqs:ReceiveMessage', of('sqs', 'kvs-census-dev-failed-invocations')],
    ['sns:Subscribe', of('sns', 'kvs-census-dev-totals')],
    ['sns:Publish', of('sns', 'kvs-census-dev-alarms')],
    ['lambda:UpdateFunctionCode', of('lambda', 'function:kvs-census-dev-worker')],
    ['lambda:InvokeFunction', of('lambda', 'function:kvs-census-dev-worker')],
    ['kinesisvideo:GetDataEndpoint', video],
    ['kinesisvideo:GetMedia', video],
    ['kinesisvideo:DeleteStream', video],
    ['kinesisvideo:UpdateDataRetention', video],
    ['iam:PassRole', `arn:aws:iam::${ACCOUNT}:role/WorkerRole`],
    ['sts:AssumeRole', `arn:aws:iam::${ACCOUNT}:role/WorkerRole`],
    ['account:EnableRegion', '*'],
    ['ssm:GetParametersByPath', of('ssm', 'parameter/secrets')],
    ['logs:DeleteLogGroup', of('logs', 'log-group:/aws/lambda/kvs-census-dev-worker')],
  ])('%s on %s', async (action, resource) => {
    for (const [role] of ofType(template, 'AWS::IAM::Role'))
      expect(await may({ role, action, resource }, statementsOf(role))).toBe(false);
  });
});
