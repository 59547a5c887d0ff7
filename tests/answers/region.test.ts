import { makeDamage } from '../../src/answers/damage.ts';
import { wholeRuns } from '../../src/answers/history.ts';
import { readRegion } from '../../src/answers/region.ts';
import { ACCOUNT, counted, failed, type Past, settled } from '../cli/history.ts';
import { cleanUp, NOW_MS, startLedger } from '../cli/world.ts';

afterAll(cleanUp);

async function all<T>(from: AsyncIterable<T>): Promise<T[]> {
  const found = [];
  for await (const one of from) found.push(one);
  return found;
}

test('a region that nobody recorded anything of is a gap in its history, not an older count', async () => {
  const own = await startLedger();
  const silent = pastOf('2026-11-20T06:00:00Z', { 'eu-west-1': 5, 'us-east-1': null });
  const before = pastOf('2026-11-20T05:00:00Z', { 'eu-west-1': 5, 'us-east-1': 9 });
  await own.fill([before, { run: silent.run, records: silent.records.filter(({ region }) => region !== 'us-east-1') }]);
  const source = { reader: own.reader, censusId: ACCOUNT, description: 'the test ledger' };
  const requests = own.requests.length;
  const wholes = await all(wholeRuns(source, {}, makeDamage()));
  expect(wholes.map(({ records }) => records.map(({ region }) => region))).toEqual([
    ['eu-west-1'],
    ['eu-west-1', 'us-east-1'],
  ]);
  expect(own.requests.length - requests).toBe(3);
  const { points } = await readRegion(source, 'us-east-1', { limit: 30 }, NOW_MS);
  expect(points.map(({ runId, status, streams, reason }) => ({ runId, status, streams, reason }))).toEqual([
    { runId: '2026-11-20T06:00:00Z', status: 'unanswered', streams: null, reason: 'unanswered' },
    { runId: '2026-11-20T05:00:00Z', status: 'counted', streams: 9, reason: null },
  ]);
});

test('a region whose record is lost, and which the total holds, is no gap: its run is left out, and named', async () => {
  const own = await startLedger();
  const { run, records } = pastOf('2026-11-20T06:00:00Z', { 'eu-west-1': 5, 'us-east-1': 9 });
  const before = pastOf('2026-11-20T05:00:00Z', { 'eu-west-1': 5, 'us-east-1': 9 });
  await own.fill([before, { run, records: records.filter(({ region }) => region !== 'us-east-1') }]);
  const source = { reader: own.reader, censusId: ACCOUNT, description: 'the test ledger' };
  const { points, damaged } = await readRegion(source, 'us-east-1', { limit: 30 }, NOW_MS);
  expect(points).toMatchObject([{ runId: '2026-11-20T05:00:00Z', status: 'counted', streams: 9 }]);
  const problem = expect.stringContaining("it counts us-east-1, but that region's record is not there");
  expect(damaged).toEqual([{ runId: '2026-11-20T06:00:00Z', region: null, problem }]);
});

test('a region whose record the index does not have yet is read from the table', async () => {
  const own = await startLedger();
  await own.fill([pastOf('2026-11-20T06:00:00Z', { 'eu-west-1': 5, 'us-east-1': 9 })]);
  const reader = { ...own.reader, async *regionRecords() {} };
  const source = { reader, censusId: ACCOUNT, description: 'the test ledger' };
  const { points, damaged } = await readRegion(source, 'us-east-1', { limit: 30 }, NOW_MS);
  expect(points).toMatchObject([{ status: 'counted', streams: 9 }]);
  expect(damaged).toEqual([]);
});

test('a region that was not to be counted is told with the regions that were', async () => {
  const own = await startLedger();
  await own.fill([pastOf('2026-11-20T06:00:00Z', { 'eu-west-1': 5, 'us-east-1': 9 })]);
  const source = { reader: own.reader, censusId: ACCOUNT, description: 'the test ledger' };
  await expect(readRegion(source, 'sa-east-1', { limit: 30 }, NOW_MS)).rejects.toThrow(
    'The only run looked at was not to count sa-east-1. Counted are: eu-west-1, us-east-1.',
  );
});

function pastOf(runId: string, streams: Record<string, number | null>): Past {
  const key = { censusId: ACCOUNT, runId };
  const records = Object.entries(streams).map(([region, count]) =>
    count === null ? failed(key, region) : counted(key, region, count),
  );
  return { run: settled(key, records), records };
}
