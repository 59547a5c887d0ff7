/** Why it is lower than yesterday: what the page compares, and two runs side by side. On the story of three days. */
import { history } from '../../cli/history.ts';
import { RUN, story } from '../../fixtures/story.ts';
import { describeInBrowser, makeReport, read, readRegions, startPage, untilRead, type Watched } from '../harness.ts';

const SCREENS = [1280, 768, 390].flatMap((width) =>
  (['light', 'dark'] as const).map((scheme) => [width, scheme] as const),
);

describeInBrowser('Why the number is another one', (browser) => {
  const open = async (address = '', width = 1280) => {
    const server = await startPage();
    await server.fill(story());
    const page = await browser.open(`${server.page}${address}`, { viewport: { width, height: 900 } });
    await untilRead(page, '.trend .note', 'Totals of 9 runs');
    return page;
  };

  test('the headline names what changed most against the last complete run, and apart from it what is not visible, and since when', async () => {
    const page = await open();
    expect(await read(page, '.difference')).toBe(
      '\u22121,174 in the 18 regions that both counted, against the last complete run (2026-11-19 06:00 UTC): us-east-1 \u22121,200, eu-central-1 +34, me-south-1 \u221229 and us-west-2 +21. Side by side',
    );
    expect(await read(page, '.apart')).toBe(
      'Not visible now: \u22129,418 in eu-west-1 (denied since 2026-11-19 12:00 UTC)',
    );
  });

  test('what came and went since the run before is told, and of which regions it is unknown', async () => {
    const page = await open();
    expect(await read(page, '.churn')).toBe(
      '34 created, 0 gone since the run before (00:00 UTC); unknown in ap-northeast-2, eu-west-1, eu-west-3 and me-south-1.',
    );
    expect((await readRegions(page))['eu-central-1']?.change).toMatch(/^\+34\s+34 created, 0 gone$/);
    expect((await readRegions(page))['us-east-2']?.change).toBe('±0');
  });

  test('a plan that shrank is told as such, not as streams that went', async () => {
    const page = await open(`#run=${RUN.shortPlan}`);
    await untilRead(page, '.facts', '2026-11-19 00:00 UTC');
    expect(await read(page, '.difference')).toBe(
      '±0 in the 5 regions that both counted, against the newest earlier total (2026-11-18 18:00 UTC), of another plan. Side by side',
    );
    expect(await read(page, '.apart')).toMatch(
      /^No longer planned: \u2212[\d,]+ in ap-northeast-1, ap-southeast-1, ap-southeast-2 and 11 more$/,
    );
  });

  test('of many regions that changed the largest few are named', async () => {
    const server = await startPage();
    await server.fill(history({ runs: 3, isMissing: () => false }));
    const page = await browser.open(server.page);
    expect(await read(page, '.difference')).toMatch(
      /^[+\u2212][\d,]+ against the last complete run \(05:30 UTC\): (\S+ [+\u2212][\d,]+, ){2}\S+ [+\u2212][\d,]+ and \d+ more\. Side by side$/,
    );
  });

  test('what both totals miss has no part in their difference, and is named all the same', async () => {
    const server = await startPage();
    await server.fill(history({ runs: 3, isMissing: (_n, region) => region === 'eu-west-3' }));
    const page = await browser.open(server.page);
    expect(await read(page, '.difference')).toContain('against the newest earlier total (05:30 UTC), partial, too');
    expect(await read(page, '.apart')).toMatch(/^Missing in both: eu-west-3 \([a-z-]+ since 05:00 UTC\)$/);
  });

  test.each(SCREENS)('on a screen of %i px, %s, nothing of the headline is cut off', async (width, colorScheme) => {
    const server = await startPage();
    await server.fill(story());
    const page = await browser.open(server.page, { viewport: { width, height: 900 }, colorScheme });
    await untilRead(page, '.difference', 'Side by side');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(await page.evaluate(beyond('.headline *'))).toEqual([]);
  });

  test('each region is compared with its own last count, and one that another run counted says which', async () => {
    const page = await open();
    const rows = await readRegions(page);
    expect(rows['me-south-1']?.change.split('\n')).toEqual(['\u221229', 'since 2026-11-19 18:00 UTC']);
    expect(rows['us-west-2']?.change).toBe('±0');
    expect(await read(page, '.regions .note')).toBe(
      'Change is since 00:00 UTC, unless another run is named. Created and gone are since the run before, 00:00 UTC.',
    );
  });

  test('two runs stand side by side, with what came and went where both counted, and apart from it what only one tells', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'side by side' }).click();
    await untilRead(page, '.sides .sum', '\u22121,174 in the 18 regions that both counted (55 created, 1,229 gone).');
    expect(await read(page, '.sides .apart')).toBe('Not visible now: \u22129,418 in eu-west-1');
    expect(await sidesOf(page)).toEqual([
      'us-east-1 store-nyc-cam-… \u22121,200 18,742 17,542 \u22121,200 0 1,200',
      'eu-central-1 werk-ulm-halle-… +34 7,655 7,689 +34 34 0',
      'me-south-1 manama-port-… \u221229 41 12 \u221229 0 29',
      'us-west-2 store-sea-cam-… +21 11,903 11,924 +21 21 0',
      'eu-west-1 9,418 unknown: denied not comparable',
    ]);
    expect(await page.locator('.sides thead th').nth(1).innerText()).toMatch(
      /^2026-11-19 06:00 UTC\s+60,953\s+complete$/,
    );
    expect(page.complaints).toEqual([]);
  });

  test('the other run can be chosen, the earlier one always stands first, and the address keeps the two', async () => {
    const page = await open();
    await page.locator('.sides summary').click();
    await page.locator('#beside').selectOption(RUN.shortPlan);
    await untilRead(page, '.sides .apart', 'Newly planned: +10,333 in ap-northeast-1,');
    expect(await sidesOf(page)).toContain('ca-central-1 not planned 999 not comparable');
    expect(new URL(page.url()).hash).toBe(`#beside=${RUN.shortPlan}`);
    await page.locator('#run').selectOption(RUN.beforeRetry);
    await untilRead(page, '.sides thead', '2026-11-18 12:00 UTC');
    expect((await page.locator('.sides thead th').allInnerTexts())[1]).toContain('2026-11-18 12:00 UTC');
    await page.reload();
    await untilRead(page, '.sides thead', '2026-11-18 12:00 UTC');
    await page.locator('.sides summary').click();
    await page.waitForURL(({ hash }) => hash === `#run=${RUN.beforeRetry}`);
  });

  test('what makes the rest of the difference of the two totals is added up by why', async () => {
    const page = await open(`#beside=${RUN.slow}`);
    await untilRead(
      page,
      '.sides .sum',
      '+5 in the 17 regions that both counted (34 created, 29 gone). Apart from that:',
    );
    expect(await page.locator('.sides .apart li').allInnerTexts()).toEqual([
      expect.stringMatching(/^Visible again:\s\+4,210 in ap-northeast-1$/),
      expect.stringMatching(/^Missing in both:\seu-west-1$/),
    ]);
    await page.locator('#run').selectOption(RUN.shortPlan);
    await page.locator('#beside').selectOption(RUN.retried);
    await untilRead(page, '.sides .apart', 'No longer planned: \u221210,355 in ap-northeast-1, ap-southeast-1,');
  });

  test.each([1280, 768, 390])('on a screen of %i px nothing of the two runs is cut off', async (width) => {
    const page = await open(`#beside=${RUN.shortPlan}`, width);
    await untilRead(page, '.sides .apart', 'Newly planned');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(await page.evaluate(beyond('.sides *'))).toEqual([]);
  });

  test('a report tells the two runs side by side as well, but not how many came and went', async () => {
    const { url } = await makeReport(8);
    const page = await browser.open(url);
    await page.getByRole('button', { name: 'side by side' }).click();
    await untilRead(page, '.sides .sum', 'that both counted.');
    expect(await page.locator('.sides thead').innerText()).not.toContain('Created');
    expect(page.asked.map((one) => one.replace(/[?#].*/, ''))).toEqual([url]);
  });
});

const sidesOf = async (page: Watched) =>
  (await page.locator('.sides tbody tr').allInnerTexts()).map((row) => row.replace(/\s+/g, ' ').trim());

/** In the browser: the elements whose text lies beside the screen. */
const beyond = (selector: string) => `[...document.querySelectorAll('${selector}')]
  .filter((one) => one.textContent !== '' && one.getClientRects().length > 0)
  .filter((one) => { const { left, right } = one.getBoundingClientRect(); return left < 0 || right > innerWidth + 0.5; })
  .map((one) => one.className + ': ' + one.textContent.slice(0, 40))`;
