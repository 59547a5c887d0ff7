/** The trend shows what a partial run counted and what it may hold, and where the plan changed; its axes can be read. */
import { history, REGIONS } from '../../cli/history.ts';
import { story } from '../../fixtures/story.ts';
import { describeInBrowser, startPage, untilRead } from '../harness.ts';

const SCREENS = [1280, 768, 390];

describeInBrowser('The trend', (browser) => {
  const open = async (past: Parameters<Awaited<ReturnType<typeof startPage>>['fill']>[0], width = 1280) => {
    const server = await startPage();
    await server.fill(past);
    const page = await browser.open(server.page, { viewport: { width, height: 900 } });
    await untilRead(page, '.trend .note', 'runs,');
    return page;
  };

  test.each(SCREENS)('on a screen of %i px has three labels of time at least, and none is cut off', async (width) => {
    for (const past of [
      history({ runs: 2, everyMinutes: 30 }),
      history({ runs: 8, everyMinutes: 360 }),
      history({ runs: 90, everyMinutes: 360 }),
      // Ends where a month begins: at the right end stands the widest label of all.
      history({ runs: 90, everyMinutes: 1440, endsAt: '2026-11-01T00:00:00Z' }),
      story(),
    ]) {
      const page = await open(past, width);
      const { labels, cut } = (await page.evaluate(LABELS)) as { labels: string[]; cut: string[] };
      expect(cut).toEqual([]);
      expect(labels.filter((label) => /:|[A-Z]/.test(label)).length).toBeGreaterThanOrEqual(3);
    }
  });

  test.each(SCREENS)(
    'on a screen of %i px a partial run is a hollow mark with dashes up to what is last known',
    async (width) => {
      const page = await open(
        history({ runs: 8, everyMinutes: 360, isMissing: (n, region) => n === 4 && region === 'eu-west-3' }),
        width,
      );
      const colours = (await page.evaluate(COLUMN_OF(4 / 7))) as string[];
      const runs = colours.filter((colour, y) => colour !== colours[y - 1]);
      // From top to bottom: dashes, that is several strokes of the gap's colour, then the ring around the ground's colour.
      expect(runs.filter((colour) => colour === 'gap').length).toBeGreaterThan(5);
      const last = colours.lastIndexOf('ground');
      expect(colours.slice(0, last)).toContain('gap');
      expect(colours.slice(last)).toContain('gap');
    },
  );

  test('gaps that follow each other are hatched through, however far apart they are', async () => {
    const past = [
      ...history({ runs: 12, everyMinutes: 360, isMissing: (n, region) => n > 3 && n < 8 && region === 'eu-west-3' }),
    ];
    // Some runs are left out, so that the gaps stand apart.
    const page = await open(past.filter((_one, n) => n !== 5 && n !== 6));
    // At the right end there is the line of the chosen run.
    const hatched = ((await page.evaluate(HATCHED)) as number[]).filter((share) => share < 0.9);
    const at = (n: number) => (0.015 + n / 11) / 1.03;
    const [first = 0, last = 0] = [hatched[0], hatched.at(-1)];
    expect(first).toBeLessThan(at(4));
    expect(last).toBeGreaterThan(at(7));
    expect(hatched.every((share, n) => n === 0 || share - (hatched[n - 1] ?? 0) < 0.01)).toBe(true);
  });

  test('a plan that changed is marked, in the legend and in words, and no line joins what cannot be compared', async () => {
    const before = history({ runs: 5, endsAt: '2026-11-20T00:00:00Z', everyMinutes: 360, isMissing: () => false });
    const after = history({ runs: 3, everyMinutes: 60, regions: REGIONS.slice(9, 14), isMissing: () => false });
    const page = await open([...before, ...after]);
    await untilRead(page, '.legend', 'the plan changed');
    await page.locator('.chart').focus();
    for (const key of ['ArrowLeft', 'ArrowLeft']) await page.keyboard.press(key);
    expect(await page.locator('.chart').getAttribute('aria-valuetext')).toMatch(
      /the plan changed from 19 to 5 regions: no longer planned af-south-1, ap-east-1, ap-northeast-1 and 11 more$/,
    );
    // The last run of the old plan is that of midnight, the first of the new one that of 04:00, of 30 hours in all.
    const [from, to] = [24 / 30, 28 / 30].map((share) => (0.015 + share) / 1.03) as [number, number];
    const line = (await page.evaluate(LINE)) as number[];
    expect(line.filter((share) => share > from + 0.01 && share < to - 0.01)).toEqual([]);
    expect(line.filter((share) => share < from).length).toBeGreaterThan(100);
  });

  test('without a changed plan the legend does not speak of one', async () => {
    const page = await open(history({ runs: 5 }));
    expect(await page.locator('.legend').innerText()).not.toContain('plan');
  });
});

