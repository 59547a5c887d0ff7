import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { cleanUp, clientOptions, eventually, linesOf, startSample, writePackage } from './sample-stack.ts';

afterEach(cleanUp);

const ECHO = {
  body: 'return { event, context: { ...context, left: context.getRemainingTimeInMillis() }, env: process.env };',
};
const PID = { body: 'return process.pid;' };

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('an invocation', () => {
  test('gets its event and the context that Lambda gives', async () => {
    const stack = await startSample({ functions: { echo: { ...ECHO, properties: { Timeout: 7, MemorySize: 512 } } } });
    const answer = (await stack.invoke('EchoLambdaFunction', { a: [1] })) as {
      event: unknown;
      context: Record<string, unknown>;
    };
    expect(answer.event).toEqual({ a: [1] });
    expect(answer.context).toMatchObject({
      functionName: 'sample-echo',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:sample-echo',
      memoryLimitInMB: '512',
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      logGroupName: '/aws/lambda/sample-echo',
    });
    expect(answer.context.left).toBeGreaterThan(5_000);
    expect(answer.context.left).toBeLessThanOrEqual(7_000);
  });

  test('sees the environment of its template, under the time scale, and nothing of the machine', async () => {
    process.env.KVS_CENSUS_STRAY = 'from the machine';
    const Variables = {
      TABLE: 'ledger',
      LEASE_MS: '120000',
      BACKOFF_MS: '30000,500',
      CALLS_PER_SECOND: '45',
      DAYS: 400,
    };
    const stack = await startSample(
      { functions: { echo: { ...ECHO, properties: { Environment: { Variables } } } } },
      { timeScale: 40, environment: { EXTRA: 'yes', AWS_ENDPOINT_URL_KINESIS_VIDEO: 'http://127.0.0.1:9' } },
    );
    delete process.env.KVS_CENSUS_STRAY;
    const { env } = (await stack.invoke('EchoLambdaFunction', {})) as { env: Record<string, string> };
    expect(env).toMatchObject({
      TABLE: 'ledger',
      LEASE_MS: '3000',
      BACKOFF_MS: '750,12.5',
      CALLS_PER_SECOND: '45',
      DAYS: '400',
      EXTRA: 'yes',
      AWS_REGION: 'eu-central-1',
      AWS_LAMBDA_FUNCTION_NAME: 'sample-echo',
      AWS_ENDPOINT_URL_SQS: stack.url,
      AWS_ENDPOINT_URL_KINESIS_VIDEO: 'http://127.0.0.1:9',
    });
    expect(env).not.toHaveProperty('AWS_ENDPOINT_URL_ACCOUNT');
    expect(env).not.toHaveProperty('AWS_ENDPOINT_URL_SSM');
    expect(env).not.toHaveProperty('KVS_CENSUS_STRAY');
    expect(env).not.toHaveProperty('HOME');
  });

  test('a variable that promises milliseconds and holds none stops the start, by name', async () => {
    const properties = { Environment: { Variables: { LEASE_MS: 'two minutes' } } };
    await expect(startSample({ functions: { echo: { ...ECHO, properties } } })).rejects.toThrow(
      'EchoLambdaFunction: LEASE_MS is "two minutes"; expected milliseconds, or a comma list of them.',
    );
  });

  test('finds the same warm environment again', async () => {
    const stack = await startSample({ functions: { count: { before: 'let n = 0', body: 'n += 1; return n;' } } });
    expect(await stack.invoke('CountLambdaFunction', {})).toBe(1);
    expect(await stack.invoke('CountLambdaFunction', {})).toBe(2);
    expect(stack.environments()).toHaveLength(1);
  });

  test('that throws is told with the type, message and trace of its error', async () => {
    const stack = await startSample({ functions: { fail: { body: 'throw new RangeError("too far");' } } });
    const client = new LambdaClient(clientOptions(stack));
    const answer = await client.send(new InvokeCommand({ FunctionName: 'sample-fail', Payload: '{}' }));
    expect(answer.FunctionError).toBe('Unhandled');
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toMatchObject({
      errorType: 'RangeError',
      errorMessage: 'too far',
      trace: expect.arrayContaining(['RangeError: too far']),
    });
  });

  test('that throws prints what Lambda prints: one line with the message, the stack and every property', async () => {
    const body =
      'throw Object.assign(new RangeError("too\\nfar"), { code: 7, $response: { under: new Error("secret") } });';
    const stack = await startSample({ functions: { fail: { body } } });
    await expect(stack.invoke('FailLambdaFunction', {})).rejects.toThrow('too\nfar');
    const { line } = await eventually('the line', () => stack.lines[0]);
    const [at, requestId, level, what, error] = line.split('\t');
    expect(Number.isNaN(Date.parse(at ?? ''))).toBe(false);
    expect([requestId, level, what]).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), 'ERROR', 'Invoke Error ']);
    expect(JSON.parse(error ?? '')).toMatchObject({
      errorType: 'RangeError',
      errorMessage: 'too\nfar',
      code: 7,
      stack: expect.arrayContaining(['RangeError: too', 'far']),
      $response: { under: { errorType: 'Error', errorMessage: 'secret' } },
    });
  });

  test('a line that a function prints comes out with the function’s name', async () => {
    const stack = await startSample({ functions: { talk: { body: 'console.log("one"); console.error("two");' } } });
    await stack.invoke('TalkLambdaFunction', {});
    await eventually('both lines', () => stack.lines.length === 2 || undefined);
    expect(stack.lines.map(({ function: name, stream, line }) => [name, stream, line]).sort()).toEqual([
      ['TalkLambdaFunction', 'stderr', 'two'],
      ['TalkLambdaFunction', 'stdout', 'one'],
    ]);
  });
});

