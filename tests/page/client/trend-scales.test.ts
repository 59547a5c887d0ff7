/** Where the trend's axes begin and end, and what is written at them. */
import { descriptorOf } from '../../../src/census/kinds.ts';
import { pointsOfRuns } from '../../../src/page/client/trend-points.ts';
import { streamsScale, timeLabels, timeSplits } from '../../../src/page/client/trend-scales.ts';
import { readHistory } from '../../../src/page/data.ts';
import { history } from '../../cli/history.ts';
import { NOW_MS } from '../../cli/world.ts';
import { closePages, startPage } from '../harness.ts';

afterEach(closePages);

const points = async (options: Partial<Parameters<typeof history>[0]> = {}) => {
  const { source, fill } = await startPage();
  await fill(history({ runs: 12, ...options }));
  return pointsOfRuns((await readHistory(source, 100, NOW_MS)).lines, descriptorOf('streams').words);
};

test('the trend takes its scale from complete numbers, so that one partial one does not flatten them: that has a strip', async () => {
  const all = await points({ isMissing: (n, region) => n === 4 && region === 'eu-west-3' });
  const known = all.flatMap(({ kind, streams }) => (kind === 'known' ? (streams ?? []) : []));
  const { low, high, hasStrip } = streamsScale(all);
  expect(low).toBeLessThan(Math.min(...known));
  expect(high).toBeGreaterThan(Math.max(...known));
  expect(low).toBeGreaterThan(all[4]?.streams ?? 0);
  expect(hasStrip).toBe(true);
  // What it would be with the last known count lies near the others, and is on the scale.
  expect(all[4]?.lastKnown).toBeGreaterThan(low);
  expect(all[4]?.lastKnown).toBeLessThan(high);
  // Where partial ones are all there is, they are the scale.
  const dark = streamsScale(all.map((point) => ({ ...point, kind: 'gap' as const })));
  expect(dark.low).toBeLessThan(all[4]?.streams ?? 0);
  expect(dark.hasStrip).toBe(false);
});

test('a partial number that lies near the complete ones is on the scale, at its height', async () => {
  const all = await points({ isMissing: () => false });
  const known = all.flatMap(({ streams }) => streams ?? []);
  const near = Math.min(...known) - (Math.max(...known) - Math.min(...known));
  const { low, hasStrip } = streamsScale(all.map((one, n) => (n === 4 ? { ...one, kind: 'gap', streams: near } : one)));
  expect(low).toBeLessThan(near);
  expect(hasStrip).toBe(false);
});

test('a region that was not counted has no height, but a place in the strip', async () => {
  const all = await points();
  expect(streamsScale(all.map((one, n) => (n === 4 ? { ...one, kind: 'gap', streams: null } : one))).hasStrip).toBe(
    true,
  );
});

const MINUTE = 60;
const DAY = 86_400;
const BEGIN = Date.parse('2026-11-20T00:00:00Z') / 1000;

test.each([2 * MINUTE, 30 * MINUTE, 5 * 3600, 23 * 3600, 2 * DAY, 9 * DAY, 17 * DAY, 45 * DAY, 400 * DAY, 3000 * DAY])(
  'there are three labels at least and none that touch, however short the screen, over %i seconds',
  (length) => {
    for (const width of [250, 640, 1040]) {
      for (const shift of [0, 0.13, 0.5, 0.91]) {
        const low = BEGIN + shift * length;
        const splits = timeSplits([low, low + length], width);
        expect(splits.length).toBeGreaterThanOrEqual(3);
        expect(splits.every((split) => split >= low && split <= low + length)).toBe(true);
        const apart = splits.slice(1).map((split, n) => ((split - (splits[n] ?? 0)) / length) * width);
        const widest = Math.max(...timeLabels(splits).flatMap((label) => label.split('\n').map((line) => line.length)));
        // At 12 px a letter takes less than 7.
        expect(Math.min(...apart)).toBeGreaterThan(7 * widest);
      }
    }
  },
);

test('labels are days and times of day in UTC', () => {
  const midnight = BEGIN;
  expect(timeLabels([midnight - 21_600, midnight, midnight + 21_600])).toEqual(['18:00\n19 Nov', '20 Nov', '06:00']);
  expect(timeLabels([midnight, midnight + DAY])).toEqual(['20 Nov', '21 Nov']);
});
