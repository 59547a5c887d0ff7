import { readRuns } from '../../src/answers/runs.ts';
import { ACCOUNT, history, type Past } from '../cli/history.ts';
import { cleanUp, NOW_MS, startLedger } from '../cli/world.ts';

afterAll(cleanUp);

const regions = ['eu-west-1', 'us-east-1'];
const days = (endsAt: string, options = {}) => [
  ...history({ runs: 2, regions, endsAt, isMissing: () => false, ...options }),
];

async function changesOf(past: Past[], limit = 10): Promise<(number | null)[]> {
  const ledger = await startLedger();
  await ledger.fill(past);
  const source = { reader: ledger.reader, censusId: ACCOUNT, description: 'the test ledger' };
  return (await readRuns(source, { limit }, NOW_MS)).runs.map(({ change }) => change);
}

const [first, second, third] = days('2026-11-20T06:00:00Z', { runs: 3 }).map(({ run }) => run.runId);

test('a change is told since the newest complete run of the same plan, over those that are not', async () => {
  const past = days('2026-11-20T06:00:00Z', { runs: 3, isMissing: (n: number) => n === 1 });
  const ledger = await startLedger();
  await ledger.fill(past);
  const source = { reader: ledger.reader, censusId: ACCOUNT, description: 'the test ledger' };
  const { runs } = await readRuns(source, { limit: 10 }, NOW_MS);
  const change = past[2]!.run.total!.streams - past[0]!.run.total!.streams;
  expect(runs.map(({ runId, change, since }) => ({ runId, change, since }))).toEqual([
    { runId: third, change, since: first },
    { runId: second, change: null, since: null },
    { runId: first, change: null, since: null },
  ]);
  // It is looked for behind what is shown, and not beyond the range that was asked for.
  const [last] = (await readRuns(source, { limit: 1 }, NOW_MS)).runs;
  expect(last).toMatchObject({ change, since: first });
  const [alone] = (await readRuns(source, { limit: 10, since: second! }, NOW_MS)).runs;
  expect(alone).toMatchObject({ runId: third, change: null, since: null });
});

test('a change is told between complete runs of the same plan, and not of the oldest', async () => {
  const [before, after] = days('2026-11-20T06:00:00Z') as [Past, Past];
  const change = after.run.total!.streams - before.run.total!.streams;
  expect(await changesOf([before, after])).toEqual([change, null]);
  // The run before is read, too, where it is not shown.
  expect(await changesOf([before, after], 1)).toEqual([change]);
});

test('nothing tells a change where one of the two is partial, or has another plan', async () => {
  const partial = days('2026-11-20T06:00:00Z', { isMissing: (n: number) => n === 1 });
  expect(await changesOf(partial)).toEqual([null, null]);
  const [first] = days('2026-11-20T05:30:00Z', { regions: ['eu-west-1'] }) as [Past];
  const [, last] = days('2026-11-20T06:00:00Z') as [Past, Past];
  expect(await changesOf([first, last])).toEqual([null, null]);
});
