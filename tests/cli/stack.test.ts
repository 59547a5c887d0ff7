/** The commands that set something going, on the embedded SNS, SQS, Lambda and DynamoDB. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { makeLedger } from '../../src/aws/ledger.ts';
import { makeReader } from '../../src/aws/reader.ts';
import type { PublishTasks } from '../../src/census/ports.ts';
import { planRetry } from '../../src/census/retry.ts';
import { type Run, runIdOf } from '../../src/census/run.ts';
import { type RetryPorts, retry } from '../../src/cli/commands/retry.ts';
import { run } from '../../src/cli/program.ts';
import { makeStackNote } from '../../src/cli/source/stack-note.ts';
import type { StackOptions } from '../../src/local/stack.ts';
import { cleanUp as cleanUpStacks, type Recorded, startSample } from '../local/sample-stack.ts';
import { undocumented } from './documented.ts';
import { counted, failed, type Past, settled } from './history.ts';
import { TABLE_SHAPE } from './ledger-folder.ts';
import { cleanUp, fill, makeClient, makeIo, NOW_MS, TABLE, temporaryFolder } from './world.ts';

const ACCOUNT = '123456789012';
const RUN_ID = '2026-11-20T06:00:00Z';
const KEY = { accountId: ACCOUNT, runId: RUN_ID };

const queue = (name: string, properties = {}) => ({
  Type: 'AWS::SQS::Queue',
  Properties: { QueueName: `${TABLE}-${name}`, ...properties },
});
const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

/** As infra/ has it, as far as these commands can see; a dispatcher that fails, or tells what it was given. */
const SAMPLE = {
  functions: {
    dispatcher: {
      body: 'if (event.fail) throw new Error("The topic refused everything."); console.log(JSON.stringify({ given: event }));',
      properties: { FunctionName: `${TABLE}-dispatcher` },
    },
  },
  resources: {
    LedgerTable: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: TABLE, ...TABLE_SHAPE } },
    RegionTasksTopic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: `${TABLE}-region-tasks` } },
    RegionTasksQueue: queue('region-tasks'),
    UnreadableTasksQueue: queue('unreadable-tasks'),
    FailedInvocationsQueue: queue('failed-invocations'),
    RegionTasksSubscription: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        TopicArn: { Ref: 'RegionTasksTopic' },
        Protocol: 'sqs',
        Endpoint: arnOf('RegionTasksQueue'),
        RawMessageDelivery: true,
      },
    },
    DispatcherInvokeConfig: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: { Ref: 'DispatcherLambdaFunction' },
        Qualifier: '$LATEST',
        MaximumRetryAttempts: 0,
        DestinationConfig: { OnFailure: { Destination: arnOf('FailedInvocationsQueue') } },
      },
    },
  },
};

let stack: Recorded;
/** In which commands find the stack. */
let folder: string;
let sqs: SQSClient;

beforeEach(async () => {
  folder = temporaryFolder();
  const note = makeStackNote(join(folder, '.kvs-census'), process.pid);
  const onPage: StackOptions['onPage'] = (request, response) => void note.answer(request, response);
  stack = await startSample(SAMPLE, { accountId: ACCOUNT, region: 'us-east-1', onPage });
  note.leave(stack.url);
  sqs = new SQSClient({
    endpoint: stack.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
});
afterEach(async () => {
  sqs.destroy();
  await cleanUp();
  await cleanUpStacks();
});

async function command(line: string) {
  const io = makeIo(folder, { sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms / 20)) });
  const code = await run([...line.split(' '), '--local', '--account', ACCOUNT], io);
  return { code, out: io.out(), err: io.err() };
}

const urlOf = (logicalId: string) => stack.resource(logicalId).url;

async function messagesIn(logicalId: string): Promise<string[]> {
  const bodies: string[] = [];
  for (;;) {
    const request = { QueueUrl: urlOf(logicalId), MaxNumberOfMessages: 10, WaitTimeSeconds: 0 };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(request));
    if (Messages.length === 0) return bodies;
    bodies.push(...Messages.map(({ Body = '' }) => Body));
  }
}

/** Hidden messages too. */
async function sizeOf(logicalId: string): Promise<number> {
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const request = { QueueUrl: urlOf(logicalId), AttributeNames: [...names] };
  const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand(request));
  return names.reduce((sum, name) => sum + Number(Attributes[name]), 0);
}

async function until<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const giveUpAtMs = Date.now() + 20_000;
  while (Date.now() < giveUpAtMs) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('What was waited for did not come.');
}

