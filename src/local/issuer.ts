/**
 * Somebody who signs people in, for an API that asks for tokens: oauth2-mock-server, which asks nobody for a password, behind the rules
 * of listen.ts and these:
 * - one client, which shows by PKCE (S256) that it is the one who asked, and whose one address is told the code;
 * - no other way to a token: each code, and each token to refresh another, holds once;
 * - of all pages only that one may ask, and may read the answers.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  Events,
  type MutableResponse,
  OAuth2Issuer,
  OAuth2Service,
  type TokenRequestIncomingMessage,
} from 'oauth2-mock-server';
import { isSentHere, listenLocally, refuse } from './listen.ts';

export type Issuer = {
  /** Who signs: the `iss` of every token. */
  readonly url: string;
  /** From now on the page at `<origin>/` may sign people in. */
  welcome(origin: string): void;
  /** A token as the page gets one; `claims` are set over, and left out where they are undefined. */
  token(claims?: Readonly<Record<string, unknown>>): Promise<string>;
  close(): Promise<void>;
};

type Client = {
  readonly clientId: string;
  /** Of whoever takes the tokens. */
  readonly audience: string;
};

/** Whoever signs in, for nobody asks. */
const SUBJECT = 'local';
/** Seconds, as it is with most. */
const TOKEN_LIFETIME = 3600;
const CHALLENGE = /^[\w-]{43}$/;

/** @throws one sentence when the port cannot be had */
export async function startIssuer(client: Client, port = 0): Promise<Issuer> {
  let page: string | undefined;
  const issuer = new OAuth2Issuer(false);
  await issuer.keys.generate('RS256');
  const service = new OAuth2Service(issuer);
  refuseShortcuts(service, client, () => page);
  const server = await listenLocally(
    (request, response) => {
      const reason = whyNotAuthorised(request, client, page);
      if (reason !== undefined) return refuse(request, response, 400, 'invalid_request', reason);
      answerOnlyTo(request.headers.origin === page ? page : undefined, response);
      service.requestHandler(request, response);
    },
    port,
    (request) => {
      if (page === undefined) return false;
      return request.headers.origin === page || [SIGN_IN, SIGN_OUT].some((path) => isSentHere(request, path));
    },
  );
  issuer.url = server.url;
  return {
    url: server.url,
    welcome: (origin) => {
      page = origin;
    },
    token: async (claims = {}) =>
      await issuer.buildToken({
        expiresIn: TOKEN_LIFETIME,
        scopesOrTransform: (_, payload) => void Object.assign(payload, claimsFor(client), claims),
      }),
    close: server.close,
  };
}

/** Where the page sends people with their whole window. */
const [SIGN_IN, SIGN_OUT] = ['/authorize', '/endsession'];

function claimsFor({ clientId, audience }: Client) {
  return { sub: SUBJECT, aud: audience, client_id: clientId, scope: 'openid' };
}

/** One sentence for a question to sign somebody in or out that is not the client's own; undefined for it, and for all else. */
function whyNotAuthorised({ url = '' }: IncomingMessage, { clientId }: Client, page: string | undefined) {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const path = pathname.replace(/\/$/, '');
  if (path !== SIGN_IN && path !== SIGN_OUT) return undefined;
  const says = (name: string) => (searchParams.getAll(name).length === 1 ? searchParams.get(name) : undefined);
  if (says('client_id') !== clientId) return `client_id is not ${clientId}, the one client that there is.`;
  const back = path === SIGN_IN ? 'redirect_uri' : 'post_logout_redirect_uri';
  if (page === undefined || says(back) !== `${page}/`)
    return `${back} is not ${page === undefined ? 'known yet' : `${page}/`}.`;
  if (path === SIGN_OUT) return undefined;
  if (says('response_type') !== 'code') return 'response_type is not code.';
  if (says('code_challenge_method') !== 'S256' || !CHALLENGE.test(says('code_challenge') ?? ''))
    return 'There is no code_challenge of the method S256 (PKCE).';
  return undefined;
}

/** The mock server lets pages of all origins read what it answers. */
function answerOnlyTo(origin: string | undefined, response: ServerResponse): void {
  const set = response.setHeader.bind(response);
  response.setHeader = (name, value) => {
    if (name.toLowerCase() !== 'access-control-allow-origin') return set(name, value);
    set('vary', 'origin');
    return origin === undefined ? response : set(name, origin);
  };
}

/** Grants that the mock server gives for nothing are refused, and tokens say whom they are for. */
function refuseShortcuts(service: OAuth2Service, client: Client, page: () => string | undefined): void {
  /** Codes and tokens to refresh others that hold. */
  const open = new Set<string>();
  service.on(Events.BeforeAuthorizeRedirect, ({ url }: { url: URL }) => {
    const code = url.searchParams.get('code');
    if (code !== null) open.add(code);
  });
  service.on(Events.BeforeTokenSigning, ({ payload }: { payload: Record<string, unknown> }) => {
    // The other one, for whoever signed in, has an audience already.
    if (payload.aud === undefined) Object.assign(payload, claimsFor(client));
    else payload.sub = SUBJECT;
  });
  service.on(Events.BeforeResponse, (answer: MutableResponse, request: TokenRequestIncomingMessage) => {
    const asked: Readonly<Record<string, unknown>> = { ...request.body };
    const held = whatIsHeld(asked, page());
    if (asked.client_id === client.clientId && typeof held === 'string' && open.delete(held)) {
      const { refresh_token: next } = answer.body as { refresh_token?: string };
      if (next !== undefined) open.add(next);
    } else {
      answer.statusCode = 400;
      answer.body = { error: 'invalid_grant' };
    }
  });
  service.on(Events.BeforeWellKnownOpenIdConfiguration, ({ body }: MutableResponse) => {
    Object.assign(body, { grant_types_supported: GRANTS, code_challenge_methods_supported: ['S256'] });
  });
}

const GRANTS = ['authorization_code', 'refresh_token'];

/** What a request for a token has in its hands. The mock server compares a verifier with its challenge wherever there is one. */
function whatIsHeld(asked: Readonly<Record<string, unknown>>, page: string | undefined): unknown {
  if (asked.grant_type === 'refresh_token') return asked.refresh_token;
  const isWhole = asked.code_verifier !== undefined && asked.redirect_uri === `${page}/`;
  return asked.grant_type === 'authorization_code' && isWhole ? asked.code : undefined;
}
