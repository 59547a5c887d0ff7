/**
 * Lambda: runs packaged functions, each environment a child process of its own (environment.ts), as many as the
 * function's concurrency allows (pool.ts).
 *
 * A function gets the environment of its template, with every `_MS` variable divided by the time scale, what Lambda sets,
 * and the addresses of the local services; nothing else of the machine but PATH. Its time-out is the template's, divided
 * by the time scale and enforced by SIGKILL; its memory is told to it but not enforced. Of a function behind an API nothing is
 * divided: it waits for no schedule, and somebody waits for it.
 *
 * On purpose not emulated: rights, layers, versions and aliases, payload limits of responses, freezing, the concurrency
 * that functions of an account share (each has LOCAL_CONCURRENCY unless its template reserves some).
 */
import { randomUUID } from 'node:crypto';
import { devNull } from 'node:os';
import path from 'node:path';
import { type Code, unpack } from './code.ts';
import { type Outcome, startEnvironment } from './environment.ts';
import type { Listeners } from './events.ts';
import { functionsBehind } from './gateway/api.ts';
import { makePool, type Pool } from './pool.ts';
import type { Place } from './resource-types.ts';
import { ofType, type Resource, type Template } from './template.ts';

export type LambdaFunction = {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** Under the time scale. */
  readonly timeoutMs: number;
};

export type Lambda = {
  /** By name, ARN or logical id, with or without a qualifier. */
  find(reference: string): LambdaFunction | undefined;
  /**
   * Runs the function once.
   * @param event JSON
   * @throws TooManyRequests when all of its concurrency is in use and `whenFull` is `refuse`, or the stack stops
   */
  invoke(fn: LambdaFunction, event: string, options?: InvokeOptions): Promise<Outcome & { requestId: string }>;
  environments(): { function: string; pid: number; busy: boolean }[];
  /** Ends every environment and waits for it. */
  stop(): Promise<void>;
};
type InvokeOptions = { readonly requestId?: string; readonly whenFull?: 'wait' | 'refuse' };

export class TooManyRequests extends Error {
  override name = 'TooManyRequestsException';
}

type LambdaOptions = Listeners & {
  readonly packageDir: string;
  /** An empty folder of this stack's own, for the unpacked code. */
  readonly folder: string;
  readonly timeScale: number;
  /** Set in every function, over what its template says. */
  readonly environment: Readonly<Record<string, string>>;
};

const LOCAL_CONCURRENCY = 100;
const LOG_STREAM = 'local';

