/**
 * `kvs-census doctor` and `status` on the compiled stack: a healthy one, and one that is broken in each way that has a finding.
 * They are asked as on AWS, with unmodified clients that AWS_ENDPOINT_URL leads to the local stack.
 */
import { execFileSync } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CreateTableCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { misfits } from '../../infra/openapi/schemas.ts';
import type { DoctorAnswer } from '../../src/answers/health/doctor.ts';
import type { Finding } from '../../src/answers/health/finding.ts';
import { list } from '../../src/answers/words.ts';
import { makeReader } from '../../src/aws/reader.ts';
import { censusIdOf } from '../../src/census/census-id.ts';
import { descriptorOf, KINDS, type Kind, STREAMS } from '../../src/census/kinds.ts';
import { idOf, parametersFor } from '../../src/cli/local/counted.ts';
import { run } from '../../src/cli/program.ts';
import { ensurePackaged } from '../../src/local/package.ts';
import { type Stack, startStack } from '../../src/local/stack.ts';
import { ACCOUNT, history } from '../cli/history.ts';
import { TABLE_SHAPE } from '../cli/ledger-folder.ts';
import { cleanUp, fill, makeClient, makeIo, NOW_MS, TABLE, temporaryFolder } from '../cli/world.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TEMPLATE = 'cloudformation-template-update-stack.json';
const PLACE = '--stage dev --region us-east-1';

type Resources = Record<string, { Type: string; Properties: Record<string, unknown> }>;

let packageDir: string;
let stacks: Stack[] = [];
const environment = { ...process.env };

beforeAll(async () => {
  packageDir = await ensurePackaged({ root: ROOT, log: () => {} });
}, 120_000);
afterEach(async () => {
  for (const stack of stacks) await stack.stop();
  stacks = [];
  process.env = { ...environment };
  await cleanUp();
});

type Template = { Resources: Resources };
const OTHER_KINDS = KINDS.filter((kind) => kind !== STREAMS);

type Opened = { stack: Stack; sns: SNSClient; sqs: SQSClient };

/** With one settled run of each kind, two hours ago, and somebody who hears the alarms. */
async function open(
  edit: (resources: Resources) => void = () => {},
  {
    isHeard = true,
    runs = 1,
    parameters = {},
    others = [],
  }: { isHeard?: boolean; runs?: number; parameters?: Record<string, string>; others?: readonly Kind[] } = {},
): Promise<Opened> {
  const folder = temporaryFolder();
  await cp(packageDir, folder, { recursive: true });
  const template = JSON.parse(await readFile(join(packageDir, TEMPLATE), 'utf8')) as Template;
  edit(template.Resources);
  await writeFile(join(folder, TEMPLATE), JSON.stringify(template));
  const stack = await startStack({
    ...{ packageDir: folder, timeScale: 40, accountId: ACCOUNT, region: 'us-east-1' },
    parameters: { ...parameters, ...parametersFor(others) },
    environment: { KINDS: [STREAMS, ...others].join(',') },
  });
  stacks.push(stack);
  Object.assign(process.env, stack.environment);
  const client = makeClient(stack.url);
  for (const kind of [STREAMS, ...others]) {
    const censusId = censusIdOf(ACCOUNT, kind);
    if (runs > 0) await fill(client, history({ runs, isMissing: () => false, censusId }));
  }
  client.destroy();
  const opened = { stack, sns: new SNSClient({}), sqs: new SQSClient({}) };
  if (isHeard) await subscribe(opened, 'sqs', stack.resource('TotalsTopic').arn.replace(':sns:', ':sqs:'));
  return opened;
}

async function subscribe({ stack, sns }: Opened, protocol: string, endpoint: string): Promise<void> {
  const TopicArn = stack.resource('AlarmsTopic').arn;
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: protocol, Endpoint: endpoint }));
}

async function command(line: string, nowMs = NOW_MS) {
  const io = makeIo(temporaryFolder(), { nowMs: () => nowMs });
  const code = await run(line.split(' '), io);
  return { code, out: io.out(), err: io.err() };
}

async function examine(nowMs = NOW_MS): Promise<{ code: number; answer: DoctorAnswer }> {
  const { code, out } = await command(`doctor ${PLACE} --json`, nowMs);
  return { code, answer: JSON.parse(out) };
}

