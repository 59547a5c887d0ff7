/**
 * One JSON object per line on standard output, where Lambda collects it. What may be said is a closed list of fields:
 * no token, credential, stream name, stream ARN or message body can slip in by way of a spread object.
 */
import { OwnError } from './census/errors.ts';

export type LogFields = {
  /** Of a request to the API: which of its routes, as the table of routes writes it. */
  route?: string;
  censusId?: string;
  runId?: string;
  region?: string;
  round?: number;
  rev?: number;
  reason?: string;
  /** Of a denial: one word of a closed list. */
  deniedBy?: string;
  /** The `name` of an error. Not its message: an AWS message quotes ARNs and principals. */
  error?: string;
  /** What an own error says. */
  problem?: string;
  /** The `name` of the error underneath, as AWS or Node calls it. */
  cause?: string;
  httpStatus?: number;
  /** What AWS calls the request that it refused. */
  refusedRequestId?: string;
  receives?: number;
  waitMs?: number;
  pages?: number;
  calls?: number;
  throttled?: number;
  ms?: number;
  streams?: number;
  verdict?: string;
  missing?: number;
  tasks?: number;
  /** Of an organisation: how many. */
  accounts?: number;
  /** Of the sweep. */
  list?: string;
  /** Of a plan: which of its sources. */
  source?: string;
};

export type Log = {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
};

/** To where Lambda collects what a function says. */
export const printLine = (line: string): void => void process.stdout.write(`${line}\n`);

/**
 * What the invocation that speaks is called; a line of no invocation has none. `requestId`: as Lambda calls it in its own lines;
 * `gatewayRequestId`: as API Gateway calls what it handed over, in its access log as well.
 */
export type Invocation = { requestId?: string; gatewayRequestId?: string };

export function makeLog(write: (line: string) => void = printLine, invocation: () => Invocation = () => ({})): Log {
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}) => {
      const { requestId, gatewayRequestId } = invocation();
      write(JSON.stringify({ level, message, requestId, gatewayRequestId, ...fields }));
    };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

/** Of an event of API Gateway. Only what looks like the name of a request is taken for one: it goes into the log, and into headers. */
export function gatewayRequestOf(event: unknown): Pick<Invocation, 'gatewayRequestId'> {
  const { requestId } = (event as { requestContext?: { requestId?: unknown } } | null)?.requestContext ?? {};
  return isRequestId(requestId) ? { gatewayRequestId: requestId } : {};
}

/** What of an error may be logged: its name, its message if that is our own, and where it came from AWS the status and request id. */
export function errorFields(error: unknown): LogFields {
  const { name, cause, $metadata } = (error ?? {}) as {
    name?: unknown;
    cause?: unknown;
    $metadata?: { httpStatusCode?: number; requestId?: string };
  };
  const causeName = (cause as { name?: unknown } | undefined)?.name;
  return {
    error: typeof name === 'string' ? asName(name) : typeof error,
    ...(error instanceof OwnError && { problem: withoutArns(error.message) }),
    ...(typeof causeName === 'string' && { cause: asName(causeName) }),
    ...($metadata?.httpStatusCode !== undefined && { httpStatus: $metadata.httpStatusCode }),
    ...(isRequestId($metadata?.requestId) && { refusedRequestId: $metadata.requestId }),
  };
}

/** A service calls its errors, and its requests, as it likes: what looks like no name may be anything that it was sent. */
const asName = (text: string) => (/^[\w.]{1,80}$/.test(text) ? text : 'Error');

const isRequestId = (value: unknown): value is string => typeof value === 'string' && /^[\w+/=-]{1,64}$/.test(value);

/**
 * The sentence that says of an error what may be printed: an own error's message, and of any other no more than its name and
 * its status. What AWS says quotes ARNs and principals; what JavaScript says quotes the text that it could not parse.
 */
export function sentenceOf(error: unknown): string {
  if (error instanceof OwnError) return withoutArns(error.message);
  const { error: name, httpStatus } = errorFields(error);
  return `It failed with ${name}${httpStatus === undefined ? '' : ` (HTTP ${httpStatus})`}.`;
}

/**
 * The error that a handler throws in the place of one that it met. Lambda prints what a handler throws, with its message, its
 * stack and every property, and sends it to the on-failure destination: this one keeps the name and the places in the code.
 * https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/main/src/utils/error.ts
 */
export function printable(error: unknown): Error {
  const shown = new Error(sentenceOf(error));
  // As a property of its own that is not enumerable, as a class would have it: the runtime prints those that are.
  Object.defineProperty(shown, 'name', { value: errorFields(error).error });
  const stack = (error as { stack?: unknown } | null | undefined)?.stack;
  const places = typeof stack === 'string' ? stack.split('\n').filter((line) => PLACE.test(line)) : [];
  shown.stack = [`${shown.name}: ${shown.message}`, ...places].join('\n');
  return shown;
}

/** `    at async handle (/var/task/src/functions/worker.cjs:1:2345)`, of a stack; no message is like that. */
const PLACE = /^ {4}at (?:async )?(?:[\w.$<>[\] ]+ \()?(?:file:\/\/|node:|\/|[A-Z]:\\)[^\s()]*:\d+:\d+\)?$/;

/** An own sentence may quote what somebody sent, and that may be anything. */
const withoutArns = (text: string) => text.replace(/\barn:[^\s"']*/g, 'an ARN');
