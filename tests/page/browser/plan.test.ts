/** What a run was not to count, and where its plan comes from: the page names it, and never as a gap. */
import type { Missing, PlanSources, Run } from '../../../src/census/run.ts';
import { history, type Past, REGIONS } from '../../cli/history.ts';
import { describeInBrowser, makeReportOf, read, readRegions, startPage, untilRead, type Watched } from '../harness.ts';
import { beyondScreen } from '../looks.ts';

const HELD = 'me-south-1';
const OFF = ['af-south-1', 'ap-east-1', 'ap-southeast-5', 'eu-south-2'];
const EXCLUDED = ['us-east-2'];
const PLANNED = REGIONS.filter((region) => ![...OFF, ...EXCLUDED].includes(region));
const RUNS = 9;

const ASKED: PlanSources = {
  regions: { from: 'asked', askedAt: '2026-11-20T06:00:01.000Z' },
  optIn: { from: 'asked', askedAt: '2026-11-20T06:00:01.000Z' },
};

/** Four regions are off in which nothing was ever counted, and one is excluded. */
function past(changes: Partial<Run> = {}): Past[] {
  const all = [...history({ runs: RUNS, everyMinutes: 360, regions: PLANNED, isMissing: () => false })];
  const off = OFF.map((region) => ({ region }));
  return all.map(({ run, records }) => ({
    run: { ...run, off, excluded: EXCLUDED, sources: ASKED, ...changes },
    records,
  }));
}

/** One more is off, in which streams had been counted: planned, and missing from the last runs. */
function pastWithHeld(runs: number): Past[] {
  const isHeld = (n: number, region: string) => region === HELD && n >= RUNS - runs;
  const all = [...history({ runs: RUNS, everyMinutes: 360, regions: PLANNED, isMissing: isHeld })];
  return all.map(({ run, records }, n) => {
    const row = { since: all[RUNS - runs]?.run.runId ?? '', runs: n - (RUNS - runs) + 1, lost: true as const };
    const missing = run.total!.missing.map((gap): Missing => ({ ...gap, reason: 'not-enabled', ...row }));
    const lastKnown = missing[0]?.lastKnown;
    return {
      run: {
        ...run,
        off: [...OFF.map((region) => ({ region })), ...(lastKnown ? [{ region: HELD, lastKnown }] : [])],
        sources: ASKED,
        total: { ...run.total!, missing },
      },
      records: records.map((record) =>
        record.status === 'failed' ? { ...record, reason: 'not-enabled' as const } : record,
      ),
    };
  });
}

const SCREENS = [1280, 768, 390].flatMap((width) =>
  (['light', 'dark'] as const).map((scheme) => [width, scheme] as const),
);

