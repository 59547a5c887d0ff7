/**
 * One HTTP server on 127.0.0.1 in front of every local service, so that one address, AWS_ENDPOINT_URL, is all that a
 * client needs. It tells services apart by the name in the credential scope of the SigV4 signature, which every AWS client
 * sends; the signature itself is not checked.
 *
 * A GET without a signature is a person with a browser, and is handed to whoever serves pages. Everything else without a
 * signature is refused, which also keeps web pages from talking to the stack: a foreign page cannot send that header.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Handle = (request: IncomingMessage, response: ServerResponse) => void;

export type FrontDoor = {
  readonly url: string;
  /** Requests signed for this service name go there from now on. */
  serve(service: string, handle: Handle): void;
  close(): Promise<void>;
};

/**
 * @param port 0: a free one
 * @throws one sentence when the port is taken
 */
export async function openFrontDoor(port: number, onPage: Handle = noPage): Promise<FrontDoor> {
  const services = new Map<string, Handle>();
  const server = createServer((request, response) => {
    const service = signedService(request);
    const handle = service === undefined ? undefined : services.get(service);
    if (handle) handle(request, response);
    else if (service !== undefined) refuse(request, response, 400, 'UnknownService', unknownService(service, services));
    else if (request.method === 'GET' || request.method === 'HEAD') onPage(request, response);
    else
      refuse(
        request,
        response,
        403,
        'MissingAuthenticationToken',
        'The request has no AWS signature, which says what service it is for.',
      );
  });
  // Clients of a local stack may hold connections for as long as they like; nothing here is scarce.
  server.requestTimeout = 0;
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new Error(portProblem(port, cause as NodeJS.ErrnoException), { cause });
  }
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    serve: (service, handle) => void services.set(service, handle),
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** The whole body of a request; a client that goes away in between is not answered. */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } catch {
    return undefined;
  }
}

/** An error as AWS writes it: XML for the query protocol, JSON for every other. */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
): void {
  request.resume();
  if (request.headers['content-type']?.includes('x-www-form-urlencoded')) {
    const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`;
    response.writeHead(status, { 'content-type': 'text/xml' });
    response.end(`<ErrorResponse>${error}<RequestId>local</RequestId></ErrorResponse>`);
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': code });
  response.end(JSON.stringify({ __type: code, message, Message: message }));
}

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** `Credential=<key>/<date>/<region>/<service>/aws4_request`, in the header or, for a presigned URL, in the query. */
function signedService(request: IncomingMessage): string | undefined {
  const header = request.headers.authorization ?? '';
  const query = new URL(request.url ?? '/', 'http://127.0.0.1').searchParams.get('X-Amz-Credential');
  const scope = /Credential=([^,\s]+)/.exec(header)?.[1] ?? query;
  return scope?.split('/').at(-2);
}

function unknownService(service: string, services: ReadonlyMap<string, Handle>): string {
  return `The local stack has no service ${service}; it has ${[...services.keys()].sort().join(', ')}.`;
}

function portProblem(port: number, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') return `Port ${port} is in use; choose another one, or none to get a free one.`;
  if (code === 'EACCES') return `Port ${port} may not be opened by this user; choose one above 1023, or 0 for any.`;
  return `Port ${port} cannot be opened: ${message}.`;
}

function noPage(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'text/plain' });
  response.end('There is no page here; this is the address of a local AWS.\n');
}
