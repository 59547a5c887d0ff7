/**
 * What the local Kinesis Video reads and writes on the wire: credential scope, inputs and their constraints, page
 * tokens, errors. Constraints as in the API's reference; error forms as the AWS SDK for JavaScript v3 reads them.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Scope, signedScope } from './front-door.ts';

/** An error answer: thrown where a request is found wanting, sent in one place. */
export class ApiError extends Error {
  readonly status: number;
  /** The AWS error name, such as `InvalidArgumentException`. Some of its errors have no message: the empty one. */
  readonly type: string;

  constructor(status: number, type: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }
}

export type PageInput = { maxResults: number; token: string | undefined };
type ListStreamsInput = { maxResults: number; token: string | undefined; prefix: string | undefined };
/** `position` streams were sent on `page` pages before. The page makes tokens of empty pages differ. */
type Place = { position: number; page: number };

/** Seen in the field: about 10 streams without MaxResults. The documented default of 10,000 is not what happens. */
const DEFAULT_PAGE = 10;
const MAX_RESULTS_LIMIT = 10_000;
/** The most parameters on a page, and how many it holds when nobody says. */
const PARAMETERS_LIMIT = 10;
const LISTED_REGIONS_LIMIT = 50;
/** What a page of ListRegions holds when nobody says is not documented. With so many a caller must turn pages. */
const LISTED_REGIONS = 10;
const OPT_IN_STATES: readonly unknown[] = ['ENABLED', 'ENABLING', 'DISABLING', 'DISABLED', 'ENABLED_BY_DEFAULT'];
const TOKEN_PATTERN = /^[a-zA-Z0-9+/=]{0,1024}$/;
const NAME_PATTERN = /^[a-zA-Z0-9_.-]{1,256}$/;
/** https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html */
const SERVICE_CODE_PATTERN = /^[a-zA-Z][a-zA-Z0-9-]{1,63}$/;
const QUOTA_CODE_PATTERN = /^[a-zA-Z][a-zA-Z0-9-]{1,128}$/;
const BODY_LIMIT_BYTES = 65_536;

/** Region and service that a request was signed for. @throws ApiError when it carries no signature */
export function readScope(request: IncomingMessage): Scope {
  const scope = signedScope(request);
  if (!scope) throw new ApiError(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
  return scope;
}

/** @throws ApiError */
export function readListStreams(body: string): ListStreamsInput {
  const input = readJsonObject(body);
  const maxResults = input.MaxResults ?? DEFAULT_PAGE;
  const token = input.NextToken ?? undefined;
  if (typeof maxResults !== 'number' || !Number.isInteger(maxResults)) throw malformed();
  if (token !== undefined && typeof token !== 'string') throw malformed();
  if (maxResults < 1 || maxResults > MAX_RESULTS_LIMIT) {
    throw invalid(`Value '${maxResults}' at 'maxResults' must be between 1 and ${MAX_RESULTS_LIMIT}.`);
  }
  if (token !== undefined && !TOKEN_PATTERN.test(token)) throw invalid("Value at 'nextToken' is not valid.");
  return { maxResults, token, prefix: readPrefix(input.StreamNameCondition ?? undefined) };
}

/** The name that DescribeStream asks for; its other way, by ARN, is not served. @throws ApiError */
export function readStreamName(body: string): string {
  const name = readJsonObject(body).StreamName;
  if (typeof name !== 'string') throw invalid("Value at 'streamName' must not be null: this service finds no ARNs.");
  if (!NAME_PATTERN.test(name))
    throw invalid("Value at 'streamName' must be 1 to 256 of the letters a-z A-Z 0-9 _ . -");
  return name;
}

function readPrefix(condition: unknown): string | undefined {
  if (condition === undefined) return undefined;
  if (!isObject(condition)) throw malformed();
  if (condition.ComparisonOperator !== 'BEGINS_WITH') {
    throw invalid("Value at 'streamNameCondition.comparisonOperator' must be BEGINS_WITH.");
  }
  const value = condition.ComparisonValue;
  if (typeof value !== 'string' || !NAME_PATTERN.test(value)) {
    throw invalid("Value at 'streamNameCondition.comparisonValue' must be 1 to 256 of the letters a-z A-Z 0-9 _ . -");
  }
  return value;
}

/** The input of GetRegionOptStatus. @throws ApiError */
export function readRegionName(body: string): string {
  const region = readJsonObject(body).RegionName;
  if (typeof region !== 'string') throw malformed();
  return region;
}

/** The input of GetParametersByPath. @throws ApiError */
export function readParametersByPath(body: string): PageInput & { path: string } {
  const { Path: path, MaxResults, NextToken } = readJsonObject(body);
  if (typeof path !== 'string' || !path.startsWith('/'))
    throw new ApiError(400, 'ValidationException', 'The parameter path must begin with a slash.');
  return {
    path: path.replace(/(?<=.)\/$/, ''),
    ...readPage(MaxResults, NextToken, PARAMETERS_LIMIT, PARAMETERS_LIMIT),
  };
}

/** The input of ListRegions. @throws ApiError */
export function readListRegions(body: string): PageInput & { states: string[] | undefined } {
  const { RegionOptStatusContains: states, MaxResults, NextToken } = readJsonObject(body);
  const page = readPage(MaxResults, NextToken, LISTED_REGIONS, LISTED_REGIONS_LIMIT);
  if (states === undefined || states === null) return { ...page, states: undefined };
  if (!Array.isArray(states)) throw malformed();
  const unknown = states.find((state) => !OPT_IN_STATES.includes(state));
  if (unknown !== undefined)
    throw new ApiError(400, 'ValidationException', `RegionOptStatusContains must be of ${OPT_IN_STATES.join(', ')}.`);
  return { ...page, states };
}

function readPage(maxResults: unknown, token: unknown, standard: number, limit: number): PageInput {
  const size = maxResults ?? standard;
  if (typeof size !== 'number' || !Number.isInteger(size)) throw malformed();
  if (size < 1 || size > limit)
    throw new ApiError(400, 'ValidationException', `Value '${size}' at 'maxResults' must be between 1 and ${limit}.`);
  if (token !== undefined && token !== null && typeof token !== 'string') throw malformed();
  return { maxResults: size, token: token ?? undefined };
}

/** The input of GetServiceQuota and of GetAWSDefaultServiceQuota, which takes no context. @throws ApiError */
export function readServiceQuota(body: string): { service: string; code: string; context: string | undefined } {
  const { ServiceCode: service, QuotaCode: code, ContextId: context } = readJsonObject(body);
  if (typeof service !== 'string' || !SERVICE_CODE_PATTERN.test(service))
    throw new ApiError(400, 'IllegalArgumentException', 'The ServiceCode is not valid.');
  if (typeof code !== 'string' || !QUOTA_CODE_PATTERN.test(code))
    throw new ApiError(400, 'IllegalArgumentException', 'The QuotaCode is not valid.');
  if (context !== undefined && context !== null && typeof context !== 'string') throw malformed();
  return { service, code, context: context ?? undefined };
}

export function invalid(message: string): ApiError {
  return new ApiError(400, 'InvalidArgumentException', message);
}

function malformed(): ApiError {
  return new ApiError(400, 'SerializationException', 'The request body cannot be read as the input of this operation.');
}

function readJsonObject(body: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(body === '' ? '{}' : body);
  } catch {
    throw malformed();
  }
  if (!isObject(json)) throw malformed();
  return json;
}

