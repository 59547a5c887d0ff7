/** The page is used with a keyboard alone, on a phone, in the dark, and by whoever does not see the trend. */
import { history, REGIONS } from '../../cli/history.ts';
import { describeInBrowser, read, readRegions, startPage, untilRead, type Watched } from '../harness.ts';
import { FAINT_TEXTS } from '../looks.ts';

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

/** Presses Tab until that element has the focus. */
async function tabTo(page: Watched, selector: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
  }
  throw new Error(`Sixty times Tab never reached ${selector}.`);
}

describeInBrowser('How the page is used', (browser) => {
  const openFull = async (runs: number, options?: Parameters<typeof browser.open>[1]) => {
    const server = await startPage();
    const past = [...history({ runs, isMissing: (n, region) => n === runs - 2 && region === 'eu-west-3' })];
    await server.fill(past);
    const page = await browser.open(server.page, options);
    await untilRead(page, '.trend .note', `${runs} runs`);
    return { server, past, page };
  };

  test('the arrow keys go through the runs on the trend, which says where it is', async () => {
    const { page } = await openFull(30);
    await tabTo(page, '.chart');
    await page.keyboard.press('ArrowLeft');
    await untilRead(page, '.headline .mark', 'Partial: 1 of 19 regions missing');
    expect(await page.locator('.chart').getAttribute('aria-valuetext')).toMatch(
      /^2026-11-20 05:30 UTC: PARTIAL, [\d,]+ in 18 of 19 regions; missing eu-west-3 \(/,
    );
    await page.keyboard.press('Home');
    await untilRead(page, '.facts', '2026-11-19 15:30 UTC');
    expect(await page.locator('.chart').getAttribute('aria-valuenow')).toBe('1');
    await page.keyboard.press('End');
    await untilRead(page, '.headline .mark', 'Complete');
  });

  test('runs are stepped through, picked, and the newest is a key away', async () => {
    const { page } = await openFull(12);
    await tabTo(page, '[aria-label="Older run"]');
    await page.keyboard.press('Enter');
    await untilRead(page, '.facts', '2026-11-20 05:30 UTC');
    await tabTo(page, '#run');
    await page.keyboard.press('End');
    await untilRead(page, '.facts', '2026-11-20 00:30 UTC');
    expect(new URL(page.url()).hash).toBe('#run=2026-11-20T00:30:00Z');
    await tabTo(page, '[aria-label="Newest run"]');
    await page.keyboard.press('Space');
    await untilRead(page, '.facts', '2026-11-20 06:00 UTC');
  });

  test('a region is looked at through time, and left again', async () => {
    const { page } = await openFull(12);
    await tabTo(page, 'button[data-region="eu-west-3"]');
    await page.keyboard.press('Enter');
    await untilRead(page, '.trend .note', 'Streams in eu-west-3 of 12 runs, 1 without a count');
    await page.locator('.chart').focus();
    await page.keyboard.press('ArrowLeft');
    await untilRead(page, '.headline .mark', 'Partial');
    expect(await page.locator('.chart').getAttribute('aria-valuetext')).toMatch(
      /MISSING, .*; unknown, not zero; last known [\d,]+$/,
    );
    await page.locator('.back').focus();
    await page.keyboard.press('Enter');
    await untilRead(page, '.trend .note', 'Totals of 12 runs, 1 partial');
  });

  test('regions are put in another order, which the table tells', async () => {
    const { page } = await openFull(3);
    await tabTo(page, '.regions th.region button');
    await page.keyboard.press('Enter');
    expect(Object.keys(await readRegions(page))).toEqual([...REGIONS].sort());
    expect(await page.locator('.regions th.region').getAttribute('aria-sort')).toBe('ascending');
    expect(await page.locator('.regions th.streams').getAttribute('aria-sort')).toBe('none');
  });

  test('the most urgent regions come first, and again when it is asked for', async () => {
    const { page, past } = await openFull(12);
    await page.getByRole('button', { name: 'Older run' }).click();
    await untilRead(page, '.headline .mark', 'Partial');
    const [first] = Object.keys(await readRegions(page));
    expect(first).toBe('eu-west-3');
    const urgent = page.getByRole('button', { name: 'Most urgent first' });
    expect(await urgent.getAttribute('aria-pressed')).toBe('true');
    await page.locator('.regions th.streams button').click();
    expect(await urgent.getAttribute('aria-pressed')).toBe('false');
    const byNumber = past.at(-2)?.records.flatMap((one) => (one.status === 'counted' ? [one] : [])) ?? [];
    const [largest] = byNumber.sort((a, b) => b.tally.streams - a.tally.streams);
    expect(Object.keys(await readRegions(page))[0]).toBe(largest?.region);
    await urgent.click();
    expect(Object.keys(await readRegions(page))[0]).toBe('eu-west-3');
  });

  test('a command is copied by the button beside it', async () => {
    const { page } = await openFull(12, { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.getByRole('button', { name: 'Older run' }).click();
    await untilRead(page, '.missing', 'In detail');
    const command = await page.locator('.missing code').last().innerText();
    expect(command).toBe('kvs-census explain 2026-11-20T05:30:00Z');
    await page.locator('.missing .copy').last().click();
    await untilRead(page, '.copied', `Copied: ${command}`);
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(command);
  });

  test('every command has such a button', async () => {
    const { page } = await openFull(12);
    await page.getByRole('button', { name: 'Older run' }).click();
    await untilRead(page, '.missing', 'In detail');
    expect(await page.locator('main code').count()).toBeGreaterThan(0);
    expect(await page.locator('main code').count()).toBe(await page.locator('main code + .copy').count());
  });

  test('what has the focus keeps it while the page reads on', async () => {
    const server = await startPage();
    await server.fill(history({ runs: 4, isMissing: (n, region) => n === 3 && region === 'eu-west-3' }));
    const page = await browser.open('about:blank');
    await page.clock.install();
    await page.goto(server.page);
    for (const selector of ['.missing .copy[title*="explain"]', '.beside-button']) {
      await page.locator(selector).focus();
      const read = page.waitForResponse((response) => response.url().includes('/data/newest?'));
      await page.clock.runFor(2000);
      await (await read).finished();
      await page.clock.runFor(10);
      expect(await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)).toBe(true);
    }
  });

  test('with a short history the regions are in sight when the page opens', async () => {
    for (const runs of [1, 8]) {
      const server = await startPage();
      await server.fill(history({ runs, isMissing: (n, region) => n === runs - 1 && region.startsWith('eu-west-') }));
      const page = await browser.open(server.page);
      await untilRead(page, '.trend .note', runs === 1 ? 'of 1 run,' : `of ${runs} runs,`);
      const rows = await page.locator('.regions tbody tr').all();
      const boxes = await Promise.all(rows.map(async (row) => await row.boundingBox()));
      expect(boxes.filter((box) => box !== null && box.y + box.height <= 900).length).toBeGreaterThanOrEqual(5);
    }
  });

  test('on a phone the picker shows the number and the verdict', async () => {
    const { page, past } = await openFull(12, PHONE);
    const streams = (back: number) => past.at(-1 - back)?.run.total?.streams.toLocaleString('en-US');
    expect(await read(page, '.picker .face')).toBe(`${streams(0)} complete 2026-11-20 06:00 UTC`);
    await page.locator('#run').selectOption('2026-11-20T05:30:00Z');
    await untilRead(page, '.headline .mark', 'Partial');
    expect(await read(page, '.picker .face')).toBe(`${streams(1)} + ? partial 18/19 2026-11-20 05:30 UTC`);
    const [face, list] = [page.locator('.picker .face'), page.locator('#run')];
    expect(await face.boundingBox()).toEqual(await list.boundingBox());
  });

  test('whatever has the focus is seen to have it', async () => {
    const { page } = await openFull(3);
    for (const selector of ['#run', '.chart', 'button[data-region="eu-west-3"]', '.runs summary']) {
      await tabTo(page, selector);
      const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
      expect({ selector, outline }).toEqual({ selector, outline: 'solid' });
    }
  });

  test('a point of the trend is chosen with the mouse, and says what it is before', async () => {
    const { page } = await openFull(12);
    const over = page.locator('.trend .u-over');
    const { width } = (await over.boundingBox()) ?? { width: 0 };
    const position = { x: (width * (0.015 + 10 / 11)) / 1.03, y: 60 };
    await over.hover({ position });
    await untilRead(page, '.tip', '2026-11-20 05:30 UTC: PARTIAL');
    await over.click({ position });
    await untilRead(page, '.headline .mark', 'Partial');
  });

  test('the runs are there as a table, too', async () => {
    const { page, past } = await openFull(12);
    await page.locator('.runs summary').click();
    await page.locator('.runs tbody tr').first().waitFor();
    const rows = (await page.locator('.runs tbody tr').allInnerTexts()).map((row) => row.replace(/\s+/g, ' ').trim());
    expect(rows).toHaveLength(12);
    const streams = (back: number) => past.at(-1 - back)?.run.total?.streams.toLocaleString('en-US');
    expect(rows[0]).toBe(`2026-11-20 06:00 UTC ${streams(0)} complete`);
    expect(rows[1]).toMatch(new RegExp(`^2026-11-20 05:30 UTC ${streams(1)} \\+ \\? partial, 18 of 19 eu-west-3 \\(`));
  });

  test('on a phone nothing is cut off, and nothing has to be pushed aside', async () => {
    const { page } = await openFull(40, PHONE);
    await page.getByRole('button', { name: 'Older run' }).tap();
    await untilRead(page, '.headline .mark', 'Partial');
    await page.locator('.runs summary').tap();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    expect(await page.evaluate(CUT_OFF)).toEqual([]);
    expect(await read(page, '.regions tbody tr[data-region="eu-west-3"] td.streams')).toMatch(/^unknown was [\d,]+$/);
  });

  test.each(['light', 'dark'] as const)('in a %s scheme every text stands out from its ground', async (colorScheme) => {
    const { page } = await openFull(12, { colorScheme });
    const ground = (await page.evaluate('getComputedStyle(document.body).backgroundColor')) as string;
    const [red = 0] = (ground.match(/\d+/g) ?? []).map(Number);
    expect(red > 128 ? 'light' : 'dark').toBe(colorScheme);
    await page.getByRole('button', { name: 'Older run' }).click();
    await untilRead(page, '.headline .mark', 'Partial');
    expect(await page.evaluate(FAINT_TEXTS)).toEqual([]);
  });
});

/** Runs in the browser: texts that reach beyond the screen, except in what scrolls by itself. */
const CUT_OFF = `[...document.querySelectorAll('main *, header *, footer')]
  .filter((one) => one.textContent !== '' && !one.closest('.scroll') && one.getClientRects().length > 0)
  .filter((one) => { const { left, right } = one.getBoundingClientRect(); return left < 0 || right > 360.5; })
  .map((one) => one.className + ': ' + one.textContent.slice(0, 40))`;
