/** The page follows a run as it progresses, without anybody doing anything, and tells when it cannot. */
import { InvalidInputError } from '../../../src/census/errors.ts';
import { openRun, type Run } from '../../../src/census/run.ts';
import { UsageError } from '../../../src/cli/errors.ts';
import { ACCOUNT, counted, failed, history, REGIONS, settled } from '../../cli/history.ts';
import { describeInBrowser, read, readRegions, startPage, untilRead } from '../harness.ts';

const KEY = { censusId: ACCOUNT, runId: '2026-11-20T07:30:00Z' };
const OPENED: Run = openRun(KEY, REGIONS, Date.parse('2026-11-20T07:30:01Z'), {
  deadlineAfterMs: 5_400_000,
  retentionDays: 400,
});
const RECORDS = REGIONS.map((region, index) => counted(KEY, region, 100 * index, index));

/** The run after the first `answers` regions were counted. */
const after = (answers: number) => ({
  run: { ...OPENED, pending: REGIONS.slice(answers), rev: answers },
  records: RECORDS.slice(0, answers),
});

describeInBrowser('While a run progresses', (browser) => {
  test('the page shows how far it is and, once there is one, its total', async () => {
    const server = await startPage();
    await server.fill([...history({ runs: 3, isMissing: () => false }), after(0)]);
    const page = await browser.open(server.page);
    await untilRead(page, '.progress', '0 of 19 regions have answered (19 waiting)');
    const before = await read(page, 'h1');
    await server.fill([after(7)]);
    await untilRead(page, '.progress', '7 of 19 regions have answered (7 counted, 12 waiting)');
    // Until there is a total, the newest one stays.
    expect(await read(page, 'h1')).toBe(before);
    await server.fill([{ run: settled(KEY, RECORDS), records: RECORDS }]);
    await untilRead(page, 'h1', '17,100 streams');
    expect(await page.locator('.progress').isVisible()).toBe(false);
    expect(await page.locator('[aria-live="polite"]').innerText()).toContain('17,100 streams, complete');
    expect(page.complaints).toEqual([]);
  });

  test('its regions fill up one after the other, and none that has not answered shows a number', async () => {
    const server = await startPage();
    await server.fill([...history({ runs: 3, isMissing: () => false }), after(2)]);
    const page = await browser.open(server.page);
    await page.getByRole('button', { name: 'Show this run' }).click();
    await untilRead(page, 'h1', '2 of 19 regions have answered');
    const waiting = Object.values(await readRegions(page)).filter(({ streams }) => streams === 'waiting');
    expect(waiting).toHaveLength(17);
    await page.locator(`button[data-region="${REGIONS[0]}"]`).focus();
    await server.fill([after(5)]);
    await untilRead(page, 'h1', '5 of 19');
    expect((await readRegions(page))[REGIONS[4] as string]).toEqual({ streams: '400', change: expect.anything() });
    // A reader who works with the keyboard is not thrown back to the top by news.
    expect(await page.evaluate('document.activeElement.dataset.region')).toBe(REGIONS[0]);
  });

  test('what is tried again after a partial total is followed as well', async () => {
    const server = await startPage();
    const region = 'eu-west-3';
    const records = REGIONS.map((one, index) => (one === region ? failed(KEY, one) : counted(KEY, one, 10, index)));
    const total = settled(KEY, records);
    const deadlineAt = '2026-11-20T09:30:00.000Z';
    await server.fill([{ run: { ...total, round: 1, pending: [region], sweep: 'OPEN', deadlineAt }, records }]);
    const page = await browser.open(server.page);
    await untilRead(page, '.progress', 'Trying again what is missing from 2026-11-20 07:30 UTC');
    await untilRead(page, '.missing', '1 region may still answer.');
    const all = REGIONS.map((one, index) => counted(KEY, one, 10, index));
    await server.fill([{ run: { ...settled(KEY, all), round: 1 }, records: all }]);
    await untilRead(page, '.headline .mark', 'Complete');
    expect(await page.locator('.progress').isVisible()).toBe(false);
  });

  test('the first run appears on a page that was opened before there was any', async () => {
    const server = await startPage();
    const page = await browser.open('about:blank');
    await page.clock.install();
    await page.goto(server.page);
    await untilRead(page, '.empty', 'There are no runs of streams yet');
    await server.fill(history({ runs: 1, isMissing: () => false }));
    await page.clock.runFor(2000);
    await untilRead(page, '.headline .mark', 'Complete');
    expect(await page.locator('.empty').isVisible()).toBe(false);
  });
});

