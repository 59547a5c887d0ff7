/** What the page concludes from what it has read; pure, so that no browser is needed. */
import { pageRunOf, regionHistoryOf } from '../../../src/page/client/report.ts';
import { merged } from '../../../src/page/client/state.ts';
import { pointsOfRegion, pointsOfRuns } from '../../../src/page/client/trend-points.ts';
import { streamsRange, timeLabels } from '../../../src/page/client/trend-scales.ts';
import { ago, instantBeside, list, percent, signed } from '../../../src/page/client/words.ts';
import { readHistory, readPageReport, readPageRun, readRegionHistory } from '../../../src/page/data.ts';
import { history, REGIONS } from '../../cli/history.ts';
import { NOW_MS } from '../../cli/world.ts';
import { closePages, startPage } from '../harness.ts';

afterEach(closePages);

describe('A report and a live page', () => {
  test('know the same of every run and of every region', async () => {
    const { source, fill } = await startPage();
    await fill(history({ runs: 25, isMissing: (n, region) => (n * 3 + REGIONS.indexOf(region)) % 40 === 0 }));
    const report = await readPageReport(source, { limit: 100 }, NOW_MS);
    expect(report.runs.filter(({ verdict }) => verdict === 'partial').length).toBeGreaterThan(5);
    for (const [index, { runId }] of report.runs.entries()) {
      const { run, ...rest } = pageRunOf(report, index) ?? { run: null };
      expect(rest).toEqual({ ...(await readPageRun(source, runId, NOW_MS)), run: undefined });
      expect(run).toMatchObject({ runId });
    }
    for (const region of REGIONS) {
      expect(regionHistoryOf(report, region)).toEqual(await readRegionHistory(source, region, 100, NOW_MS));
    }
  });
});

describe('The trend', () => {
  const lines = async () => {
    const { source, fill } = await startPage();
    await fill(history({ runs: 12, isMissing: (n, region) => n === 4 && region === 'eu-west-3' }));
    return { source, ...(await readHistory(source, 100, NOW_MS)) };
  };

  test('has a point for every run, oldest first, and a gap where one is partial', async () => {
    const points = pointsOfRuns((await lines()).lines);
    expect(points.map(({ kind }) => kind)).toEqual([...Array(4).fill('known'), 'gap', ...Array(7).fill('known')]);
    expect(points.map(({ at }) => at)).toEqual([...points.map(({ at }) => at)].sort((a, b) => a - b));
  });

  test('has no number at all for a region that was not counted', async () => {
    const { source } = await lines();
    const points = pointsOfRegion(await readRegionHistory(source, 'eu-west-3', 100, NOW_MS));
    expect(points.filter(({ streams }) => streams === null)).toHaveLength(1);
    expect(points.some(({ streams }) => streams === 0)).toBe(false);
  });

  test('takes its scale from complete numbers, so that one partial one does not flatten them', async () => {
    const points = pointsOfRuns((await lines()).lines);
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

  test('writes days and times of day in UTC', () => {
    const midnight = Date.parse('2026-11-20T00:00:00Z') / 1000;
    expect(timeLabels([midnight - 21_600, midnight, midnight + 21_600], 21_600)).toEqual([
      '18:00\n19 Nov',
      '20 Nov',
      '06:00',
    ]);
    expect(timeLabels([midnight], 86_400)).toEqual(['20 Nov']);
  });
});

describe('What is read again', () => {
  test('replaces what was known of the same run, and is the same object where nothing has changed', async () => {
    const { source, fill } = await startPage();
    await fill(history({ runs: 5 }));
    const { lines } = await readHistory(source, 100, NOW_MS);
    expect(merged(lines.slice(0, 2), lines)).toBe(lines);
    const news = { ...(lines[1] as (typeof lines)[number]), streams: 1 };
    expect(merged([news], lines)).toEqual([lines[0], news, ...lines.slice(2)]);
    expect(merged(lines, [])).toEqual(lines);
  });
});

describe('The words', () => {
  test('never write something as nothing, nor nearly all as all', () => {
    expect([percent(0, 9), percent(1, 100_000), percent(1, 3), percent(99_999, 100_000), percent(9, 9)]).toEqual([
      '0 %',
      '< 1 %',
      '33 %',
      '> 99 %',
      '100 %',
    ]);
    expect([signed(0), signed(1234), signed(-1234)]).toEqual(['±0', '+1,234', '\u22121,234']);
  });

  test('name a time as shortly as it stays clear', () => {
    expect(instantBeside('2026-11-20T05:30:00Z', '2026-11-20T06:00:00Z')).toBe('05:30 UTC');
    expect(instantBeside('2026-11-19T05:30:12Z', '2026-11-20T06:00:00Z')).toBe('2026-11-19 05:30:12 UTC');
    expect(ago('2026-11-20T06:00:00Z', Date.parse('2026-11-20T08:30:00Z'))).toBe('2 h ago');
    expect(ago('2026-11-20T06:00:00Z', Date.parse('2026-11-20T05:59:00Z'))).toBe('in 1 min');
    expect(list(['a', 'b', 'c'])).toBe('a, b and c');
  });
});
