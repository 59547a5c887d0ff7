import { readComparedRun } from '../../src/answers/compared-run.ts';
import { readFront } from '../../src/answers/front.ts';
import { readLatest } from '../../src/answers/latest.ts';
import { newestOf } from '../../src/answers/newest.ts';
import { findRunId } from '../../src/answers/run-name.ts';
import { ACCOUNT, history, type Past } from '../cli/history.ts';
import { cleanUp, NOW_MS, startLedger } from '../cli/world.ts';

afterAll(cleanUp);

test('without a total every run is open, and nothing is the newest total', () => {
  const runs = [...history({ runs: 3 })].map(({ run: { total: _, ...run } }) => run).reverse();
  expect(newestOf(runs)).toEqual({ latest: undefined, open: runs });
});

test('an older run that never got a total is not open beyond the newest', () => {
  const [first, second, third] = [...history({ runs: 3 })].map(({ run }) => run).reverse();
  const { total: _, ...never } = second!;
  expect(newestOf([first!, never, third!])).toEqual({ latest: first, open: [] });
});

test.each([9, 10, 11, 150])(
  'the newest total is found behind %d runs that are open, and the one before it',
  async (open) => {
    const own = await startLedger();
    const [before, latest] = [...history({ runs: 2, regions: ['eu-west-1'] })] as [Past, Past];
    const later = [...history({ runs: open, regions: ['eu-west-1'], endsAt: '2026-11-24T06:00:00Z' })];
    const opened = later.map(({ run: { total: _, ...run }, records }) => ({
      run: { ...run, sweep: 'OPEN' as const },
      records,
    }));
    await own.fill([before, latest, ...opened]);
    const from = { reader: own.reader, censusId: ACCOUNT, description: 'the test ledger' };
    own.requests.splice(0);
    const { answer } = await readLatest(from, NOW_MS);
    // One of them looks for a comparable run: the one before has a gap.
    expect(own.requests.length).toBeLessThanOrEqual(4);
    expect([answer.run.runId, answer.comparison?.with.runId]).toEqual([latest.run.runId, before.run.runId]);
    expect(answer.inProgress).toHaveLength(open);
    expect(await findRunId(from, 'latest', NOW_MS)).toBe(latest.run.runId);
    const front = await readFront(from, NOW_MS);
    expect([front.latest?.run.runId, front.latest?.comparison?.with.runId]).toEqual([
      latest.run.runId,
      before.run.runId,
    ]);
    const compared = await readComparedRun(from, opened.at(-1)!.run.runId, NOW_MS);
    expect(compared?.regions.map(({ since }) => since)).toEqual([latest.run.runId]);
  },
);