/** @throws one sentence when a package is missing or an environment variable is not what its name says */
export async function startLambda(template: Template, place: Place, options: LambdaOptions): Promise<Lambda> {
  const functions = new Map<string, { fn: LambdaFunction; pool: Pool }>();
  const behindApi = functionsBehind(template);
  for (const resource of ofType(template, 'AWS::Lambda::Function')) {
    const { logicalId, name, arn, properties } = resource;
    const folder = path.join(options.folder, logicalId);
    const code = await unpack(options.packageDir, properties.Code.S3Key, properties.Handler, folder);
    const timeScale = behindApi.has(name) ? 1 : options.timeScale;
    const variables = functionVariables(resource, place, code, { ...options, timeScale });
    const logs = logsOf(resource, place, options.onRequest);
    const start = () => {
      logs('CreateLogStream');
      return startEnvironment({
        handlerFile: code.handlerFile,
        exportPath: code.exportPath,
        workingFolder: code.folder,
        variables,
        onLine: (line) => {
          logs('PutLogEvents');
          options.onLog({ function: logicalId, ...line });
        },
      });
    };
    const pool = makePool(start, properties.ReservedConcurrentExecutions ?? LOCAL_CONCURRENCY);
    const timeoutMs = (properties.Timeout * 1000) / timeScale;
    functions.set(logicalId, { fn: { logicalId, name, arn, timeoutMs }, pool });
  }

  return {
    find: (reference) => {
      const name = functionName(reference);
      return [...functions.values()].find(({ fn }) => fn.name === name || fn.logicalId === name)?.fn;
    },
    invoke: async (fn, event, { requestId = randomUUID(), whenFull = 'refuse' } = {}) => {
      const { pool } = functions.get(fn.logicalId)!;
      const environment = await pool.acquire(whenFull);
      if (environment === undefined) throw new TooManyRequests(`All the concurrency of ${fn.name} is in use.`);
      if ('errorType' in environment) return { ok: false, error: environment, requestId };
      const { pid } = environment;
      const startedAt = performance.now();
      options.onEvent({ type: 'invocation-started', function: fn.logicalId, requestId, pid });
      const outcome = await environment.invoke({ requestId, event, functionArn: fn.arn }, fn.timeoutMs);
      pool.release(environment);
      const ms = performance.now() - startedAt;
      const failure = outcome.ok ? {} : { error: outcome.error };
      options.onEvent({ type: 'invocation-ended', function: fn.logicalId, requestId, pid, ms, ...failure });
      return { ...outcome, requestId };
    },
    environments: () =>
      [...functions.values()].flatMap(({ fn, pool }) =>
        pool.environments().map(({ pid, isBusy }) => ({ function: fn.logicalId, pid, busy: isBusy() })),
      ),
    stop: async () => {
      await Promise.all([...functions.values()].map(({ pool }) => pool.stop()));
    },
  };
}

/** Tells what the runtime does with the function's role, so that what a function prints gets into its log. */
function logsOf(
  { logicalId, name }: Resource<'AWS::Lambda::Function'>,
  { region, accountId }: Place,
  onRequest: Listeners['onRequest'],
): (action: 'CreateLogStream' | 'PutLogEvents') => void {
  const resource = `arn:aws:logs:${region}:${accountId}:log-group:/aws/lambda/${name}:log-stream:${LOG_STREAM}`;
  return (action) => onRequest?.({ type: 'request', by: logicalId, service: 'logs', action, resource });
}

/** `name`, `account:function:name` or an ARN, with or without `:qualifier`. */
function functionName(reference: string): string {
  const parts = reference.split(':');
  const marker = parts.indexOf('function');
  return parts[marker + 1] ?? reference;
}

function functionVariables(
  resource: Resource<'AWS::Lambda::Function'>,
  place: Place,
  code: Code,
  options: LambdaOptions,
): Record<string, string> {
  const { properties, name, logicalId } = resource;
  const template = Object.entries(properties.Environment?.Variables ?? {}).map(([key, value]) => [
    key,
    key.endsWith('_MS') ? scaleMilliseconds(value, options.timeScale, `${logicalId}: ${key}`) : value,
  ]);
  return {
    PATH: process.env.PATH ?? '',
    TZ: 'UTC',
    // The machine's own AWS configuration must not change what a function does.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    // By which the front door knows who asks; `environment` may bring real ones.
    AWS_ACCESS_KEY_ID: logicalId,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: place.region,
    AWS_DEFAULT_REGION: place.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${properties.Runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(properties.MemorySize),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: LOG_STREAM,
    LAMBDA_TASK_ROOT: code.folder,
    _HANDLER: properties.Handler,
    ...Object.fromEntries(template),
    ...options.environment,
  };
}

/** One number of milliseconds or a comma list of them, each divided by the time scale, to the microsecond. */
function scaleMilliseconds(value: string, timeScale: number, where: string): string {
  return value
    .split(',')
    .map((entry) => {
      const ms = Number(entry);
      if (entry.trim() === '' || !Number.isFinite(ms)) {
        throw new Error(`${where} is ${JSON.stringify(value)}; expected milliseconds, or a comma list of them.`);
      }
      return String(Math.round((ms / timeScale) * 1000) / 1000);
    })
    .join(',');
}
