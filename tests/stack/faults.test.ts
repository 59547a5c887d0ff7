/** What goes wrong on the way, on the packaged functions: killed processes, regions that fail, services that come back. */
import { type Harness, startHarness, until } from './harness.ts';

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
  harness = await startHarness({
    regions: {
      'us-east-1': { streams: 1234 },
      'eu-west-1': { streams: 5, fault: 'denied' },
      'me-south-1': { streams: 5, fault: 'hang' },
      'af-south-1': { streams: 5, fault: 'not-enabled' },
      'eu-west-2': { streams: 5, fault: 'throttled' },
      'eu-west-3': { streams: 5, fault: 'server-error' },
      'sa-east-1': { streams: 5, fault: 'token-loop' },
      'ap-south-1': { streams: 5, fault: 'drops-connection' },
    },
  });
  const run = await harness.settled(await harness.open());
  expect(run.total).toMatchObject({ verdict: 'partial', streams: 1234, expected: 8, counted: 1 });
  expect(Object.fromEntries(run.total?.missing.map(({ region, reason }) => [region, reason]) ?? [])).toEqual({
    'eu-west-1': 'denied',
    'me-south-1': 'timed-out',
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

test('a run that nobody answers is settled at its deadline by the sweep, as unanswered', async () => {
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
  const run = await harness.settled(await harness.open());
  expect(run.total).toMatchObject({
    verdict: 'partial',
    streams: 0,
    missing: [{ region: 'us-east-1', reason: 'unanswered' }],
  });
});
