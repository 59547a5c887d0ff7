/** What a report finds in itself is what a live page is told by its server. */
import { pageRunOf, regionHistoryOf } from '../../../src/page/client/report.ts';
import { readPageReport, readPageRun, readRegionHistory } from '../../../src/page/data.ts';
import { history, REGIONS } from '../../cli/history.ts';
import { NOW_MS } from '../../cli/world.ts';
import { closePages, startPage } from '../harness.ts';

afterEach(closePages);

test('a report and a live page know the same of every run and of every region', async () => {
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
