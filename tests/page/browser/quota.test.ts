/** How full each region is, and when it will be full, as the page tells it. */
import { month } from '../../fixtures/month.ts';
import { describeInBrowser, makeReportOf, read, startPage, untilRead, type Watched } from '../harness.ts';
import { beyondScreen, FAINT_TEXTS } from '../looks.ts';

const SCREENS = [1280, 768, 390].flatMap((width) =>
  (['light', 'dark'] as const).map((scheme) => [width, scheme] as const),
);

describeInBrowser('The quotas', (browser) => {
  const openMonth = async (options?: Parameters<typeof browser.open>[1]) => {
    const server = await startPage();
    await server.fill(month());
    const page = await browser.open(server.page, options);
    await untilRead(page, '.trend .note', '65 runs');
    return page;
  };

  test('stand beside what is used of them, and what has reached the threshold is marked', async () => {
    const page = await openMonth();
    expect(await quotaOf(page, 'us-east-1')).toBe('87.7 % (80 % or more) of 20,000');
    expect(await quotaOf(page, 'us-west-2')).toBe('79.4 % of 15,000');
    expect(await quotaOf(page, 'ap-east-1')).toBe('0 % of 10,000');
    expect(await page.locator('.regions td.is-above').count()).toBe(2);
    const bar = await page.evaluate(
      `document.querySelector('[data-region="us-east-1"] .meter').style.getPropertyValue('--share')`,
    );
    expect(bar).toBe('0.8771');
  });

  test('that are not known are said to be unknown, and why, and what is missing has none', async () => {
    const page = await openMonth();
    expect(await quotaOf(page, 'ap-northeast-2')).toBe('quota unknown: throttled');
    expect(await quotaOf(page, 'eu-west-1')).toBe('');
    const sentences = await page.locator('.unknown-quotas li').allInnerTexts();
    expect(sentences).toHaveLength(3);
    expect(sentences[0]).toBe('Nearly full when last seen, and not known now: eu-west-1.');
    expect(sentences[2]).toMatch(/^eu-south-2: quota unknown \(denied\), because the worker may not ask/);
  });

  test('that are nearly reached are named with the command that asks for more', async () => {
    const page = await openMonth();
    expect(await read(page, '.filling .note')).toMatch(
      /^At least 2 of 19 regions have reached 80 % of what AWS allows there\./,
    );
    expect(await page.locator('.filling code').allInnerTexts()).toEqual(
      [
        ['us-east-1', 40_000],
        ['ca-central-1', 2_400],
      ].map(
        ([region, desired]) =>
          `aws service-quotas request-service-quota-increase --service-code kinesisvideo --quota-code L-F06528A6 --desired-value ${desired} --region ${region}`,
      ),
    );
  });

  test('regions are put in the order of how full they are', async () => {
    const page = await openMonth();
    await page.locator('.regions th.quota button').click();
    const regions = await page
      .locator('.regions tbody tr')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-region')));
    expect(regions.slice(0, 4)).toEqual(['us-east-1', 'ca-central-1', 'us-west-2', 'eu-central-1']);
    expect(await page.locator('.regions th.quota').getAttribute('aria-sort')).toBe('descending');
  });

  test.each([
    [
      'us-east-1',
      /^17,542 of 20,000 streams, 87\.7 %\. Full in 44 days \(44 to 48\), \+55 a day .* Told from 31 counts, one a day, from 2026-10-21 to 2026-11-20/,
    ],
    ['ap-southeast-1', /^1,986 of 10,000 streams, 19\.8 %\. Flat \(-12 to \+11 a day\)\. Told from/],
    ['me-south-1', /Shrinking, -2 a day/],
    ['eu-south-2', /^Quota unknown \(denied\)\. Not enough history to tell how it goes on: 8 counts/],
  ])('the trend of %s tells how it goes on', async (region, says) => {
    const page = await openMonth();
    await page.locator(`button[data-region="${region}"]`).click();
    await untilRead(page, '.trend .note', `Streams in ${region}`);
    expect(await read(page, '.outlook')).toMatch(says);
    await page.locator('.back').click();
    await untilRead(page, '.trend .note', 'Totals');
    expect(await page.locator('.outlook').isVisible()).toBe(false);
  });

  test('a report tells the same of its newest total', async () => {
    const page = await browser.open((await makeReportOf(month())).url);
    expect(await quotaOf(page, 'us-east-1')).toBe('87.7 % (80 % or more) of 20,000');
    await page.locator('button[data-region="us-east-1"]').click();
    await untilRead(page, '.outlook', 'Full in 44 days');
  });

  test('an older run has its own, and before anybody asked there is no such column', async () => {
    const server = await startPage();
    const [first, ...rest] = month().slice(-3);
    const unasked = first!.records.map((record) => {
      if (record.status !== 'counted') return record;
      const { quota: _, ...before } = record;
      return before;
    });
    await server.fill([{ ...first!, records: unasked }, ...rest]);
    const page = await browser.open(`${server.page}#run=${first!.run.runId}`);
    await untilRead(page, '.trend .note', '3 runs');
    expect(await page.locator('.regions th.quota').isVisible()).toBe(false);
    expect(await page.locator('.filling').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Newest run' }).click();
    await page.locator('.regions th.quota').waitFor();
  });

  test.each(SCREENS)('on a screen of %i px, %s, all of it is seen, and readable', async (width, colorScheme) => {
    const page = await openMonth({ viewport: { width, height: 900 }, colorScheme });
    await page.locator('button[data-region="us-east-1"]').click();
    await page.locator('.outlook').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(await page.evaluate(beyondScreen('.headline *, .filling *, .regions *, .trend *'))).toEqual([]);
    expect(await page.evaluate(OVERLAPPING)).toEqual([]);
    expect(await page.evaluate(FAINT_TEXTS)).toEqual([]);
  });
});

const quotaOf = async (page: Watched, region: string) =>
  await read(page, `.regions [data-region="${region}"] td.quota`);

/** Runs in the browser: cells of a row of the regions whose texts lie upon each other. */
const OVERLAPPING = `[...document.querySelectorAll('.regions tr')].flatMap((row) => {
  const boxes = [...row.children].filter((cell) => cell.textContent !== '').map((cell) => {
    const range = document.createRange();
    range.selectNodeContents(cell);
    return { cell, ...range.getBoundingClientRect().toJSON() };
  });
  return boxes.filter(({ left }, at) => at > 0 && left < boxes[at - 1].right - 0.5).map(({ cell }) => cell.textContent);
})`;