/** The properties of a resource, to be edited. */
const of = <Properties>(resources: Resources, id: string) =>
  (resources[id] as { Properties: unknown }).Properties as Properties;

const found = ({ findings }: DoctorAnswer, check: string) => findings.find((one) => one.check === check) as Finding;
/** What is not well, each as `check: level`. */
const ills = ({ findings }: DoctorAnswer) =>
  findings.filter(({ level }) => level !== 'ok').map(({ check, level }) => `${check}: ${level}`);

test('a healthy stack: all is well, exit code 0', async () => {
  await open();
  const { code, answer } = await examine();
  expect({ code, ills: ills(answer), misfits: misfits(answer) }).toEqual({ code: 0, ills: [], misfits: [] });
  expect(answer).toMatchObject({ accountId: ACCOUNT, stack: TABLE, region: 'us-east-1', level: 'ok' });
});

test('every kind that is counted is looked at: its runs, its alarms, and what the worker may list', async () => {
  await open(undefined, { others: OTHER_KINDS });
  const { code, answer } = await examine();
  expect({ code, ills: ills(answer), misfits: misfits(answer) }).toEqual({ code: 0, ills: [], misfits: [] });
  expect(found(answer, 'kinds').what).toBe(`Counted: ${list(KINDS)}.`);
  for (const kind of KINDS) {
    const own = answer.findings.filter((finding: Finding) => finding.kind === kind).map(({ check }: Finding) => check);
    const quotas = descriptorOf(kind).quota === undefined ? [] : ['quotas'];
    expect(own).toEqual(['last-run', 'settling', 'plan', 'items', ...quotas, 'may-list']);
  }
  const { out } = await command(`status ${PLACE} --json`);
  expect(misfits(JSON.parse(out))).toEqual([]);
  expect(JSON.parse(out).otherKinds.map((one: { kind: Kind }) => one.kind)).toEqual(OTHER_KINDS);
});

test.each(OTHER_KINDS)('of %s alone: no alarm, no right to list, and no run', async (kind) => {
  const id = idOf(kind);
  await open(remove(`NoTotalOf${id}Alarm`, `List${id}Policy`), { others: [kind], runs: 0 });
  const { code, answer } = await examine();
  expect(found(answer, 'alarms').what).toBe(`There is no alarm no-total-${kind}.`);
  expect(answer.findings.filter((finding: Finding) => finding.kind === kind && finding.level !== 'ok')).toMatchObject([
    { check: 'last-run', level: 'warning' },
    { check: 'may-list', level: 'broken', commands: [expect.stringContaining(`--policy-name list-${kind} `)] },
  ]);
  expect(code).toBe(1);
});

const disable = (id: string) => (resources: Resources) => {
  Object.assign(resources[id]?.Properties ?? {}, { Enabled: false });
};
const set = (id: string, properties: object) => (resources: Resources) => {
  Object.assign(resources[id]?.Properties ?? {}, properties);
};
const remove =
  (...ids: string[]) =>
  (resources: Resources) => {
    for (const id of ids) delete resources[id];
  };
const withoutRight = (action: string) => (resources: Resources) => {
  const text = JSON.stringify(resources.WorkerRole).replaceAll(action, 'kinesisvideo:TagStream');
  resources.WorkerRole = JSON.parse(text);
};
const denying = (resources: Resources) => {
  const { Policies } = of<{ Policies: { PolicyDocument: { Statement: object[] } }[] }>(resources, 'WorkerRole');
  Policies[0]?.PolicyDocument.Statement.push({ Effect: 'Deny', Action: 'kinesisvideo:*', Resource: '*' });
};

