/** The page of an organisation: its number, its accounts, and the way down to an account and back. */

import { number } from '../../../src/answers/words.ts';
import { ORGANIZATION } from '../../../src/census/census-id.ts';
import { ACCOUNT, history } from '../../cli/history.ts';
import { MEMBER, manyAccounts, type OrganizationPast, organizationStory } from '../../fixtures/organization.ts';
import { RUN } from '../../fixtures/story.ts';
import { describeInBrowser, read, startPage, untilRead, type Watched } from '../harness.ts';
import { beyondScreen, FAINT_TEXTS } from '../looks.ts';

const SCREENS = [1280, 768, 390].flatMap((width) =>
  (['light', 'dark'] as const).map((scheme) => [width, scheme] as const),
);

describeInBrowser('The page of an organisation', (browser) => {
  const openStory = async (hash = '', options?: Parameters<typeof browser.open>[1]) => {
    const server = await startPage(ORGANIZATION);
    const past = organizationStory();
    await server.fillOrganization(past);
    const page = await browser.open(`${server.page}${hash}`, options);
    await untilRead(page, '.trend .note', 'runs');
    return { server, past, page };
  };
  const openMany = async (accounts: number) => {
    const server = await startPage(ORGANIZATION);
    await server.fillOrganization(manyAccounts(accounts));
    const page = await browser.open(server.page);
    await untilRead(page, '.found', `${number(accounts)} accounts.`);
    return page;
  };

  test('says the number, what is in it and what is not, by reason, and what has changed', async () => {
    const { page } = await openStory();
    expect(await read(page, 'h1')).toBe('48,395 + ? streams');
    expect(await read(page, '.headline .mark')).toBe('Partial: 4 of 8 accounts not complete');
    expect(await read(page, '.coverage')).toBe(
      '4 of 8 accounts complete, 16 of 18 regions of those that answered. Missing: Doorbells (no-access), Lab (suspended), Stores Europe (1 of 4 regions), 1 more; by reason: 1 account no-access, 1 account suspended, 1 region denied, 1 region timed-out. What that holds is unknown, not zero.',
    );
    expect(await read(page, '.difference')).toBe(
      '−11 in the 4 accounts that both counted alike, against the newest earlier total (00:00 UTC), partial, too: Stores America −12 and 888899990000 +1.',
    );
    expect(await read(page, '.apart')).toContain('Visible again: +5,623 in Warehouses');
    expect(await read(page, '.plan-notes')).toContain('Sandbox (old) 666677778888 (closed)');
    expect(await page.title()).toBe('PARTIAL 48,395 + ? streams · kvs-census');
    expect(page.complaints).toEqual([]);
  });

  test('lists every account, trouble first; of what is not known there is no number', async () => {
    const { page } = await openStory();
    expect(await rowsOf(page)).toEqual([
      'Doorbells 444455556666 unknown nothing known no-access all of it',
      'Lab 555566667777 unknown was 64 nothing known suspended all of it',
      'Stores Europe 111122223333 17,073 + ? 35 % partial 3/4 1 region: eu-west-2 (timed-out)',
      'Factories 333344445555 4,253 + ? 8.8 % partial 2/3 ±0 1 region: eu-west-1 (denied)',
      'Stores America 222233334444 21,442 44 % complete −12',
      'Warehouses 777788889999 5,623 12 % complete',
      'Platform 123456789012 3 < 0.1 % complete ±0',
      '888899990000 888899990000 1 < 0.1 % complete +1',
      'Sandbox (old) 666677778888 not asked set aside closed',
    ]);
  });

  test('says where a quota is nearly used up, and that there may be more', async () => {
    const { page } = await openStory();
    expect(await read(page, '.filling')).toBe(
      'Close to the quota At least 1 region has reached 80 % of what AWS allows there. The fullest has 87.8 %. us-east-1 Stores America',
    );
    await page.locator('.filling a').click();
    await untilRead(page, '.account', 'Stores America');
    await untilRead(page, '.filling', 'us-east-1');
  });

  test('where nothing can be compared it does not say that nothing has changed', async () => {
    const server = await startPage(ORGANIZATION);
    await server.fillOrganization([...manyAccounts(2).slice(0, 1), ...organizationStory().slice(-1)]);
    const page = await browser.open(server.page);
    await untilRead(page, '.trend .note', '2 runs');
    expect(await read(page, '.difference')).toBe(
      'No account was counted alike by this run and by the newest earlier total (2026-11-19 12:00 UTC), of other accounts.',
    );
    expect(await page.locator('.accounts .col-change').first().isVisible()).toBe(false);
    // Nor does the page of an account.
    await server.fill(
      history({ runs: 2, regions: ['eu-west-1'], isMissing: (n) => n === 0, endsAt: '2026-11-20T07:00:00Z' }),
    );
    await page.goto(`${server.page}#account=${ACCOUNT}`);
    await page.reload();
    await untilRead(page, '.difference', 'No region was counted both by this run and by the newest earlier total');
  });

  test('a column sorts them, and once more the other way round; both are said to who listens', async () => {
    const { page } = await openStory();
    const streams = page.getByRole('button', { name: 'Streams' });
    await streams.click();
    expect((await namesOf(page)).slice(0, 3)).toEqual(['Stores America', 'Stores Europe', 'Warehouses']);
    expect(await page.locator('.accounts th[aria-sort="descending"]').innerText()).toMatch(/^Streams/);
    await streams.click();
    // What is unknown is no 0, and stays last.
    expect(await namesOf(page)).toEqual([
      '888899990000',
      'Platform',
      'Factories',
      'Warehouses',
      'Stores Europe',
      'Stores America',
      'Doorbells',
      'Lab',
      'Sandbox (old)',
    ]);
    expect(await page.locator('.accounts th[aria-sort="ascending"]').innerText()).toMatch(/^Streams/);
    await page.getByRole('button', { name: 'Trouble first' }).click();
    expect((await namesOf(page))[0]).toBe('Doorbells');
  });

  test('they are found by name and by id, and it is said how many there are', async () => {
    const { page } = await openStory();
    const search = page.getByRole('searchbox', { name: 'Find' });
    await search.fill('stores');
    expect(await namesOf(page)).toEqual(['Stores Europe', 'Stores America']);
    expect(await page.getByRole('status').filter({ hasText: 'accounts' }).innerText()).toBe('2 of 9 accounts.');
    await search.fill('5555-6666-7777');
    expect(await namesOf(page)).toEqual(['Lab']);
    await search.fill('nobody');
    expect(await read(page, '.none')).toBe('No account is like that.');
  });

  test('they are narrowed down by verdict and by reason, also from where the reason is explained', async () => {
    const { page } = await openStory();
    const filter = page.getByRole('combobox', { name: 'Show' });
    expect((await filter.locator('option').allInnerTexts()).map((text) => text.trim())).toEqual([
      'all accounts (9)',
      'all that are not complete (4)',
      'nothing known (2)',
      'partial (2)',
      'complete (4)',
      'set aside (1)',
      'denied (1)',
      'no-access (1)',
      'suspended (1)',
      'timed-out (1)',
    ]);
    await filter.selectOption('state:partial');
    expect(await namesOf(page)).toEqual(['Stores Europe', 'Factories']);
    await page.getByRole('button', { name: 'Show this account: no-access' }).click();
    expect(await namesOf(page)).toEqual(['Doorbells']);
    expect(await filter.inputValue()).toBe('reason:no-access');
  });

  test('an account leads to its own page, under an address of its own; back leads to where one was', async () => {
    const { page } = await openStory();
    await page.getByRole('searchbox', { name: 'Find' }).fill('fac');
    await page.getByRole('link', { name: 'Factories' }).scrollIntoViewIfNeeded();
    const before = await page.evaluate('scrollY');
    await page.getByRole('link', { name: 'Factories' }).click();
    await untilRead(page, 'h1', '4,253 + ? streams');
    expect(new URL(page.url()).hash).toBe(`#account=${MEMBER.factories}`);
    expect(await read(page, '.account')).toBe('Factories 333344445555');
    expect(await page.title()).toBe('PARTIAL 4,253 + ? streams · Factories · kvs-census');
    expect(await page.evaluate('scrollY')).toBe(0);
    expect(await page.locator('.accounts').isVisible()).toBe(false);
    expect(await read(page, '.missing li')).toContain('eu-west-1');
    await page.goBack();
    await untilRead(page, 'h1', '48,395 + ? streams');
    expect(await namesOf(page)).toEqual(['Factories']);
    expect(await page.evaluate('scrollY')).toBe(before);
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Factories');
    expect(await page.locator('.regions').isVisible()).toBe(false);
    await page.goForward();
    await untilRead(page, 'h1', '4,253 + ? streams');
  });

  test('the keyboard goes down to an account and up again', async () => {
    const { page } = await openStory();
    await page.getByRole('table').getByRole('link', { name: 'Stores America' }).focus();
    await page.keyboard.press('Enter');
    await untilRead(page, '.account', 'Stores America');
    await untilRead(page, 'h1', '21,442 streams');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('All accounts');
    await page.keyboard.press('Enter');
    await untilRead(page, 'h1', '48,395 + ? streams');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Stores America');
    // Whoever listens is told which number it is.
    expect(await page.locator('[aria-live="polite"]').innerText()).toContain('PARTIAL, 48,395');
  });

  test('a run that was chosen is kept on the way down, for accounts that have it', async () => {
    const { page } = await openStory(`#run=${RUN.denied}`);
    await untilRead(page, 'h1', '50,804 streams');
    await page.getByRole('link', { name: 'Doorbells' }).click();
    await untilRead(page, '.facts', '2026-11-19 12:00 UTC');
    expect(new URL(page.url()).hash).toBe(`#account=${MEMBER.doorbells}&run=${RUN.denied}`);
    await page.getByRole('link', { name: 'All accounts' }).click();
    await untilRead(page, 'h1', '50,804 streams');
    // Of the newest run it has none: nobody let in whoever would have counted.
    await page.getByRole('button', { name: 'Newest run' }).click();
    await untilRead(page, 'h1', '48,395 + ? streams');
    await page.getByRole('link', { name: 'Doorbells' }).click();
    await untilRead(page, '.facts', '2026-11-19 12:00 UTC');
    expect(new URL(page.url()).hash).toBe(`#account=${MEMBER.doorbells}`);
  });

  test('a bookmark of an account’s page works, and the switch of kinds keeps the account', async () => {
    const { server, page } = await openStory(`#account=${MEMBER.factories}`);
    expect(await read(page, 'h1')).toBe('4,253 + ? streams');
    await server.fill(
      history({ runs: 2, censusId: `${MEMBER.factories}/channels`, regions: ['eu-west-1'], isMissing: () => false }),
    );
    await server.fill(
      history({ runs: 1, censusId: `${ACCOUNT}/channels`, regions: ['us-east-1'], isMissing: () => false }),
    );
    server.later(10_000);
    const channels = page.locator('[data-kind="channels"]');
    await channels.click();
    await untilRead(page, '.trend .note', 'Totals of 2 runs');
    expect(new URL(page.url()).hash).toBe(`#account=${MEMBER.factories}&kind=channels`);
    expect(await read(page, '.account')).toContain(MEMBER.factories);
  });

  test('the page of an account alone has no way up', async () => {
    const server = await startPage();
    await server.fill(history({ runs: 2 }));
    const page = await browser.open(server.page);
    await untilRead(page, '.trend .note', 'runs');
    expect(await page.locator('.to-all').isVisible()).toBe(false);
    expect(await page.locator('.accounts').isVisible()).toBe(false);
  });

  test('an answer that comes late is not shown as another account’s', async () => {
    const { page } = await openStory();
    const late = Promise.withResolvers<void>();
    await page.route(new RegExp(`account=${MEMBER.factories}`), async (route) => {
      await late.promise;
      await route.continue();
    });
    await page.getByRole('link', { name: 'Factories' }).click();
    await untilRead(page, '.empty', 'Reading what is known of streams …');
    expect(await page.locator('h1').isVisible()).toBe(false);
    await page.getByRole('link', { name: 'All accounts' }).click();
    await untilRead(page, 'h1', '48,395 + ? streams');
    const answered = page.waitForResponse(new RegExp(`newest\\?account=${MEMBER.factories}`));
    late.resolve();
    await (await answered).finished();
    expect(await read(page, 'h1')).toBe('48,395 + ? streams');
  });

  test('the trend goes through the organisation’s totals, and says what each is', async () => {
    const { page } = await openStory();
    await untilRead(page, '.trend .note', 'Totals of 4 runs, 2 partial');
    const says = async () => await page.locator('.chart').getAttribute('aria-valuetext');
    expect(await says()).toContain('PARTIAL, 48,395, 4 of 8 accounts complete');
    await page.locator('.chart').focus();
    await page.keyboard.press('ArrowLeft');
    await untilRead(page, '.facts', '2026-11-20 00:00 UTC');
    expect(await says()).toContain('; other accounts: 7 before, 8 now');
    await page.keyboard.press('ArrowLeft');
    await untilRead(page, 'h1', '50,804 streams');
    expect(await read(page, '.coverage')).toBe('in all 7 accounts, 22 of 22 regions');
    await page.locator('.runs summary').click();
    expect(await read(page, '.runs tbody tr')).toContain('partial, 4 of 8 Doorbells (no-access), Lab (suspended)');
  });

  test('a name that holds markup is a name: AWS takes it from whoever made the account', async () => {
    const evil = '</script><img src=x onerror=alert(1)>';
    const [{ run, ...rest }] = organizationStory().slice(-1) as [OrganizationPast];
    const accounts = run.accounts.map((one) => ({ ...one, name: `${evil}${one.accountId}` }));
    const server = await startPage(ORGANIZATION);
    await server.fillOrganization([{ ...rest, run: { ...run, accounts } }]);
    const page = await browser.open(server.page);
    await untilRead(page, '.found', '9 accounts.');
    expect((await namesOf(page)).toSorted()).toEqual(accounts.map(({ name }) => name).toSorted());
    await page.getByRole('searchbox', { name: 'Find' }).fill('<img');
    await untilRead(page, '.found', '9 accounts.');
    expect(await page.locator('main img').count()).toBe(0);
    expect(page.complaints).toEqual([]);
  });

  test('a run under way says how many accounts are how far', async () => {
    const server = await startPage(ORGANIZATION);
    await server.fillOrganization(organizationStory({ isOneUnderWay: true }));
    const page = await browser.open(server.page);
    await untilRead(page, '.progress', 'of 8 accounts have answered');
    expect(await read(page, '.progress .note')).toMatch(
      /^4 of 8 accounts have answered \(2 complete, 1 partial, 1 failed, 4 waiting\); until /,
    );
    await page.getByRole('button', { name: 'Show this run' }).click();
    await untilRead(page, 'h1', '4 of 8 accounts have answered');
    expect((await rowsOf(page)).filter((row) => row.includes('waiting'))).toHaveLength(4);
  });

  test('of a thousand accounts as many rows are made as somebody asks for', async () => {
    const page = await openMany(1000);
    expect(await page.locator('.accounts tbody tr').count()).toBe(50);
    expect(await page.locator('.accounts table').getAttribute('aria-rowcount')).toBe('1001');
    const elements = Number(await page.evaluate(`document.querySelectorAll('*').length`));
    expect(elements).toBeLessThan(2000);
    await page.getByRole('button', { name: 'Show 200 more of 950' }).click();
    expect(await page.locator('.accounts tbody tr').count()).toBe(250);
    // The first of them is where the keyboard goes on.
    expect(await page.evaluate(`document.activeElement.closest('tr').ariaRowIndex`)).toBe('52');
    await page.getByRole('searchbox', { name: 'Find' }).fill('300006145144');
    expect(await namesOf(page)).toEqual(['Fleet 0777']);
    expect(await page.locator('.more').isVisible()).toBe(false);
  });

  test('a page that looks again and again is sent nothing that it has', async () => {
    const page = await openMany(1000);
    const response = await page.waitForResponse(/data\/newest\?.*known=/);
    expect((await response.body()).length).toBeLessThan(20_000);
    expect(await page.locator('.accounts tbody tr').count()).toBe(50);
  });

  test.each(SCREENS)('on a screen of %i px, %s, all of it is seen, and readable', async (width, colorScheme) => {
    const { page } = await openStory('', { viewport: { width, height: 900 }, colorScheme });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(await page.evaluate(beyondScreen('header *, main *'))).toEqual([]);
    expect(await page.evaluate(FAINT_TEXTS)).toEqual([]);
  });
});

const lineOf = (text: string) => text.replace(/\s+/g, ' ').trim();

const rowsOf = async (page: Watched) => (await page.locator('.accounts tbody tr').allInnerTexts()).map(lineOf);

const namesOf = async (page: Watched) => (await page.locator('.accounts tbody th').allInnerTexts()).map(lineOf);