/** Four regions; two of them are missing. */
function partial(runId = RUN_ID): Past {
  const key = { accountId: ACCOUNT, runId };
  const records = [
    counted(key, 'eu-west-1', 7),
    failed(key, 'me-south-1'),
    failed(key, 'sa-east-1'),
    counted(key, 'us-east-1', 9),
  ];
  return { run: settled(key, records), records };
}

async function put(past: Past): Promise<void> {
  const client = makeClient(stack.url);
  await fill(client, [past]);
  client.destroy();
}

async function readRun(runId = RUN_ID): Promise<Run> {
  const client = makeClient(stack.url);
  const whole = await makeReader({ client, tableName: TABLE, nowMs: () => NOW_MS }).wholeRun({
    accountId: ACCOUNT,
    runId,
  });
  client.destroy();
  if (whole === undefined) throw new Error(`The run ${runId} is not there.`);
  return whole.run;
}

describe('retry', () => {
  test('opens the next round and publishes a task for each missing region, and for no other', async () => {
    await put(partial());
    const { code, out } = await command(`retry ${RUN_ID}`);
    expect(code).toBe(0);
    expect(out).toBe(
      `Round 1 of the run ${RUN_ID} is open until 2026-11-20T09:30:00.000Z. Asked again: 2 regions, me-south-1, sa-east-1.\nFollow it with: kvs-census watch ${RUN_ID}\n`,
    );
    const tasks = (await messagesIn('RegionTasksQueue')).map((body) => JSON.parse(body));
    expect(tasks.sort((a, b) => (a.region < b.region ? -1 : 1))).toEqual(
      ['me-south-1', 'sa-east-1'].map((region) => ({
        version: 1,
        ...KEY,
        region,
        round: 1,
        deadlineAt: '2026-11-20T09:30:00.000Z',
      })),
    );
    expect(await readRun()).toMatchObject({
      round: 1,
      dispatchedRound: 1,
      pending: ['me-south-1', 'sa-east-1'],
      sweep: 'OPEN',
    });
  });

  test('asks only for the regions that are named', async () => {
    await put(partial());
    const { out } = await command(`retry latest sa-east-1 --json`);
    expect(undocumented(JSON.parse(out))).toEqual([]);
    expect(JSON.parse(out)).toMatchObject({
      schema: 'kvs-census/retry/1',
      runId: RUN_ID,
      round: 1,
      regions: ['sa-east-1'],
    });
    expect((await messagesIn('RegionTasksQueue')).map((body) => JSON.parse(body).region)).toEqual(['sa-east-1']);
  });

  test('of regions that were never heard of, and so are pending still, it asks only for those that are named', async () => {
    const { run: settledRun, records } = partial();
    const silent = records.filter(({ region }) => region !== 'sa-east-1');
    await put({ run: { ...settledRun, pending: ['sa-east-1'] }, records: silent });
    await command(`retry ${RUN_ID} me-south-1`);
    expect((await messagesIn('RegionTasksQueue')).map((body) => JSON.parse(body).region)).toEqual(['me-south-1']);
  });

  test('is refused while one is under way, unless forced', async () => {
    await put(partial());
    await command(`retry ${RUN_ID}`);
    const again = await command(`retry ${RUN_ID}`);
    expect(again).toMatchObject({
      code: 1,
      err: expect.stringContaining('is being asked again already, for me-south-1, sa-east-1'),
    });
    expect(await readRun()).toMatchObject({ round: 1 });
    expect((await command(`retry ${RUN_ID} --force`)).code).toBe(0);
    expect(await readRun()).toMatchObject({ round: 2, dispatchedRound: 2 });
  });

  test('is refused for a run that is older than a day, unless forced', async () => {
    const runId = runIdOf(NOW_MS - 24 * 3_600_000 - 1000) as string;
    await put(partial(runId));
    expect(await command(`retry ${runId}`)).toMatchObject({
      code: 1,
      err: expect.stringContaining('is more than 24 h old'),
    });
    expect(await messagesIn('RegionTasksQueue')).toEqual([]);
    expect((await command(`retry ${runId} --force`)).code).toBe(0);
    expect(await readRun(runId)).toMatchObject({ round: 1 });
  });

  test('a round that was opened and only half published is resumed, not opened again', async () => {
    await put(partial());
    const { run: opened } = partial();
    const client = makeClient(stack.url);
    const ledger = makeLedger({ client, tableName: TABLE, nowMs: () => NOW_MS });
    const refusing: PublishTasks = async (tasks) => [...tasks];
    const plan = planRetry(opened, partial().records, { regions: [], nowMs: NOW_MS, force: false });
    const crash = retry({ ledger, publishTasks: refusing }, opened, plan, {
      nowMs: () => NOW_MS,
      sleep: async () => {},
    });
    await expect(crash).rejects.toThrow('The topic refused 2 of 2 tasks: run the same command again');
    client.destroy();

    const { code, out } = await command(`retry ${RUN_ID}`);
    expect(code).toBe(0);
    expect(out).toContain(
      'Round 1 of the run 2026-11-20T06:00:00Z had been opened, but not all of its tasks were published.',
    );
    expect(await messagesIn('RegionTasksQueue')).toHaveLength(2);
    expect(await readRun()).toMatchObject({ round: 1, dispatchedRound: 1 });
  });

  test('goes on where the answer that the round is open was lost, and the second request was refused', async () => {
    await put(partial());
    const { run: settledRun, records } = partial();
    const client = makeClient(stack.url);
    const ledger = makeLedger({ client, tableName: TABLE, nowMs: () => NOW_MS });
    const published: string[] = [];
    const ports: RetryPorts = {
      ledger: {
        ...ledger,
        async openRound(...request) {
          await ledger.openRound(...request);
          return await ledger.openRound(...request);
        },
      },
      publishTasks: async (tasks) => {
        published.push(...tasks.map(({ region, round }) => `${region}, round ${round}`));
        return [];
      },
    };
    const plan = planRetry(settledRun, records, { regions: [], nowMs: NOW_MS, force: false });
    await retry(ports, settledRun, plan, { nowMs: () => NOW_MS, sleep: async () => {} });
    client.destroy();
    expect(published).toEqual(['me-south-1, round 1', 'sa-east-1, round 1']);
    expect(await readRun()).toMatchObject({ round: 1, dispatchedRound: 1 });
  });

  test('two people at once open one round', async () => {
    await put(partial());
    const both = await Promise.all([command(`retry ${RUN_ID}`), command(`retry ${RUN_ID}`)]);
    expect(await readRun()).toMatchObject({ round: 1 });
    expect(both.map(({ code }) => code)).toContain(0);
    for (const { code, err } of both)
      if (code !== 0) expect(err).toMatch(/Somebody else opened round 1|is being asked again already/);
  });
});

