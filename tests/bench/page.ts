/**
 * How long a page of many accounts takes to paint, in a real browser: from the moment at which the answer has arrived, all of it, until
 * the accounts are on the screen. Prints the table of docs/page.md. Needs Chromium, as the tests in tests/page/browser do.
 *
 *     npm run bench:page
 *     npm run bench:page -- 1000    # other numbers of accounts than 1,000 and 5,000
 */
import type { Page } from 'playwright-core';
import { ORGANIZATION } from '../../src/census/census-id.ts';
import { manyAccounts } from '../fixtures/organization.ts';
import { closePages, launchChromium, startPage } from '../page/harness.ts';

const SAMPLES = 7;

/** What a reader does, in the browser; each gives milliseconds. */
const MEASURED = {
  /** The page itself is the answer. */
  opened: async (page: Page, url: string) => {
    await page.goto(url);
    await page.locator('.accounts tbody tr').first().waitFor();
    return await page.evaluate(
      `performance.getEntriesByName('first-contentful-paint')[0].startTime -
       performance.getEntriesByType('navigation')[0].responseEnd`,
    );
  },
  /** An earlier run is chosen, and its accounts are fetched. */
  'another run': async (page: Page) =>
    await page.evaluate(untilPainted(`document.querySelector('[aria-label="Older run"]').click()`, 'data/runs/')),
  searched: async (page: Page) =>
    await page.evaluate(
      untilPainted(
        `(() => { const one = document.querySelector('#find-account'); one.value = '77'; one.dispatchEvent(new Event('input')); })()`,
      ),
    ),
  sorted: async (page: Page) =>
    await page.evaluate(untilPainted(`document.querySelector('.accounts thead .col-name button').click()`)),
} as const;

/**
 * Runs in the browser: does something, and waits for the frame after the one in which the rows have changed. What was fetched
 * for it is not counted.
 */
const untilPainted = (act: string, fetched = '') => `new Promise((resolve) => {
  let since = performance.now();
  if (${JSON.stringify(fetched)} !== '')
    new PerformanceObserver((list) => {
      for (const { name, responseEnd } of list.getEntries()) if (name.includes(${JSON.stringify(fetched)})) since = responseEnd;
    }).observe({ type: 'resource' });
  new MutationObserver((_changes, observer) => {
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => {
      const painted = performance.now();
      setTimeout(() => resolve(painted - since), 100);
    }));
  }).observe(document.querySelector('.accounts tbody'), { childList: true });
  ${act};
})`;

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const asked = process.argv.slice(2).map(Number);
const browser = await launchChromium();
console.log(`| accounts | ${Object.keys(MEASURED).join(' | ')} | elements | sent |`);
console.log(
  `|---:|${Object.keys(MEASURED)
    .map(() => '---:|')
    .join('')}---:|---:|`,
);
for (const accounts of asked.length > 0 ? asked : [1000, 5000]) {
  const server = await startPage(ORGANIZATION);
  await server.fillOrganization(manyAccounts(accounts));
  const taken = Object.fromEntries(Object.keys(MEASURED).map((what) => [what, [] as number[]]));
  let [elements, bytes] = [0, 0];
  for (let sample = 0; sample < SAMPLES; sample++) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    for (const [what, measure] of Object.entries(MEASURED)) taken[what]?.push(Number(await measure(page, server.page)));
    elements = Number(await page.evaluate(`document.querySelectorAll('*').length`));
    bytes = Number(await page.evaluate(`performance.getEntriesByType('navigation')[0].decodedBodySize`));
    await page.close();
  }
  const times = Object.values(taken).map((all) => `${Math.round(median(all))} ms`);
  console.log(
    `| ${[accounts.toLocaleString('en-US'), ...times, elements, `${Math.round(bytes / 1000)} kB`].join(' | ')} |`,
  );
}
await browser.close();
await closePages();
