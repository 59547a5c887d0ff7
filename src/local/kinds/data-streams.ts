/** Kinesis Data Streams: ListStreams, page by page; there is no prefix to ask for. */
import { commonLooks, oneOf } from '../choices.ts';
import { mix, secondsAndMillis } from '../draw.ts';
import {
  BY_ORGANIZATION,
  type Drawing,
  type Kind,
  type ListInput,
  type Page,
  type Service,
  type TextOf,
} from '../kind.ts';
import { ApiError, malformed, readJsonObject } from '../wire.ts';

/** Errors as in https://docs.aws.amazon.com/kinesis/latest/APIReference/CommonErrors.html; all but its own faults are 400. */
const kinesis: Service = {
  name: 'kinesis',
  variable: 'KINESIS',
  title: 'Amazon Kinesis Data Streams',
  messageField: 'message',
  refusals: {
    denied: (action, accountId) =>
      denial(action, accountId, `because no identity-based policy allows the kinesis:${action} action`),
    'denied-by-organization': (action, accountId) => denial(action, accountId, BY_ORGANIZATION),
    // As it was seen: https://github.com/Graylog2/graylog-plugin-integrations/issues/341.
    throttled: (_, accountId) => refusal('LimitExceededException', `Rate exceeded for account ${accountId}.`),
    'server-error': () => new ApiError(500, 'InternalFailure', 'The request processing has failed.'),
    'not-enabled': () =>
      refusal('UnrecognizedClientException', 'The security token included in the request is invalid.'),
  },
};

const NAME_LENGTH_LIMIT = 128;
const NAME = /^[a-zA-Z0-9_.-]{1,128}$/;
const TOKEN_LENGTH_LIMIT = 1_048_576;
/**
 * What a page holds when nobody says, and at most, whatever is asked for:
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListStreams.html.
 */
const PAGE = 100;
const LIMIT_MAX = 10_000;

export const dataStreams: Kind = {
  name: 'data-streams',
  many: 'data streams',
  service: kinesis,
  nameLengthLimit: NAME_LENGTH_LIMIT,
  callsPerSecond: 5,
  pageCap: PAGE,
  looks: {
    ...commonLooks({
      statuses: { ACTIVE: 960, UPDATING: 25, CREATING: 10, DELETING: 5 },
      createdWithinDays: { 1: 1, 7: 4, 30: 15, 365: 50, 2000: 30 },
    }),
    modes: {
      weights: { ON_DEMAND: 30, PROVISIONED: 70 },
      choice: oneOf(['ON_DEMAND', 'PROVISIONED']),
      choices: 'capacity modes',
    },
  },
  makeText,
  list: { operation: 'Kinesis_20131202.ListStreams', action: 'ListStreams', read, write },
};

function makeText({ pick, arn, seed }: Drawing): TextOf {
  const salt = seed[3]!;
  const pickStatus = pick('statuses', (status) => `,"StreamStatus":"${status}"}`);
  const pickMode = pick('modes', (mode) => `,"StreamModeDetails":{"StreamMode":"${mode}"}`);
  const prefix = arn(kinesis.name, 'stream/');
  return (name, hash, createdMs) => {
    const [seconds, millis] = secondsAndMillis(createdMs);
    const a = mix(hash ^ salt);
    return (
      `{"StreamARN":"${prefix}${name}","StreamCreationTimestamp":${seconds}.${millis}${pickMode(a)}` +
      `,"StreamName":"${name}"${pickStatus(mix(a))}`
    );
  };
}

/** @throws ApiError */
function read(body: string): ListInput {
  const { Limit, NextToken, ExclusiveStartStreamName: after } = readJsonObject(body);
  const maxResults = Limit ?? PAGE;
  if (typeof maxResults !== 'number' || !Number.isInteger(maxResults)) throw malformed();
  if (maxResults < 1) throw outside(maxResults, 'limit', 'have value greater than or equal to 1');
  if (maxResults > LIMIT_MAX) throw outside(maxResults, 'limit', `have value less than or equal to ${LIMIT_MAX}`);
  if (!isTextOrNothing(NextToken) || !isTextOrNothing(after)) throw malformed();
  if (NextToken != null && (NextToken === '' || NextToken.length > TOKEN_LENGTH_LIMIT))
    throw outside(NextToken, 'nextToken', `have length from 1 to ${TOKEN_LENGTH_LIMIT}`);
  if (after != null && !NAME.test(after))
    throw outside(after, 'exclusiveStartStreamName', 'satisfy regular expression pattern: [a-zA-Z0-9_.-]+');
  return { maxResults, token: NextToken ?? undefined, after: after ?? undefined };
}

function write({ size, nameAt, textAt }: Page, nextToken: string | undefined): string {
  const positions = Array.from({ length: size }, (_, position) => position);
  const more = nextToken === undefined ? '"HasMoreStreams":false' : `"HasMoreStreams":true,"NextToken":"${nextToken}"`;
  const names = positions.map((position) => `"${nameAt(position)}"`).join();
  return `{${more},"StreamNames":[${names}],"StreamSummaries":[${positions.map(textAt).join()}]}`;
}

function isTextOrNothing(value: unknown): value is string | null | undefined {
  return value === undefined || value === null || typeof value === 'string';
}

function outside(value: unknown, field: string, must: string): ApiError {
  const found = `Value '${String(value)}' at '${field}' failed to satisfy constraint: Member must ${must}`;
  return refusal('ValidationException', `1 validation error detected: ${found}`);
}

function denial(action: string, accountId: string, why: string): ApiError {
  const who = `arn:aws:sts::${accountId}:assumed-role/kvs-census/worker`;
  return refusal('AccessDeniedException', `User: ${who} is not authorized to perform: kinesis:${action} ${why}`);
}

function refusal(type: string, message: string): ApiError {
  return new ApiError(400, type, message);
}
