/** What goes wrong on the way, on the packaged functions: killed processes, regions that fail, services that come back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { settleInterrupted } from '../../src/cli/local/interrupted.ts';
import { counted } from '../census/examples.ts';
import { ACCOUNT, FAILING, type Harness, startHarness, until } from './harness.ts';

jest.setTimeout(180_000);

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.stop();
  harness = undefined;
});

test('a worker that is killed in the middle of a page costs time and nothing else', async () => {
  harness = await startHarness({
    regions: { 'us-east-1': { streams: 6000, latencyMs: 100 }, 'eu-west-1': { streams: 10, latencyMs: 10 } },
  });
  const { stack, video } = harness;
  const key = await harness.open();
  const victim = await until(() =>
    (video.stats()['us-east-1']?.calls ?? 0) >= 3
      ? stack.environments().find(({ function: name, busy }) => name === 'WorkerLambdaFunction' && busy)
      : undefined,
  );
  process.kill(victim.pid, 'SIGKILL');
  const run = await harness.settled(key);
  expect(run.total).toMatchObject({ verdict: 'complete', streams: 6010 });
  // Listed from the start again: more calls than its six pages.
  expect(video.stats()['us-east-1']?.calls).toBeGreaterThan(6);
});

test('each region that cannot be counted is named with its reason, and the others are counted', async () => {
  const regions = {
    'us-east-1': { streams: 1234 },
    'eu-west-1': { streams: 5, fault: 'denied' },
    'af-south-1': { streams: 5, fault: 'not-enabled' },
    'eu-west-2': { streams: 5, fault: 'throttled' },
    'eu-west-3': { streams: 5, fault: 'server-error' },
    'sa-east-1': { streams: 5, fault: 'token-loop' },
    'ap-south-1': { streams: 5, fault: 'drops-connection' },
  };
  harness = await startHarness({ regions }, FAILING);
  const run = await harness.settled(await harness.open());
  expect(run.total).toMatchObject({ verdict: 'partial', streams: 1234, expected: 7, counted: 1 });
  expect(Object.fromEntries(run.total?.missing.map(({ region, reason }) => [region, reason]) ?? [])).toEqual({
    'eu-west-1': 'denied',
    'af-south-1': 'not-enabled',
    'eu-west-2': 'throttled',
    'eu-west-3': 'unreachable',
    'sa-east-1': 'bad-answer',
    'ap-south-1': 'unreachable',
  });
});

test('a region that recovers is counted by a later receive', async () => {
  harness = await startHarness({
    regions: { 'us-east-1': { streams: 7 }, 'eu-west-1': { streams: 8, fault: { kind: 'server-error', calls: 6 } } },
  });
  const run = await harness.settled(await harness.open());
  expect(run.total).toMatchObject({ verdict: 'complete', streams: 15 });
});

/** A run whose only task went nowhere. */
async function openRunThatNobodyAnswers() {
  harness = await startHarness(
    { regions: { 'us-east-1': { streams: 7 } } },
    {
      timeScale: 400,
      environment: {
        REGIONS: 'us-east-1',
        REGION_TASKS_TOPIC_ARN: 'arn:aws:sns:us-east-1:123456789012:nobody-listens',
      },
    },
  );
  const { CreateTopicCommand } = await import('@aws-sdk/client-sns');
  await harness.sns.send(new CreateTopicCommand({ Name: 'nobody-listens' }));
  return { harness, key: await harness.open() };
}

const UNANSWERED = { verdict: 'partial', streams: 0, missing: [{ region: 'us-east-1', reason: 'unanswered' }] };

async function runsForSweep({ ledger }: Harness): Promise<string[]> {
  const ids = [];
  for (const list of ['OPEN', 'PARTIAL'] as const) {
    for await (const { runId } of ledger.runsForSweep(list)) ids.push(`${list} ${runId}`);
  }
  return ids;
}

test('a run that nobody answers is settled at its deadline by the sweep, as unanswered; in time the sweep forgets it', async () => {
  const { harness, key } = await openRunThatNobodyAnswers();
  expect((await harness.settled(key)).total).toMatchObject(UNANSWERED);
  expect(await runsForSweep(harness)).toEqual([`PARTIAL ${key.runId}`]);
  // It is still looked at, but nothing interrupted it.
  const following = { everyMs: 20, sleep, signal: AbortSignal.timeout(10_000), warn: () => {} };
  const ledger = { ...harness.ledger, wholeOrganization: async () => undefined };
  const owners = new Set([ACCOUNT]);
  expect(await settleInterrupted(ledger, harness.stack, owners, following)).toEqual({
    accounts: [],
    organizations: [],
  });
  const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000).toISOString();
  await harness.ledger.bringDeadlineForward(key, twoDaysAgo);
  await until(async () => (await runsForSweep(harness)).length === 0 || undefined);
  const forgotten = await harness.ledger.readRun(key);
  expect(forgotten).toMatchObject({ total: UNANSWERED });
  expect(forgotten).not.toHaveProperty('sweep');
});

test('a count that nobody struck is in the total by the next sweep', async () => {
  const { harness, key } = await openRunThatNobodyAnswers();
  const run = await until(() => harness.ledger.readRun(key));
  await harness.ledger.bringDeadlineForward(key, new Date().toISOString());
  expect((await harness.settled(key)).total).toMatchObject(UNANSWERED);
  expect(await harness.ledger.writeRecord({ ...counted('us-east-1', 7), ...key }, run)).toBe('written');
  await until(async () => (await harness.ledger.readRun(key))?.total?.verdict === 'complete' || undefined);
  expect((await harness.settled(key)).total).toMatchObject({ streams: 7, missing: [] });
  expect(await runsForSweep(harness)).toEqual([]);
});
