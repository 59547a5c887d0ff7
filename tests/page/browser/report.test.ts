/** The page as one file says the same as the live page. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ORGANIZATION } from '../../../src/census/census-id.ts';
import { loadAssets } from '../../../src/page/assets.ts';
import type { History } from '../../../src/page/client/model.ts';
import { readPageReport } from '../../../src/page/data.ts';
import { pageHtml } from '../../../src/page/html.ts';
import { NOW_MS, temporaryFolder } from '../../cli/world.ts';
import { organizationStory } from '../../fixtures/organization.ts';
import { describeInBrowser, makeReport, read, readRegions, startPage, untilRead } from '../harness.ts';

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

  test('of the organisation has the accounts of its newest run, and the totals of all', async () => {
    const server = await startPage(ORGANIZATION);
    await server.fillOrganization(organizationStory());
    const report = await readPageReport(server.source, { limit: 100 }, NOW_MS);
    const file = join(temporaryFolder(), 'census.html');
    writeFileSync(file, pageHtml({ form: 'report', report }, await loadAssets()));
    const page = await browser.open(pathToFileURL(file).href);
    await untilRead(page, '.trend .note', 'Totals of 4 runs, 2 partial');
    expect(await read(page, 'h1')).toBe('48,395 + ? streams');
    expect(await page.locator('.accounts tbody tr').count()).toBe(9);
    // There are no pages of accounts to go to.
    expect(await page.locator('.accounts a').count()).toBe(0);
    expect(await page.locator('noscript').textContent()).toContain(
      'Missing, unknown, not zero: 1 account no-access, 1 account suspended, 1 region denied, 1 region timed-out.',
    );
    await page.getByRole('button', { name: 'Older run' }).click();
    await untilRead(page, '.banner', 'This report holds the accounts of its newest run only');
    await page.getByRole('button', { name: 'Newest run' }).click();
    await untilRead(page, 'h1', '48,395 + ? streams');
    expect(page.complaints).toEqual([]);
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