function isObject(value: unknown): value is Record<string, unknown> {
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

/** Systems Manager and Service Quotas tell their operations apart by a header; the others by their paths. */
function isRpc(request: IncomingMessage): boolean {
  return request.headers['x-amz-target'] !== undefined;
}

/** `POST /listStreams`, or `AmazonSSM.GetParametersByPath`. */
export function operationOf(request: IncomingMessage): string {
  return isRpc(request) ? String(request.headers['x-amz-target']) : `${request.method} ${request.url}`;
}

export function sendError(response: ServerResponse, error: ApiError): void {
  const { type, message } = error;
  sendJson(response, JSON.stringify({ __type: type, ...(message !== '' && { Message: message }) }), error);
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const NUMBER_BYTES = 6;
const PLACE_BYTES = 2 * NUMBER_BYTES;

/**
 * Page tokens that nobody can read, guess or alter: a place, sealed for one listing (the binding). The same place
 * gives the same token in every process, so that a restarted service knows the tokens it gave.
 */
export function makeTokens(seed: string) {
  const key = createHash('sha256').update(`page tokens of ${seed}`).digest();

  return {
    seal(place: Place, binding: string): string {
      const plain = Buffer.alloc(PLACE_BYTES);
      plain.writeUIntBE(place.position, 0, NUMBER_BYTES);
      plain.writeUIntBE(place.page, NUMBER_BYTES, NUMBER_BYTES);
      const nonce = createHmac('sha256', key).update(binding).update(plain).digest().subarray(0, NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(binding));
      const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
    },

    /** @throws ApiError for a token that was altered, made up or sealed for another listing */
    open(token: string, binding: string): Place {
      const bytes = Buffer.from(token, 'base64');
      // Some base64 texts differ and mean the same bytes; only the one that was given is a token.
      if (bytes.length !== NONCE_BYTES + TAG_BYTES + PLACE_BYTES || bytes.toString('base64') !== token)
        throw badToken();
      const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES))
        .setAAD(Buffer.from(binding))
        .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const plain = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
      try {
        decipher.final();
      } catch (cause) {
        throw badToken(cause);
      }
      return { position: plain.readUIntBE(0, NUMBER_BYTES), page: plain.readUIntBE(NUMBER_BYTES, NUMBER_BYTES) };
    },
  };
}

function badToken(cause?: unknown): ApiError {
  const error = invalid('The NextToken is not valid for this request.');
  error.cause = cause;
  return error;
}
