/** What a service answers when it does not do what it was asked for, in its own words. */
import { randomUUID } from 'node:crypto';
import { escapeXml } from '../../src/local/listen.ts';
import { type Call, formOf, jsonOf, type Service, withBody } from './call.ts';

export type Answer = { status: number; headers: Readonly<Record<string, string>>; body: Buffer };

type Words = { status: number; code: string; message: string };

/** What the services say that are listed must stay out of the logs: its messages name streams and principals. */
const PRIVATE = 'secret-message about arn:aws:kinesisvideo:::stream/secret-camera';

const THROTTLES: Readonly<Record<Service, Words>> = {
  dynamodb: {
    status: 400,
    code: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
    message: 'The level of configured provisioned throughput for the table was exceeded.',
  },
  sns: { status: 400, code: 'Throttling', message: 'Rate exceeded' },
  sqs: {
    status: 403,
    code: 'com.amazonaws.sqs#RequestThrottled',
    message: 'The request was denied due to throttling.',
  },
  kinesisvideo: { status: 400, code: 'ClientLimitExceededException', message: PRIVATE },
  kinesis: { status: 400, code: 'LimitExceededException', message: PRIVATE },
  account: { status: 429, code: 'TooManyRequestsException', message: 'Too many requests.' },
};

const SERVER_ERRORS: Readonly<Record<Service, Words>> = {
  dynamodb: {
    status: 500,
    code: 'com.amazonaws.dynamodb.v20120810#InternalServerError',
    message: 'Internal server error',
  },
  sns: { status: 500, code: 'InternalError', message: 'The request failed due to an internal error.' },
  sqs: {
    status: 500,
    code: 'com.amazonaws.sqs#InternalError',
    message: 'The request failed due to an internal error.',
  },
  kinesisvideo: { status: 500, code: 'InternalFailure', message: PRIVATE },
  kinesis: { status: 500, code: 'InternalFailure', message: PRIVATE },
  account: { status: 500, code: 'InternalServerException', message: 'Internal error.' },
};

export const throttle = ({ service }: Call): Answer => error(service, THROTTLES[service]);
export const serverError = ({ service }: Call): Answer => error(service, SERVER_ERRORS[service]);
export const unavailable = ({ service }: Call): Answer =>
  error(service, { status: 503, code: 'ServiceUnavailable', message: 'The service is unavailable. Please try again.' });

function error(service: Service, { status, code, message }: Words): Answer {
  if (service === 'sns') {
    const said = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`;
    return xml(status, `<ErrorResponse xmlns="${SNS}">${said}<RequestId>${randomUUID()}</RequestId></ErrorResponse>`);
  }
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': code.split('#').at(-1)! };
  return { status, headers, body: Buffer.from(JSON.stringify({ __type: code, message, Message: message })) };
}

const SNS = 'http://sns.amazonaws.com/doc/2010-03-31/';

function xml(status: number, text: string): Answer {
  return { status, headers: { 'content-type': 'text/xml' }, body: Buffer.from(text) };
}

/** As if the topic had taken the message. */
export function published(): Answer {
  const result = `<PublishResult><MessageId>${randomUUID()}</MessageId></PublishResult>`;
  const metadata = `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata>`;
  return xml(200, `<PublishResponse xmlns="${SNS}">${result}${metadata}</PublishResponse>`);
}

/** A batch of which only a part is carried out: the request that is, and what is then said of the rest. */
type InPart = { call: Call; complete(answer: Answer): Answer };

export function inPart(call: Call, random: () => number): InPart {
  return call.operation === 'BatchGetItem' ? readInPart(call, random) : publishInPart(call, random);
}

type BatchGet = { RequestItems: Record<string, { Keys: unknown[] } & Record<string, unknown>> };

/** One key is answered, the others are left unprocessed. */
function readInPart(call: Call, random: () => number): InPart {
  const { RequestItems, ...rest } = jsonOf<BatchGet>(call);
  const [[table, { Keys, ...options }] = ['', { Keys: [] }]] = Object.entries(RequestItems);
  const chosen = Math.floor(random() * Keys.length);
  const ask = (keys: unknown[]) => ({ [table]: { ...options, Keys: keys } });
  return {
    call: withBody(call, JSON.stringify({ ...rest, RequestItems: ask(Keys.slice(chosen, chosen + 1)) })),
    complete(answer) {
      const left = Keys.toSpliced(chosen, 1);
      if (answer.status !== 200 || left.length === 0) return answer;
      const body = { ...jsonOf<object>(answer), UnprocessedKeys: ask(left) };
      const { 'x-amz-crc32': _checksum, ...headers } = answer.headers;
      return { ...answer, headers, body: Buffer.from(JSON.stringify(body)) };
    },
  };
}

/** Some messages are published, for the others the topic says that it failed. At least one of each, if there are two. */
function publishInPart(call: Call, random: () => number): InPart {
  const entries = new Map<string, [string, string][]>();
  const form = new URLSearchParams();
  for (const [name, value] of formOf(call)) {
    const [, index, field] = /^PublishBatchRequestEntries\.member\.(\d+)\.(.+)$/.exec(name) ?? [];
    if (index === undefined || field === undefined) form.set(name, value);
    else entries.set(index, [...(entries.get(index) ?? []), [field, value]]);
  }
  const all = [...entries.values()];
  const cut = Math.max(1, Math.min(all.length - 1, Math.floor(random() * all.length)));
  for (const [index, fields] of all.slice(0, cut).entries()) {
    for (const [field, value] of fields) form.set(`PublishBatchRequestEntries.member.${index + 1}.${field}`, value);
  }
  const refused = all.slice(cut).map((fields) => {
    const id = escapeXml(fields.find(([field]) => field === 'Id')?.[1] ?? '');
    return `<member><Id>${id}</Id><Code>InternalError</Code><SenderFault>false</SenderFault></member>`;
  });
  return {
    call: withBody(call, form.toString()),
    complete(answer) {
      if (answer.status !== 200 || refused.length === 0) return answer;
      const text = answer.body
        .toString()
        .replace(/<Failed>.*<\/Failed>|<Failed\s*\/>/, `<Failed>${refused.join('')}</Failed>`);
      return { ...answer, body: Buffer.from(text) };
    },
  };
}
