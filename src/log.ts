/**
 * One JSON object per line on standard output, where Lambda collects it. What may be said is a closed list of fields:
 * no token, credential, stream name, stream ARN or message body can slip in by way of a spread object.
 */
export type LogFields = {
  accountId?: string;
  runId?: string;
  region?: string;
  round?: number;
  rev?: number;
  reason?: string;
  /** The `name` of an error, never its message: an AWS message quotes ARNs and principals. */
  error?: string;
  /** The `name` of the error underneath, as AWS or Node calls it. */
  cause?: string;
  httpStatus?: number;
  requestId?: string;
  receives?: number;
  waitMs?: number;
  pages?: number;
  calls?: number;
  ms?: number;
  streams?: number;
  verdict?: string;
  missing?: number;
  tasks?: number;
  /** Of the sweep. */
  list?: string;
};

export type Log = {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
};

export function makeLog(write: (line: string) => void = (line) => process.stdout.write(`${line}\n`)): Log {
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}) =>
      write(JSON.stringify({ level, message, ...fields }));
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

/** What of an error may be logged: its name, and where it came from AWS the status and request id. */
export function errorFields(error: unknown): LogFields {
  const { name, cause, $metadata } = (error ?? {}) as {
    name?: unknown;
    cause?: unknown;
    $metadata?: { httpStatusCode?: number; requestId?: string };
  };
  const causeName = (cause as { name?: unknown } | undefined)?.name;
  return {
    error: typeof name === 'string' ? name : typeof error,
    ...(typeof causeName === 'string' && { cause: causeName }),
    ...($metadata?.httpStatusCode !== undefined && { httpStatus: $metadata.httpStatusCode }),
    ...($metadata?.requestId !== undefined && { requestId: $metadata.requestId }),
  };
}
