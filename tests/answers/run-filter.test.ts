import { makeDamage } from '../../src/answers/damage.ts';
import { readHistory } from '../../src/answers/history.ts';
import { isWanted, type RunFilter, readWantedPoints, readWantedRuns, wantedOf } from '../../src/answers/run-filter.ts';
import { ACCOUNT, history, type Past } from '../cli/history.ts';
import { cleanUp, NOW_MS, startLedger, type TestLedger } from '../cli/world.ts';

/** Two regions; us-east-1 is missing from every fourth run (reason `throttled`), the second newest has no total. */
const past = [
  ...history({
    runs: 12,
    regions: ['eu-west-1', 'us-east-1'],
    isMissing: (n, region) => n % 4 === 0 && region === 'us-east-1',
  }),
];
const idOf = (n: number) => past[n]!.run.runId;
const openRun = ({ run: { total: _, ...run } }: Past): Past => ({ run: { ...run, sweep: 'OPEN' }, records: [] });
let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
  await ledger.fill(past.map((one, n) => (n === 10 ? openRun(one) : one)));
});
afterAll(cleanUp);

const source = () => ({ reader: ledger.reader, censusId: ACCOUNT, description: 'the test ledger' });
const runIds = async (filter: RunFilter, limit: number) =>
  (await readWantedRuns(source(), { limit }, filter, NOW_MS)).runs.map(({ runId }) => runId);

test('as many of the wanted runs as are asked for, however many lie between them', async () => {
  expect(await runIds({ verdict: 'partial' }, 2)).toEqual([idOf(8), idOf(4)]);
  expect(await runIds({ reason: 'throttled' }, 10)).toEqual([idOf(8), idOf(4), idOf(0)]);
  expect(await runIds({ verdict: 'open' }, 10)).toEqual([idOf(10)]);
  expect(await runIds({}, 2)).toEqual([idOf(11), idOf(10)]);
});

test('a change is still the change to the run before, and not to the wanted one before', async () => {
  const all = await readWantedRuns(source(), { limit: 12 }, {}, NOW_MS);
  const complete = await readWantedRuns(source(), { limit: 12 }, { verdict: 'complete' }, NOW_MS);
  expect(complete.runs).toEqual(all.runs.filter(({ verdict }) => verdict === 'complete'));
});

test('that there are more is said', async () => {
  expect((await readWantedRuns(source(), { limit: 2 }, { verdict: 'partial' }, NOW_MS)).more).toBe(true);
  expect((await readWantedRuns(source(), { limit: 3 }, { verdict: 'partial' }, NOW_MS)).more).toBe(false);
});

test('of a region those points that miss it for the reason', async () => {
  const { points } = await readWantedPoints(source(), 'us-east-1', { limit: 2 }, { reason: 'throttled' }, NOW_MS);
  expect(points.map(({ runId }) => runId)).toEqual([idOf(8), idOf(4)]);
});

test('none at all is a sentence', async () => {
  await expect(runIds({ verdict: 'complete', reason: 'denied' }, 5)).rejects.toThrow(
    'Of 12 runs looked at none is complete and misses anything as denied.',
  );
  await expect(readWantedPoints(source(), 'eu-west-1', { limit: 5 }, { reason: 'denied' }, NOW_MS)).rejects.toThrow(
    'Of 12 runs looked at none misses anything as denied.',
  );
});

test('none that can be read is not none: what is damaged is named', async () => {
  const own = await startLedger();
  const [damaged, readable] = past.slice(1, 3);
  await own.fill([damaged!, readable!]);
  await own.damage(damaged!.run, { UpdateExpression: 'REMOVE #plan', ExpressionAttributeNames: { '#plan': 'plan' } });
  const reading = readWantedRuns({ ...source(), reader: own.reader }, { limit: 5 }, { verdict: 'open' }, NOW_MS);
  await expect(reading).rejects.toThrow(
    /^Of 1 run that can be read \(The ledger's item RUN#.* is damaged: plan: .*\) none is open\.$/,
  );
});

test('a long history is filtered as it streams', async () => {
  const found: string[] = [];
  const runs = readHistory(source(), {}, () => NOW_MS, makeDamage());
  for await (const { run } of wantedOf(runs, ({ run }) => isWanted(run, { verdict: 'partial' }), 2))
    found.push(run.runId);
  expect(found).toEqual([idOf(8), idOf(4)]);
});
