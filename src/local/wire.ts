/**
 * What the services that a world describes read and write on the wire, whichever they are: credential scope, JSON, errors in
 * the form in which the AWS SDK for JavaScript v3 reads them.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Scope, signedScope } from './front-door.ts';

/** An error answer: thrown where a request is found wanting, sent in one place. */
export class ApiError extends Error {
  readonly status: number;
  /** The AWS error name, such as `InvalidArgumentException`. Some of its errors have no message: the empty one. */
  readonly type: string;
  /** What else its body holds. */
  readonly fields: Readonly<Record<string, string>>;

  constructor(status: number, type: string, message: string, fields: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.type = type;
    this.fields = fields;
  }
}

export type PageInput = { maxResults: number; token: string | undefined };
const BODY_LIMIT_BYTES = 65_536;

/** Region and service that a request was signed for. @throws ApiError when it carries no signature */
export function readScope(request: IncomingMessage): Scope {
  const scope = signedScope(request);
  if (!scope) throw new ApiError(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
  return scope;
}

export function invalid(message: string): ApiError {
  return new ApiError(400, 'InvalidArgumentException', message);
}

export function malformed(): ApiError {
  return new ApiError(400, 'SerializationException', 'The request body cannot be read as the input of this operation.');
}

/** @throws ApiError */
export function readJsonObject(body: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(body === '' ? '{}' : body);
  } catch {
    throw malformed();
  }
  if (!isObject(json)) throw malformed();
  return json;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws ApiError when it is longer than any input can be */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= BODY_LIMIT_BYTES) chunks.push(chunk);
  }
  if (bytes > BODY_LIMIT_BYTES) throw new ApiError(413, 'RequestEntityTooLargeException', 'The body is too large.');
  return Buffer.concat(chunks).toString('utf8');
}

export function sendJson(response: ServerResponse, body: string | Buffer, error?: ApiError): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  response.writeHead(error?.status ?? 200, {
    'content-type': isRpc(response.req) ? 'application/x-amz-json-1.1' : 'application/json',
    'content-length': bytes.length,
    'x-amzn-requestid': randomUUID(),
    ...(error === undefined ? {} : { 'x-amzn-errortype': error.type }),
  });
  response.end(bytes);
}

/** Services that speak JSON 1.1 tell their operations apart by a header; the others by their paths. */
function isRpc(request: IncomingMessage): boolean {
  return request.headers['x-amz-target'] !== undefined;
}

/** `POST /listStreams`, or `AmazonSSM.GetParametersByPath`. */
export function operationOf(request: IncomingMessage): string {
  return isRpc(request) ? String(request.headers['x-amz-target']) : `${request.method} ${request.url}`;
}

/** @param field the one that holds the message: services differ in its first letter */
export function sendError(response: ServerResponse, error: ApiError, field: 'Message' | 'message'): void {
  const { type, message, fields } = error;
  sendJson(response, JSON.stringify({ __type: type, ...(message !== '' && { [field]: message }), ...fields }), error);
}
