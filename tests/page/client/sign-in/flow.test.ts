/** Away to the issuer and back again: a real one, over HTTP. */
import {
  comeBack,
  isReturn,
  type Tab,
  takeBegun,
  wayOut,
  wayToIssuer,
} from '../../../../src/page/client/sign-in/flow.ts';
import { AUDIENCE, type Behaviour, CLIENT, startTestIssuer, type TestIssuer } from '../../issuer.ts';

const PAGE = 'https://census.example/';

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await startTestIssuer();
});
afterEach(() => issuer.behave({}));
afterAll(async () => await issuer.stop());

const signIn = (origins: string[] = []) => ({ issuer: issuer.url, clientId: CLIENT, origins });

/** A tab of a browser, as far as signing in sees it. */
function openTab(address = PAGE) {
  const notes = new Map<string, string>();
  const storage = {
    getItem: (name: string) => notes.get(name) ?? null,
    setItem: (name: string, value: string) => void notes.set(name, value),
    removeItem: (name: string) => void notes.delete(name),
  };
  const tab: Tab = { address: new URL(address), kept: () => storage };
  return { notes, ...tab };
}

/** Where the issuer sends whoever goes there. */
async function follow(way: string): Promise<string> {
  const answer = await fetch(way, { redirect: 'manual' });
  return answer.headers.get('location') ?? `nowhere (${answer.status})`;
}

async function signedIn(how: Behaviour = {}, change: (back: URL) => void = () => undefined) {
  issuer.behave(how);
  const tab = openTab(`${PAGE}#run=2026-11-20T06:00:00Z`);
  const back = new URL(await follow(await wayToIssuer(signIn(), tab)));
  change(back);
  const begun = takeBegun(tab);
  return { tab, hash: begun.hash, done: comeBack(signIn(), back, begun) };
}

describe('The way to the issuer', () => {
  test('asks for a code for the page without what stands behind it, with a challenge, and no secret', async () => {
    const tab = openTab(`${PAGE}?utm=1#kind=channels`);
    const { origin, pathname, searchParams } = new URL(await wayToIssuer(signIn(), tab));
    expect(`${origin}${pathname}`).toBe(`${issuer.url}/authorize`);
    const random = expect.stringMatching(/^[\w-]{43}$/);
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: CLIENT,
      redirect_uri: PAGE,
      response_type: 'code',
      scope: 'openid',
      state: random,
      nonce: random,
      code_challenge: random,
      code_challenge_method: 'S256',
    });
    // What answers the challenge stays here.
    const [begun] = tab.notes.values();
    expect(searchParams.get('code_challenge')).not.toBe(JSON.parse(begun ?? '').verifier);
  });

  test('is another one each time', async () => {
    const tab = openTab();
    const one = new URL(await wayToIssuer(signIn(), tab)).searchParams;
    const other = new URL(await wayToIssuer(signIn(), tab)).searchParams;
    for (const name of ['state', 'nonce', 'code_challenge']) expect(one.get(name)).not.toBe(other.get(name));
  });

  test.each<[string, Behaviour, RegExp]>([
    [
      'gives its tokens elsewhere',
      { discovery: { token_endpoint: 'https://other.example/token' } },
      /gives its tokens at https:\/\/other\.example: the parameter signInOrigins must name that origin\.$/,
    ],
    [
      'calls itself otherwise',
      { discovery: { issuer: 'https://other.example' } },
      /calls itself by another address than http.*: the parameter apiIssuer must be exactly what the issuer says\.$/,
    ],
    [
      'is no issuer',
      { discoveryStatus: 404 },
      /does not say how to sign in: the parameter apiIssuer \(http.*\) must be the address of an OpenID Connect issuer\.$/,
    ],
    [
      'leads to a script',
      { discovery: { authorization_endpoint: 'javascript:alert(1)' } },
      /names no authorization_endpoint that a page could use\.$/,
    ],
    [
      'leads to a place without TLS',
      { discovery: { token_endpoint: 'http://other.example/token' } },
      /names no token_endpoint that a page could use\.$/,
    ],
  ])('is not taken where the issuer %s', async (_, how, sentence) => {
    issuer.behave(how);
    const tab = openTab();
    await expect(wayToIssuer(signIn(), tab)).rejects.toThrow(sentence);
    expect(tab.notes.size).toBe(0);
  });

  test('is taken where the other place was named', async () => {
    issuer.behave({ discovery: { token_endpoint: 'https://other.example/token' } });
    expect(await wayToIssuer(signIn(['https://other.example']), openTab())).toMatch(/^http/);
  });

  test('is not taken where nobody answers', async () => {
    const nobody = { ...signIn(), issuer: 'http://127.0.0.1:1' };
    await expect(wayToIssuer(nobody, openTab())).rejects.toThrow(/^127\.0\.0\.1:1 cannot be reached, or does not let/);
  });

  test('is not taken where an issuer of another machine would be asked without TLS', async () => {
    const bare = { ...signIn(), issuer: 'http://issuer.example' };
    await expect(wayToIssuer(bare, openTab())).rejects.toThrow(/does not say how to sign in/);
  });

  test('is not taken where an issuer of another machine leads to this one', async () => {
    const issuerUrl = 'https://issuer.example';
    const discovery = { issuer: issuerUrl, authorization_endpoint: `${issuer.url}/authorize` };
    const fetched = jest.spyOn(globalThis, 'fetch').mockResolvedValue(Response.json(discovery));
    const way = wayToIssuer({ ...signIn(), issuer: issuerUrl }, openTab());
    await expect(way).rejects.toThrow(/names no authorization_endpoint that a page could use/);
    fetched.mockRestore();
  });

  test('is not taken where the browser keeps nothing', async () => {
    const kept = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    };
    await expect(wayToIssuer(signIn(), { ...openTab(), kept })).rejects.toThrow(
      /^This browser lets the page keep nothing/,
    );
  });
});

