/**
 * The runtime of one function environment: what runs inside the child process. It loads the handler, says that it is
 * ready, and then runs one invocation after the other, as Lambda's Node.js runtime does: asynchronous handlers only, and
 * nothing is shared with the parent but JSON. It ends when its parent does.
 *
 * What fails is printed as Lambda prints it in its text format, with the message, the stack and every property of the error
 * (https://github.com/aws/aws-lambda-nodejs-runtime-interface-client, src/utils/error.ts and src/logging): so what must not be
 * in a log does not hide here.
 *
 * On purpose not emulated: freezing between invocations, extensions, response streaming, the JSON log format.
 * This file imports nothing of the project, so that it can be run from anywhere.
 */
import { pathToFileURL } from 'node:url';

export type Invoke = {
  readonly requestId: string;
  /** JSON. */
  readonly event: string;
  /** When the invocation will be ended, in milliseconds since 1970. */
  readonly deadlineAt: number;
  readonly functionArn: string;
};
/** What the child tells its parent. `payload` is JSON. */
export type Report =
  | { type: 'ready' }
  | { type: 'result'; requestId: string; payload: string }
  | { type: 'failure'; requestId?: string; error: { errorType: string; errorMessage: string; trace: string[] } };
type Handler = (event: unknown, context: object) => unknown;

async function loadHandler(file: string, exportPath: string): Promise<Handler> {
  const loaded = await import(pathToFileURL(file).href);
  const find = (root: unknown) =>
    exportPath.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], root);
  const handler = find(loaded) ?? find(loaded.default);
  if (typeof handler === 'function') return handler as Handler;
  throw Object.assign(new Error(`${exportPath} is undefined or not exported`), { name: 'Runtime.HandlerNotFound' });
}

function makeContext({ requestId, deadlineAt, functionArn }: Invoke): object {
  const { env } = process;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: functionArn,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: requestId,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => Math.max(0, deadlineAt - Date.now()),
  };
}

function describe(error: unknown): Extract<Report, { type: 'failure' }>['error'] {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

/** Everything that can be seen of an error, and of those in its properties. */
function withProperties(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name, message, code, stack } = value as Error & { code?: unknown };
  return { errorType: name, errorMessage: message, code, ...value, stack: stack?.split('\n') };
}

/** One line in the log, whose parts are divided by tabs. */
function print(what: 'Invoke Error' | 'Uncaught Exception', error: unknown, requestId: string): void {
  const line = [new Date().toISOString(), requestId, 'ERROR', `${what} `, JSON.stringify(error, withProperties)];
  process.stdout.write(`${line.join('\t')}\n`);
}

function report(message: Report, andThen: () => void = () => {}): void {
  process.send?.(message, undefined, undefined, andThen);
}

async function run(handler: Handler, invoke: Invoke): Promise<void> {
  const { requestId } = invoke;
  try {
    const result = await handler(JSON.parse(invoke.event), makeContext(invoke));
    report({ type: 'result', requestId, payload: JSON.stringify(result) ?? 'null' });
  } catch (error) {
    print('Invoke Error', error, requestId);
    report({ type: 'failure', requestId, error: describe(error) });
  }
}

async function main(file: string, exportPath: string): Promise<void> {
  process.on('disconnect', () => process.exit());
  // Ctrl-C reaches every process of a terminal; it is the parent's to answer.
  process.on('SIGINT', () => {});
  // A promise that nobody awaited, or a throw from a timer: Lambda reports it and starts over with a new environment.
  process.on('uncaughtException', (error) => {
    print('Uncaught Exception', error, 'undefined');
    report({ type: 'failure', error: describe(error) }, () => process.exit(1));
  });
  const handler = await loadHandler(file, exportPath);
  process.on('message', (message) => void run(handler, message as Invoke));
  report({ type: 'ready' });
}

void main(process.argv[2] ?? '', process.argv[3] ?? '');