test.each<[string, (resources: Resources) => void, string, string, RegExp]>([
  [
    'the trigger of the worker is disabled',
    disable('WorkerEventSourceMappingSQSRegionTasksQueue'),
    'worker-trigger: broken',
    'takes nothing from kvs-census-dev-region-tasks',
    /^aws lambda update-event-source-mapping --uuid [0-9a-f-]{36} --enabled --region us-east-1$/,
  ],
  [
    'the trigger of the undelivered function is not there',
    remove('UndeliveredEventSourceMappingSQSUndeliveredTasksQueue'),
    'undelivered-trigger: broken',
    'There is no trigger of the undelivered function',
    /^aws lambda create-event-source-mapping --function-name kvs-census-dev-undelivered .*--scaling-config MaximumConcurrency=2 --region us-east-1$/,
  ],
  [
    'the trigger of the worker does not listen to which messages failed',
    set('WorkerEventSourceMappingSQSRegionTasksQueue', { FunctionResponseTypes: [] }),
    'worker-trigger: broken',
    'which messages failed',
    /--function-response-types ReportBatchItemFailures --region us-east-1$/,
  ],
  [
    'the schedule of runs is disabled',
    set('DispatcherSchedulerSchedule1', { State: 'DISABLED' }),
    'dispatch-schedule: broken',
    'kvs-census-dev-dispatch is disabled',
    /^aws scheduler update-schedule --name kvs-census-dev-dispatch --state ENABLED .*--target '\{"Arn":.*--region us-east-1$/,
  ],
  [
    'the sweep is disabled',
    set('AggregatorSchedulerSchedule1', { State: 'DISABLED' }),
    'sweep-schedule: broken',
    'kvs-census-dev-sweep is disabled',
    /^aws scheduler update-schedule --name kvs-census-dev-sweep --state ENABLED /,
  ],
  [
    'tasks that fail for good go nowhere',
    set('RegionTasksQueue', { RedrivePolicy: undefined }),
    'redrive: broken',
    'go nowhere',
    /^aws sqs set-queue-attributes --queue-url http.*-region-tasks --attributes '\{"RedrivePolicy":.*-undelivered-tasks.*--region us-east-1$/,
  ],
  [
    'the table has no index by time',
    (resources) => {
      type Table = { GlobalSecondaryIndexes: object[]; AttributeDefinitions: { AttributeName: string }[] };
      const { GlobalSecondaryIndexes: indexes, AttributeDefinitions: all } = of<Table>(resources, 'LedgerTable');
      const used = all.filter(({ AttributeName }) => AttributeName !== 'timePk');
      set('LedgerTable', { GlobalSecondaryIndexes: indexes.slice(1) })(resources);
      set('LedgerTable', { AttributeDefinitions: used })(resources);
    },
    'indexes: broken',
    'The index byTime is missing',
    /^aws dynamodb update-table --table-name kvs-census-dev --attribute-definitions AttributeName=timePk,AttributeType=S .*"IndexName":"byTime"/,
  ],
  [
    'runs do not expire',
    set('LedgerTable', { TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: false } }),
    'expiry: warning',
    'Time to live is off',
    /^aws dynamodb update-time-to-live --table-name kvs-census-dev --time-to-live-specification Enabled=true,AttributeName=expiresAt --region us-east-1$/,
  ],
  [
    'there is no point-in-time recovery',
    set('LedgerTable', { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false } }),
    'recovery: warning',
    'recovery is off',
    /^aws dynamodb update-continuous-backups --table-name kvs-census-dev /,
  ],
  [
    'two alarms are not there',
    remove('NoRunAlarm', 'ThrottlesAlarm'),
    'alarms: broken',
    'There is no alarm no-run and throttles',
    /^aws cloudformation create-change-set --stack-name kvs-census-dev .*--deployment-mode REVERT_DRIFT --region us-east-1$/,
  ],
  [
    'the worker may not list',
    withoutRight('kinesisvideo:ListStreams'),
    'may-list: broken',
    'no policy allows it',
    /^aws iam put-role-policy --role-name \S+WorkerRole --policy-name list-streams --policy-document '\{.*ListStreams/,
  ],
  [
    'a policy denies the worker to list',
    denying,
    'may-list: warning',
    'IAM believes that a policy denies kinesisvideo:ListStreams',
    /^aws iam simulate-principal-policy --policy-source-arn \S+WorkerRole --action-names kinesisvideo:ListStreams /,
  ],
  [
    'there is no room for so many workers',
    set('WorkerEventSourceMappingSQSRegionTasksQueue', { ScalingConfig: { MaximumConcurrency: 1000 } }),
    'concurrency: warning',
    'the worker wants up to 1,000',
    /^aws service-quotas request-service-quota-increase .*L-B99A9384/,
  ],
  [
    'somebody stopped the worker',
    set('WorkerLambdaFunction', { ReservedConcurrentExecutions: 0 }),
    'concurrency: broken',
    'Stopped, by a reserved concurrency of 0: worker',
    /^aws lambda delete-function-concurrency --function-name kvs-census-dev-worker --region us-east-1$/,
  ],
  [
    'an event on which the dispatcher fails is lost',
    set('DispatcherLambdaEvConf', { DestinationConfig: {} }),
    'destinations: broken',
    'does not go to kvs-census-dev-failed-invocations: of dispatcher',
    /^aws cloudformation create-change-set /,
  ],
  [
    'the schedules may not invoke',
    (resources) => {
      const text = JSON.stringify(resources.SchedulerRole).replaceAll('lambda:InvokeFunction', 'lambda:GetFunction');
      resources.SchedulerRole = JSON.parse(text);
    },
    'may-invoke: broken',
    'dispatch may not invoke kvs-census-dev-dispatcher and sweep may not invoke kvs-census-dev-aggregator',
    /^aws cloudformation create-change-set /,
  ],
  [
    'tasks do not reach their queue',
    remove('RegionTasksSubscription'),
    'delivery: broken',
    'does not reach kvs-census-dev-region-tasks',
    /^aws cloudformation create-change-set /,
  ],
])('%s', async (_what, edit, ill, what, mend) => {
  await open(edit);
  const { code, answer } = await examine();
  const [check = ''] = ill.split(':');
  const finding = found(answer, check);
  expect(finding.what).toContain(what);
  expect(finding.commands[0]).toMatch(mend);
  expect(finding.why).not.toBeNull();
  expect({ code, misfits: misfits(answer) }).toEqual({ code: ill.endsWith('broken') ? 1 : 0, misfits: [] });
  // Without the index nobody can find a run.
  expect(
    ills(answer).filter((one) => !/^(last-run|settling|plan|items|quotas): unknown$/.test(one) || check !== 'indexes'),
  ).toEqual([ill]);
});