/** Of a total that agrees with itself, and not with its records. */
const MORE_STREAMS = {
  UpdateExpression: 'SET #total.#streams = :more, #total.#tally = :tally',
  ExpressionAttributeNames: { '#total': 'total', '#tally': 'tally', '#streams': 'streams' },
  ExpressionAttributeValues: { ':more': { N: '99999' }, ':tally': { M: { streams: { N: '99999' } } } },
};

describeInBrowser('When the ledger cannot be read', (browser) => {
  test('the page says so, keeps what it knows as of then, and recovers by itself', async () => {
    const server = await startPage();
    await server.fill(history({ runs: 3, isMissing: () => false }));
    const page = await browser.open('about:blank');
    await page.clock.install();
    await page.goto(server.page);
    const total = await read(page, 'h1');
    server.breakLedger(new UsageError('The AWS credentials have expired: sign in again.'));
    await page.clock.runFor(2000);
    await untilRead(
      page,
      '.banner',
      'The AWS credentials have expired: sign in again. What is shown was read at 08:00 UTC.',
    );
    expect(await read(page, '.status')).toBe('As of 08:00 UTC');
    expect(await read(page, 'h1')).toBe(total);
    server.breakLedger(undefined);
    await page.clock.runFor(2000);
    await page.locator('.banner').waitFor({ state: 'hidden' });
  });

  test('a page that is opened then says what is wrong, and shows no number', async () => {
    const server = await startPage();
    server.breakLedger(new InvalidInputError('The total of the run cannot be trusted.'));
    const page = await browser.open(server.page);
    await untilRead(page, '.banner', 'The total of the run cannot be trusted.');
    expect(await page.locator('h1').isVisible()).toBe(false);
  });

  test.each(['2026-11-20T06:00:00Z', '2026-11-20T05:00:00Z'])(
    'the total of %s, which contradicts its records, is not what the page answers',
    async (runId) => {
      const server = await startPage();
      await server.fill(history({ runs: 5, isMissing: () => false }));
      await server.damage({ censusId: ACCOUNT, runId }, MORE_STREAMS);
      const page = await browser.open(`${server.page}#run=${runId}`);
      await untilRead(page, '.banner', `The total of the run ${runId} cannot be trusted`);
      expect(await page.locator('.headline').innerText()).not.toContain('99,999');
    },
  );

  test('a run that cannot be trusted is not answered for when it is picked, and the next one is', async () => {
    const server = await startPage();
    await server.fill(history({ runs: 5, isMissing: () => false }));
    await server.damage({ censusId: ACCOUNT, runId: '2026-11-20T05:30:00Z' }, MORE_STREAMS);
    const page = await browser.open(server.page);
    await page.getByRole('button', { name: 'Older run' }).click();
    await untilRead(page, '.banner', 'cannot be trusted');
    expect(await page.locator('h1').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Older run' }).click();
    await untilRead(page, '.facts', '05:00 UTC');
    expect(await page.locator('.banner').isVisible()).toBe(false);
  });

  test('an old item that is damaged costs its own run, and the page says which', async () => {
    const server = await startPage();
    await server.fill(history({ runs: 5, isMissing: () => false }));
    const runId = '2026-11-20T04:30:00Z';
    const UpdateExpression = 'REMOVE #plan';
    await server.damage(
      { censusId: ACCOUNT, runId },
      { UpdateExpression, ExpressionAttributeNames: { '#plan': 'plan' } },
    );
    const page = await browser.open(server.page);
    await untilRead(
      page,
      '.left-out',
      `Left out: the run ${runId}. The ledger's item RUN#${ACCOUNT}#${runId} RUN is damaged`,
    );
    await untilRead(page, '.facts', '06:00 UTC');
    expect(await page.locator('.banner').isVisible()).toBe(false);
  });

  test('an address that names a run that is not there leads to the newest, and says so', async () => {
    const server = await startPage();
    await server.fill(history({ runs: 3, isMissing: () => false }));
    const page = await browser.open(`${server.page}#run=2020-01-01T00:00:00Z`);
    await untilRead(page, '.banner', 'There is no run 2020-01-01T00:00:00Z in the ledger.');
    await untilRead(page, '.facts', '2026-11-20 06:00 UTC');
  });
});
