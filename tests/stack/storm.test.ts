/** Many nudges at once: each total that is stored is announced once, and nobody fails for having lost a race. */
import { PublishBatchCommand } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { makeSendNudge } from '../../src/aws/topic.ts';
import { conclude } from '../../src/census/conclude.ts';
import { openRun, type Run, type RunKey, runIdOf } from '../../src/census/run.ts';
import type { StackEvent } from '../../src/local/stack.ts';
import { counted, failed } from '../census/examples.ts';
import { ACCOUNT, type Harness, startHarness, until } from './harness.ts';

jest.setTimeout(180_000);

const REGIONS = Array.from({ length: 20 }, (_, index) => `eu-west-${index + 10}`);

let harness: Harness;
let ended: Extract<StackEvent, { type: 'invocation-ended' }>[];
let heard: string;
/** Without a sweep: it may repeat an announcement that comes in its way. Nor does anything time out on a busy machine. */
beforeAll(async () => {
  const onEvent = (event: StackEvent) => void (event.type === 'invocation-ended' && ended.push(event));
  harness = await startHarness({ regions: { 'us-east-1': { streams: 1 } } }, { sweep: false, timeScale: 1, onEvent });
  heard = await harness.listen('TotalsTopic');
});
beforeEach(() => {
  ended = [];
});
afterAll(async () => {
  await harness?.stop();
});

let seconds = 0;
/** A run of twenty regions, opened behind the dispatcher's back, so that nobody counts. */
async function openTwenty(): Promise<Run> {
  seconds += 1;
  const key = { censusId: ACCOUNT, runId: runIdOf(Date.now() + seconds * 1000) as string };
  const run = openRun(key, REGIONS, Date.now(), { deadlineAfterMs: 5_400_000, retentionDays: 400 });
  await harness.ledger.openRun(run);
  return run;
}

async function nudgeAtOnce({ censusId: accountId, runId }: RunKey, times: number): Promise<void> {
  const Message = JSON.stringify({ version: 1, accountId, runId });
  const entries = Array.from({ length: 10 }, (_, index) => ({ Id: String(index), Message }));
  const TopicArn = harness.stack.resource('NudgesTopic').arn;
  const batches = Array.from({ length: times / 10 }, () =>
    harness.sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: entries })),
  );
  await Promise.all(batches);
}

/** The rev of each announcement so far. */
async function announcements(): Promise<number[]> {
  const revs: number[] = [];
  for (;;) {
    const request = { QueueUrl: heard, MaxNumberOfMessages: 10, VisibilityTimeout: 3600, WaitTimeSeconds: 1 };
    const { Messages = [] } = await harness.sqs.send(new ReceiveMessageCommand(request));
    if (Messages.length === 0) return revs;
    for (const { Body = '' } of Messages) revs.push(JSON.parse(Body).rev);
  }
}

const errors = () => ended.flatMap(({ error }) => error?.errorMessage ?? []);

test('200 nudges at once for one run announce its total once, and none of them fails', async () => {
  const run = await openTwenty();
  for (const region of REGIONS) {
    const record = { ...counted(region, 3), censusId: ACCOUNT, runId: run.runId };
    await harness.ledger.writeRecord(record, run);
    await harness.ledger.strike(record);
  }
  await nudgeAtOnce(run, 200);
  await until(() => ended.length === 200 || undefined);
  expect(errors()).toEqual([]);
  const { total } = await harness.settled(run);
  expect(total).toMatchObject({ verdict: 'complete', streams: 60 });
  expect(await announcements()).toEqual([total?.rev]);
});

test('a retry of 20 regions that end together announces each total that is stored once', async () => {
  const run = await openTwenty();
  const ports = {
    ledger: harness.ledger,
    sendNudge: makeSendNudge(harness.sns, harness.stack.resource('NudgesTopic').arn),
  };
  const own = { censusId: ACCOUNT, runId: run.runId };
  for (const region of REGIONS) await conclude(ports, { ...failed(region), ...own }, run);
  const first = await harness.settled(run);
  await harness.ledger.openRound(run, REGIONS, 1, run.deadlineAt);
  await Promise.all(REGIONS.map((region) => conclude(ports, { ...counted(region, 3, { round: 1 }), ...own }, run)));
  await until(() => ended.length === 1 + REGIONS.length || undefined);
  expect(errors()).toEqual([]);
  const { total } = await harness.settled(run);
  expect(total).toMatchObject({ verdict: 'complete', streams: 60 });
  const revs = await announcements();
  expect([...revs].sort((a, b) => a - b)).toEqual([...new Set(revs)].sort((a, b) => a - b));
  expect(revs).toContain(first.total?.rev);
  expect(revs).toContain(total?.rev);
});
