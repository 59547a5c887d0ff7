/** A region that never answers, on the packaged functions. It takes all of its time, so it stands beside the other faults. */
import { startHarness } from './harness.ts';

jest.setTimeout(180_000);

test('a region that never answers is named as timed out, and the others are counted', async () => {
  const harness = await startHarness(
    { regions: { 'us-east-1': { streams: 1234 }, 'me-south-1': { streams: 5, fault: 'hang' } } },
    { environment: { HTTP_REQUEST_TIMEOUT_MS: '1000' } },
  );
  try {
    const { total } = await harness.settled(await harness.open());
    expect(total).toMatchObject({
      verdict: 'partial',
      streams: 1234,
      missing: [{ region: 'me-south-1', reason: 'timed-out' }],
    });
  } finally {
    await harness.stop();
  }
});
