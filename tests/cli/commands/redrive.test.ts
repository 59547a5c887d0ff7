/** `kvs-census redrive`: what is parked, and what becomes of it. */
import { SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { misfits } from '../../../infra/openapi/schemas.ts';
import { ACCOUNT } from '../history.ts';
import { TABLE } from '../world.ts';
import { command, messagesIn, RUN_ID, sizeOf, sqs, stack, startStack, stopStack, until, urlOf } from './stack.ts';

beforeEach(startStack);
afterEach(stopStack);

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
  expect(misfits(document)).toEqual([]);
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

test('tells of which kind a task is, and with --kind looks at those of that kind alone', async () => {
  const ofChannels = task.replace('"version":1', '"version":2,"kind":"channels"');
  await park(task, 'no-such-run');
  await park(ofChannels, 'no-such-run');
  await park('hello', 'not-a-task');
  const kinds = (await parked()).map(({ kind }: { kind: string | null }) => kind);
  expect(kinds.sort()).toEqual(['channels', 'streams', null].sort());
  const { out } = await command('redrive');
  expect(out).toContain(`the task of eu-west-1, round 0, run ${RUN_ID} of channels: the ledger`);
  expect(out).toContain(`the task of eu-west-1, round 0, run ${RUN_ID}: the ledger`);
  expect((await command('redrive --all --send --kind channels')).out).toBe(
    '1 message sent again; 0 messages still parked.\n',
  );
  expect(await messagesIn('RegionTasksQueue')).toEqual([ofChannels]);
  expect((await command('redrive --kind channels')).out).toBe('Nothing of channels is parked.\n');
  expect(await sizeOf('UnreadableTasksQueue')).toBe(2);
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

test('the queue of a stack that is not there is named, and no ledger is said to be there', async () => {
  expect(await command('redrive --stage nowhere')).toEqual({
    code: 1,
    out: '',
    err: 'error: The local stack has no such queue of kvs-census-nowhere: check --stage and --table.\n',
  });
});