/** In the browser: the texts that the axes are given, and those of them that reach beyond the canvas. */
const LABELS = `(async () => {
  const labels = [], cut = [];
  const { fillText } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
    const { a, d, e, f } = this.getTransform();
    const { actualBoundingBoxLeft: l, actualBoundingBoxRight: r, actualBoundingBoxAscent: t, actualBoundingBoxDescent: b } = this.measureText(text);
    labels.push(text);
    const [left, right, top, bottom] = [a * x + e - l, a * x + e + r, d * y + f - t, d * y + f + b];
    if (left < 0 || right > this.canvas.width || top < 0 || bottom > this.canvas.height) cut.push(text);
    return fillText.call(this, text, x, y);
  };
  const canvas = document.querySelector('.trend canvas');
  // Whoever changes the width of the plot has it drawn again.
  document.querySelector('.plot').style.width = canvas.clientWidth - 1 + 'px';
  for (let frames = 0; frames < 3; frames++) await new Promise((resolve) => requestAnimationFrame(resolve));
  CanvasRenderingContext2D.prototype.fillText = fillText;
  return { labels, cut };
})()`;

/** In the browser: which of the palette's colours a pixel is near to. */
const PIXELS = `
  const canvas = document.querySelector('.trend canvas');
  const over = document.querySelector('.trend .u-over');
  const ratio = canvas.width / canvas.clientWidth;
  const [left, top, width, height] = [over.offsetLeft, over.offsetTop, over.offsetWidth, over.offsetHeight].map((one) => Math.round(one * ratio));
  const { data } = canvas.getContext('2d').getImageData(left, top, width, height);
  const PALETTE = { line: [0x0f, 0x76, 0x6e], gap: [0xa8, 0x50, 0x0a], ground: [255, 255, 255] };
  const nameAt = (x, y) => {
    const at = 4 * (y * width + x);
    if (data[at + 3] < 200) return 'none';
    for (const [name, rgb] of Object.entries(PALETTE)) if (rgb.every((value, n) => Math.abs(value - data[at + n]) < 24)) return name;
    return 'other';
  };`;

const COLUMN_OF = (share: number) => `(() => {${PIXELS}
  const x = Math.round((width * (0.015 + ${share})) / 1.03);
  // A thin line may lie between two pixels.
  return Array.from({ length: height }, (_, y) => [x - 1, x, x + 1].map((near) => nameAt(near, y)).find((name) => name === 'gap') ?? nameAt(x, y));
})()`;

const LINE = `(() => {${PIXELS}
  return Array.from({ length: width }, (_, x) => x).filter((x) => Array.from({ length: height }, (_, y) => y).some((y) => nameAt(x, y) === 'line')).map((x) => x / width);
})()`;

/** Columns with a ground of their own: over the empty plot nothing is drawn, so that it is transparent there. */
const HATCHED = `(() => {${PIXELS}
  const columns = [];
  for (let x = 0; x < width; x++) {
    const filled = Array.from({ length: 60 }, (_, y) => data[4 * ((y + 2) * width + x) + 3]).filter((alpha) => alpha > 10).length;
    if (filled > 50) columns.push(x / width);
  }
  return columns;
})()`;
