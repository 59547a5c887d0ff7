/** The switch of kinds: what each kind's newest total says is seen at all times, and nothing of one is shown as another's. */
import type { Run } from '../../../src/census/run.ts';
import { CHANNELS, history, type Past } from '../../cli/history.ts';
import { describeInBrowser, makeReport, read, readRegions, startPage, untilRead, type Watched } from '../harness.ts';
import { beyondScreen, FAINT_TEXTS } from '../looks.ts';

const RUNS = 12;
const AREA = ['eu-central-1', 'eu-west-1', 'us-east-1'];

const streams = () => [...history({ runs: RUNS, isMissing: () => false })];

/** The newest is partial. */
function channels(runs = RUNS): Past[] {
  const isMissing = (n: number, region: string) => n === runs - 1 && region === 'us-east-1';
  return [...history({ runs, censusId: CHANNELS, regions: AREA, isMissing })];
}

const totalOf = ({ run }: Past) => run.total?.streams.toLocaleString('en-US') ?? '';

const SCREENS = [1280, 768, 390].flatMap((width) =>
  (['light', 'dark'] as const).map((scheme) => [width, scheme] as const),
);

describeInBrowser('The switch of kinds', (browser) => {
  const openBoth = async (hash = '', options?: Parameters<typeof browser.open>[1]) => {
    const server = await startPage();
    const past = { streams: streams(), channels: channels() };
    await server.fill([...past.streams, ...past.channels]);
    const page = await browser.open(`${server.page}${hash}`, options);
    await untilRead(page, '.trend .note', `${RUNS} runs`);
    return { server, past, page };
  };

  test('shows what the newest total of each says, and which of them the page shows', async () => {
    const { page, past } = await openBoth();
    const said = [
      `Streams ${totalOf(past.streams.at(-1)!)} complete`,
      `Channels ${totalOf(past.channels.at(-1)!)} + ? partial 2/3`,
    ];
    expect(await kindsOf(page)).toEqual(said);
    expect(await read(page, '.kinds [aria-current]')).toBe(said[0]);
    // An older run that is looked at is not what the switch tells of.
    await page.getByRole('button', { name: 'Older run' }).click();
    await untilRead(page, '.facts', '2026-11-20 05:30 UTC');
    await page.locator('[data-kind="channels"]').click();
    await untilRead(page, '.headline .mark', 'Partial: 1 of 3 regions missing');
    expect(await kindsOf(page)).toEqual(said);
    expect(await read(page, '.kinds [aria-current]')).toBe(said[1]);
  });

  test('is not there where streams are all that was ever counted, and in a report', async () => {
    const server = await startPage();
    await server.fill(streams());
    for (const url of [server.page, (await makeReport(3)).url]) {
      const page = await browser.open(url);
      await untilRead(page, '.trend .note', 'runs');
      expect(await page.locator('.kinds').isVisible()).toBe(false);
    }
  });

  test('everything on the page is of the kind that is shown, and so are its words and its commands', async () => {
    const { page, past } = await openBoth();
    await page.locator('[data-kind="channels"]').click();
    await untilRead(page, 'h1', `${totalOf(past.channels.at(-1)!)} + ? channels`);
    await untilRead(page, '.trend .note', `Totals of ${RUNS} runs, 1 partial`);
    expect(Object.keys(await readRegions(page)).sort()).toEqual(AREA);
    expect(await read(page, '.missing li')).toMatch(/last known [\d,]+ channels/);
    const commands = await page.locator('.missing code').allInnerTexts();
    expect(commands.at(-1)).toBe('kvs-census explain 2026-11-20T06:00:00Z --kind channels');
    expect(await read(page, '.facets')).toContain('Full mesh');
    expect(await page.title()).toMatch(/^PARTIAL [\d,]+ \+ \? channels/);
    expect(await page.locator('body').innerText()).not.toMatch(/[^.]\bstreams\b/);
    await page.locator('.regions button[data-region="eu-west-1"]').click();
    await untilRead(page, '.trend .note', 'Channels in eu-west-1');
  });

  test('the keyboard goes to it, and from it to the kind and back; the run that was chosen in each stays', async () => {
    const { page } = await openBoth();
    await page.getByRole('button', { name: 'Older run' }).click();
    await untilRead(page, '.facts', '2026-11-20 05:30 UTC');
    await page.locator('[data-kind="streams"]').focus();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.keyboard.press('Enter');
    await untilRead(page, 'h1', 'channels');
    await untilRead(page, '.facts', '2026-11-20 06:00 UTC');
    expect(new URL(page.url()).hash).toBe('#kind=channels');
    // Whoever listens is told, and whoever works with the keyboard stays where they are.
    expect(await page.locator('[aria-live="polite"]').innerText()).toContain('PARTIAL');
    expect(await page.evaluate('document.activeElement.dataset.kind')).toBe('channels');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await untilRead(page, '.facts', '2026-11-20 05:30 UTC');
    expect(new URL(page.url()).hash).toBe('#run=2026-11-20T05:30:00Z');
    await page.goBack();
    await untilRead(page, 'h1', 'channels');
  });

  test('a screen reader is told of links, of which one is the current', async () => {
    const { page, past } = await openBoth();
    const links = page.getByRole('navigation', { name: 'What is counted' }).getByRole('link');
    expect(await links.count()).toBe(2);
    const streams = page.getByRole('link', { name: `Streams ${totalOf(past.streams.at(-1)!)} complete`, exact: true });
    const channels = page.getByRole('link', { name: /^Channels [\d,]+ \+ \? partial 2\/3$/ });
    expect(await streams.getAttribute('aria-current')).toBe('true');
    expect(await channels.getAttribute('aria-current')).toBe(null);
  });

  test('the address leads to a kind and to a run of it', async () => {
    const { page } = await openBoth('#kind=channels&run=2026-11-20T05:30:00Z');
    await untilRead(page, '.facts', '2026-11-20 05:30 UTC');
    expect(await read(page, 'h1')).toMatch(/^[\d,]+ channels$/);
    expect(page.complaints).toEqual([]);
  });

  test('an address with a kind that is none says so, and shows the page’s own', async () => {
    const { page } = await openBoth('#kind=cameras');
    await untilRead(page, '.banner', '"cameras" is not a kind of thing that is counted: streams, channels');
    expect(await read(page, 'h1')).toMatch(/^[\d,]+ streams$/);
  });

  test('a kind that was never counted shows no number, and the way back', async () => {
    const server = await startPage();
    await server.fill(streams());
    const page = await browser.open(`${server.page}#kind=channels`);
    await untilRead(page, '.empty', 'There are no runs of channels yet');
    expect(await page.locator('.headline').isVisible()).toBe(false);
    expect((await kindsOf(page))[1]).toBe('Channels – no total yet');
    await page.locator('[data-kind="streams"]').click();
    await untilRead(page, 'h1', 'streams');
    expect(await page.locator('.empty').isVisible()).toBe(false);
  });

  test('an answer that comes late is not shown as another kind’s', async () => {
    const { page, past } = await openBoth();
    const late = Promise.withResolvers<void>();
    await page.route(/\/data\/(newest|history)\?.*kind=channels/, async (route) => {
      await late.promise;
      await route.continue();
    });
    await page.locator('[data-kind="channels"]').click();
    await untilRead(page, '.empty', 'Reading what is known of channels …');
    expect(await page.locator('h1').isVisible()).toBe(false);
    await page.locator('[data-kind="streams"]').click();
    await untilRead(page, 'h1', `${totalOf(past.streams.at(-1)!)} streams`);
    const answered = page.waitForResponse(/newest\?.*kind=channels/);
    late.resolve();
    await (await answered).finished();
    expect(await read(page, 'h1')).toBe(`${totalOf(past.streams.at(-1)!)} streams`);
    await page.locator('[data-kind="channels"]').click();
    await untilRead(page, 'h1', 'channels');
  });

  test('a kind whose runs cannot be read leaves the other as it is', async () => {
    const { page, past } = await openBoth();
    await page.route(/kind=channels/, async (route) => {
      await route.fulfill({ status: 500, json: { problem: 'The ledger is being mended.' } });
    });
    await page.locator('[data-kind="channels"]').click();
    await untilRead(page, '.banner', 'The ledger is being mended.');
    expect(await page.locator('h1').isVisible()).toBe(false);
    await page.locator('[data-kind="streams"]').click();
    await untilRead(page, 'h1', `${totalOf(past.streams.at(-1)!)} streams`);
    expect(await page.locator('.banner').isVisible()).toBe(false);
  });

  test('a kind that is counted for the first time appears while the page is open', async () => {
    const server = await startPage();
    await server.fill(streams());
    const page = await browser.open('about:blank');
    await page.clock.install();
    await page.goto(server.page);
    await untilRead(page, '.trend .note', 'runs');
    const [first] = channels(1) as [Past];
    const { total: _, ...run } = first.run;
    const open: Run = { ...run, sweep: 'OPEN', pending: AREA, deadlineAt: '2126-01-01T00:00:00.000Z' };
    await server.fill([{ run: open, records: [] }]);
    server.later(10_000);
    await page.clock.runFor(2000);
    await untilRead(page, '.kinds', 'no total yet');
    expect((await kindsOf(page))[1]).toBe('Channels – no total yet');
  });

  test.each(SCREENS)('on a screen of %i px, %s, all of it is seen, and readable', async (width, colorScheme) => {
    const { page } = await openBoth('', { viewport: { width, height: 900 }, colorScheme });
    await page.locator('[data-kind="channels"]').click();
    await untilRead(page, 'h1', 'channels');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(await page.evaluate(beyondScreen('header *'))).toEqual([]);
    expect(await page.evaluate(FAINT_TEXTS)).toEqual([]);
  });
});

const kindsOf = async (page: Watched) =>
  (await page.locator('.kinds a').allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
