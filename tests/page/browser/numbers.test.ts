/** The page says what the ledger says, and a partial number is never mistaken for a complete one. */
import type { CountedRecord } from '../../../src/census/region.ts';
import { classesOf } from '../../../src/census/tally.ts';
import { history, type Past, REGIONS } from '../../cli/history.ts';
import { describeInBrowser, read, readRegions, startPage, untilRead } from '../harness.ts';

const format = (value: number) => value.toLocaleString('en-US');
const sign = (value: number) => (value === 0 ? '±0' : value > 0 ? `+${format(value)}` : `\u2212${format(-value)}`);
const countsOf = ({ records }: Past) =>
  Object.fromEntries(
    records
      .filter((record): record is CountedRecord => record.status === 'counted')
      .map(({ region, tally }) => [region, tally.streams]),
  );

/** Missing in the newest of `runs` runs only. */
const missingAtTheEnd = (runs: number, regions: readonly string[]) => ({
  runs,
  isMissing: (n: number, region: string) => n === runs - 1 && regions.includes(region),
});

describeInBrowser('What the page says of a run', (browser) => {
  test('the total, every region and every change are those of the ledger', async () => {
    const server = await startPage();
    const past = [...history({ runs: 12, isMissing: () => false })];
    await server.fill(past);
    const page = await browser.open(server.page);

    const [before, newest] = past.slice(-2).map(countsOf) as [Record<string, number>, Record<string, number>];
    const total = Object.values(newest).reduce((sum, streams) => sum + streams, 0);
    expect(await read(page, 'h1')).toBe(`${format(total)} streams`);
    expect(await read(page, '.headline .mark')).toBe('Complete');
    expect(await read(page, '.coverage')).toBe('in all 19 regions');
    expect(await readRegions(page)).toEqual(
      Object.fromEntries(
        REGIONS.map((region) => {
          const streams = newest[region] as number;
          return [region, { streams: format(streams), change: sign(streams - (before[region] as number)) }];
        }),
      ),
    );
    const difference = total - Object.values(before).reduce((sum, streams) => sum + streams, 0);
    expect(await read(page, '.difference')).toContain(
      `${sign(difference)} against the last complete run (05:30 UTC): `,
    );
    expect(await page.title()).toBe(`${format(total)} streams · kvs-census`);
    expect(await page.locator('.missing').isVisible()).toBe(false);
  });

  test('the facets are those of the total', async () => {
    const server = await startPage();
    const past = [...history({ runs: 2, isMissing: () => false })];
    await server.fill(past);
    const page = await browser.open(server.page);

    const facets = past.at(-1)?.run.total?.tally.facets;
    const of = (facet: string, name: string) => format(facets ? (classesOf(facets)[facet]?.[name] ?? 0) : 0);
    const rows = await page.locator('.facet li').allInnerTexts();
    const shown = rows.map((row) => row.split('\n').slice(0, 2).join(' '));
    expect(facets).toBeDefined();
    expect(shown).toEqual([
      `Active ${of('status', 'active')}`,
      `Updating ${of('status', 'updating')}`,
      `Keeps nothing ${of('retention', 'none')}`,
      `Up to 7 days ${of('retention', 'week')}`,
      `video/h264 ${of('mediaType', 'video/h264')}`,
      `None given ${of('mediaType', 'none')}`,
      `Managed by AWS ${of('kmsKey', 'awsManaged')}`,
      `Of the customer ${of('kmsKey', 'customer')}`,
      `Up to 24 h ${of('created', 'day')}`,
      `Up to 30 days ${of('created', 'month')}`,
      `Older ${of('created', 'older')}`,
    ]);
  });

  test('a run whose records hold no facets is shown without them', async () => {
    const server = await startPage();
    const past = [...history({ runs: 2, isMissing: () => false })].map(withoutFacets);
    await server.fill(past);
    const page = await browser.open(server.page);
    expect(await page.locator('.facets').isVisible()).toBe(false);
    expect(await page.locator('.regions tbody tr').count()).toBe(19);
    expect(page.complaints).toEqual([]);
  });

  test('a partial run is unmistakable: in words, in its number, in the title, in the list of runs', async () => {
    const server = await startPage();
    const past = [...history(missingAtTheEnd(5, ['eu-west-3', 'sa-east-1']))];
    await server.fill(past);
    const page = await browser.open(server.page);

    const streams = format(past.at(-1)?.run.total?.streams ?? 0);
    expect(await read(page, '.headline .mark')).toBe('Partial: 2 of 19 regions missing');
    expect(await read(page, 'h1')).toBe(`${streams} + ? streams`);
    expect(await read(page, '.coverage')).toMatch(/^in 17 of 19 regions\. Missing: .* unknown, not zero\.$/);
    expect(await page.title()).toBe(`PARTIAL ${streams} + ? streams · kvs-census`);
    expect(await page.locator('#run option').first().innerText()).toBe(
      `2026-11-20 06:00 UTC · ${streams} · PARTIAL 17/19`,
    );
  });

  test('a missing region is unknown and never 0, with its reason, its last known count and what to do', async () => {
    const server = await startPage();
    const past = [...history(missingAtTheEnd(5, ['eu-west-3', 'me-south-1']))];
    await server.fill(past);
    const page = await browser.open(server.page);

    const known = countsOf(past.at(-2) as Past);
    const rows = await readRegions(page);
    expect(rows['eu-west-3']).toEqual({ streams: `unknown; was ${format(known['eu-west-3'] as number)}`, change: '' });
    // The last known count of this one is a true zero; what it holds now is unknown all the same.
    expect(rows['me-south-1']).toEqual({ streams: 'unknown; was 0', change: '' });
    expect(rows['ca-central-1']).toEqual({ streams: '0', change: '±0' });
    const missing = await read(page, '.missing');
    expect(missing).toContain(`eu-west-3 Paris last known ${format(known['eu-west-3'] as number)} streams`);
    expect(missing).toContain('throttled because the service refused for its call rate');
    expect(missing).toContain('What to do: Find out what else lists streams there');
    expect(missing).toContain('kvs-census retry 2026-11-20T06:00:00Z');
  });

  test('the difference to the run before is that of the regions that both counted', async () => {
    const server = await startPage();
    const past = [...history(missingAtTheEnd(5, ['eu-west-3']))];
    await server.fill(past);
    const page = await browser.open(server.page);
    const [before, newest] = past.slice(-2).map(countsOf) as [Record<string, number>, Record<string, number>];
    const change = Object.keys(newest).reduce((sum, one) => sum + (newest[one] as number) - (before[one] as number), 0);
    expect(await read(page, '.difference')).toContain(
      `${sign(change)} in the 18 regions that both counted, against the last complete run (05:30 UTC): `,
    );
  });

  test('a gap is a gap in the trend: the line does not go there', async () => {
    const server = await startPage();
    const runs = 20;
    await server.fill(history({ runs, isMissing: (n, region) => n === 10 && region === 'eu-west-3' }));
    const page = await browser.open(server.page);
    await untilRead(page, '.trend .note', '20 runs, 1 partial');

    // Where on the plot the line's own colour is seen: shares of its width, and how far down there, of its height.
    const drawn = (await page.evaluate(LINE_COLUMNS)) as [across: number, down: number][];
    const at = (n: number) => 0.015 / 1.03 + (n / (runs - 1)) * (1 / 1.03);
    const near = (share: number) => drawn.filter(([across]) => Math.abs(across - share) < 0.008);
    for (const n of [4, 8, 9, 11, 15]) expect(near(at(n)).length).toBeGreaterThan(0);
    expect(drawn.filter(([across]) => across > at(9) + 0.006 && across < at(11) - 0.006)).toEqual([]);
    // Nor does it plunge on either side of it, towards a number that would lie below.
    expect(Math.max(...drawn.map(([, down]) => down))).toBeLessThan(0.92);
  });

  test('what came from AWS stays text, whatever it holds', async () => {
    const server = await startPage();
    const evil = '<img src=x onerror=alert(1)>';
    const past = [...history({ runs: 3, regions: ['eu-west-1', evil, '</script><script>alert(2)</script>'] })];
    await server.fill(past.map((one) => withMediaType(one, `video/${evil}`)));
    const page = await browser.open(server.page);
    await untilRead(page, '.trend .note', '3 runs');
    await page.locator('.runs summary').click();
    expect(await readRegions(page)).toHaveProperty([evil]);
    expect(await page.locator('.facet li', { hasText: `video/${evil}` }).count()).toBe(1);
    expect(await page.locator('img').count()).toBe(0);
    expect(page.complaints).toEqual([]);
  });

  test('nothing is asked of any other host, and the console stays empty', async () => {
    const server = await startPage();
    await server.fill(history({ runs: 40 }));
    const page = await browser.open(server.page);
    await untilRead(page, '.trend .note', '40 runs');
    await page.locator('.trend .u-over').hover();
    await page.locator('button[data-region="eu-west-2"]').click();
    await untilRead(page, '.trend .note', 'Streams in eu-west-2');
    await page.getByRole('button', { name: 'Older run' }).click();
    await untilRead(page, '.facts', '05:30 UTC');
    await page.locator('.runs summary').click();
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(page.asked.filter((url) => !url.startsWith(server.page) && !url.startsWith('data:'))).toEqual([]);
    expect(page.asked.length).toBeGreaterThan(2);
    expect(page.complaints).toEqual([]);
  });
});

