/** A region that never answers, on the packaged functions. It takes all of its time, so it stands beside the other faults. */
import { startHarness } from './harness.ts';

jest.setTimeout(180_000);

const REGION = 'me-south-1';

test('a region that never answers is named as timed out, and the others are counted; after three runs that costs seconds', async () => {
  const harness = await startHarness(
    { regions: { 'us-east-1': { streams: 1234 }, [REGION]: { streams: 5, fault: 'hang' } } },
    // Calls that are long enough for a busy machine, and hardly a wait between five tries of four of them.
    { environment: { HTTP_REQUEST_TIMEOUT_MS: '1000', TASK_BACKOFF_MS: '250,250,250,250' } },
  );
  const count = async () => {
    const startedAtMs = performance.now();
    const { total, records } = await harness.settled(await harness.open());
    const record = records.find(({ region }) => region === REGION);
    return { total, calls: record?.effort?.calls, seconds: (performance.now() - startedAtMs) / 1000 };
  };
  try {
    for (const dark of [1, 2, 3, 4, 5]) {
      const { total, calls, seconds } = await count();
      expect(total).toMatchObject({
        verdict: 'partial',
        streams: 1234,
        missing: [{ region: REGION, reason: 'timed-out', dark }],
      });
      const isQuick = dark > 3;
      expect(calls).toBe(isQuick ? 1 : 4);
      // Of 20 calls of a second each, or of one.
      if (isQuick) expect(seconds).toBeLessThan(10);
      else expect(seconds).toBeGreaterThan(20);
    }
  } finally {
    await harness.stop();
  }
});
