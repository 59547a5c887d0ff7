/** Whoever may send a message, or comes with another account's credentials, gets nothing counted; and nothing secret is kept. */
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { KinesisVideoClient, ListStreamsCommand } from '@aws-sdk/client-kinesis-video';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { printTask, type RegionTask } from '../../src/census/messages.ts';
import { openRun, type RunKey } from '../../src/census/run.ts';
import type { ApiRequest, FunctionLog } from '../../src/local/stack.ts';
import { ACCOUNT as HUB, testWorld, until } from './harness.ts';
import { EXTERNAL_ID, type OrganizationHarness, plannedIn, startOrganization } from './organization-harness.ts';

jest.setTimeout(120_000);

const NORTH = '200000000001';
const SOUTH = '200000000002';
/** In the organisation, and refuses. */
const STRICT = '200000000003';
/** In the organisation, and excluded. */
const OUTSIDE = '200000000004';
const ROLE = 'kvs-census-member';

const worldWith = (changes: object, ...accounts: object[]) => ({
  defaults: { streams: 3 },
  regions: { 'eu-west-1': {}, 'us-east-1': {}, 'af-south-1': { fault: 'not-enabled' } },
  accounts: [
    { accountId: HUB },
    { accountId: NORTH },
    { accountId: SOUTH },
    { accountId: STRICT, role: 'missing' },
    { accountId: OUTSIDE },
    ...accounts,
  ],
  ...changes,
});
const WORLD = worldWith({});

let harness: OrganizationHarness;
const lines: string[] = [];
let asked: ApiRequest[] = [];
let key: RunKey;

/** Without a sweep, so that nothing moves but what a test moves. */
beforeAll(async () => {
  harness = await startOrganization(WORLD, {
    sweep: false,
    environment: { EXCLUDE_ACCOUNTS: OUTSIDE },
    onLog: ({ line }: FunctionLog) => void lines.push(line),
    onRequest: (request) => void asked.push(request),
  });
});
afterAll(async () => {
  await harness?.stop();
});

const roleOf = (accountId: string) => `arn:aws:iam::${accountId}:role/${ROLE}`;
const where = (credentials: object = { accessKeyId: 'any', secretAccessKey: 'thing' }) => ({
  region: 'us-east-1',
  endpoint: harness.stack.url,
  credentials: credentials as { accessKeyId: string; secretAccessKey: string },
  maxAttempts: 1,
});

test('a hub that asks with another external id counts itself alone: who refuses is missing', async () => {
  harness.become(() => testWorld(worldWith({ memberRole: { externalId: 'of-somebody-elses-hub' } })));
  const run = await harness.settled(await harness.open());
  expect(run.total).toMatchObject({ verdict: 'partial', streams: 6, expected: 4, counted: 1 });
  expect(run.total.accountReasons).toEqual({ 'no-access': 3 });
  for (const accountId of [NORTH, SOUTH, STRICT]) expect(await harness.runOf(run, accountId)).toBeUndefined();
});

