/**
 * Signing in by the authorisation code with PKCE (RFC 7636, RFC 9700): away to the issuer and back again, without a secret. What is
 * needed for the way back is kept in this tab for as long as that takes, and taken out of it at once.
 */
import {
  type AuthorizationServer,
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  calculatePKCECodeChallenge,
  clockTolerance,
  discoveryRequest,
  generateRandomCodeVerifier,
  generateRandomNonce,
  generateRandomState,
  None,
  processAuthorizationCodeResponse,
  processDiscoveryResponse,
  validateAuthResponse,
} from 'oauth4webapi';
import type { SignIn } from '../model.ts';
import { hostOf, problemOf, SignInProblem, type Step } from './problem.ts';

/** What the browser lends. */
export type Tab = {
  /** The page's own. */
  address: URL;
  /** Of this tab alone, `sessionStorage`; it throws where the browser lets nothing be kept. */
  kept: () => Kept;
};

/** The browser's Storage, as far as it is used. */
type Kept = {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
  removeItem(name: string): void;
};

/** One sign-in that was begun; `hash` is what of the address is to be seen afterwards. */
type Begun = { state: string; nonce: string; verifier: string; hash: string };

const NAME = 'kvs-census.sign-in';
const PATIENCE_MS = 15_000;
/** Clocks of devices and issuers differ by so much now and then. */
const CLOCK_TOLERANCE_S = 60;

/** Where the issuer sends back to: the page, without what stands behind it in the address. */
export const pageOf = ({ origin, pathname }: URL): string => `${origin}${pathname}`;

/** Whether somebody comes back from the issuer, with a code or with a refusal. */
export const isReturn = ({ searchParams }: URL): boolean => searchParams.has('code') || searchParams.has('error');

/**
 * Notes what the way back needs, and gives the address to go to.
 * @throws SignInProblem
 */
export async function wayToIssuer(signIn: SignIn, tab: Tab): Promise<string> {
  const server = await discover(signIn);
  const way = endpoint(server, 'authorization_endpoint', signIn);
  refuseUnknown(endpoint(server, 'token_endpoint', signIn), signIn);
  const begun = {
    state: generateRandomState(),
    nonce: generateRandomNonce(),
    verifier: generateRandomCodeVerifier(),
    hash: tab.address.hash,
  };
  keep(tab, begun);
  const asked = {
    client_id: signIn.clientId,
    redirect_uri: pageOf(tab.address),
    response_type: 'code',
    scope: 'openid',
    state: begun.state,
    nonce: begun.nonce,
    code_challenge: await calculatePKCECodeChallenge(begun.verifier),
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(asked)) way.searchParams.set(name, value);
  return way.href;
}

/**
 * The access token for the code that the issuer sent along.
 * @param begun what was noted on leaving
 * @throws SignInProblem
 */
export async function comeBack(signIn: SignIn, address: URL, begun: Begun): Promise<string> {
  const { state, nonce, verifier } = begun;
  const client = { client_id: signIn.clientId, [clockTolerance]: CLOCK_TOLERANCE_S };
  const server = await discover(signIn);
  const code = await step('return', signIn, () => validateAuthResponse(server, client, address, state));
  return await step('token', signIn, async () => {
    const way = pageOf(address);
    const options = requestOptions(signIn);
    const answer = await authorizationCodeGrantRequest(server, client, None(), code, way, verifier, options);
    const checks = { expectedNonce: nonce, requireIdToken: true };
    const { access_token } = await processAuthorizationCodeResponse(server, client, answer, checks);
    return access_token;
  });
}

/**
 * Where the issuer forgets who signed in; `null`: it names no such place, or cannot be asked. Cognito names the way back otherwise than
 * the standard does (https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html).
 */
export async function wayOut(signIn: SignIn, { address }: Tab): Promise<string | null> {
  try {
    const way = endpoint(await discover(signIn), 'end_session_endpoint', signIn);
    const back = pageOf(address);
    const asked = { client_id: signIn.clientId, post_logout_redirect_uri: back, logout_uri: back };
    for (const [name, value] of Object.entries(asked)) way.searchParams.set(name, value);
    return way.href;
  } catch {
    return null;
  }
}

async function discover(signIn: SignIn): Promise<AuthorizationServer> {
  const issuer = new URL(signIn.issuer);
  return await step('discovery', signIn, async () =>
    processDiscoveryResponse(issuer, await discoveryRequest(issuer, requestOptions(signIn))),
  );
}

/** Without TLS only an issuer of this machine is asked, and only by a page of this machine. */
function requestOptions({ issuer }: SignIn) {
  return { signal: AbortSignal.timeout(PATIENCE_MS), [allowInsecureRequests]: isOfThisMachine(new URL(issuer)) };
}

const isOfThisMachine = ({ protocol, hostname }: URL) =>
  protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);

type Endpoint = 'authorization_endpoint' | 'token_endpoint' | 'end_session_endpoint';

/** The browser goes there, or sends a code there: never without TLS, and to no address of another sort. */
function endpoint(server: AuthorizationServer, name: Endpoint, signIn: SignIn): URL {
  const named = server[name] ?? '';
  if (URL.canParse(named)) {
    const address = new URL(named);
    const isLocal = isOfThisMachine(address) && isOfThisMachine(new URL(signIn.issuer));
    if (address.protocol === 'https:' || isLocal) return address;
  }
  throw new SignInProblem(`${hostOf(signIn.issuer)} names no ${name} that a page could use.`);
}

/** The page's own policy forbids whatever was not named at deployment, and a browser would not say that. */
function refuseUnknown({ origin }: URL, { issuer, origins }: SignIn): void {
  if (origin === new URL(issuer).origin || origins.includes(origin)) return;
  throw new SignInProblem(
    `${hostOf(issuer)} gives its tokens at ${origin}: the parameter signInOrigins must name that origin.`,
  );
}

async function step<T>(name: Step, signIn: SignIn, what: () => T | Promise<T>): Promise<T> {
  try {
    return await what();
  } catch (error) {
    throw problemOf(error, name, signIn);
  }
}

const NOTHING_KEPT =
  'This browser lets the page keep nothing, not even while somebody signs in: allow it to store data for this address.';

function keep({ kept }: Tab, begun: Begun): void {
  try {
    kept().setItem(NAME, JSON.stringify(begun));
  } catch (cause) {
    throw new SignInProblem(NOTHING_KEPT, { cause });
  }
}

/**
 * What was noted on leaving. What is taken out is gone: no code is asked for twice.
 * @throws SignInProblem
 */
export function takeBegun({ kept }: Pick<Tab, 'kept'>): Begun {
  let text: string | null;
  try {
    text = kept().getItem(NAME);
    kept().removeItem(NAME);
  } catch (cause) {
    throw new SignInProblem(NOTHING_KEPT, { cause });
  }
  if (text === null)
    throw new SignInProblem('This answer belongs to no sign-in that was begun in this tab: sign in again.');
  return JSON.parse(text) as Begun;
}
