/** Tasks that nobody published, and tasks that come days late, on the packaged functions. */
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { printTask, type RegionTask } from '../../src/census/messages.ts';
import { openRun, type Run, runIdOf } from '../../src/census/run.ts';
import { ACCOUNT, type Harness, startHarness, until } from './harness.ts';

jest.setTimeout(180_000);

const DAY_MS = 86_400_000;

let harness: Harness;
/** Without a sweep, so that nothing moves but what a test moves. */
beforeAll(async () => {
  harness = await startHarness(
    { regions: { 'us-east-1': { streams: 7 }, 'eu-west-1': { streams: 8 } } },
    { sweep: false, regions: ['us-east-1'] },
  );
});
afterAll(async () => {
  await harness?.stop();
});

let opened = 0;
/** Opened behind the dispatcher's back, so that no task is about but a test's own. */
async function openAlone(openedMs = Date.now()): Promise<Run> {
  opened += 1;
  const key = { censusId: ACCOUNT, runId: runIdOf(openedMs + opened * 1000) as string };
  const run = openRun(key, ['us-east-1'], openedMs, { deadlineAfterMs: 5_400_000, retentionDays: 400 });
  await harness.ledger.openRun(run);
  return run;
}

const taskOf = ({ censusId, runId, deadlineAt }: Run, changes: Partial<RegionTask> = {}): RegionTask => ({
  censusId,
  runId,
  region: 'us-east-1',
  round: 0,
  deadlineAt,
  ...changes,
});

const QUEUES = ['RegionTasksQueue', 'UndeliveredTasksQueue'] as const;

async function send(queue: (typeof QUEUES)[number], task: RegionTask): Promise<void> {
  const QueueUrl = harness.stack.resource(queue).url;
  await harness.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: printTask(task) }));
}

async function untilEmpty(): Promise<void> {
  for (const queue of QUEUES) await until(async () => (await harness.depth(queue)) === 0 || undefined);
}

describe.each(QUEUES)('in %s', (queue) => {
  test.each<[string, Partial<RegionTask>, string]>([
    ['of another account', { censusId: '999999999999' }, 'other-account'],
    ['for a region that its run did not plan', { region: 'eu-west-1' }, 'not-planned'],
    ['of a round that its run never opened', { round: 1 }, 'no-such-round'],
    ['of an absurd round', { round: 9e15, deadlineAt: '2099-01-01T00:00:00Z' }, 'no-such-round'],
  ])('a task %s is parked with the reason, and leaves its run as it was', async (_what, changes, why) => {
    const run = await openAlone();
    const forged = taskOf(run, changes);
    await send(queue, forged);
    const parked = await harness.take(harness.stack.resource('UnreadableTasksQueue').url as string);
    expect(parked.Body).toBe(printTask(forged));
    expect(parked.MessageAttributes?.why?.StringValue).toBe(why);
    expect(await harness.ledger.readRun(run)).toEqual(run);
    expect(await harness.ledger.readRecords(run)).toEqual([]);
  });

  test('a task that comes days late is let go, whatever it says of itself, and leaves its run as it was', async () => {
    const run = await openAlone(Date.now() - 3 * DAY_MS);
    for (const deadlineAt of [run.deadlineAt, '2099-01-01T00:00:00Z']) await send(queue, taskOf(run, { deadlineAt }));
    await untilEmpty();
    expect(await harness.ledger.readRun(run)).toEqual(run);
    expect(await harness.ledger.readRecords(run)).toEqual([]);
    expect(await harness.depth('UnreadableTasksQueue')).toBe(0);
  });
});

test('a run of days ago that a person asks again is counted, in its new round', async () => {
  const run = await openAlone(Date.now() - 3 * DAY_MS);
  const total = { verdict: 'partial', streams: 0, expected: 1, counted: 0, tally: { streams: 0 } } as const;
  const missing = [{ region: 'us-east-1', reason: 'unanswered' }] as const;
  await harness.ledger.storeTotal(run, { ...total, missing }, 0, new Date().toISOString());
  await harness.ledger.markAnnounced(run, 1);
  const deadlineAt = new Date(Date.now() + 5_400_000).toISOString();
  const asked = await harness.ledger.openRound(run, ['us-east-1'], 1, deadlineAt);
  await send('RegionTasksQueue', taskOf(asked as Run, { round: 1 }));
  const settled = await harness.settled(run);
  expect(settled.total).toMatchObject({ verdict: 'complete', streams: 7 });
});
