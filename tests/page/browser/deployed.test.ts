/**
 * The page as it is deployed: served by the packaged function, behind the template's gateway, which checks every token, and with the
 * local issuer to sign in at.
 */
import { number } from '../../../src/answers/words.ts';
import { type ApiHarness, bearer, startApiHarness } from '../../stack/api-harness.ts';
import { describeInBrowser, read, untilRead, type Watched } from '../harness.ts';

jest.setTimeout(120_000);

const HOUR_S = 3600;

describeInBrowser('The page of the whole stack', (browser) => {
  let api: ApiHarness;
  beforeAll(async () => {
    api = await startApiHarness('jwt');
  });
  afterAll(async () => await api?.stop());

  const signIn = async (page: Watched) => await page.getByRole('button', { name: 'Sign in', exact: true }).click();

  /** What whoever asks the API without a browser is told. */
  async function latest(query = '') {
    const answer = await api.send(`/v1/latest${query}`, { headers: bearer(await api.issuer.token()) });
    return JSON.parse(answer.body).run as { streams: number; verdict: string; runId: string };
  }

  test('shows nobody a number who has not signed in', async () => {
    const page = await browser.open(`${api.url}/`);
    await untilRead(page, '.door h1', 'How many streams there are');
    expect(await page.evaluate(`fetch('data/newest').then(({ status }) => status)`)).toBe(401);
    expect((await api.send('/data/newest')).status).toBe(401);
  });

  test('shows what the API answers, of an account and of the organisation', async () => {
    for (const [hash, query] of [
      ['', ''],
      ['#account=organization', '?account=organization'],
      ['#account=111122223333', '?account=111122223333'],
    ]) {
      const { streams, verdict, runId } = await latest(query);
      const page = await browser.open(`${api.url}/${hash}`);
      await signIn(page);
      await untilRead(page, 'h1', number(streams));
      expect(await read(page, '.headline .mark')).toContain(verdict === 'complete' ? 'Complete' : 'Partial');
      expect(await read(page, 'h1')).toBe(`${number(streams)}${verdict === 'complete' ? '' : ' + ?'} streams`);
      await untilRead(page, '.facts', runId.slice(11, 16));
      await untilRead(page, '.trend .note', 'runs');
      expect(page.complaints).toEqual([]);
    }
  });

  test.each([
    ['has expired', () => ({ exp: Math.floor(Date.now() / 1000) - HOUR_S })],
    ['is for another API', () => ({ aud: 'another' })],
  ])('whose token %s says so, and signs in again at the same place', async (_, claims) => {
    const page = await browser.open('about:blank');
    await page.clock.install();
    await page.goto(`${api.url}/#run=2026-11-20T06:30:00Z`);
    await signIn(page);
    await untilRead(page, '.facts', '06:30 UTC');
    const headers = bearer(await api.issuer.token(claims()));
    await page.route('**/data/**', (route) =>
      route.continue({ headers: { ...route.request().headers(), ...headers } }),
    );
    await page.clock.runFor(10_000);
    await untilRead(page, '.banner', 'The sign-in has expired. What is shown was read at');
    expect(await page.locator('h1').isVisible()).toBe(true);
    await page.unroute('**/data/**');
    await page.getByRole('button', { name: 'Sign in again' }).click();
    await page.locator('.status.live').waitFor();
    await untilRead(page, '.facts', '06:30 UTC');
  });

  test('is left by way of the issuer, and holds nothing after that', async () => {
    const page = await browser.open(`${api.url}/`);
    await signIn(page);
    await untilRead(page, '.headline .mark', 'artial');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    expect(page.asked.some((url) => url.startsWith(`${api.issuer.url}/endsession?`))).toBe(true);
    expect(await page.locator('.headline').count()).toBe(0);
  });

  test('leaves no code and no token in what the stack prints', async () => {
    const page = await browser.open(`${api.url}/`);
    await signIn(page);
    await untilRead(page, '.trend .note', 'runs');
    const code = page.asked.map((url) => new URL(url).searchParams.get('code')).find((one) => one !== null) ?? '';
    expect(code.length).toBeGreaterThan(10);
    const printed = api.lines.join('\n');
    expect(printed).toContain('/data/newest');
    expect(printed).not.toContain(code);
    expect(printed).not.toMatch(/eyJ[\w-]{10}/);
  });
});
