/** Where the trend's axes begin and end, and what is written at them. */
import { pointsOfRuns } from '../../../src/page/client/trend-points.ts';
import { streamsRange, timeLabels } from '../../../src/page/client/trend-scales.ts';
import { readHistory } from '../../../src/page/data.ts';
import { history } from '../../cli/history.ts';
import { NOW_MS } from '../../cli/world.ts';
import { closePages, startPage } from '../harness.ts';

afterEach(closePages);

test('the trend takes its scale from complete numbers, so that one partial one does not flatten them', async () => {
  const { source, fill } = await startPage();
  await fill(history({ runs: 12, isMissing: (n, region) => n === 4 && region === 'eu-west-3' }));
  const points = pointsOfRuns((await readHistory(source, 100, NOW_MS)).lines);
  const known = points.flatMap(({ kind, streams }) => (kind === 'known' ? (streams ?? []) : []));
  const [low, high] = streamsRange(points);
  expect(low).toBeLessThan(Math.min(...known));
  expect(high).toBeGreaterThan(Math.max(...known));
  expect(low).toBeGreaterThan(points[4]?.streams ?? 0);
  // Where partial ones are all there is, they are the scale.
  expect(streamsRange(points.map((point) => ({ ...point, kind: 'gap' as const })))[0]).toBeLessThan(
    points[4]?.streams ?? 0,
  );
});

test('labels are days and times of day in UTC', () => {
  const midnight = Date.parse('2026-11-20T00:00:00Z') / 1000;
  expect(timeLabels([midnight - 21_600, midnight, midnight + 21_600], 21_600)).toEqual([
    '18:00\n19 Nov',
    '20 Nov',
    '06:00',
  ]);
  expect(timeLabels([midnight], 86_400)).toEqual(['20 Nov']);
});