describe('run --now', () => {
  test('invokes the dispatcher with the present instant, asynchronously', async () => {
    const { code, out } = await command('run --now');
    expect({ code, out }).toEqual({
      code: 0,
      out: 'The run 2026-11-20T08:00:00Z was asked for. Follow it with: kvs-census watch 2026-11-20T08:00:00Z\n',
    });
    const line = await until(() => stack.lines.find(({ line: text }) => text.includes('given')));
    expect(line.line).toContain('{"given":{"runId":"2026-11-20T08:00:00Z"}}');
  });

  test('--json gives the id', async () => {
    const document = JSON.parse((await command('run --now --json')).out);
    expect(document).toMatchObject({ schema: 'kvs-census/started/1', runId: '2026-11-20T08:00:00Z' });
    expect(undocumented(document)).toEqual([]);
  });

  test('--wait sees it through', async () => {
    const runId = runIdOf(NOW_MS) as string;
    const waiting = command('run --now --wait');
    await until(() => stack.lines.find(({ line: text }) => text.includes('given')));
    await put(partial(runId));
    const { code, out } = await waiting;
    expect(code).toBe(2);
    expect(out).toContain(
      `run ${runId} is open: 4 regions\neu-west-1 counted: 7 streams\nme-south-1 failed: throttled\n`,
    );
    expect(out).toContain('16 streams in 2 of 4 regions  PARTIAL');
  });
});

