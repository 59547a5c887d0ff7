/** The page where the API is: nobody sees a number before they have signed in, and then they see what any page shows. */
import { ORGANIZATION } from '../../../src/census/census-id.ts';
import { UsageError } from '../../../src/cli/errors.ts';
import { CHANNELS, history } from '../../cli/history.ts';
import { organizationStory } from '../../fixtures/organization.ts';
import { describeInBrowser, read, untilRead, type Watched } from '../harness.ts';
import { startHostedPage } from '../hosted-page.ts';
import { type Behaviour, startTestIssuer, type TestIssuer } from '../issuer.ts';
import { beyondScreen, FAINT_TEXTS } from '../looks.ts';

const SCREENS = [1280, 390].flatMap((width) => (['light', 'dark'] as const).map((scheme) => [width, scheme] as const));

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await startTestIssuer();
});
afterEach(() => issuer.behave({}));
afterAll(async () => await issuer.stop());

async function start(options?: Parameters<typeof startHostedPage>[1]) {
  const server = await startHostedPage(issuer, options);
  await server.fill(history({ runs: 5, isMissing: () => false }));
  return server;
}

const signIn = async (page: Watched) => await page.getByRole('button', { name: 'Sign in', exact: true }).click();

/** What the tab and the browser have kept. */
const KEPT = `JSON.stringify([Object.keys(sessionStorage), Object.keys(localStorage), document.cookie])`;
const NOTHING = '[[],[],""]';

