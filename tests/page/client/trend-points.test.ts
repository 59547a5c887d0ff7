/** What the trend draws. */
import { descriptorOf } from '../../../src/census/kinds.ts';
import type { OrganizationLine } from '../../../src/page/client/model.ts';
import { pointsOfRegion, pointsOfRuns } from '../../../src/page/client/trend-points.ts';
import { readHistory, readRegionHistory } from '../../../src/page/data.ts';
import { history } from '../../cli/history.ts';
import { NOW_MS } from '../../cli/world.ts';
import { closePages, startPage } from '../harness.ts';

afterEach(closePages);

const { words: STREAM_WORDS } = descriptorOf('streams');

const read = async () => {
  const { source, fill } = await startPage();
  await fill(history({ runs: 12, isMissing: (n, region) => n === 4 && region === 'eu-west-3' }));
  return { source, ...(await readHistory(source, 100, NOW_MS)) };
};

test('has a point for every run, oldest first, and a gap where one is partial', async () => {
  const points = pointsOfRuns((await read()).lines, STREAM_WORDS);
  expect(points.map(({ kind }) => kind)).toEqual([...Array(4).fill('known'), 'gap', ...Array(7).fill('known')]);
  expect(points.map(({ at }) => at)).toEqual([...points.map(({ at }) => at)].sort((a, b) => a - b));
});

test('has no number at all for a region that was not counted', async () => {
  const { source } = await read();
  const points = pointsOfRegion(await readRegionHistory(source, 'eu-west-3', 100, NOW_MS), STREAM_WORDS);
  expect(points.filter(({ streams }) => streams === null)).toHaveLength(1);
  expect(points.some(({ streams }) => streams === 0)).toBe(false);
});

test('what a gap counted, and what it would be with the last known count of what it misses', async () => {
  const { source, lines } = await read();
  const points = pointsOfRuns(lines, STREAM_WORDS);
  const [before, gap] = [points[3], points[4]];
  expect(gap?.streams).toBeLessThan(before?.streams ?? 0);
  const [, , , eu] = pointsOfRegion(await readRegionHistory(source, 'eu-west-3', 100, NOW_MS), STREAM_WORDS);
  expect((gap?.lastKnown ?? 0) - (gap?.streams ?? 0)).toBe(eu?.streams);
  expect(gap?.says).toMatch(
    /^.*: PARTIAL, [\d,]+ in 18 of 19 regions; missing .*; [\d,]+ with what was last known of it$/,
  );
  expect(points.filter(({ lastKnown }) => lastKnown !== null)).toEqual([gap]);
});

test('a region that is missing is last known as the newest earlier run says that counted it', async () => {
  const { source } = await read();
  const points = pointsOfRegion(await readRegionHistory(source, 'eu-west-3', 100, NOW_MS), STREAM_WORDS);
  expect(points[4]).toMatchObject({ kind: 'gap', streams: null, lastKnown: points[3]?.streams });
});

test('where the plan changed, and to what', () => {
  const line = (runId: string, plan: string[]) => {
    const { length: expected } = plan;
    return {
      runId,
      plan,
      expected,
      verdict: 'complete' as const,
      streams: 7,
      counted: expected,
      missing: [],
      waitingFor: [],
    };
  };
  const lines = [
    line('2026-11-20T08:00:00Z', ['eu-west-1', 'us-east-1']),
    line('2026-11-20T07:00:00Z', ['eu-west-1', 'us-east-2', 'us-west-2']),
    line('2026-11-20T06:00:00Z', ['eu-west-1', 'us-east-2', 'us-west-2']),
  ];
  const points = pointsOfRuns(lines, STREAM_WORDS);
  expect(points.map(({ replanned }) => replanned)).toEqual([null, null, { from: 3, to: 2, of: 'regions' }]);
  expect(points[2]?.says).toBe(
    '2026-11-20 08:00 UTC: 7 streams, complete; the plan changed from 3 to 2 regions: newly planned us-east-1; no longer planned us-east-2 and us-west-2',
  );
});

test('of the organisation a changed plan is other accounts, also where they are as many, and only what is known to be alike is joined', () => {
  const line = (hour: string, more: Partial<OrganizationLine>): OrganizationLine => ({
    runId: `2026-11-20T${hour}:00:00Z`,
    verdict: 'complete',
    streams: 7,
    expected: 200,
    counted: 200,
    regions: { expected: 600, counted: 600 },
    accountReasons: {},
    regionReasons: {},
    waiting: 0,
    worst: [],
    misses: '',
    planned: 'some',
    ...more,
  });
  const gap = { verdict: 'partial' as const, counted: 199, worst: ['Doorbells (no-access)'] };
  const points = pointsOfRuns(
    [
      line('09', { ...gap, misses: null, regionReasons: { denied: 1 } }),
      line('08', { ...gap, misses: '444455556666', accountReasons: { 'no-access': 1 } }),
      line('07', { planned: 'others' }),
      line('06', {}),
    ],
    STREAM_WORDS,
  );
  expect(points.map(({ replanned }) => replanned)).toEqual([
    null,
    { from: 200, to: 200, of: 'accounts' },
    { from: 200, to: 200, of: 'accounts' },
    null,
  ]);
  expect(points.map(({ kind }) => kind)).toEqual(['known', 'known', 'gap', 'gap']);
  expect(points.map(({ misses }) => misses).slice(2)).toEqual(['444455556666', '2026-11-20T09:00:00Z']);
  expect(points[1]?.says).toBe('2026-11-20 07:00 UTC: 7 streams, complete; other accounts: 200 before, 200 now');
  expect(points[2]?.says).toBe(
    '2026-11-20 08:00 UTC: PARTIAL, 7, 199 of 200 accounts complete; missing Doorbells (no-access); by reason 1 account no-access; other accounts: 200 before, 200 now',
  );
});
