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
  const isLong = body.length >= LEAST_ZIPPED;
  const all: Record<string, string> = {
    ...EVERY_REPLY,
    ...headers,
    // Also where no body goes along: whoever keeps the answer must know it of all of them.
    ...(isLong && { vary: 'accept-encoding' }),
    ...(request.requestId !== '' && { 'census-request-id': request.requestId }),
  };
  if (isUnchanged) return { statusCode: 304, headers: all, body: '', isBase64Encoded: false };
  const whole = { statusCode: status, headers: { ...all, 'content-type': type } };
  if (request.method === 'HEAD') return { ...whole, body: '', isBase64Encoded: false };
  return isLong && takesGzip(request) ? zipped(whole, body) : { ...whole, body, isBase64Encoded: false };
}

/** Below, it would be as long. */
const LEAST_ZIPPED = 1400;

/** API Gateway packs nothing by itself. Of a thousand accounts 377 kB become 40. */
function zipped(whole: Pick<ApiResult, 'statusCode' | 'headers'>, body: string): ApiResult {
  return {
    ...whole,
    headers: { ...whole.headers, 'content-encoding': 'gzip' },
    body: gzipSync(body, { level: 5 }).toString('base64'),
    isBase64Encoded: true,
  };
}

/** `*` stands for every coding that is not named itself. https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3 */
function takesGzip({ headers }: Pick<ApiRequest, 'headers'>): boolean {
  const accepted = (headers['accept-encoding'] ?? '').split(',').map((one) => {
    const [name = '', ...rest] = one.split(';').map((part) => part.trim().toLowerCase());
    return { name, isRefused: rest.some((part) => /^q=0(\.0*)?$/.test(part)) };
  });
  const named = accepted.find(({ name }) => name === 'gzip') ?? accepted.find(({ name }) => name === '*');
  return named?.isRefused === false;
}

/** Lambda gives 6 MB of JSON, and otherwise API Gateway answers with no sentence. */
const MOST_BYTES = 6 * 1024 * 1024;
/** A body of no more than these always fits: JSON makes at most six bytes of a letter. */
const FEW_LETTERS = 1_000_000;

/**
 * Whether Lambda lets it through: what counts is how it is sent, as a string within JSON.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export function isTaken(result: ApiResult): boolean {
  return result.body.length <= FEW_LETTERS || Buffer.byteLength(JSON.stringify(result)) <= MOST_BYTES;
}
