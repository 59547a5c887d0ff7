import { explainOf } from '../../src/answers/explain.ts';
import { runOf } from '../../src/answers/run.ts';
import type { RegionRecord } from '../../src/census/region.ts';
import type { Run } from '../../src/census/run.ts';
import { ACCOUNT, counted, failed, settled } from '../cli/history.ts';
import { NOW_MS } from '../cli/world.ts';

const KEY = { accountId: ACCOUNT, runId: '2026-11-20T06:00:00Z' };
const easy = { ...counted(KEY, 'eu-west-1', 7), effort: { pages: 1, calls: 1, ms: 100 } };
const explain = (run: Run, records: RegionRecord[]) => explainOf(runOf({ run, records }, NOW_MS));

test('what a region took is told where it took more than its pages, or another round', () => {
  const slow = { ...counted(KEY, 'eu-west-2', 7), effort: { pages: 1, calls: 3, ms: 250 }, repeated: 2 };
  const late = { ...counted(KEY, 'eu-west-3', 7), effort: { pages: 2, calls: 2, ms: 50 }, round: 1 };
  const answer = explain(settled(KEY, [easy, slow, late]), [easy, slow, late]);
  expect(answer).toMatchObject({
    effort: { pages: 4, calls: 6, ms: 400 },
    hard: [
      { region: 'eu-west-2', calls: 3, pages: 1, round: 0 },
      { region: 'eu-west-3', calls: 2, pages: 2, round: 1 },
    ],
    repeats: [{ region: 'eu-west-2', repeated: 2 }],
    advice: [],
    retry: null,
  });
});

test('regions that are missing for the same reason share what to do, and asking again is told unless it is going on', () => {
  const records = [easy, failed(KEY, 'me-south-1'), failed(KEY, 'sa-east-1'), failed(KEY, 'us-east-1', 1)];
  const run = settled(KEY, records);
  const { advice, retry } = explain(run, records);
  expect(advice.map(({ reason, regions }) => [reason, regions.map(({ region }) => region)])).toEqual([
    ['throttled', ['me-south-1', 'sa-east-1']],
    ['unreachable', ['us-east-1']],
  ]);
  expect(retry).toBe(`kvs-census retry ${KEY.runId}`);
  const deadlineAt = new Date(NOW_MS + 1).toISOString();
  const retried: Run = { ...run, round: 1, pending: ['me-south-1'], sweep: 'OPEN', deadlineAt };
  expect(explain(retried, records).retry).toBeNull();
});
