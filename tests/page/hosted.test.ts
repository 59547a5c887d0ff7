/** What anybody gets of the page where the API is, and what only whoever has signed in does. */
import { answerData } from '../../src/page/answer.ts';
import { nothingKnown } from '../../src/page/data.ts';
import { makeHostedPage } from '../../src/page/hosted.ts';
import { ACCOUNT, history } from '../cli/history.ts';
import { closePages, dataIn, lendLedger } from './harness.ts';

afterEach(closePages);

const SIGN_IN = {
  issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a1B2c3D4e',
  clientId: 'census-page',
  origins: ['https://census.auth.eu-west-1.amazoncognito.com'],
};

describe('The shell', () => {
  test('holds where one signs in, and nothing else', async () => {
    const { status, type, body } = await makeHostedPage(SIGN_IN).shell();
    expect([status, type]).toEqual([200, 'text/html']);
    expect(dataIn(body)).toEqual({ form: 'hosted', signIn: SIGN_IN });
    expect(body).toContain(
      '<noscript><p>The numbers are for whoever signs in. The rest of this page needs JavaScript.</p>',
    );
    expect(body.match(/<script/g)).toHaveLength(2);
    expect(body).not.toContain(ACCOUNT);
  });

  test('may ask the API, the issuer, and whatever the issuer answers at, and may not be shown within another page', async () => {
    const { headers } = await makeHostedPage(SIGN_IN).shell();
    const hash = expect.stringMatching(/^'sha256-[A-Za-z0-9+/]{43}='$/);
    const policy = headers['content-security-policy']?.split('; ').map((rule) => rule.split(' '));
    expect(policy).toEqual([
      ['default-src', "'none'"],
      ['script-src', hash],
      ['style-src', hash],
      ['img-src', 'data:'],
      [
        'connect-src',
        "'self'",
        'https://cognito-idp.eu-west-1.amazonaws.com',
        'https://census.auth.eu-west-1.amazoncognito.com',
      ],
      ['base-uri', "'none'"],
      ['form-action', "'none'"],
      ['require-trusted-types-for', "'script'"],
      ['trusted-types', "'none'"],
      ['frame-ancestors', "'none'"],
    ]);
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
  });

  test('is known again by its tag, which changes with what is in it', async () => {
    const tags = await Promise.all(
      [SIGN_IN, SIGN_IN, { ...SIGN_IN, clientId: 'another' }].map(
        async (one) => (await makeHostedPage(one).shell()).headers.etag,
      ),
    );
    expect(tags[0]).toMatch(/^W\/"[\w-]{43}"$/);
    expect(tags[1]).toBe(tags[0]);
    expect(tags[2]).not.toBe(tags[0]);
  });

  test('cannot be ended by what it is told of the issuer', async () => {
    const evil = '</script><script>alert(1)</script>';
    const { body } = await makeHostedPage({ ...SIGN_IN, clientId: evil }).shell();
    expect(body.match(/<script/g)).toHaveLength(2);
    expect(dataIn(body)).toMatchObject({ signIn: { clientId: evil } });
  });

  test('brings the licences of what it contains', async () => {
    const { body } = await makeHostedPage(SIGN_IN).shell();
    for (const name of ['uPlot', 'oauth4webapi'])
      expect(body).toContain(`/*! This page contains ${name}.\nThe MIT License`);
  });
});

test('What whoever has signed in asks for is answered as everywhere, and what was read before is not read again', async () => {
  const ledger = await lendLedger();
  await ledger.fill(history({ runs: 3 }));
  const page = makeHostedPage(SIGN_IN);
  const request = { method: 'GET', path: '/data/newest', query: new URLSearchParams() };
  ledger.requests.length = 0;
  const first = await page.data(request, ledger.reading);
  const asked = ledger.requests.splice(0);
  const second = await page.data(request, ledger.reading);
  expect(ledger.requests.length).toBeLessThan(asked.length);
  expect([first, second]).toEqual([second, await answerData(request, { ...ledger.reading, known: nothingKnown() })]);
});
