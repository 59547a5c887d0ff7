/**
 * One HTTP server in front of every local service, so that one address, AWS_ENDPOINT_URL, is all that a client needs. It
 * tells services apart by the credential scope of the SigV4 signature in the Authorization header, which every AWS client
 * sends; the signature itself is not checked.
 *
 * A GET without a signature is a person with a browser, and is handed to whoever serves pages. Everything else without a
 * signature is refused: also a presigned URL, because a link or a form of any web page could be one.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Handle, type LocalServer, listenLocally, refuse } from './listen.ts';

export type FrontDoor = LocalServer & {
  /** Requests signed for this service name go there from now on. */
  serve(service: string, handle: Handle): void;
};

export type Scope = { key: string; region: string; service: string };

type Options = {
  /** 0: a free one. */
  readonly port?: number | undefined;
  readonly onPage?: Handle | undefined;
  /** Sees every request to a service before the service does, and leaves it as it is. */
  readonly onRequest?: ((request: IncomingMessage) => void) | undefined;
};

/** @throws one sentence when the port is taken */
export async function openFrontDoor({ port = 0, onPage = noPage, onRequest }: Options = {}): Promise<FrontDoor> {
  const services = new Map<string, Handle>();
  const server = await listenLocally((request, response) => {
    const service = signedScope(request)?.service;
    const handle = service === undefined ? undefined : services.get(service);
    if (handle) {
      onRequest?.(request);
      handle(request, response);
    } else if (service !== undefined)
      refuse(request, response, 400, 'UnknownService', unknownService(service, services));
    else if (request.method === 'GET' || request.method === 'HEAD') onPage(request, response);
    else
      refuse(
        request,
        response,
        403,
        'MissingAuthenticationToken',
        'The request has no AWS signature in its Authorization header, which says what service it is for.',
      );
  }, port);
  return { ...server, serve: (service, handle) => void services.set(service, handle) };
}

/** What a request was signed for: `Credential=<key>/<date>/<region>/<service>/aws4_request` in the Authorization header. */
export function signedScope(request: IncomingMessage): Scope | undefined {
  const scope = /^AWS4-[A-Z0-9-]+ .*?Credential=([^,\s/]+)\/\d{8}\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request/;
  const [, key, region, service] = scope.exec(request.headers.authorization ?? '') ?? [];
  if (key === undefined || region === undefined || service === undefined) return undefined;
  return { key, region, service };
}

function unknownService(service: string, services: ReadonlyMap<string, Handle>): string {
  return `The local stack has no service ${service}; it has ${[...services.keys()].sort().join(', ')}.`;
}

function noPage(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'text/plain' });
  response.end('There is no page here; this is the address of a local AWS.\n');
}
