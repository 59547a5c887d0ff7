/** What goes back over HTTP, as API Gateway takes it. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { ApiRequest } from './request.ts';

/** Of an answer; `type` is the whole of `content-type`. */
export type Reply = {
  status: number;
  type: string;
  body: string;
  headers: Readonly<Record<string, string>>;
};

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
export type ApiResult = {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
  isBase64Encoded: boolean;
};

/** A browser neither guesses what an answer is, nor shows it inside another page, nor keeps it for others. */
const EVERY_REPLY = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
};

/**
 * Weak, because two answers of the same tag differ in when they were read.
 * https://www.rfc-editor.org/rfc/rfc9110#section-8.8.1
 */
export function tagOf(text: string): string {
  return `W/"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2 */
function isKnown({ headers }: Pick<ApiRequest, 'headers'>, tag: string | undefined): boolean {
  const known = headers['if-none-match'];
  if (known === undefined || tag === undefined) return false;
  const opaque = (one: string) => one.trim().replace(/^W\//, '');
  return known.trim() === '*' || known.split(',').map(opaque).includes(opaque(tag));
}

/** What a caller has already is not sent again, and nobody who only asks for the head gets a body. */
export function resultOf(request: ApiRequest, { status, type, body, headers }: Reply): ApiResult {
  const isUnchanged = status === 200 && isKnown(request, headers.etag);
  const all: Record<string, string> = {
    ...EVERY_REPLY,
    ...headers,
    ...(request.requestId !== '' && { 'census-request-id': request.requestId }),
  };
  if (isUnchanged) return { statusCode: 304, headers: all, body: '', isBase64Encoded: false };
  const whole = { statusCode: status, headers: { ...all, 'content-type': type } };
  if (request.method === 'HEAD') return { ...whole, body: '', isBase64Encoded: false };
  return body.length < LEAST_ZIPPED ? { ...whole, body, isBase64Encoded: false } : zipped(request, whole, body);
}

/** Below, it would be as long. */
const LEAST_ZIPPED = 1400;

/** API Gateway packs nothing by itself. Of a thousand accounts 377 kB become 40. */
function zipped({ headers }: ApiRequest, whole: Pick<ApiResult, 'statusCode' | 'headers'>, body: string): ApiResult {
  const varied = { ...whole, headers: { ...whole.headers, vary: 'accept-encoding' } };
  if (!takesGzip(headers['accept-encoding'] ?? '')) return { ...varied, body, isBase64Encoded: false };
  return {
    ...varied,
    headers: { ...varied.headers, 'content-encoding': 'gzip' },
    body: gzipSync(body, { level: 5 }).toString('base64'),
    isBase64Encoded: true,
  };
}

function takesGzip(accepted: string): boolean {
  return accepted.split(',').some((one) => {
    const [name = '', ...rest] = one.split(';').map((part) => part.trim().toLowerCase());
    return (name === 'gzip' || name === '*') && !rest.some((part) => /^q=0(\.0*)?$/.test(part));
  });
}
