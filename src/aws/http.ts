/** How the SDK's clients talk HTTP: with every limit explicit, and through a proxy where there is one. */
import type { Readable } from 'node:stream';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { CountError } from '../census/errors.ts';

/** The address of an HTTP proxy for each scheme, and the hosts that are reached without one, as Node's agents read them. */
export type ProxySettings = { HTTPS_PROXY?: string; HTTP_PROXY?: string; NO_PROXY: string };

/** Milliseconds. */
export type HttpLimits = {
  /** To open a connection, TLS included. */
  connectTimeoutMs: number;
  /** Until an answer begins, and again until it ends. Enforced. */
  requestTimeoutMs: number;
  proxy?: ProxySettings;
};

/** By itself the SDK waits for ever on a server that accepts a connection and never answers, and knows no proxy. */
export function http({ connectTimeoutMs, requestTimeoutMs, proxy }: HttpLimits) {
  const agent = proxy && { proxyEnv: proxy };
  return {
    connectionTimeout: connectTimeoutMs,
    requestTimeout: requestTimeoutMs,
    // Without it `requestTimeout` only prints a warning.
    throwOnRequestTimeout: true,
    socketTimeout: requestTimeoutMs,
    ...(agent && { httpAgent: agent, httpsAgent: agent }),
  };
}

/**
 * One for many clients: connections go by host, whoever's client asks. No client that has it may be destroyed before all are done with
 * it.
 */
export function sharedHttp(limits: HttpLimits): NodeHttpHandler {
  return new NodeHttpHandler(http(limits));
}

/**
 * Bytes of one answer's body. The longest page that is asked for, 1,000 streams with every field as long as the service allows
 * (docs.aws.amazon.com/kinesisvideostreams/latest/dg/API_StreamInfo.html), has 3.9 million; 40 of this at once have room beside all
 * else in a worker of 1,024 MB.
 */
export const LONGEST_ANSWER = 8 * 2 ** 20;

/**
 * The same of what names accounts or regions, and of a session: some thousands. The dispatcher has 256 MB, or asks fifty accounts at
 * the same time, and a list may have many pages.
 */
export const LONGEST_SHORT_ANSWER = 2 ** 19;

/**
 * By itself the SDK collects whatever comes, for as long as it comes. Leaves the connection to nobody else where it gives up.
 * @param longest bytes
 * @throws CountError if more comes than any answer has: whoever sends that may go on for ever, faster than time runs out
 * @throws Error by the name of TimeoutError, which the SDK tries again, if the answer has no end in time, however steadily it comes
 */
export function collector(
  { requestTimeoutMs }: Pick<HttpLimits, 'requestTimeoutMs'>,
  longest = Number.POSITIVE_INFINITY,
) {
  return async (stream: Readable): Promise<Uint8Array> => {
    const timer = setTimeout(() => stream.destroy(endless(requestTimeoutMs)), requestTimeoutMs);
    const parts: Uint8Array[] = [];
    let bytes = 0;
    try {
      for await (const part of stream as AsyncIterable<Uint8Array>) {
        bytes += part.byteLength;
        if (bytes > longest)
          throw new CountError('bad-answer', `The answer is longer than ${longest} bytes.`, { retryable: true });
        parts.push(part);
      }
    } finally {
      clearTimeout(timer);
    }
    return Buffer.concat(parts, bytes);
  };
}

function endless(ms: number): Error {
  return Object.assign(new Error(`The answer had no end after ${ms} ms.`), { name: 'TimeoutError' });
}