describeInBrowser('The plan of a run', (browser) => {
  const openPast = async (all: Past[], options: Parameters<typeof browser.open>[1] = {}) => {
    const server = await startPage();
    await server.fill(all);
    const page = await browser.open(server.page, options);
    await untilRead(page, '.trend .note', `Totals of ${RUNS} runs`);
    return page;
  };

  test('regions that are off, or excluded, are named, and are no gap: the run is complete', async () => {
    const page = await openPast(past());
    expect(await read(page, '.headline .mark')).toBe('Complete');
    expect(await read(page, '.coverage')).toBe('in all 14 regions');
    expect(await notesOf(page)).toEqual([
      'Off in this account: af-south-1, ap-east-1, ap-southeast-5 and eu-south-2.',
      'Excluded: us-east-2.',
    ]);
    expect(Object.keys(await readRegions(page)).sort()).toEqual(PLANNED);
    expect(await page.locator('.missing').isVisible()).toBe(false);
  });

  test('a region that was switched off with streams in it is missing, with what it held, since when and for how long', async () => {
    const page = await openPast(pastWithHeld(7));
    expect(await read(page, '.coverage')).toContain('Missing: me-south-1 (not-enabled); what it holds is unknown');
    expect(await read(page, '.apart')).toMatch(
      /^Not visible now: \u2212[\d,]+ in me-south-1 \(switched off since 2026-11-18 18:00 UTC\)$/,
    );
    expect(await read(page, '.missing .gap-group li')).toMatch(
      /^me-south-1 Bahrain last known [\d,]+ streams, 1 day ago; not in the number missing since 2026-11-18 18:00 UTC, 7 runs in a row$/,
    );
    expect((await readRegions(page))[HELD]?.streams).toMatch(/^unknown; was [\d,]+$/);
    expect(await notesOf(page)).toEqual(['Off in this account: af-south-1, ap-east-1, ap-southeast-5 and eu-south-2.']);
  });

  test('what a region that is off held is told while the run is under way', async () => {
    const all = pastWithHeld(2);
    const { run, records } = all.at(-1)!;
    const { total: _, ...rest } = run;
    const open: Run = { ...rest, pending: ['us-east-1'], sweep: 'OPEN', deadlineAt: '2126-01-01T00:00:00.000Z' };
    const answered = records.filter(({ region }) => region !== 'us-east-1');
    const page = await openPast([...all.slice(0, -1), { run: open, records: answered }]);
    await page.getByRole('button', { name: 'Show this run' }).click();
    await untilRead(page, '.headline .mark', 'No total yet');
    expect((await readRegions(page))[HELD]?.streams).toMatch(/^unknown; was [\d,]+$/);
    expect(await notesOf(page)).toHaveLength(1);
  });

  test('that the run before counted a region that is missing now is told', async () => {
    const page = await openPast(pastWithHeld(1));
    expect(await read(page, '.missing .gap-group li')).toMatch(/not in the number the run before counted it$/);
  });

  test.each<[string, PlanSources, string[]]>([
    [
      'an earlier answer',
      { ...ASKED, regions: { from: 'cache', askedAt: '2026-11-19T18:00:03.000Z', because: 'throttled' } },
      ['The list of regions could not be asked (throttled): the one of 2026-11-19 18:00:03 UTC is used.'],
    ],
    [
      'the list of the release',
      { ...ASKED, regions: { from: 'floor', because: 'denied' } },
      ['The list of regions could not be asked (denied): the list of this release is used.'],
    ],
    [
      'nobody, for what is switched on',
      { ...ASKED, optIn: { from: 'nowhere', because: 'timed-out' } },
      ['Which regions are switched on could not be asked (timed-out): all are taken to be on.'],
    ],
    [
      'a parameter',
      { regions: { from: 'parameter' }, optIn: { from: 'parameter' } },
      ['The plan is that of the parameter regions.'],
    ],
    ['answers of its own', ASKED, []],
    ['answers of the same day', { ...ASKED, regions: { from: 'cache', askedAt: '2026-11-20T00:00:01.000Z' } }, []],
  ])('of a plan that comes from %s the page says so where that matters', async (_name, sources, says) => {
    const page = await openPast(past({ sources, off: [], excluded: [] }));
    expect(await notesOf(page)).toEqual(says);
  });

  test('beside a run that planned more, what is off or excluded now is called so', async () => {
    const before = [
      ...history({ runs: RUNS - 1, everyMinutes: 360, endsAt: '2026-11-20T00:00:00Z', isMissing: () => false }),
    ];
    const page = await openPast([...before, ...past().slice(-1)]);
    expect(await read(page, '.apart')).toMatch(
      /^No longer planned: \u2212[\d,]+ in eu-south-2 \(off\), ap-southeast-5 \(off\), /,
    );
    await page.getByRole('button', { name: 'Side by side' }).click();
    await untilRead(page, '.sides [data-region="us-east-2"]', 'excluded');
    await untilRead(page, '.sides [data-region="eu-south-2"]', 'off');
  });

  test('a report says the same', async () => {
    const page = await browser.open((await makeReportOf(pastWithHeld(7))).url);
    expect(await notesOf(page)).toEqual(['Off in this account: af-south-1, ap-east-1, ap-southeast-5 and eu-south-2.']);
    expect(await read(page, '.missing .gap-group li')).toContain('missing since 2026-11-18 18:00 UTC, 7 runs in a row');
  });

  test.each(SCREENS)('on a screen of %i px, %s, nothing of it is cut off', async (width, colorScheme) => {
    const all = pastWithHeld(7).map(({ run, records }) => ({
      run: { ...run, excluded: EXCLUDED, sources: CACHED },
      records,
    }));
    const page = await openPast(all, { viewport: { width, height: 900 }, colorScheme });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(await page.evaluate(beyondScreen('.headline *, .missing *, .regions *'))).toEqual([]);
  });
});

const CACHED: PlanSources = {
  ...ASKED,
  regions: { from: 'cache', askedAt: '2026-11-19T18:00:03.000Z', because: 'throttled' },
};

const notesOf = async (page: Watched) =>
  (await page.locator('.plan-notes li').allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
