/** The census page on a real ledger, in a real browser: Debian's Chromium, driven by playwright-core. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { CensusId } from '../../src/census/census-id.ts';
import { sentenceOf } from '../../src/cli/errors.ts';
import { type LocalServer, listenLocally } from '../../src/local/listen.ts';
import type { PageData } from '../../src/page/client/model.ts';
import { makePageHandler } from '../../src/page/handler.ts';
import { ACCOUNT, history, type Past } from '../cli/history.ts';
import { cleanUp, makeIo, NOW_MS, startLedger } from '../cli/world.ts';

/** Where Chromium lies on this machine, if it does. */
const CHROMIUM = [process.env.CHROMIUM ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
  (path) => path !== '' && existsSync(path),
);

const NOT_RUN =
  'NOT RUN, because there is no Chromium here: install it (apt-get install chromium), or name one in the variable CHROMIUM';

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

type InBrowser = {
  /** A fresh, empty profile each time. All pages of a test are closed after it. */
  open: (url: string, options?: BrowserContextOptions) => Promise<Watched>;
};

/** @throws if there is none */
export async function launchChromium(): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error(NOT_RUN);
  return await chromium.launch({ executablePath: CHROMIUM, headless: true, args: QUIET });
}

/** Tests that need a browser. Where there is none they do not fail, but say plainly that nobody looked. */
export function describeInBrowser(name: string, tests: (browser: InBrowser) => void): void {
  describe(name, () => {
    if (CHROMIUM === undefined) {
      test(NOT_RUN, () => void process.stderr.write(`${name}: ${NOT_RUN}.\n`));
      return;
    }
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchChromium();
    });
    afterEach(async () => {
      for (const context of browser.contexts()) await context.close();
      await closePages();
    });
    afterAll(async () => await browser.close());
    tests({ open: async (url, options) => await openPage(browser, url, options) });
  });
}

/** A page that remembers what it asked for and what it complained about. */
export type Watched = Page & { asked: string[]; complaints: string[] };

async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const asked: string[] = [];
  const complaints: string[] = [];
  context.on('request', (request) => asked.push(request.url()));
  const page = await context.newPage();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => complaints.push(`dialog: ${dialog.message()}`));
  await page.goto(url);
  return Object.assign(page, { asked, complaints });
}

/** A ledger to fill, and how a page reads it. @param censusId what the page opens with */
export async function lendLedger(censusId: CensusId = ACCOUNT) {
  const ledger = await startLedger();
  let broken: Error | undefined;
  let nowMs = NOW_MS;
  const source = { reader: ledger.reader, censusId, description: 'the table kvs-census-dev in eu-west-1' };
  return {
    ...ledger,
    source,
    reading: {
      censusId,
      sentenceOf,
      nowMs: () => nowMs,
      withLedger: async <T>(use: (ledger: typeof source) => Promise<T>): Promise<T> => {
        if (broken !== undefined) throw broken;
        return await use(source);
      },
    },
    /** Moves the server's clock on. */
    later: (ms: number) => {
      nowMs += ms;
    },
    /** The ledger cannot be read until it is mended with `undefined`. */
    breakLedger: (error: Error | undefined) => {
      broken = error;
    },
  };
}

/** A ledger to fill, and its page as `kvs-census serve` gives it. @param censusId what the page opens with */
export async function startPage(censusId: CensusId = ACCOUNT) {
  const ledger = await lendLedger(censusId);
  const server = await listenLocally(makePageHandler(ledger.reading));
  servers.push(server);
  return { ...ledger, page: `${server.url}/` };
}

/** What a document of the page holds. */
export function dataIn(html: string): PageData {
  return JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)?.[1] ?? '');
}

/** A ledger, and the report of it: eu-west-3 is missing in one run of seven. */
export async function makeReport(runs: number, options = '') {
  return await makeReportOf(
    history({ runs, isMissing: (n, region) => n % 7 === 5 && region === 'eu-west-3' }),
    options,
  );
}

/** A ledger that holds this, and the report of it. */
export async function makeReportOf(past: Iterable<Past>, options = '') {
  const server = await startPage();
  await server.fill(past);
  const folder = server.folder();
  const { code, out, err } = await server.command(`report --html census.html${options}`, makeIo(folder));
  const file = join(folder, 'census.html');
  return { server, code, out, err, file, url: pathToFileURL(file).href };
}

const servers: Pick<LocalServer, 'close'>[] = [];

/** Closed with the pages. */
export function closeWithPages(server: Pick<LocalServer, 'close'>): void {
  servers.push(server);
}

/** For afterEach of tests without a browser. */
export async function closePages(): Promise<void> {
  for (const server of servers.splice(0)) await server.close();
  await cleanUp();
}

/** What a person reads there: the text as it is laid out, in one line. */
export async function read(page: Page, selector: string): Promise<string> {
  return (await page.locator(selector).first().innerText()).replace(/\s+/g, ' ').trim();
}

/** The rows of the region table, as a person reads them: region, streams, change. */
export async function readRegions(page: Page): Promise<Record<string, { streams: string; change: string }>> {
  const rows = await page.locator('.regions tbody tr').all();
  const read = await Promise.all(
    rows.map(async (row) => {
      const region = (await row.getAttribute('data-region')) ?? '';
      const streams = await row.locator('td.streams').innerText();
      const change = await row.locator('td.change').innerText();
      return [region, { streams: streams.replace(/\s+/g, ' ').trim(), change }] as const;
    }),
  );
  return Object.fromEntries(read);
}

/** Waits until a person would read that text there. */
export async function untilRead(page: Page, selector: string, text: string): Promise<void> {
  await page.locator(selector).filter({ hasText: text }).first().waitFor();
}