describe('Whoever comes back', () => {
  test('has a token that the API lets in, and sees what they were to see', async () => {
    const { done, tab, hash } = await signedIn();
    const token = await done;
    expect(hash).toBe('#run=2026-11-20T06:00:00Z');
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ iss: issuer.url, aud: AUDIENCE });
    expect(tab.notes.size).toBe(0);
  });

  test('brings what answers the challenge, and no secret', async () => {
    issuer.brought.length = 0;
    const { done } = await signedIn();
    await done;
    expect(issuer.brought).toEqual([
      {
        grant_type: 'authorization_code',
        client_id: CLIENT,
        code: expect.any(String),
        redirect_uri: PAGE,
        code_verifier: expect.stringMatching(/^[\w-]{43}$/),
      },
    ]);
  });

  test('does not come back twice', async () => {
    const { done, tab } = await signedIn();
    await done;
    expect(() => takeBegun(tab)).toThrow(
      'This answer belongs to no sign-in that was begun in this tab: sign in again.',
    );
  });

  test.each<[string, Behaviour, (back: URL) => void, RegExp]>([
    [
      'of another sign-in',
      {},
      (back) => back.searchParams.set('state', 'x'.repeat(43)),
      /^This answer belongs to no sign-in that was begun here: sign in again\.$/,
    ],
    ['without its state', {}, (back) => back.searchParams.delete('state'), /^This answer belongs to no sign-in/],
    [
      'of another issuer',
      {},
      (back) => back.searchParams.set('iss', 'https://other.example'),
      /^This answer belongs to no sign-in/,
    ],
    [
      'that is a refusal',
      {},
      (back) => back.searchParams.set('error', 'access_denied'),
      /has refused: the sign-in was broken off, or this user may not use this page\.$/,
    ],
    [
      'whose ID token is of another sign-in',
      { idToken: { nonce: 'another' } },
      () => undefined,
      /^The answer of 127\.0\.0\.1:\d+ was meant for another sign-in: sign in again\.$/,
    ],
    [
      'whose ID token is for another client',
      { idToken: { aud: 'another' } },
      () => undefined,
      /was meant for another sign-in/,
    ],
    [
      'whose ID token has expired by the clock of the device',
      { idToken: { exp: '-90' } },
      () => undefined,
      /^By the clock of this device what 127\.0\.0\.1:\d+ said is not valid now: set the clock right/,
    ],
    [
      'whose ID token is not valid yet by the clock of the device',
      { idToken: { nbf: '+90' } },
      () => undefined,
      /set the clock right/,
    ],
    [
      'without an ID token',
      { token: { id_token: null } },
      () => undefined,
      /cannot be used \(OAUTH_INVALID_RESPONSE\): it must give an access token and an ID token for the scope openid\.$/,
    ],
    [
      'with a code that does not hold',
      { refusal: 'invalid_grant' },
      () => undefined,
      /^The sign-in took too long, or was finished already: sign in again\.$/,
    ],
    [
      'as a client that the issuer does not know',
      { refusal: 'invalid_client' },
      () => undefined,
      /does not accept the client census-page: the parameter pageClientId must name a public client, without a secret/,
    ],
  ])('with an answer %s gets no token, and one sentence', async (_, how, change, sentence) => {
    const { done, tab } = await signedIn(how, change);
    await expect(done).rejects.toThrow(sentence);
    // Nor can anybody try the same once more.
    expect(tab.notes.size).toBe(0);
  });

  test('is let off a minute by which clocks differ', async () => {
    const { done } = await signedIn({ idToken: { exp: '-30' } });
    await expect(done).resolves.toEqual(expect.any(String));
  });

  test('is known by a code or a refusal', () => {
    expect(
      [`${PAGE}?code=1&state=2`, `${PAGE}?error=x`, PAGE, `${PAGE}?utm=1#code=1`].map((at) => isReturn(new URL(at))),
    ).toEqual([true, true, false, false]);
  });
});

describe('The way out', () => {
  test('leads to where the issuer forgets who signed in, and from there to the page', async () => {
    const way = await wayOut(signIn(), openTab(`${PAGE}#kind=channels`));
    const { pathname, searchParams } = new URL(way ?? '');
    expect(pathname).toBe('/endsession');
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: CLIENT,
      post_logout_redirect_uri: PAGE,
      logout_uri: PAGE,
    });
    expect(await follow(way ?? '')).toContain(PAGE);
  });

  test('is none where the issuer names no such place', async () => {
    issuer.behave({ discovery: { end_session_endpoint: null } });
    expect(await wayOut(signIn(), openTab())).toBeNull();
  });
});
