/** The page as one file says the same as the live page. */
import type { History } from '../../../src/page/client/model.ts';
import { describeInBrowser, makeReport, read, readRegions, untilRead } from '../harness.ts';

describeInBrowser('A report in a browser', (browser) => {
  test('shows each of its runs as the live page does', async () => {
    const { server, url } = await makeReport(8);
    const report = await browser.open(url);
    const live = await browser.open(server.page);
    const { lines } = (await (await fetch(`${server.page}data/history`)).json()) as History;
    for (const { runId } of lines) {
      const both = [];
      for (const page of [report, live]) {
        await page.locator('#run').selectOption(runId);
        await page.locator('.regions[aria-busy="false"]').waitFor();
        both.push({ answer: await read(page, '.answer'), regions: await readRegions(page) });
      }
      expect(both[0]).toEqual(both[1]);
    }
  });

  test('asks for nothing but itself, and draws a region through time on its own', async () => {
    const { url } = await makeReport(8);
    const page = await browser.open(url);
    await page.locator('button[data-region="eu-west-3"]').click();
    await untilRead(page, '.trend .note', 'Streams in eu-west-3 of 8 runs, 1 without a count');
    await page.locator('.chart').focus();
    await page.keyboard.press('ArrowLeft');
    await untilRead(page, '.facts', '05:30 UTC');
    expect(await read(page, '.status')).toBe('Report of 2026-11-20 08:00 UTC');
    expect(page.asked.map((one) => one.replace(/[?#].*/, ''))).toEqual([url]);
    expect(page.complaints).toEqual([]);
  });
});
