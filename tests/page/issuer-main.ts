/**
 * A process of its own, because what oauth2-mock-server takes for a plain object is none within Jest. It is told by messages how to
 * behave (issuer.ts), and answers each with what it was asked for until then.
 */
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
import type { Behaviour, Fields } from './issuer.ts';

const [client = '', audience = ''] = process.argv.slice(2);

let behaviour: Behaviour = {};
let brought: unknown[] = [];

/** `null` takes a field away; a number of seconds is said as "+30": from now on. */
function set(target: object, fields: Fields = {}): void {
  for (const [name, value] of Object.entries(fields)) {
    if (value === null) Reflect.deleteProperty(target, name);
    else Reflect.set(target, name, /^[+-]\d+$/.test(value) ? Math.floor(Date.now() / 1000) + Number(value) : value);
  }
}

const issuer = new OAuth2Issuer(false);
await issuer.keys.generate('RS256');
const service = new OAuth2Service(issuer);
service.on(Events.BeforeWellKnownOpenIdConfiguration, (answer: MutableResponse) => {
  answer.statusCode = behaviour.discoveryStatus ?? 200;
  set(answer.body as object, behaviour.discovery);
});
service.on(Events.BeforeAuthorizeRedirect, ({ url }: MutableRedirectUri) => {
  for (const [name, value] of Object.entries(behaviour.redirect ?? {})) {
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
});
service.on(Events.BeforeTokenSigning, ({ payload }: MutableToken) => {
  // The one about who signed in has an audience already.
  if (payload.aud !== undefined) return set(payload, behaviour.idToken);
  Object.assign(payload, { aud: audience, client_id: client });
  set(payload, behaviour.accessToken);
});
service.on(Events.BeforeResponse, (answer: MutableResponse, { body }: TokenRequestIncomingMessage) => {
  brought.push(body);
  if (behaviour.refusal === undefined) return set(answer.body as object, behaviour.token);
  answer.statusCode = 400;
  answer.body = { error: behaviour.refusal };
});

const server = createServer(service.requestHandler);
server.listen(0, '127.0.0.1', () => {
  issuer.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.send?.({ url: issuer.url });
});
process.on('message', (how: Behaviour) => {
  behaviour = how;
  process.send?.({ brought });
  brought = [];
});
process.on('disconnect', () => process.exit());
