/** What a report finds in itself is what a live page is told by its server. */
import type { Report } from '../../../src/page/client/model.ts';
import { diffOf, pageRunOf, regionHistoryOf } from '../../../src/page/client/report.ts';
import { readPageDiff, readPageReport, readPageRun, readRegionHistory } from '../../../src/page/data.ts';
import { history, REGIONS } from '../../cli/history.ts';
import { NOW_MS } from '../../cli/world.ts';
import { closePages, startPage } from '../harness.ts';

afterEach(closePages);

test('a report tells of two runs side by side what a live page does, but for what its counts do not say', async () => {
  const { source, fill } = await startPage();
  const past = [...history({ runs: 6, isMissing: (n, region) => n === 4 && region === 'eu-west-3' })];
  const short = [...history({ runs: 1, endsAt: '2026-11-20T06:10:00Z', regions: ['eu-west-1', 'eu-west-3'] })];
  await fill([...past, ...short]);
  const report = (await readPageReport(source, { limit: 100 }, NOW_MS)) as Report;
  const ids = report.runs.map(({ runId }) => runId);
  for (const [before, after] of [
    [ids[6], ids[2]],
    [ids[2], ids[1]],
    [ids[1], ids[0]],
    [ids[2], ids[0]],
  ] as [string, string][]) {
    const { regions, coverage, coverageSums, net } = await readPageDiff(source, before, after, NOW_MS);
    const told = diffOf(report, before, after);
    expect(told).toMatchObject({ coverage, coverageSums, net });
    expect(told.regions).toEqual(
      regions.map((one) => ({ ...one, same: null, created: null, gone: null, prefixes: null })),
    );
    expect([told.before.runId, told.after.runId]).toEqual([before, after]);
  }
});

test('a report and a live page know the same of every run and of every region', async () => {
  const { source, fill } = await startPage();
  await fill(history({ runs: 25, isMissing: (n, region) => (n * 3 + REGIONS.indexOf(region)) % 40 === 0 }));
  const report = (await readPageReport(source, { limit: 100 }, NOW_MS)) as Report;
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