describe('redrive', () => {
  const task = `{"version":1,"accountId":"${ACCOUNT}","runId":"${RUN_ID}","region":"eu-west-1","round":0,"deadlineAt":"2026-11-20T07:30:00.000Z"}`;

  async function park(body: string, why: string): Promise<string> {
    const { MessageId = '' } = await sqs.send(
      new SendMessageCommand({
        QueueUrl: urlOf('UnreadableTasksQueue'),
        MessageBody: body,
        MessageAttributes: { why: { DataType: 'String', StringValue: why } },
      }),
    );
    return MessageId;
  }

  const parked = async () => {
    const document = JSON.parse((await command('redrive --json')).out);
    expect(undocumented(document)).toEqual([]);
    return document.parked;
  };

  test('lists what is parked with its reason, and looking does not use it up', async () => {
    await park(task, 'no-such-run');
    for (let look = 1; look <= 3; look++) {
      expect(await parked()).toMatchObject([
        {
          queue: 'unreadable-tasks',
          what: 'the task of eu-west-1, round 0',
          why: 'the ledger has no such run',
          runId: RUN_ID,
        },
      ]);
    }
  });

  test('sends a task back to region-tasks as it was', async () => {
    const id = await park(task, 'no-such-run');
    await park('hello', 'not-a-task');
    expect(await command(`redrive ${id.slice(0, 8)} --send`)).toMatchObject({
      code: 0,
      out: '1 message sent again; 1 message still parked.\n',
    });
    expect(await messagesIn('RegionTasksQueue')).toEqual([task]);
    expect(await sizeOf('UnreadableTasksQueue')).toBe(1);
    expect(await parked()).toHaveLength(1);
  });

  test('what no worker could read is left where it is', async () => {
    await park('hello', 'not-a-task');
    const { code, err } = await command('redrive --all --send');
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringMatching(/was left where it is, because no worker could read it either\.\n$/),
    });
    expect(await parked()).toHaveLength(1);
  });

  test('invokes a failed invocation again from the payload that it carries', async () => {
    await stack.invokeAsync('DispatcherLambdaFunction', { runId: RUN_ID, fail: true });
    const [entry] = await until(async () => {
      const found = await parked();
      return found.length > 0 ? found : undefined;
    });
    expect(entry).toMatchObject({
      queue: 'failed-invocations',
      what: `an invocation of ${TABLE}-dispatcher`,
      why: expect.stringContaining('Error: The topic refused everything.'),
      runId: RUN_ID,
    });
    const before = stack.events.filter(({ type }) => type === 'invocation-started').length;
    expect(await command('redrive --all --send')).toMatchObject({ code: 0 });
    await until(() =>
      stack.events.filter(({ type }) => type === 'invocation-started').length > before ? true : undefined,
    );
  });

  test('invokes nothing but functions of this stack, whatever a message names', async () => {
    const { MessageId } = await sqs.send(
      new SendMessageCommand({
        QueueUrl: urlOf('FailedInvocationsQueue'),
        MessageBody: JSON.stringify({
          requestContext: { functionArn: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:payroll:$LATEST` },
          requestPayload: { runId: RUN_ID },
        }),
      }),
    );
    const { code, err } = await command('redrive --all --send');
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringContaining(
        `${MessageId} was left where it is, because payroll is not a function of this stack that is invoked so.`,
      ),
    });
    expect(await parked()).toHaveLength(1);
  });

  test('a message that is named twice is sent once', async () => {
    const id = await park(task, 'no-such-run');
    expect(await command(`redrive ${id.slice(0, 8)} ${id} --send`)).toMatchObject({
      code: 0,
      out: '1 message sent again; 0 messages still parked.\n',
    });
    expect(await messagesIn('RegionTasksQueue')).toEqual([task]);
  });

  test('of more messages than it looks at it says that there are more', async () => {
    const Entries = Array.from({ length: 10 }, (_, index) => ({ Id: String(index), MessageBody: 'hello' }));
    for (let batch = 0; batch < 51; batch += 1)
      await sqs.send(new SendMessageBatchCommand({ QueueUrl: urlOf('UnreadableTasksQueue'), Entries }));
    expect((await command('redrive --all --delete --yes')).out).toBe(
      '500 messages deleted; more are still parked: look again.\n',
    );
    expect(await parked()).toHaveLength(10);
  });

  test('deletes only when asked twice', async () => {
    const id = await park('hello', 'not-a-task');
    const once = await command(`redrive ${id} --delete`);
    expect(once).toMatchObject({ code: 1, err: expect.stringContaining('would be deleted for good') });
    expect(await parked()).toHaveLength(1);
    expect(await command(`redrive ${id} --delete --yes`)).toMatchObject({
      code: 0,
      out: '1 message deleted; 0 messages still parked.\n',
    });
    expect((await command('redrive')).out).toBe('Nothing is parked.\n');
    expect(await sizeOf('UnreadableTasksQueue')).toBe(0);
  });
});

test.each([
  ['redrive', 'queue'],
  ['run --now', 'function'],
])('%s: the %s of a stack that is not there is named, and no ledger is said to be there', async (line, part) => {
  expect(await command(`${line} --stage nowhere`)).toEqual({
    code: 1,
    out: '',
    err: `error: The local stack has no such ${part} of kvs-census-nowhere: check --stage and --table.\n`,
  });
});

test('only a ledger and no stack: what sets something going says so', async () => {
  const io = makeIo(temporaryFolder());
  mkdirSync(join(io.folder, '.kvs-census', 'ledger'), { recursive: true });
  expect(await run(['run', '--now', '--local'], io)).toBe(1);
  expect(io.err()).toMatch(
    /^error: Only the local ledger in .* is there, and no running stack: start one with `npm start -- --keep`\.\n$/,
  );
});
