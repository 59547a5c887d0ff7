/** What stands between the functions and the stack: takes every request, and hands it to whoever decides its fate. */
import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answer } from './answer.ts';
import { type Call, readCall } from './call.ts';

/** Whoever waits for the answer to a request. Only the first thing that is done to it counts. */
export type Client = {
  answer(answer: Answer): void;
  /** Ends the connection. */
  drop(): void;
  /** Set once the client has gone without having heard an answer. */
  readonly gone: AbortSignal;
};

type Proxy = { url: string; close(): Promise<void> };

/**
 * @param onCall may leave a client without an answer
 * @param onError for what should not have happened: a request that cannot be understood, or `onCall` rejected
 */
export async function openProxy(
  onCall: (call: Call, client: Client) => Promise<void>,
  onError: (error: unknown) => void,
): Promise<Proxy> {
  const server = createServer((request, response) => {
    const client = makeClient(response);
    readCall(request)
      .then((call) => call && onCall(call, client))
      .catch((error: unknown) => {
        onError(error);
        client.drop();
      });
  });
  server.keepAliveTimeout = 120_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function makeClient(response: ServerResponse): Client {
  const gone = new AbortController();
  response.once('close', () => response.writableFinished || gone.abort());
  return {
    gone: gone.signal,
    answer({ status, headers, body }) {
      if (response.headersSent || response.destroyed) return;
      response.writeHead(status, { ...headers, 'content-length': String(body.length) });
      response.end(body);
    },
    drop: () => void response.destroy(),
  };
}

/** Sends a request on and gives the answer. Rejects if the connection is dropped, or the request given up. */
export type Forward = ((call: Call, givenUp?: AbortSignal) => Promise<Answer>) & {
  /** Resolves once nothing is under way any more. */
  idle(): Promise<void>;
};

/** @param stackUrl asked for each time */
export function makeForward(stackUrl: () => string): Forward {
  // A connection for each request: one that is kept is now and then closed just when it is used again.
  const agent = new Agent({ keepAlive: false });
  const underWay = new Set<Promise<unknown>>();

  async function forward({ method, path, headers, body }: Call, givenUp?: AbortSignal): Promise<Answer> {
    const request = send(new URL(path, stackUrl()), {
      method,
      agent,
      headers: { ...headers, 'content-length': String(body.length) },
      ...(givenUp && { signal: givenUp }),
    });
    request.end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const kept = Object.entries(response.headers).filter(([name]) => !HOP_BY_HOP.includes(name));
    return {
      status: response.statusCode ?? 0,
      headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
      body: Buffer.concat(chunks),
    };
  }

  function tracked(call: Call, givenUp?: AbortSignal): Promise<Answer> {
    const answer = forward(call, givenUp);
    underWay.add(answer);
    const done = () => void underWay.delete(answer);
    answer.then(done, done);
    return answer;
  }

  return Object.assign(tracked, {
    async idle() {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  });
}

const HOP_BY_HOP = ['content-length', 'transfer-encoding', 'connection', 'keep-alive'];
