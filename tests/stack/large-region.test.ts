/** Regions that take many pages, on the packaged worker: counted by parts, killed half-way, too large for their time. */
import type { CountedRecord } from '../../src/census/region.ts';
import type { Run, RunKey } from '../../src/census/run.ts';
import { type Harness, startHarness, until } from './harness.ts';

jest.setTimeout(180_000);

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.stop();
  harness = undefined;
});

const LARGE = 'us-east-1';

async function countedIn({ settled }: Harness, key: RunKey): Promise<{ run: Run; record: CountedRecord }> {
  const run = await settled(key);
  const record = run.records.find(({ region }) => region === LARGE);
  if (record?.status !== 'counted') throw new Error(`The region is ${record?.status ?? 'without a record'}.`);
  return { run, record };
}

test.each([
  ['spread over all letters', { kind: 'spread' }],
  ['that share a long prefix', { kind: 'numbered', prefix: { 'camera-': 9, 'camera.door-': 1 } }],
])(
  'a worker that is killed in the middle of a large region with names %s costs time and nothing else',
  async (_, names) => {
    harness = await startHarness({ regions: { [LARGE]: { streams: 30_000, names, latencyMs: 100 } } });
    const { stack, video } = harness;

    const key = await harness.open();
    const victim = await until(() =>
      (video.stats()[LARGE]?.calls ?? 0) >= 20
        ? stack.environments().find(({ function: name, busy }) => name === 'WorkerLambdaFunction' && busy)
        : undefined,
    );
    process.kill(victim.pid, 'SIGKILL');
    const disturbed = await countedIn(harness, key);
    const calm = await countedIn(harness, await harness.open());

    expect(disturbed.run.total).toMatchObject({ verdict: 'complete', streams: 30_000 });
    // The same streams, of the same kinds; only their age is counted from another instant.
    const { created, ...facets } = calm.record.tally.facets!;
    expect(disturbed.record.tally).toMatchObject({ streams: 30_000, facets });
    expect(Object.values(created).reduce((sum, count) => sum + count, 0)).toBe(30_000);
  },
);

test('a region too large for its invocation ends as timed-out, is named as missing, and hurts no other', async () => {
  harness = await startHarness(
    {
      regions: {
        // At 45 pages a second 2.4 s are enough for 108,000.
        [LARGE]: { streams: 400_000, names: { kind: 'spread' }, latencyMs: 20 },
        'eu-west-1': { streams: 2500, latencyMs: 20 },
        'eu-west-2': { streams: 7, latencyMs: 20 },
      },
    },
    // 300 s become 2.5 s.
    { timeScale: 120 },
  );
  const run = await harness.settled(await harness.open());
  expect(run.total).toMatchObject({
    verdict: 'partial',
    streams: 2507,
    missing: [{ region: LARGE, reason: 'timed-out' }],
  });
});
