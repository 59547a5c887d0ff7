/**
 * One execution environment: a child process that runs one function, one invocation at a time.
 *
 *   starting ──ready──▶ idle ──invoke──▶ busy ──result──▶ idle ...
 *      └────────────────────┴───────────────┴──exit, kill, time out──▶ gone
 *
 * As on Lambda, loading the code is not part of an invocation's time, a time-out ends the process with SIGKILL, and a
 * process that ends fails the invocation that it was running. The child gets exactly the environment it is given.
 * A function that blocks its event loop for good outlives a parent that was itself killed; nothing else does.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { FunctionError, FunctionLog } from './events.ts';
import type { Invoke, Report } from './runtime.ts';

export type Outcome =
  | { readonly ok: true /** JSON. */; readonly payload: string }
  | { readonly ok: false; readonly error: FunctionError };

export type Environment = {
  readonly pid: number;
  /** Resolves once the code is loaded, or with the reason why it never will be. */
  readonly started: Promise<FunctionError | undefined>;
  /** Resolves when the process is gone, for whatever reason. */
  readonly ended: Promise<void>;
  isBusy(): boolean;
  /** Never rejects: everything that can go wrong is an outcome. */
  invoke(invoke: Omit<Invoke, 'deadlineAt'>, timeoutMs: number): Promise<Outcome>;
  /** Ends the process and waits until it is gone. */
  kill(): Promise<void>;
};

type EnvironmentOptions = {
  readonly handlerFile: string;
  readonly exportPath: string;
  readonly workingFolder: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly onLine: (line: Omit<FunctionLog, 'function'>) => void;
};

/** Lambda gives ten seconds; a laptop that starts twenty environments at once is slower. */
const START_TIMEOUT_MS = 60_000;

export function startEnvironment(options: EnvironmentOptions): Environment {
  const child = spawn(process.execPath, [runtimeFile(), options.handlerFile, options.exportPath], {
    cwd: options.workingFolder,
    env: { ...options.variables },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const pid = child.pid ?? 0;
  for (const stream of ['stdout', 'stderr'] as const) {
    const lines = child[stream];
    if (lines) createInterface({ input: lines }).on('line', (line) => options.onLine({ pid, stream, line }));
  }

  let current: { requestId: string; settle: (outcome: Outcome) => void } | undefined;
  let gone = false;
  /** The process is about to end; nobody may use it in between. */
  let doomed = false;
  const started = Promise.withResolvers<FunctionError | undefined>();
  const ended = whenEnded(child).then((how) => {
    gone = true;
    const error = exitError(how, current?.requestId);
    started.resolve(error);
    current?.settle({ ok: false, error });
  });
  const startTimer = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS);
  void started.promise.then(() => clearTimeout(startTimer));

  child.on('message', (message) => {
    const report = message as Report;
    if (report.type === 'ready') started.resolve(undefined);
    else if (report.type === 'result') current?.settle({ ok: true, payload: report.payload });
    else {
      doomed ||= report.requestId === undefined;
      started.resolve(report.error);
      current?.settle({ ok: false, error: report.error });
    }
  });

  return {
    pid,
    started: started.promise,
    ended,
    isBusy: () => current !== undefined,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    invoke: async (invoke, timeoutMs) => {
      if (gone) return { ok: false, error: exitError('before it was invoked', invoke.requestId) };
      const { promise, resolve: settle } = Promise.withResolvers<Outcome>();
      current = { requestId: invoke.requestId, settle };
      const timer = setTimeout(() => {
        doomed = true;
        settle({ ok: false, error: timeoutError(invoke.requestId, timeoutMs) });
        child.kill('SIGKILL');
      }, timeoutMs);
      // A child that is just ending cannot be told; its end settles the invocation.
      child.send({ ...invoke, deadlineAt: Date.now() + timeoutMs }, () => {});
      const outcome = await promise;
      clearTimeout(timer);
      if (doomed) await ended;
      current = undefined;
      return outcome;
    },
  };
}

/** In the checkout this file's neighbour is TypeScript; in the built command it is JavaScript. */
function runtimeFile(): string {
  const built = fileURLToPath(new URL('./runtime.js', import.meta.url));
  return existsSync(built) ? built : fileURLToPath(new URL('./runtime.ts', import.meta.url));
}

/** How a process ended, once nothing that it said before can still arrive. */
async function whenEnded(child: ChildProcess): Promise<string> {
  const how = await new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ? `signal: ${describeSignal(signal)}` : `exit status ${code}`));
  });
  if (child.connected) await new Promise<void>((resolve) => child.once('disconnect', resolve));
  return how;
}

function describeSignal(signal: NodeJS.Signals): string {
  return signal === 'SIGKILL' ? 'killed' : signal === 'SIGTERM' ? 'terminated' : signal;
}

function exitError(how: string, requestId = 'none'): FunctionError {
  return {
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: ${how}`,
  };
}

function timeoutError(requestId: string, timeoutMs: number): FunctionError {
  const seconds = (timeoutMs / 1000).toFixed(2);
  return {
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
  };
}
