/** How the SDK's clients talk HTTP: with every limit explicit, and through a proxy where there is one. */

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
