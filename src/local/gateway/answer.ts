/**
 * What a function returned, as the answer of an HTTP API: structured where it has a `statusCode`, and otherwise all of it, as
 * JSON with 200
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html#http-api-develop-integrations-lambda.response).
 * Pure.
 */
import * as v from 'valibot';

export type Answer = {
  readonly status: number;
  /** In the order in which they are sent; a cookie is one of its own. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
};

const scalar = v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.transform(String));
const optional = <Schema extends v.GenericSchema>(schema: Schema) => v.optional(v.nullable(schema));

const structured = v.object({
  statusCode: v.pipe(
    v.union([v.number(), v.string()]),
    v.transform(Number),
    v.integer(),
    v.minValue(100),
    v.maxValue(599),
  ),
  headers: optional(v.record(v.string(), scalar)),
  cookies: optional(v.array(v.string())),
  body: optional(v.string()),
  isBase64Encoded: optional(v.boolean()),
});

/** A connection's own; whoever sends the answer sets them. */
const OF_THE_CONNECTION = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding', 'upgrade']);
/** A header that Node would not send is one that no client would take. */
const NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Undefined for what has the form of no answer.
 * @param payload JSON
 */
export function answerOf(payload: string): Answer | undefined {
  const returned: unknown = JSON.parse(payload);
  if (typeof returned !== 'object' || returned === null || !('statusCode' in returned)) return inferred(returned);
  const parsed = v.safeParse(structured, returned);
  if (!parsed.success) return undefined;
  const { statusCode, headers, cookies, body, isBase64Encoded } = parsed.output;
  const named = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  const own = named.filter(([name]) => !OF_THE_CONNECTION.has(name));
  // Nobody documents what a body without a type is; this is what it was seen to be.
  const hasType = !body || own.some(([name]) => name === 'content-type');
  const type = hasType ? [] : [['content-type', TEXT] as const];
  const all = [...type, ...own, ...(cookies ?? []).map((cookie) => ['set-cookie', cookie] as const)];
  if (!all.every(([name, value]) => NAME.test(name) && VALUE.test(value))) return undefined;
  return { status: statusCode, headers: all, body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8') };
}

const TEXT = 'text/plain;charset=UTF-8';

function inferred(returned: unknown): Answer {
  const body = typeof returned === 'string' ? returned : JSON.stringify(returned);
  return { status: 200, headers: [['content-type', 'application/json']], body: Buffer.from(body) };
}

/** An answer of the API's own. */
export function ownAnswer(status: number, message: string, headers: Answer['headers'] = []): Answer {
  return {
    status,
    headers: [['content-type', 'application/json'], ...headers],
    body: Buffer.from(JSON.stringify({ message })),
  };
}
