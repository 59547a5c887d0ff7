/** How the SDK's clients talk HTTP: with every limit explicit, and through a proxy where there is one. */
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { CountError } from '../census/errors.ts';

/** The address of an HTTP proxy for each scheme, and the hosts that are reached without one, as Node's agents read them. */
export type ProxySettings = { HTTPS_PROXY?: string; HTTP_PROXY?: string; NO_PROXY: string };

/** Milliseconds. */
export type HttpLimits = {
  /** To open a connection, TLS included. */
  connectTimeoutMs: number;
  /** For one whole request. Enforced. */
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
 * By itself the SDK collects whatever comes. Leaves the connection to nobody else.
 * @throws CountError if more comes than any answer has: whoever sends that may go on for ever, faster than time runs out
 */
export async function collectAnswer(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of stream) {
    bytes += part.byteLength;
    if (bytes > LONGEST_ANSWER)
      throw new CountError('bad-answer', `The answer is longer than ${LONGEST_ANSWER} bytes.`, { retryable: true });
    parts.push(part);
  }
  return Buffer.concat(parts, bytes);
}
