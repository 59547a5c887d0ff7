/** Small packages for the tests of the local stack: a compiled template as `sls package` writes it, and its zips. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { strToU8, zipSync } from 'fflate';
import { type FunctionLog, type Stack, type StackEvent, type StackOptions, startStack } from '../../src/local/stack.ts';

export type SampleFunction = {
  /** What the exported handler does with `event` and `context`; CommonJS. */
  readonly body: string;
  /** Before the handler: runs once per environment. */
  readonly before?: string;
  readonly properties?: Record<string, unknown>;
};
type Sample = {
  /** By the function's short name: `echo` becomes EchoLambdaFunction, `sample-echo`. */
  readonly functions?: Readonly<Record<string, SampleFunction>>;
  readonly resources?: Readonly<Record<string, unknown>>;
};
export type Recorded = Stack & { readonly lines: FunctionLog[]; readonly events: StackEvent[] };

const cleanups: (() => Promise<unknown>)[] = [];
/** For afterEach: stops every stack and removes every folder that a test made. */
export async function cleanUp(): Promise<void> {
  for (const clean of cleanups.splice(0).reverse()) await clean();
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'kvs-census-test-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export function makeTemplate({ functions = {}, resources = {} }: Sample): { Resources: Record<string, unknown> } {
  const compiled = Object.entries(functions).map(([name, { properties }]) => [
    functionId(name),
    {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: {
          S3Bucket: { Ref: 'ServerlessDeploymentBucket' },
          S3Key: `serverless/sample/dev/1795204949321-2026-11-20T20:02:29.321Z/${name}.zip`,
        },
        Handler: `src/functions/${name}.handler`,
        Runtime: 'nodejs24.x',
        FunctionName: `sample-${name}`,
        MemorySize: 256,
        Timeout: 30,
        ...properties,
      },
    },
  ]);
  return {
    Resources: {
      ServerlessDeploymentBucket: { Type: 'AWS::S3::Bucket' },
      ...Object.fromEntries(compiled),
      ...resources,
    },
  };
}

export async function writePackage(sample: Sample): Promise<string> {
  const folder = await temporaryFolder();
  const template = JSON.stringify(makeTemplate(sample));
  await writeFile(path.join(folder, 'cloudformation-template-update-stack.json'), template);
  for (const [name, { body, before = '' }] of Object.entries(sample.functions ?? {})) {
    const code = `${before};\nexports.handler = async (event, context) => {\n${body}\n};\n`;
    await writeFile(path.join(folder, `${name}.zip`), zipSync({ [`src/functions/${name}.cjs`]: strToU8(code) }));
  }
  return folder;
}

/** A running stack of the sample, which remembers what it said; stopped by cleanUp. */
export async function startSample(sample: Sample, options: Partial<StackOptions> = {}): Promise<Recorded> {
  const lines: FunctionLog[] = [];
  const events: StackEvent[] = [];
  const stack = await startStack({
    packageDir: await writePackage(sample),
    timeScale: 1,
    accountId: '123456789012',
    region: 'eu-central-1',
    onLog: (line) => lines.push(line),
    onEvent: (event) => events.push(event),
    ...options,
  });
  cleanups.push(stack.stop);
  return { ...stack, lines, events };
}

function functionId(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}LambdaFunction`;
}

/** What an unmodified SDK client needs. */
export function clientOptions(stack: Stack) {
  return {
    endpoint: stack.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'anybody', secretAccessKey: 'anything' },
  };
}

export async function eventually<T>(what: string, probe: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const givenUpAt = Date.now() + 20_000;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > givenUpAt) throw new Error(`Waited 20 s in vain: ${what}`);
    await wait(10);
  }
}

/** What the function printed itself; its runtime prints what it throws. */
export function linesOf(stack: Recorded, name: string): string[] {
  const own = stack.lines.filter((line) => line.function === functionId(name)).map(({ line }) => line);
  return own.filter((line) => !line.includes('\tERROR\t'));
}