describe('time and processes', () => {
  test('an invocation that takes longer than the template allows is killed, and the next one gets a new environment', async () => {
    const hang = { body: 'if (event.hang) await new Promise(() => setInterval(() => {}, 1000)); return process.pid;' };
    const stack = await startSample(
      { functions: { hang: { ...hang, properties: { Timeout: 20 } } } },
      { timeScale: 40 },
    );
    const first = (await stack.invoke('HangLambdaFunction', {})) as number;
    const startedAt = performance.now();
    await expect(stack.invoke('HangLambdaFunction', { hang: true })).rejects.toThrow(
      /Task timed out after 0\.50 seconds/,
    );
    expect(performance.now() - startedAt).toBeGreaterThan(490);
    expect(isAlive(first)).toBe(false);
    expect(await stack.invoke('HangLambdaFunction', {})).not.toBe(first);
  });

  test('a function that blocks its process is killed all the same', async () => {
    const block = { body: 'for (;;) {}', properties: { Timeout: 1 } };
    const stack = await startSample({ functions: { block } }, { timeScale: 5 });
    await expect(stack.invoke('BlockLambdaFunction', {})).rejects.toThrow(/timed out after 0\.20/);
  });

  test('loading the code does not count as the invocation’s time', async () => {
    const before = 'const until = Date.now() + 600; while (Date.now() < until);';
    const stack = await startSample(
      { functions: { slow: { before, body: 'return "in time";', properties: { Timeout: 1 } } } },
      { timeScale: 4 },
    );
    expect(await stack.invoke('SlowLambdaFunction', {})).toBe('in time');
  });

  test('a process that is killed in the middle fails its invocation and no other', async () => {
    const body =
      'console.log("running"); if (event.wait) await new Promise((done) => setTimeout(done, 20000)); return "fine";';
    const stack = await startSample({ functions: { victim: { body } } });
    const outcome = stack.invoke('VictimLambdaFunction', { wait: true }).catch((error: Error) => error);
    const { pid } = await eventually('a busy environment', () =>
      stack.lines.length > 0 ? stack.environments().find(({ busy }) => busy) : undefined,
    );
    process.kill(pid, 'SIGKILL');
    expect(await outcome).toMatchObject({
      name: 'Runtime.ExitError',
      message: expect.stringMatching(/^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: signal: killed$/),
    });
    expect(await stack.invoke('VictimLambdaFunction', {})).toBe('fine');
  });

  test.each([
    ['exits', 'process.exit(3);', 'Runtime exited with error: exit status 3'],
    [
      'forgets to await a failure',
      'setImmediate(() => { throw new Error("nobody caught me"); }); await new Promise(() => setInterval(() => {}, 1000));',
      'nobody caught me',
    ],
  ])('a function that %s fails its invocation with that reason', async (_, body, expected) => {
    const stack = await startSample({ functions: { odd: { body } } });
    await expect(stack.invoke('OddLambdaFunction', {})).rejects.toThrow(expected);
    expect(await eventually('the process to end', () => stack.environments().length === 0 || undefined)).toBe(true);
  });

  test('a function that cannot be loaded fails with the reason', async () => {
    const stack = await startSample({
      functions: { broken: { before: 'throw new TypeError("no configuration")', body: '' } },
    });
    await expect(stack.invoke('BrokenLambdaFunction', {})).rejects.toMatchObject({
      name: 'TypeError',
      message: 'no configuration',
    });
  });

  test('a handler that the package does not have stops the start, by name', async () => {
    const properties = { Handler: 'src/functions/other.handler' };
    await expect(startSample({ functions: { echo: { ...ECHO, properties } } })).rejects.toThrow(
      /echo\.zip has no file for the handler src\/functions\/other\.handler/,
    );
  });

  test('reserved concurrency is a limit: the invocation above it is refused', async () => {
    const body = 'console.log("running"); await new Promise((done) => setTimeout(done, event.ms)); return "done";';
    const properties = { ReservedConcurrentExecutions: 1 };
    const stack = await startSample({ functions: { narrow: { body, properties } } });
    const first = stack.invoke('NarrowLambdaFunction', { ms: 700 });
    await eventually('the first to run', () => linesOf(stack, 'narrow')[0]);
    const client = new LambdaClient({ ...clientOptions(stack), maxAttempts: 1 });
    await expect(
      client.send(new InvokeCommand({ FunctionName: 'sample-narrow', Payload: '{}' })),
    ).rejects.toMatchObject({
      name: 'TooManyRequestsException',
    });
    expect(await first).toBe('done');
  });

  test('stopping the stack ends every process', async () => {
    const stack = await startSample({
      functions: {
        pid: PID,
        hang: { body: 'console.log("up"); await new Promise(() => setInterval(() => {}, 1000));' },
      },
    });
    await stack.invoke('PidLambdaFunction', {});
    void stack.invoke('HangLambdaFunction', {}).catch(() => {});
    await eventually('the second to run', () => linesOf(stack, 'hang')[0]);
    const pids = stack.environments().map(({ pid }) => pid);
    expect(pids).toHaveLength(2);
    await stack.stop();
    expect(pids.filter(isAlive)).toEqual([]);
  });

  test('the processes end when the one that started the stack is killed, busy or idle', async () => {
    const hang = { body: 'console.log(process.pid); await new Promise(() => setInterval(() => {}, 1000));' };
    const packageDir = await writePackage({ functions: { idle: PID, hang } });
    const options = { packageDir, timeScale: 1, accountId: '123456789012', region: 'eu-west-1' };
    const program = `
      import { startStack } from ${JSON.stringify(require.resolve('../../src/local/stack.ts'))};
      const stack = await startStack({ ...${JSON.stringify(options)}, onLog: ({ line }) => console.log(line) });
      console.log(await stack.invoke('IdleLambdaFunction', {}));
      await stack.invoke('HangLambdaFunction', {});
    `;
    const parent = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pids: number[] = [];
    createInterface({ input: parent.stdout }).on('line', (line) => pids.push(Number(line)));
    await eventually('both processes', () => pids.length === 2 || undefined);
    expect(pids.filter(isAlive)).toEqual(pids);
    parent.kill('SIGKILL');
    await eventually('both to end', () => pids.filter(isAlive).length === 0 || undefined);
  });
});

describe('the Invoke API', () => {
  test.each([
    'sample-echo',
    'sample-echo:$LATEST',
    'arn:aws:lambda:eu-central-1:123456789012:function:sample-echo',
    '123456789012:function:sample-echo',
  ])('takes a function by %s', async (FunctionName) => {
    const stack = await startSample({ functions: { echo: { body: 'return event.a + 1;' } } });
    const client = new LambdaClient(clientOptions(stack));
    const answer = await client.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify({ a: 41 }) }));
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    expect(answer.FunctionError).toBeUndefined();
    expect(answer.Payload?.transformToString()).toBe('42');
  });

  test('refuses what it does not know, as AWS names it', async () => {
    const stack = await startSample({ functions: { echo: { body: '' } } });
    const client = new LambdaClient(clientOptions(stack));
    const invoke = (input: { FunctionName: string; Payload?: string }) => client.send(new InvokeCommand(input));
    await expect(invoke({ FunctionName: 'nobody' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(invoke({ FunctionName: 'sample-echo', Payload: '{' })).rejects.toMatchObject({
      name: 'InvalidRequestContentException',
    });
  });
});
