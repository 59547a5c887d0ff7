/** What the trend draws. */
import { pointsOfRegion, pointsOfRuns } from '../../../src/page/client/trend-points.ts';
import { readHistory, readRegionHistory } from '../../../src/page/data.ts';
import { history } from '../../cli/history.ts';
import { NOW_MS } from '../../cli/world.ts';
import { closePages, startPage } from '../harness.ts';

afterEach(closePages);

const read = async () => {
  const { source, fill } = await startPage();
  await fill(history({ runs: 12, isMissing: (n, region) => n === 4 && region === 'eu-west-3' }));
  return { source, ...(await readHistory(source, 100, NOW_MS)) };
};

test('has a point for every run, oldest first, and a gap where one is partial', async () => {
  const points = pointsOfRuns((await read()).lines);
  expect(points.map(({ kind }) => kind)).toEqual([...Array(4).fill('known'), 'gap', ...Array(7).fill('known')]);
  expect(points.map(({ at }) => at)).toEqual([...points.map(({ at }) => at)].sort((a, b) => a - b));
});

test('has no number at all for a region that was not counted', async () => {
  const { source } = await read();
  const points = pointsOfRegion(await readRegionHistory(source, 'eu-west-3', 100, NOW_MS));
  expect(points.filter(({ streams }) => streams === null)).toHaveLength(1);
  expect(points.some(({ streams }) => streams === 0)).toBe(false);
});