describeInBrowser('A page that one signs in to', (browser) => {
  /** With a clock that is moved by hand. */
  async function openWithClock(url: string, options?: Parameters<typeof browser.open>[1]) {
    const page = await browser.open('about:blank', options);
    await page.clock.install();
    await page.goto(url);
    return page;
  }

  test('shows nothing and asks for nothing until then, and then the number', async () => {
    const server = await start();
    server.requests.length = 0;
    const page = await browser.open(server.page);
    await untilRead(page, '.door h1', 'How many streams there are');
    expect(page.asked).toEqual([server.page]);
    expect(server.requests).toEqual([]);
    await signIn(page);
    await untilRead(page, '.headline .mark', 'Complete');
    expect(await read(page, 'h1')).toMatch(/^[\d,]+ streams$/);
    expect(await page.locator('.door').count()).toBe(0);
    expect(new URL(page.url()).search).toBe('');
    expect(page.complaints).toEqual([]);
  });

  test('keeps its token to itself, and sends it to the API alone', async () => {
    const server = await start();
    const page = await browser.open(server.page);
    await signIn(page);
    await untilRead(page, '.trend .note', 'runs');
    expect(await page.evaluate(KEPT)).toBe(NOTHING);
    const [shells, data] = [true, false].map((isShell) =>
      server.heard.filter(({ path }) => (path === '/') === isShell),
    );
    expect(shells?.map(({ authorization }) => authorization)).toEqual([undefined, undefined]);
    expect(data?.length).toBeGreaterThan(1);
    for (const { authorization, cookie } of data ?? []) {
      expect(authorization).toMatch(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
      expect(cookie).toBeUndefined();
    }
    const { origin } = new URL(server.page);
    expect(page.asked.filter((url) => ![origin, issuer.url].includes(new URL(url).origin))).toEqual([]);
    // Whoever loads it once more has nothing, and must sign in once more.
    await page.reload();
    await untilRead(page, '.door h1', 'How many streams there are');
  });

  test('shows after that what the address named before', async () => {
    const server = await start();
    await server.fill(history({ runs: 3, censusId: CHANNELS, isMissing: () => false }));
    const page = await browser.open(`${server.page}#kind=channels&run=2026-11-20T05:30:00Z`);
    await signIn(page);
    await untilRead(page, '.facts', '05:30 UTC');
    expect(await read(page, 'h1')).toMatch(/channels$/);
    expect(page.url()).toBe(`${server.page}#kind=channels&run=2026-11-20T05:30:00Z`);
    expect(page.complaints).toEqual([]);
  });

  test('a partial number is never alone here either', async () => {
    const server = await startHostedPage(issuer);
    await server.fill(history({ runs: 6, isMissing: (_n, region) => region === 'eu-west-3' }));
    const page = await browser.open(server.page);
    await signIn(page);
    await untilRead(page, 'h1', '+ ? streams');
    await untilRead(page, '.missing', 'eu-west-3');
  });

  test('all accounts of an organisation, and the way to one of them and back', async () => {
    const server = await startHostedPage(issuer, { censusId: ORGANIZATION });
    await server.fillOrganization(organizationStory());
    const page = await browser.open(server.page);
    await signIn(page);
    await untilRead(page, 'h1', '48,395 + ? streams');
    await page.getByRole('link', { name: 'Stores America' }).first().click();
    await untilRead(page, 'header .account', 'Stores America');
    expect(await read(page, 'h1')).toBe('21,442 streams');
    await page.goBack();
    await untilRead(page, 'h1', '48,395 + ? streams');
    expect(page.complaints).toEqual([]);
  });

  test('whose sign-in has expired says so, keeps what it had with its age, and asks no more', async () => {
    const server = await start();
    const page = await openWithClock(`${server.page}#run=2026-11-20T05:30:00Z`);
    await signIn(page);
    await untilRead(page, '.facts', '05:30 UTC');
    const number = await read(page, 'h1');
    server.shut(true);
    await page.clock.runFor(10_000);
    await untilRead(page, '.banner', 'The sign-in has expired. What is shown was read at 08:00 UTC.');
    expect([await read(page, 'h1'), await read(page, '.status')]).toEqual([number, 'As of 08:00 UTC']);
    const asked = server.heard.length;
    await page.clock.runFor(60_000);
    expect(server.heard).toHaveLength(asked);
    server.shut(false);
    await page.getByRole('button', { name: 'Sign in again' }).click();
    await page.locator('.status.live').waitFor();
    await untilRead(page, '.facts', '05:30 UTC');
    expect(await page.locator('.banner').isVisible()).toBe(false);
  });

  test('to which one cannot sign in again just now says why, and keeps what it had', async () => {
    const server = await start();
    const page = await openWithClock(server.page);
    await signIn(page);
    await untilRead(page, '.headline .mark', 'Complete');
    server.shut(true);
    await page.clock.runFor(10_000);
    issuer.behave({ discoveryStatus: 503 });
    await page.getByRole('button', { name: 'Sign in again' }).click();
    await untilRead(page, '.banner', 'does not say how to sign in');
    expect(await page.locator('h1').isVisible()).toBe(true);
    expect(await page.getByRole('button', { name: 'Sign in again' }).isVisible()).toBe(true);
  });

  test('that one signs out of holds nothing any more, nor does what a browser goes back to', async () => {
    const server = await start();
    const page = await browser.open(server.page);
    await signIn(page);
    await untilRead(page, '.headline .mark', 'Complete');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    expect(page.asked.some((url) => url.startsWith(`${issuer.url}/endsession?`))).toBe(true);
    expect(await page.locator('.headline').count()).toBe(0);
    expect(await page.evaluate(KEPT)).toBe(NOTHING);
    await page.goBack();
    await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    expect(await page.locator('.headline').count()).toBe(0);
  });

  test('that one signs out of at an issuer that knows no such thing is as it was before', async () => {
    const server = await start();
    const page = await browser.open(server.page);
    await signIn(page);
    await untilRead(page, '.headline .mark', 'Complete');
    issuer.behave({ discovery: { end_session_endpoint: null } });
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    expect(page.url()).toBe(server.page);
  });

  test('whose ledger cannot be read says why, and goes on by itself', async () => {
    const server = await start();
    server.breakLedger(new UsageError('The ledger cannot be asked just now.'));
    const page = await openWithClock(server.page);
    await signIn(page);
    await untilRead(page, '.door .banner', 'The ledger cannot be asked just now.');
    await untilRead(page, '.door .note', 'Trying again …');
    server.breakLedger(undefined);
    await page.clock.runFor(10_000);
    await untilRead(page, '.headline .mark', 'Complete');
  });

  test.each([
    [429, { message: 'Too Many Requests' }, 'The API is asked too often just now'],
    [403, { message: 'Forbidden' }, 'The API refuses this user.'],
    [
      503,
      { title: 'Unavailable', detail: 'The ledger cannot be asked just now.' },
      'The ledger cannot be asked just now.',
    ],
    [500, 'no JSON of any sort that is known', 'The API answered with an error (500).'],
  ])('tells what the API says with %i, keeps what it had, and goes on', async (status, body, sentence) => {
    const server = await start();
    const page = await openWithClock(server.page);
    await signIn(page);
    await untilRead(page, '.headline .mark', 'Complete');
    server.say({ status, body });
    await page.clock.runFor(10_000);
    await untilRead(page, '.banner', sentence);
    expect(await page.locator('h1').isVisible()).toBe(true);
    expect(await page.getByRole('button', { name: 'Sign in again' }).isVisible()).toBe(false);
    server.say(undefined);
    await page.clock.runFor(10_000);
    await page.locator('.banner').waitFor({ state: 'hidden' });
  });

  test.each<[string, Behaviour, string]>([
    ['refuses somebody', { redirect: { code: null, error: 'access_denied' } }, 'this user may not use this page.'],
    ['is busy', { redirect: { code: null, error: 'temporarily_unavailable' } }, 'cannot sign anybody in just now'],
    ['does not know the client', { refusal: 'invalid_client' }, 'does not accept the client census-page'],
    ['is asked by a device whose clock is wrong', { idToken: { exp: '-3600' } }, 'set the clock right'],
    ['answers for another sign-in', { redirect: { state: 'another' } }, 'belongs to no sign-in that was begun here'],
    [
      'says it in words of its own',
      { redirect: { code: null, error: '<b>Call us</b>' } },
      'has refused (for a reason of its own)',
    ],
    [
      'gives a token for something else',
      { accessToken: { aud: 'another' } },
      'The API does not accept the access token',
    ],
    ['gives one that has expired', { accessToken: { exp: '-60' } }, 'The API does not accept the access token'],
  ])('says in one sentence that the issuer %s, and lets one try again', async (_, how, sentence) => {
    const server = await start();
    const page = await browser.open(`${server.page}#run=2026-11-20T05:30:00Z`);
    issuer.behave(how);
    await signIn(page);
    await untilRead(page, '.door .banner', sentence);
    expect(await page.locator('.headline').count()).toBe(0);
    // Neither the code nor the refusal stays in the address, nor anything in the tab.
    expect(new URL(page.url()).search).toBe('');
    expect(await page.evaluate(KEPT)).toBe(NOTHING);
    issuer.behave({});
    await signIn(page);
    await untilRead(page, '.facts', '05:30 UTC');
  });

  test.each<[string, Behaviour, string]>([
    ['tells nothing', { discoveryStatus: 404 }, 'does not say how to sign in'],
    [
      'gives its tokens where this page may not ask',
      { discovery: { token_endpoint: 'https://tokens.example/token' } },
      'gives its tokens at https://tokens.example: the parameter signInOrigins must name that origin.',
    ],
  ])('does not leave for an issuer that %s', async (_, how, sentence) => {
    const server = await start();
    const page = await browser.open(server.page);
    issuer.behave(how);
    await signIn(page);
    await untilRead(page, '.door .banner', sentence);
    expect(page.url()).toBe(server.page);
  });

  test('may not ask what its policy does not name, whatever runs in it', async () => {
    const server = await start();
    const page = await browser.open(server.page);
    const asked = await page.evaluate(`fetch('https://tokens.example/').then(String, String)`);
    expect(asked).toContain('Failed to fetch');
    expect(page.complaints.join()).toContain('Content Security Policy');
  });

  test('says where a browser keeps nothing that it must, for as long as that takes', async () => {
    const server = await start();
    const page = await browser.open('about:blank');
    await page.addInitScript(`Object.defineProperty(window, 'sessionStorage', {
      get() { throw new DOMException('Access is denied for this document.', 'SecurityError'); } })`);
    await page.goto(server.page);
    await signIn(page);
    await untilRead(page, '.door .banner', 'This browser lets the page keep nothing');
  });

  test('cannot be put into a frame of another page', async () => {
    const server = await start();
    const page = await browser.open('about:blank');
    await page.setContent(`<iframe src="${server.page}"></iframe>`);
    const frame = page.frames()[1];
    await frame?.waitForURL('chrome-error://chromewebdata/');
    expect(await frame?.locator('.door').count()).toBe(0);
  });

  test.each(SCREENS)('can be read on %i pixels, %s, before and after', async (width, colorScheme) => {
    const server = await start();
    const page = await openWithClock(server.page, { viewport: { width, height: 800 }, colorScheme });
    issuer.behave({ redirect: { code: null, error: 'access_denied' } });
    await signIn(page);
    await untilRead(page, '.door .banner', 'has refused');
    const texts = '.door h1, .door p, .door button, .banner, .banner button, .sign-out';
    expect([await page.evaluate(FAINT_TEXTS), await page.evaluate(beyondScreen(texts))]).toEqual([[], []]);
    issuer.behave({});
    await signIn(page);
    await untilRead(page, '.headline .mark', 'Complete');
    server.shut(true);
    await page.clock.runFor(10_000);
    await page.getByRole('button', { name: 'Sign in again' }).waitFor();
    expect([await page.evaluate(FAINT_TEXTS), await page.evaluate(beyondScreen(texts))]).toEqual([[], []]);
  });
});
