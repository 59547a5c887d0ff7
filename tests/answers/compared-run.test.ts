/** Which run a total is compared with, what each region is compared with, and what it costs to find both. */
import { readComparedRun } from '../../src/answers/compared-run.ts';
import { knowNothing, readFront } from '../../src/answers/front.ts';
import { readLatest } from '../../src/answers/latest.ts';
import { ACCOUNT, history, type Past } from '../cli/history.ts';
import { cleanUp, NOW_MS, startLedger } from '../cli/world.ts';

const REGIONS = ['ap-east-1', 'eu-west-1', 'us-east-1'];

afterAll(cleanUp);

async function ledgerOf(past: readonly Past[]) {
  const { fill, reader, requests } = await startLedger();
  await fill(past);
  requests.splice(0);
  return { source: { reader, censusId: ACCOUNT, description: 'the test ledger' }, requests };
}

/** Runs of which eu-west-1 is missing in so many, the newest but one among these. */
const blindFor = (runs: number, all: number) => [
  ...history({
    runs: all,
    regions: REGIONS,
    isMissing: (n, region) => region === 'eu-west-1' && n < all - 1 && n >= all - 1 - runs,
  }),
];
const idOf = (past: readonly Past[], at: number) => past.at(at)?.run.runId;
const streamsIn = (past: readonly Past[], at: number, region: string) => {
  const record = past.at(at)?.records.find((one) => one.region === region);
  return record?.status === 'counted' ? record.tally.streams : Number.NaN;
};

test('a region that the run before missed is compared with its own last count, the total with the last complete run', async () => {
  const past = blindFor(3, 8);
  const { source, requests } = await ledgerOf(past);
  const { answer } = await readLatest(source, NOW_MS);
  expect(requests).toEqual(['Query', 'BatchGetItem']);
  expect(answer.comparison).toMatchObject({ with: { runId: idOf(past, -5) }, isComparable: true });
  expect(answer.regions.map(({ since }) => since)).toEqual([idOf(past, -2), idOf(past, -5), idOf(past, -2)]);
  expect(answer.regions[1]?.change).toBe(streamsIn(past, -1, 'eu-west-1') - streamsIn(past, -5, 'eu-west-1'));
});

test('where none of the ten newest is comparable, one request more finds the one that is', async () => {
  const past = blindFor(30, 40);
  const { source, requests } = await ledgerOf(past);
  const compared = await readComparedRun(source, idOf(past, -1) as string, NOW_MS);
  expect(requests).toEqual(['Query', 'Query', 'BatchGetItem']);
  expect(compared?.comparison).toMatchObject({ with: { runId: idOf(past, -32) }, isComparable: true });
  expect(compared?.regions[1]).toMatchObject({ region: 'eu-west-1', since: idOf(past, -32) });
});

test('it looks no further than a hundred runs more; the last count is what the runs that missed the region knew of it', async () => {
  const past = blindFor(115, 120);
  const { source, requests } = await ledgerOf(past);
  const compared = await readComparedRun(source, idOf(past, -1) as string, NOW_MS);
  expect(requests).toEqual(['Query', 'Query', 'BatchGetItem']);
  expect(compared?.comparison).toMatchObject({ with: { runId: idOf(past, -2) }, isComparable: false });
  expect(compared?.comparison?.seenAgain.regions.map(({ region }) => region)).toEqual(['eu-west-1']);
  expect(compared?.regions[1]).toMatchObject({
    since: idOf(past, -117),
    change: streamsIn(past, -1, 'eu-west-1') - streamsIn(past, -117, 'eu-west-1'),
  });
});

test('a plan that shrank is told', async () => {
  const [before] = history({ runs: 1, regions: REGIONS, endsAt: '2026-11-20T05:00:00Z', isMissing: () => false });
  const [now] = history({ runs: 1, regions: REGIONS.slice(0, 1), isMissing: () => false });
  const { source } = await ledgerOf([before as Past, now as Past]);
  const { answer } = await readLatest(source, NOW_MS);
  expect(answer.run.verdict).toBe('complete');
  expect(answer.comparison).toMatchObject({ isComparable: false, changed: { streams: 0 }, unseen: { streams: 0 } });
  expect(answer.comparison?.plan.regions.map(({ region, isPlanned }) => [region, isPlanned])).toEqual([
    ['eu-west-1', false],
    ['us-east-1', false],
  ]);
});

test('who looks again and again finds the comparable run once', async () => {
  const { source, requests } = await ledgerOf(blindFor(30, 40));
  const known = knowNothing();
  const first = await readFront(source, NOW_MS, known);
  expect(requests.splice(0)).toEqual(['Query', 'Query', 'BatchGetItem']);
  expect(await readFront(source, NOW_MS, known)).toEqual(first);
  expect(requests).toEqual(['Query']);
});
