/**
 * Every HTTP server that runs on this machine: on 127.0.0.1, and for programs of this machine alone.
 *
 * The loopback address keeps other machines out, but not web pages: a browser here sends their requests too, wherever they
 * come from. So a request is refused, before anybody reads it, unless
 * - it names this machine as its host: a page whose own name was made to point here would otherwise pass for a page of
 *   this server (DNS rebinding);
 * - no other page caused it: browsers tell that in Origin and Sec-Fetch-Site, which no page can leave out or forge.
 * Programs other than browsers send neither of the two, and are asked for nothing more. Where people are signed in elsewhere, `isGuest`
 * names what of theirs is let in all the same.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

// An import of it as an ES module reads all of its exports, and one of them loads a whole WebSocket client: 30 ms.
const { createServer } = process.getBuiltinModule('node:http');

export type Handle = (request: IncomingMessage, response: ServerResponse) => void;
export type LocalServer = {
  /** Without a slash at the end. */
  readonly url: string;
  /** Ends every connection, whatever it waits for. */
  close(): Promise<void>;
};

type IsGuest = (request: IncomingMessage) => boolean;

/** Any port: a tunnel may give the server another one than it listens on. */
const OWN_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;
/** Longer than a client keeps an idle connection, so that no request meets a connection that is being closed. */
const KEEP_ALIVE_MS = 120_000;

/**
 * @param port 0: a free one
 * @param isGuest lets in what another page caused; it is asked of nothing else, and of no other host
 * @throws one sentence when the port cannot be had
 */
export async function listenLocally(handle: Handle, port = 0, isGuest: IsGuest = nobody): Promise<LocalServer> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const reason = whyRefused(request, isGuest);
    if (reason === undefined) handle(request, response);
    else refuse(request, response, 403, 'AccessDeniedException', reason);
  });
  // Clients on the same machine may take as long as they like over a request; nothing here is scarce.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(new Error(portProblem(port, cause), { cause })));
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function nobody(): boolean {
  return false;
}

/**
 * Whether somebody is sent here by a page of another port of this machine, with his whole window: as between a page and whoever
 * signs people in. No page sees what he is then shown, and none can do it within a frame.
 */
export function isSentHere({ method, headers, url = '' }: IncomingMessage, path: string): boolean {
  const says = (name: string, value: string) => headers[`sec-fetch-${name}`] === value;
  const isVisit = says('mode', 'navigate') && says('dest', 'document') && says('site', 'same-site');
  return method === 'GET' && headers.origin === undefined && isVisit && url.split('?')[0] === path;
}

/** One sentence, or nothing for a request of this machine's own. */
function whyRefused(request: IncomingMessage, isGuest: IsGuest): string | undefined {
  const { url = '', headersDistinct: headers } = request;
  const [host = '', ...otherHosts] = headers.host ?? [];
  // A whole URL instead of a path would name a host of its own.
  if (!OWN_HOST.test(host) || otherHosts.length > 0 || !url.startsWith('/'))
    return 'This server answers only under the names 127.0.0.1, localhost and [::1].';
  const isForeign = (origin: string) => origin.toLowerCase() !== `http://${host.toLowerCase()}`;
  const isCausedElsewhere = (site: string) => site !== 'same-origin' && site !== 'none';
  const isCaused = headers.origin?.some(isForeign) || headers['sec-fetch-site']?.some(isCausedElsewhere);
  if (isCaused && !isGuest(request))
    return 'This server answers no other web page; to open its own page, enter its address by hand.';
  return undefined;
}

function portProblem(port: number, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') return `Port ${port} is in use: choose another one, or 0 for any that is free.`;
  if (code === 'EACCES') return `Port ${port} may not be opened by this user: choose one above 1023, or 0 for any.`;
  return `Port ${port} cannot be opened: ${message}.`;
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

/** An error as AWS writes it: XML for the query protocol, JSON for every other; text for a person with a browser. */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
): void {
  request.resume();
  const { accept, 'content-type': contentType } = request.headers;
  if (accept?.includes('text/html')) {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(`${message}\n`);
  } else if (contentType?.includes('x-www-form-urlencoded')) {
    const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`;
    response.writeHead(status, { 'content-type': 'text/xml' });
    response.end(`<ErrorResponse>${error}<RequestId>local</RequestId></ErrorResponse>`);
  } else {
    response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': code });
    response.end(JSON.stringify({ __type: code, message, Message: message }));
  }
}

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
