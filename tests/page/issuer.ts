/** Somebody who signs people in, and can be made to do it wrongly: the page is to say what is wrong. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  Events,
  type MutableRedirectUri,
  type MutableResponse,
  type MutableToken,
  OAuth2Issuer,
  OAuth2Service,
  type TokenRequestIncomingMessage,
} from 'oauth2-mock-server';

export const CLIENT = 'census-page';
export const AUDIENCE = 'census';

/** Values by name; `null`: it is not there. "+30" is the moment in 30 s, as tokens write it. */
type Fields = Record<string, string | null>;

/** What it says otherwise than it should. */
export type Behaviour = {
  discoveryStatus?: number;
  discovery?: Fields;
  /** Of the way back to the page. */
  redirect?: Fields;
  accessToken?: Fields;
  idToken?: Fields;
  /** Of the answer to whoever brings a code. */
  token?: Fields;
  /** What such a one is refused for. */
  refusal?: string;
};

export type TestIssuer = Awaited<ReturnType<typeof startTestIssuer>>;

export async function startTestIssuer() {
  let behaviour: Behaviour = {};
  /** What came with each code. */
  const brought: object[] = [];
  const issuer = new OAuth2Issuer(false);
  await issuer.keys.generate('RS256');
  const service = new OAuth2Service(issuer);
  service.on(Events.BeforeWellKnownOpenIdConfiguration, (answer: MutableResponse) => {
    answer.statusCode = behaviour.discoveryStatus ?? 200;
    set(answer.body as object, behaviour.discovery);
  });
  service.on(Events.BeforeAuthorizeRedirect, ({ url }: MutableRedirectUri) => {
    const said = Object.fromEntries(url.searchParams);
    set(said, behaviour.redirect);
    url.search = `${new URLSearchParams(said)}`;
  });
  service.on(Events.BeforeTokenSigning, ({ payload }: MutableToken) => {
    // The one about who signed in has an audience already.
    if (payload.aud !== undefined) return set(payload, behaviour.idToken);
    Object.assign(payload, { aud: AUDIENCE, client_id: CLIENT });
    set(payload, behaviour.accessToken);
  });
  service.on(Events.BeforeResponse, (answer: MutableResponse, { body }: TokenRequestIncomingMessage) => {
    brought.push({ ...body });
    if (behaviour.refusal === undefined) return set(answer.body as object, behaviour.token);
    answer.statusCode = 400;
    answer.body = { error: behaviour.refusal };
  });
  const server = createServer(service.requestHandler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: issuer.url,
    brought,
    /** From now on. */
    behave: (how: Behaviour) => {
      behaviour = how;
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function set(target: object, fields: Fields = {}): void {
  for (const [name, value] of Object.entries(fields)) {
    if (value === null) Reflect.deleteProperty(target, name);
    else Reflect.set(target, name, /^[+-]\d+$/.test(value) ? Math.floor(Date.now() / 1000) + Number(value) : value);
  }
}
