/** A request that a client sends to AWS: what it asks for, and who sends it. */
import type { IncomingMessage } from 'node:http';
import { type Kind, STREAMS } from '../../src/census/kinds.ts';
import { readBody } from '../../src/local/listen.ts';

export const SERVICES = ['dynamodb', 'sns', 'sqs', 'kinesisvideo', 'kinesis', 'account'] as const;
export type Service = (typeof SERVICES)[number];

/** Of what a call lists things, or asks for one; nothing, if it does neither. */
export function kindListed({ service, operation }: Pick<Call, 'service' | 'operation'>): Kind | undefined {
  if (service === 'kinesis') return 'data-streams';
  if (service !== 'kinesisvideo') return undefined;
  return operation.includes('SignalingChannel') ? 'channels' : STREAMS;
}

export type Call = {
  service: Service;
  region: string;
  /** As the service calls it: `PutItem`, `PublishBatch`, `ListStreams` ... */
  operation: string;
  /** The process id of a function's environment, or whatever else the client calls itself. */
  sender: string;
  method: string;
  path: string;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
};

/**
 * Makes every process say who it is: the SDK sends the `app id` of its environment in each request's user agent. Set as
 * NODE_OPTIONS, so that the packaged functions stay as they are.
 */
export const SAY_WHO_YOU_ARE = '--import data:text/javascript,process.env.AWS_SDK_UA_APP_ID=String(process.pid)';

/** Nothing when the client went away in between. @throws Error for what is no request to one of the services */
export async function readCall(request: IncomingMessage): Promise<Call | undefined> {
  const body = await readBody(request);
  if (body === undefined) return undefined;
  const headers = Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
  const [region = '', service = ''] =
    /Credential=[^/]+\/\d+\/([^,]+)\/aws4_request/.exec(headers.authorization ?? '')?.[1]?.split('/') ?? [];
  if (!isService(service)) throw new Error(`A request to ${service || 'no service'}: chaos does not know it.`);
  const sender = /\bapp\/(\S+)/.exec(headers['user-agent'] ?? '')?.[1] ?? 'somebody';
  const path = request.url ?? '/';
  const operation = operationOf(headers, path, body);
  return { service, region, operation, sender, method: request.method ?? 'POST', path, headers, body };
}

function isService(name: string): name is Service {
  return (SERVICES as readonly string[]).includes(name);
}

/** In a header (JSON), in a form's field (query) or in the path (REST). */
function operationOf(headers: Call['headers'], path: string, body: Buffer): string {
  const target = headers['x-amz-target']?.split('.').at(-1);
  if (target !== undefined) return target;
  if (isForm(headers)) return formOf({ body }).get('Action') ?? '';
  return path.slice(1, 2).toUpperCase() + path.slice(2);
}

function isForm(headers: Call['headers']): boolean {
  return headers['content-type']?.includes('x-www-form-urlencoded') ?? false;
}

export function formOf({ body }: Pick<Call, 'body'>): URLSearchParams {
  return new URLSearchParams(body.toString());
}

/** What the body of a JSON request holds. */
export function jsonOf<T>({ body }: Pick<Call, 'body'>): T {
  return JSON.parse(body.toString()) as T;
}

export function withBody(call: Call, body: string): Call {
  return { ...call, body: Buffer.from(body) };
}

/** The last part of the topic's ARN, for a request that publishes. */
export function topicOf(call: Call): string | undefined {
  if (call.service !== 'sns') return undefined;
  return formOf(call).get('TopicArn')?.split(':').at(-1);
}

/** The messages of a request that publishes. */
export function messagesOf(call: Call): string[] {
  const form = formOf(call);
  if (call.operation === 'Publish') return [form.get('Message') ?? ''];
  return [...form].flatMap(([name, value]) =>
    /^PublishBatchRequestEntries\.member\.\d+\.Message$/.test(name) ? [value] : [],
  );
}
