/** The page as one file: it holds all it needs, and says the same as the live page. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { History } from '../../src/page/model.ts';
import { history } from '../cli/history.ts';
import { makeIo } from '../cli/world.ts';
import { closePages, describeInBrowser, read, readRegions, startPage, untilRead } from './harness.ts';

afterEach(closePages);

async function makeReport(runs: number, options = '') {
  const server = await startPage();
  await server.fill(history({ runs, isMissing: (n, region) => n % 7 === 5 && region === 'eu-west-3' }));
  const folder = server.folder();
  const { code, out, err } = await server.command(`report --html census.html${options}`, makeIo(folder));
  const file = join(folder, 'census.html');
  return { server, code, out, err, file, url: pathToFileURL(file).href };
}

describe('`kvs-census report`', () => {
  test('writes one file and says what it wrote', async () => {
    const { code, out, file } = await makeReport(8);
    expect(code).toBe(0);
    expect(out).toMatch(/^Wrote 8 runs to .*census\.html \(\d+ kB\)\.\n$/);
    expect(readFileSync(file, 'utf8')).toMatch(/^<!doctype html>/);
  });

  test('--last takes the newest ones only', async () => {
    const { out } = await makeReport(8, ' --last 3');
    expect(out).toContain('Wrote 3 runs');
  });

  test('names no address but those of its own data, and none that a browser would fetch', async () => {
    const { file } = await makeReport(8);
    const html = readFileSync(file, 'utf8');
    expect(html).not.toMatch(/<(link|img|iframe|object|embed)[^>]+(src|href)="?https?:/i);
    expect(html).not.toMatch(/<script[^>]+src=|@import|url\(["']?http/i);
    expect(html).toContain('default-src &#39;none&#39;');
  });

  test('without scripts the number is there all the same, and what is missing from it', async () => {
    const { file } = await makeReport(6);
    const noscript = /<noscript>(.*?)<\/noscript>/s.exec(readFileSync(file, 'utf8'))?.[1];
    expect(noscript).toMatch(/\d+ streams in 18 of 19 regions: partial .* Missing, unknown, not zero: eu-west-3 \(/);
  });
});

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
        await page.locator('.columns[aria-busy="false"]').waitFor();
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