/** The words of a command as a shell takes them apart; options with what stands behind them. */
function asPasted(line: string): { words: string[]; option: (name: string) => string[] } {
  const printed = execFileSync('bash', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' });
  const words = printed.split('\0').slice(0, -1);
  return {
    words: words.slice(0, 3),
    option: (name) => {
      const behind = words.slice(words.indexOf(name) + 1);
      const end = behind.findIndex((word) => word.startsWith('--'));
      return behind.slice(0, end < 0 ? undefined : end);
    },
  };
}

describe('what is printed mends it, pasted into a shell', () => {
  test('the redrive of the tasks', async () => {
    const { sqs } = await open(set('RegionTasksQueue', { RedrivePolicy: undefined }));
    const { words, option } = asPasted(found((await examine()).answer, 'redrive').commands[0] ?? '');
    expect(words).toEqual(['aws', 'sqs', 'set-queue-attributes']);
    const [QueueUrl] = option('--queue-url');
    const Attributes = JSON.parse(option('--attributes')[0] ?? '');
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
    expect(ills((await examine()).answer)).toEqual([]);
  });

  // The emulator fills no new index.
  test('an index of the ledger, as the template has it', async () => {
    type Table = { GlobalSecondaryIndexes: object[]; AttributeDefinitions: { AttributeName: string }[] };
    let sweep: object | undefined;
    await open((resources) => {
      const { GlobalSecondaryIndexes: indexes, AttributeDefinitions: all } = of<Table>(resources, 'LedgerTable');
      sweep = indexes[1];
      const used = all.filter(({ AttributeName }) => AttributeName !== 'sweep');
      set('LedgerTable', { GlobalSecondaryIndexes: indexes.slice(0, 1), AttributeDefinitions: used })(resources);
    });
    const { words, option } = asPasted(found((await examine()).answer, 'indexes').commands[0] ?? '');
    expect(words).toEqual(['aws', 'dynamodb', 'update-table']);
    expect(option('--table-name')).toEqual([TABLE]);
    expect(option('--attribute-definitions')).toEqual([
      ...['AttributeName=sweep,AttributeType=S', 'AttributeName=timeSk,AttributeType=S'],
    ]);
    expect(JSON.parse(option('--global-secondary-index-updates')[0] ?? '')).toEqual([{ Create: sweep }]);
  });

  test('a schedule, in every word of it', async () => {
    await open(set('DispatcherSchedulerSchedule1', { State: 'DISABLED' }));
    const { words, option } = asPasted(found((await examine()).answer, 'dispatch-schedule').commands[0] ?? '');
    expect(words).toEqual(['aws', 'scheduler', 'update-schedule']);
    const scheduler = new SchedulerClient({});
    const { Target, FlexibleTimeWindow, ...schedule } = await scheduler.send(
      new GetScheduleCommand({ Name: option('--name')[0] }),
    );
    scheduler.destroy();
    expect(JSON.parse(option('--target')[0] ?? '')).toEqual(Target);
    expect(JSON.parse(option('--flexible-time-window')[0] ?? '')).toEqual(FlexibleTimeWindow);
    expect(option('--schedule-expression')).toEqual([schedule.ScheduleExpression]);
    expect(option('--schedule-expression-timezone')).toEqual([schedule.ScheduleExpressionTimezone]);
    expect(option('--description')).toEqual([schedule.Description]);
    expect(option('--state')).toEqual(['ENABLED']);
  });

  test('whoever has not subscribed', async () => {
    const opened = await open(undefined, { isHeard: false });
    const { words, option } = asPasted(found((await examine()).answer, 'subscribers').commands[0] ?? '');
    expect(words).toEqual(['aws', 'sns', 'subscribe']);
    expect(option('--topic-arn')).toEqual([opened.stack.resource('AlarmsTopic').arn]);
    await subscribe(opened, option('--protocol')[0] ?? '', option('--notification-endpoint')[0] ?? '');
    expect(found((await examine()).answer, 'subscribers').what).toContain('YOU@EXAMPLE.COM has not confirmed');
  });
});

test('nobody has subscribed to the alarms', async () => {
  await open(undefined, { isHeard: false });
  const { code, answer } = await examine();
  expect({ code, ills: ills(answer) }).toEqual({ code: 1, ills: ['subscribers: broken'] });
  expect(found(answer, 'subscribers').commands).toEqual([
    `aws sns subscribe --topic-arn arn:aws:sns:us-east-1:${ACCOUNT}:kvs-census-dev-alarms --protocol email --notification-endpoint YOU@EXAMPLE.COM --region us-east-1`,
  ]);
});

test('an address that has not confirmed is nobody', async () => {
  const opened = await open(undefined, { isHeard: false });
  await subscribe(opened, 'email', 'cameras@example.com');
  const { code, answer } = await examine();
  expect({ code, ills: ills(answer) }).toEqual({ code: 1, ills: ['subscribers: broken'] });
  expect(found(answer, 'subscribers').what).toBe('Nobody hears the alarms: cameras@example.com has not confirmed.');
});

test('one who has confirmed, and one who has not', async () => {
  await subscribe(await open(), 'email', 'cameras@example.com');
  const { code, answer } = await examine();
  expect({ code, ills: ills(answer) }).toEqual({ code: 0, ills: ['subscribers: warning'] });
});

test.each([
  ['FailedInvocationsQueue', 'failed-invocations: broken', 1, `kvs-census redrive ${PLACE}`],
  ['UnreadableTasksQueue', 'unreadable-tasks: warning', 0, `kvs-census redrive ${PLACE}`],
])('a message lies in %s', async (queue, ill, exit, mend) => {
  const { stack, sqs } = await open();
  await sqs.send(new SendMessageCommand({ QueueUrl: stack.resource(queue).url, MessageBody: '{}' }));
  const { code, answer } = await examine();
  expect({ code, ills: ills(answer) }).toEqual({ code: exit, ills: [ill] });
  expect(found(answer, ill.split(':')[0] ?? '').commands).toEqual([mend]);
});

test('no run for too long', async () => {
  await open();
  const { code, answer } = await examine(NOW_MS + 86_400_000);
  expect({ code, ills: ills(answer) }).toEqual({ code: 1, ills: ['last-run: broken'] });
  expect(found(answer, 'last-run')).toMatchObject({
    what: 'The last run was 2026-11-20T06:00:00Z, 1 day ago, although the schedule leaves at most 6 h between two.',
    commands: [`kvs-census run --now ${PLACE}`],
  });
});

test('an item that is damaged costs its run, and is told', async () => {
  const { stack } = await open(undefined, { runs: 2 });
  const client = makeClient(stack.url);
  const Key = { pk: { S: `RUN#${ACCOUNT}#2026-11-20T06:00:00Z` }, sk: { S: 'RUN' } };
  await client.send(new UpdateItemCommand({ TableName: TABLE, Key, UpdateExpression: 'REMOVE deadlineAt' }));
  client.destroy();
  const { code, answer } = await examine();
  expect({ code, ills: ills(answer) }).toEqual({ code: 0, ills: ['items: warning'] });
  expect(found(answer, 'items').what).toContain('An item of the run 2026-11-20T06:00:00Z cannot be read');
});

test('no run yet', async () => {
  await open(undefined, { runs: 0 });
  const { code, answer } = await examine();
  expect({ code, ills: ills(answer) }).toEqual({ code: 0, ills: ['last-run: warning'] });
});

test('another stage than the one that is there is one finding, not twenty', async () => {
  await open();
  const { code, out } = await command('doctor --stage prod --region us-east-1 --json');
  const answer = JSON.parse(out);
  expect({ code, ills: ills(answer) }).toEqual({ code: 1, ills: ['stack: broken'] });
  expect(found(answer, 'stack').commands).toEqual(['npx sls deploy --stage prod --region us-east-1']);
});

test('a ledger of another name is the one that is looked at, and how to name it is told', async () => {
  const opened = await open(set('LedgerTable', { TableName: 'of-before' }), { runs: 0 });
  const { code, answer } = await examine();
  expect({ code, ills: ills(answer) }).toEqual({ code: 0, ills: ['table: warning', 'last-run: warning'] });
  expect(found(answer, 'table')).toMatchObject({
    what: 'The functions keep their runs in of-before, but this place names the ledger kvs-census-dev.',
    commands: [`kvs-census latest ${PLACE} --table of-before`],
  });
  const named = await command(`doctor ${PLACE} --table of-before --json`);
  expect(ills(JSON.parse(named.out))).toEqual(['last-run: warning']);
  expect(opened.stack.resource('LedgerTable').name).toBe('of-before');
});

test('a ledger that the stack was given is held to what the code needs', async () => {
  const { stack } = await open(undefined, { runs: 0, parameters: { ExistingTable: 'of-before' } });
  const gone = (await examine()).answer;
  expect(found(gone, 'table')).toMatchObject({ level: 'broken', what: 'There is no table of-before.' });
  const client = makeClient(stack.url);
  const { GlobalSecondaryIndexes, ...shape } = TABLE_SHAPE;
  const AttributeDefinitions = shape.AttributeDefinitions.filter(({ AttributeName }) => AttributeName !== 'sweep');
  const indexes = GlobalSecondaryIndexes.filter(({ IndexName }) => IndexName !== 'sweep');
  const wanted = { ...shape, AttributeDefinitions, GlobalSecondaryIndexes: indexes };
  await client.send(new CreateTableCommand({ TableName: 'of-before', ...wanted }));
  client.destroy();
  const { code, out } = await command(`doctor ${PLACE} --table of-before --json`);
  const answer = JSON.parse(out);
  expect({ code, table: found(answer, 'table').level }).toEqual({ code: 1, table: 'ok' });
  expect(found(answer, 'indexes')).toMatchObject({ level: 'broken', what: 'The index sweep is missing.' });
  expect(found(answer, 'indexes').commands[0]).toMatch(
    /^aws dynamodb update-table --table-name of-before .*"IndexName":"sweep"/,
  );
  expect([found(answer, 'expiry').level, found(answer, 'recovery').level]).toEqual(['warning', 'warning']);
});

test('status: one screen, which judges nothing', async () => {
  const opened = await open(set('DispatcherSchedulerSchedule1', { State: 'DISABLED' }));
  await subscribe(opened, 'email', 'cameras@example.com');
  const { stack, sqs } = opened;
  const QueueUrl = stack.resource('FailedInvocationsQueue').url;
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }));
  const { code, out, err } = await command(`status ${PLACE}`);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  // How many alarms there are is for the template to say.
  expect(out.replaceAll(/\d+(?=, none| without)/g, 'N')).toMatchSnapshot();
  const answer = JSON.parse((await command(`status ${PLACE} --json`)).out);
  expect(misfits(answer)).toEqual([]);
  expect(answer.queues.at(-1)).toEqual({ name: 'failed-invocations', exists: true, waiting: 1, inFlight: 0 });
});

test('the stack itself is not changed by being looked at', async () => {
  const { stack } = await open();
  await examine();
  const client = makeClient(stack.url);
  const reader = makeReader({ client, tableName: TABLE, nowMs: () => NOW_MS });
  expect(await reader.newestRuns(ACCOUNT)).toHaveLength(1);
  client.destroy();
  expect(stack.environments()).toEqual([]);
});
