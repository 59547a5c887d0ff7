/**
 * One HTTP server in front of every local service, so that one address, AWS_ENDPOINT_URL, is all that a client needs. It
 * tells services apart by the credential scope of the SigV4 signature in the Authorization header, which every AWS client
 * sends; the signature itself is checked by the API alone (gateway/).
 *
 * To the API goes what is signed for it, what has a bearer token, and what has neither and lies below its path. Another GET without a
 * signature is a person with a browser, and is handed to whoever serves pages, or else to the API, which may serve one of its
 * own. Everything else without a signature is refused: also a presigned URL, because a link or a form of any web page could be one.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Handle, isSentHere, type LocalServer, listenLocally, refuse } from './listen.ts';

export type FrontDoor = LocalServer & {
  /** Requests signed for this service name go there from now on. */
  serve(service: string, handle: Handle): void;
  /**
   * Requests for the API go there from now on.
   * @param isSignedInElsewhere people come back to its page from another port of this machine
   */
  serveApi(handle: Handle, options: { isSignedInElsewhere: boolean }): void;
};

/** Answers a browser; or says false, and leaves the request to whoever else may answer. */
export type OnPage = (request: IncomingMessage, response: ServerResponse) => unknown;

/** What requests for the API are signed for. */
export const EXECUTE_API = 'execute-api';

export type Scope = { key: string; region: string; service: string };

type Options = {
  /** 0: a free one. */
  readonly port?: number | undefined;
  readonly onPage?: OnPage | undefined;
  /** Sees every request to a service before the service does, and leaves it as it is. */
  readonly onRequest?: ((request: IncomingMessage) => void) | undefined;
};

/** @throws one sentence when the port is taken */
export async function openFrontDoor({ port = 0, onPage, onRequest }: Options = {}): Promise<FrontDoor> {
  const services = new Map<string, Handle>();
  let isGuest = (_: IncomingMessage) => false;
  const browse: Handle = (request, response) => {
    if (onPage === undefined || onPage(request, response) === false)
      (services.get(EXECUTE_API) ?? noPage)(request, response);
  };
  const answer: Handle = (request, response) => {
    const service = signedScope(request)?.service;
    const handle = services.get(service ?? (isForApi(request) ? EXECUTE_API : ''));
    if (handle) {
      onRequest?.(request);
      handle(request, response);
    } else if (service !== undefined)
      refuse(request, response, 400, 'UnknownService', unknownService(service, services));
    else if (request.method === 'GET' || request.method === 'HEAD') browse(request, response);
    else refuse(request, response, 403, 'MissingAuthenticationToken', UNSIGNED);
  };
  const server = await listenLocally(answer, port, (request) => isGuest(request));
  return {
    ...server,
    serve: (service, handle) => void services.set(service, handle),
    serveApi: (handle, { isSignedInElsewhere }) => {
      services.set(EXECUTE_API, handle);
      if (isSignedInElsewhere) isGuest = (request) => isSentHere(request, '/');
    },
  };
}

const UNSIGNED = 'The request has no AWS signature in its Authorization header, which says what service it is for.';

/** Of a request without a signature. */
function isForApi({ headers, url = '' }: IncomingMessage): boolean {
  return /^bearer /i.test(headers.authorization ?? '') || /^\/v1([/?]|$)/.test(url);
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
