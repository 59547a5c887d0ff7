/** A long history does not keep the reader waiting. */
import { history, type Past } from '../../cli/history.ts';
import { describeInBrowser, startPage, untilRead } from '../harness.ts';

const RUNS = 1000;
const SAMPLES = 5;

/** Regions of the newest runs only: nobody looks at those of the others here. */
const inShort = (past: readonly Past[]) => past.map((one, n) => (n < past.length - 2 ? { ...one, records: [] } : one));

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

describeInBrowser('A ledger of 1,000 runs', (browser) => {
  test('is first painted within a second, and its trend is drawn soon after', async () => {
    const server = await startPage();
    await server.fill(inShort([...history({ runs: RUNS })]));
    const painted: number[] = [];
    for (let sample = 0; sample < SAMPLES; sample++) {
      const page = await browser.open(server.page);
      await untilRead(page, '.trend .note', '100 runs');
      painted.push((await page.evaluate(FIRST_CONTENTFUL_PAINT)) as number);
      await page.getByRole('button', { name: 'All 1,000' }).click();
      await untilRead(page, '.trend .note', 'Totals of 1,000 runs, 101 partial');
      expect(await page.locator('#run option').count()).toBe(RUNS);
      await page.close();
    }
    expect(median(painted)).toBeLessThan(1000);
  });
});

/** Runs in the browser: milliseconds from asking for the page until it shows something. */
const FIRST_CONTENTFUL_PAINT = `new Promise((resolve) => {
  new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries()) if (name === 'first-contentful-paint') resolve(startTime);
  }).observe({ type: 'paint', buffered: true });
})`;