describe('with the role that the accounts have', () => {
  beforeAll(async () => {
    harness.become(() => testWorld(WORLD));
    const run = await harness.settled(await harness.open());
    expect(run.total).toMatchObject({ verdict: 'partial', streams: 18, expected: 4, counted: 3 });
    key = { censusId: run.censusId, runId: run.runId };
    expect(plannedIn(run)).toEqual([HUB, NORTH, SOUTH, STRICT]);
  });

  /** Its run was opened by nobody who opens runs of an organisation. */
  async function layRun(accountId: string): Promise<void> {
    const own = { censusId: accountId, runId: key.runId };
    const span = { deadlineAfterMs: 5_400_000, retentionDays: 400 };
    await harness.ledger.openRun(openRun(own, ['eu-west-1'], Date.now(), span));
  }

  const taskOf = (accountId: string, changes: object = {}): RegionTask & { parent?: object } => ({
    censusId: accountId,
    runId: key.runId,
    region: 'eu-west-1',
    round: 0,
    deadlineAt: new Date(Date.now() + 3_600_000).toISOString(),
    ...changes,
  });

  describe.each(['RegionTasksQueue', 'UndeliveredTasksQueue'])('in %s', (queue) => {
    test.each<[what: string, accountId: string, why: string]>([
      ['an account that is in no plan', '299999999999', 'other-account'],
      ['an account that is excluded, and has a run of somebody else', OUTSIDE, 'other-account'],
      ['an account in the plan that has no run', STRICT, 'other-account'],
      ['a region that the run of an account in the plan was not to count', SOUTH, 'not-planned'],
    ])(
      'a task of %s is parked, whatever it says of itself, and nobody is asked for anything',
      async (_what, accountId, why) => {
        if (accountId === OUTSIDE) await layRun(accountId);
        const before = await harness.items();
        asked = [];
        const region = accountId === SOUTH ? 'af-south-1' : 'eu-west-1';
        const said = {
          ...JSON.parse(printTask(taskOf(accountId, { region }))),
          parent: { position: 0, round: 0, expiresAt: 1_800_000_000 },
        };
        const MessageBody = JSON.stringify(said);
        await harness.sqs.send(new SendMessageCommand({ QueueUrl: harness.stack.resource(queue).url, MessageBody }));
        const parked = await harness.take(harness.stack.resource('UnreadableTasksQueue').url as string);
        expect(parked.Body).toBe(MessageBody);
        expect(parked.MessageAttributes?.why?.StringValue).toBe(why);
        await until(async () => (await harness.depth(queue)) === 0 || undefined);
        expect(await harness.items()).toEqual(before);
        expect(asked.filter(({ service }) => /^(sts|kinesis.*)$/.test(service))).toEqual([]);
      },
    );
  });

  test('a session of one account opens no other, and does nothing in the hub', async () => {
    const sts = new STSClient(where());
    const ask = (client: STSClient, accountId: string, ExternalId?: string) =>
      client.send(new AssumeRoleCommand({ RoleArn: roleOf(accountId), RoleSessionName: 'kvs-census', ExternalId }));
    for (const wrong of ['kvs-census-local-world2', undefined])
      await expect(ask(sts, NORTH, wrong)).rejects.toMatchObject({ name: 'AccessDenied' });
    const { Credentials } = await ask(sts, NORTH, EXTERNAL_ID);
    const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = Credentials!;
    const north = where({ accessKeyId, secretAccessKey, sessionToken });
    const { resource } = harness.stack;

    const { StreamInfoList } = await new KinesisVideoClient(north).send(new ListStreamsCommand({}));
    expect(StreamInfoList?.map(({ StreamARN }) => StreamARN?.split(':')[4])).toEqual([NORTH, NORTH, NORTH]);
    await expect(ask(new STSClient(north), SOUTH, EXTERNAL_ID)).rejects.toMatchObject({ name: 'AccessDenied' });
    const Key = { pk: { S: `RUN#${NORTH}#${key.runId}` }, sk: { S: 'RUN' } };
    const attempts = [
      () => new DynamoDBClient(north).send(new GetItemCommand({ TableName: resource('LedgerTable').name, Key })),
      () => new SNSClient(north).send(new PublishCommand({ TopicArn: resource('NudgesTopic').arn, Message: '{}' })),
      () =>
        new SQSClient(north).send(
          new SendMessageCommand({ QueueUrl: resource('RegionTasksQueue').url, MessageBody: '{}' }),
        ),
      () =>
        new LambdaClient(north).send(new InvokeCommand({ FunctionName: resource('DispatcherLambdaFunction').name })),
    ];
    for (const attempt of attempts)
      await expect(attempt()).rejects.toMatchObject({ message: expect.stringMatching(/is not authorized to perform/) });
  });

  test('no external id, credential or token gets into a log, the ledger or a message, whatever goes wrong', async () => {
    const faults = ['throttled', 'server-error', 'drops-connection', 'missing', 'wrong-external-id'];
    const troubled = faults.map((role, n) => ({ accountId: `30000000000${n}`, role: { kind: role, calls: 5 } }));
    const denied = { accountId: '300000000009', regions: { 'us-east-1': { fault: 'denied' } } };
    const topics = ['RegionTasksTopic', 'NudgesTopic', 'TotalsTopic', 'TotalsMailTopic', 'TotalsDetailTopic'];
    const queues = await Promise.all(topics.map((topic) => harness.listen(topic)));
    harness.become(() => testWorld(worldWith({}, ...troubled, denied)));
    const issue = jest.spyOn(harness.video.sessions!, 'issue');
    const run = await harness.settled(await harness.open());
    expect(run.total.counted).toBeLessThan(run.total.expected);

    const said = [...lines, ...(await harness.items()).map((item) => JSON.stringify(item))];
    for (const queue of [...queues, harness.stack.resource('FailedInvocationsQueue').url!])
      said.push(...(await harness.takeAll(queue)));
    const secrets = issue.mock.results.flatMap(({ value }) => Object.values(value as Record<string, string>));
    expect(secrets.length).toBeGreaterThan(3);
    const telling = [EXTERNAL_ID, ...secrets, 'AWS4-HMAC', 'SessionToken', 'SecretAccessKey', 'ExternalId'];
    expect(said.filter((each) => telling.some((secret) => each.includes(secret)))).toEqual([]);
    expect(said.some((each) => each.includes(`"${denied.accountId}"`))).toBe(true);
  });
});