/** Runs in the browser: where the colour of the line is on the canvas, per column. */
const LINE_COLUMNS = `(() => {
  const canvas = document.querySelector('.trend canvas');
  const over = document.querySelector('.trend .u-over');
  const ratio = canvas.width / canvas.clientWidth;
  const [left, top, width, height] = [over.offsetLeft, over.offsetTop, over.offsetWidth, over.offsetHeight].map((one) => Math.round(one * ratio));
  const { data } = canvas.getContext('2d').getImageData(left, top, width, height);
  const isLine = (at) => Math.abs(data[at] - 0x0f) + Math.abs(data[at + 1] - 0x76) + Math.abs(data[at + 2] - 0x6e) < 60 && data[at + 3] > 200;
  const columns = [];
  for (let x = 0; x < width; x++) {
    let y = height - 1;
    while (y >= 0 && !isLine(4 * (y * width + x))) y--;
    if (y >= 0) columns.push([x / width, y / height]);
  }
  return columns;
})()`;

function withoutFacets({ run, records }: Past): Past {
  return {
    run: run.total === undefined ? run : { ...run, total: { ...run.total, tally: { streams: run.total.streams } } },
    records: records.map((record) =>
      record.status === 'counted' ? { ...record, tally: { streams: record.tally.streams } } : record,
    ),
  };
}

/** All of the total's streams are of this media type. */
function withMediaType(past: Past, mediaType: string): Past {
  const total = past.run.total;
  const facets = total?.tally.facets;
  if (total === undefined || facets === undefined) return past;
  const tally = { streams: total.streams, facets: { ...facets, mediaType: { [mediaType]: total.streams } } };
  return { ...past, run: { ...past.run, total: { ...total, tally } } };
}
