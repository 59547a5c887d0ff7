/**
 * The compiled template, as `sls package` writes it: what AWS would get, and what the local stack runs. Tests of the
 * infrastructure read this and not the YAML, so that what the framework makes of the YAML is tested too.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensurePackaged } from '../../src/local/package.ts';
import {
  isObject,
  type Json,
  type JsonObject,
  type Resource,
  resolveTemplate,
  type Template,
  type World,
} from './resolve.ts';

export const root = process.cwd();
export const functionNames = ['dispatcher', 'worker', 'undelivered', 'aggregator'] as const;
export type FunctionName = (typeof functionNames)[number];

/** With the one that is only there where the API is on. */
export const everyFunction = [...functionNames, 'api'] as const;
export type AnyFunction = (typeof everyFunction)[number];

/** Where the numbers in the tests below are at home: another account would do, and another region. */
export const somewhere: World = { partition: 'aws', region: 'eu-west-1', accountId: '123456789012' };

/** Who may ask over HTTP, as the template is told of it: everything that there can be of the API is there with the last. */
export const API_PARAMETERS = {
  keys: { Api: 'iam' },
  tokens: { Api: 'jwt', ApiIssuer: 'https://issuer.example.com/', ApiAudience: 'census, census-page' },
  page: {
    ...{ Api: 'jwt', ApiIssuer: 'https://issuer.example.com/', ApiAudience: 'census, census-page' },
    ...{ PageClientId: 'census-page', SignInOrigins: 'https://login.example.com' },
  },
} as const;

/** Packages first, if the sources changed. */
export function packageDir(): Promise<string> {
  return ensurePackaged({ root, log: () => undefined });
}

async function templateFile(): Promise<string> {
  return join(await packageDir(), 'cloudformation-template-update-stack.json');
}

export async function readTemplate(): Promise<Template> {
  return JSON.parse(await readFile(await templateFile(), 'utf8')) as Template;
}

/** The template with every intrinsic function worked out, as CloudFormation would in that account and region. */
export async function readResolved(world: World = somewhere): Promise<Template> {
  return resolveTemplate(await readTemplate(), world);
}

export function logicalId(name: AnyFunction): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}LambdaFunction`;
}

export function functionArn(name: AnyFunction, { partition, region, accountId }: World = somewhere): string {
  return `arn:${partition}:lambda:${region}:${accountId}:function:kvs-census-dev-${name}`;
}

/** The one resource of that type whose properties include these. */
export function only(template: Template, type: string, properties: JsonObject = {}): Resource {
  const found = Object.entries(template.Resources).filter(
    ([, resource]) => resource.Type === type && includes(resource.Properties, properties),
  );
  const [first] = found;
  if (found.length !== 1 || !first)
    throw new Error(
      `Expected one ${type} with ${JSON.stringify(properties)}, found ${found.map(([id]) => id).join(', ') || 'none'}.`,
    );
  return first[1];
}

export function ofType(template: Template, type: string): [id: string, resource: Resource][] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
}

/** A property by its path; an error that names what is absent, because `undefined` would equal `undefined`. */
export function property(template: Template, id: string, ...path: string[]): Json {
  let value: Json | undefined = template.Resources[id]?.Properties;
  if (value === undefined) throw new Error(`The template has no resource ${id}.`);
  for (const key of path) {
    value = isObject(value) ? value[key] : undefined;
    if (value === undefined) throw new Error(`${id} has no property ${path.join('.')}.`);
  }
  return value;
}

export function environment(template: Template, name: AnyFunction): Record<string, string> {
  return property(template, logicalId(name), 'Environment', 'Variables') as Record<string, string>;
}

/** Every string in a value, keys included, with the path to it. */
export function* strings(value: Json, path = ''): Generator<[path: string, text: string]> {
  if (typeof value === 'string') yield [path, value];
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* strings(item, `${path}[${index}]`);
  else if (isObject(value))
    for (const [key, item] of Object.entries(value)) {
      yield [`${path}.${key}`, key];
      yield* strings(item, `${path}.${key}`);
    }
}

function includes(actual: Json | undefined, wanted: Json): boolean {
  if (!isObject(wanted)) return JSON.stringify(actual) === JSON.stringify(wanted);
  return isObject(actual) && Object.entries(wanted).every(([key, value]) => includes(actual[key], value));
}
