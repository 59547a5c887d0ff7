/** What the operations of Kinesis Video have in common: REST with JSON, errors, conditions on names, lists. */
import { BY_ORGANIZATION, type ListInput, type Page, type Service } from '../kind.ts';
import { ApiError, invalid, isObject, malformed, readJsonObject } from '../wire.ts';

const MAX_RESULTS_LIMIT = 10_000;
const TOKEN_PATTERN = /^[a-zA-Z0-9+/=]{0,1024}$/;
const NAME_PATTERN = /^[a-zA-Z0-9_.-]{1,256}$/;
const LETTERS = '1 to 256 of the letters a-z A-Z 0-9 _ . -';

export const kinesisVideo = {
  name: 'kinesisvideo',
  variable: 'KINESIS_VIDEO',
  title: 'Amazon Kinesis Video Streams',
  messageField: 'Message',
  refusals: {
    denied: (action, accountId) =>
      denial(action, accountId, `because no identity-based policy allows the kinesisvideo:${action} action`),
    'denied-by-organization': (action, accountId) => denial(action, accountId, BY_ORGANIZATION),
    throttled: (action) =>
      new ApiError(400, 'ClientLimitExceededException', `Rate exceeded for ${action}. Try again later.`),
    'server-error': () =>
      new ApiError(500, 'InternalFailure', 'The request processing has failed because of an unknown error.'),
    'not-enabled': () =>
      new ApiError(403, 'UnrecognizedClientException', 'The security token included in the request is invalid.'),
  },
  notFound: (message: string) => new ApiError(404, 'ResourceNotFoundException', message),
} satisfies Service & { notFound: (message: string) => ApiError };

function denial(action: string, accountId: string, why: string): ApiError {
  const who = `arn:aws:sts::${accountId}:assumed-role/kvs-census/worker`;
  const message = `User: ${who} is not authorized to perform: kinesisvideo:${action} ${why}`;
  return new ApiError(403, 'AccessDeniedException', message);
}

/**
 * @param of `standard`: what a page holds when nobody says; `condition`: the field that asks for names with a prefix
 * @throws ApiError
 */
export function readList(body: string, of: { standard: number; condition: string }): ListInput {
  const input = readJsonObject(body);
  const maxResults = input.MaxResults ?? of.standard;
  const token = input.NextToken ?? undefined;
  if (typeof maxResults !== 'number' || !Number.isInteger(maxResults)) throw malformed();
  if (token !== undefined && typeof token !== 'string') throw malformed();
  if (maxResults < 1 || maxResults > MAX_RESULTS_LIMIT) {
    throw invalid(`Value '${maxResults}' at 'maxResults' must be between 1 and ${MAX_RESULTS_LIMIT}.`);
  }
  if (token !== undefined && !TOKEN_PATTERN.test(token)) throw invalid("Value at 'nextToken' is not valid.");
  return { maxResults, token, prefix: readPrefix(input[of.condition] ?? undefined, lowered(of.condition)) };
}

function readPrefix(condition: unknown, path: string): string | undefined {
  if (condition === undefined) return undefined;
  if (!isObject(condition)) throw malformed();
  if (condition.ComparisonOperator !== 'BEGINS_WITH') {
    throw invalid(`Value at '${path}.comparisonOperator' must be BEGINS_WITH.`);
  }
  const value = condition.ComparisonValue;
  if (typeof value !== 'string' || !NAME_PATTERN.test(value)) {
    throw invalid(`Value at '${path}.comparisonValue' must be ${LETTERS}`);
  }
  return value;
}

/** The name that a description is asked for; the other way, by ARN, is not served. @throws ApiError */
export function readName(body: string, field: string): string {
  const name = readJsonObject(body)[field];
  const path = lowered(field);
  if (typeof name !== 'string') throw invalid(`Value at '${path}' must not be null: this service finds no ARNs.`);
  if (!NAME_PATTERN.test(name)) throw invalid(`Value at '${path}' must be ${LETTERS}`);
  return name;
}

export function writeList({ size, textAt }: Page, field: string, nextToken: string | undefined): string {
  let text = nextToken === undefined ? `{"${field}":[` : `{"NextToken":"${nextToken}","${field}":[`;
  for (let position = 0; position < size; position += 1) {
    if (position > 0) text += ',';
    text += textAt(position);
  }
  return `${text}]}`;
}

/** Fields are told in the form that the service's own messages have. */
function lowered(field: string): string {
  return field.charAt(0).toLowerCase() + field.slice(1);
}
