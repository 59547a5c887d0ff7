/**
 * The event that an HTTP API gives to a function, payload format 2.0
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html). Pure.
 *
 * What that page leaves open is as it was seen on AWS:
 * - the path is decoded, and ends at a `?` that was written as %3F; the query stands as it was sent
 *   (https://github.com/honojs/hono/issues/2156, https://github.com/fastify/aws-lambda-fastify/issues/169,
 *   https://github.com/middleapi/standard-server/pull/93);
 * - claims of a token are texts, whatever they were: a list is "[a b]" (https://github.com/floci-io/floci/pull/2011).
 */
import type { Matched } from './routes.ts';

/** Who asks, as the function is told. */
export type Authorizer =
  | { readonly iam: IamIdentity }
  | {
      readonly jwt: {
        readonly claims: Readonly<Record<string, string>>;
        /** Those of the route that the token has; null for a route that asks for none. */
        readonly scopes: readonly string[] | null;
      };
    };

type IamIdentity = {
  readonly accessKey: string;
  readonly accountId: string;
  readonly callerId: string;
  readonly cognitoIdentity: null;
  readonly principalOrgId: string | null;
  readonly userArn: string;
  readonly userId: string;
};

/** One request, as far as it is known before anybody looks at who asks. */
export type Asked = {
  readonly method: string;
  /** As it stands in the request, without the query. */
  readonly rawPath: string;
  /** What stands behind the `?`; empty without one. */
  readonly rawQuery: string;
  /** By names in lower case; each value that came. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** `HTTP/1.1`. */
  readonly protocol: string;
  readonly sourceIp: string;
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** In hexadecimal, for the header by which AWS traces a request. */
  readonly traceId: string;
};

/** Where the request came to. */
type Addressee = { readonly accountId: string; readonly apiId: string; readonly stage: string };

/** What of the event is known before a route is: the access log has it, too. */
export type RequestContext = ReturnType<typeof contextOf>;

/** @throws URIError when the path is not encoded as it says */
export function decodedPath(rawPath: string): string {
  const [path = ''] = decodeURIComponent(rawPath).split('?');
  return path;
}

export function contextOf(asked: Asked, path: string, { accountId, apiId, stage }: Addressee, routeKey: string) {
  const { headers, requestId, atMs, method, protocol, sourceIp } = asked;
  return {
    accountId,
    apiId,
    domainName: (headers.host?.[0] ?? '').replace(/:\d+$/, ''),
    domainPrefix: apiId,
    http: { method, path, protocol, sourceIp, userAgent: headers['user-agent']?.[0] ?? '' },
    requestId,
    routeKey,
    stage,
    time: clfTime(atMs),
    timeEpoch: atMs,
  };
}

export function eventOf(
  asked: Asked,
  body: Buffer,
  context: RequestContext,
  { pathParameters }: Matched,
  authorizer?: Authorizer,
) {
  const { cookie, ...headers } = asked.headers;
  const isText = isTextual(asked.headers);
  return {
    version: '2.0',
    routeKey: context.routeKey,
    rawPath: context.http.path,
    rawQueryString: asked.rawQuery,
    ...(cookie !== undefined && { cookies: cookie.flatMap((line) => line.split(/;\s*/)).filter(Boolean) }),
    headers: { ...joined(headers), ...addedHeaders(asked, body) },
    ...(asked.rawQuery !== '' && { queryStringParameters: queryOf(asked.rawQuery) }),
    requestContext: { ...context, ...(authorizer !== undefined && { authorizer }) },
    ...(pathParameters !== undefined && { pathParameters }),
    ...(body.length > 0 && { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

function joined(headers: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values.join(',')]));
}

function addedHeaders({ headers, sourceIp, traceId }: Asked, body: Buffer): Record<string, string> {
  const host = headers.host?.[0] ?? '';
  return {
    'content-length': String(body.length),
    'x-amzn-trace-id': `Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)}`,
    'x-forwarded-for': [...(headers['x-forwarded-for'] ?? []), sourceIp].join(', '),
    'x-forwarded-port': /:(\d+)$/.exec(host)?.[1] ?? '80',
    'x-forwarded-proto': 'http',
  };
}

/** Whatever is said twice is joined by commas, in the order in which it came. */
function queryOf(rawQuery: string): Record<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(rawQuery)) {
    const before = found.get(name);
    found.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(found);
}

const TEXT = /^(text\/.*|application\/(json|javascript|xml)|application\/[^;]*\+(json|xml))(;|$)/i;

/** Anything else comes in base 64; a form does, too. */
function isTextual(headers: Asked['headers']): boolean {
  return headers['content-encoding'] === undefined && TEXT.test((headers['content-type']?.[0] ?? '').trim());
}

/** A token's claims as the function is told them. */
export function claimTexts(claims: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, claimText(value)]));
}

/** As Go prints it. */
function claimText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(claimText).join(' ')}]`;
  if (typeof value !== 'object' || value === null) return value === null ? '<nil>' : String(value);
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `map[${entries.map(([name, inner]) => `${name}:${claimText(inner)}`).join(' ')}]`;
}

/** `20/Nov/2026:20:18:26 +0000`. */
function clfTime(atMs: number): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+) GMT$/.exec(new Date(atMs).toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}
