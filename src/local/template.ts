/**
 * Reads a compiled CloudFormation template into plain resources. Pure: no files, no clock, no network.
 *
 * Of the template language it knows Ref, Fn::GetAtt, Fn::Sub, Fn::Join, Fn::Select, Fn::Split, Fn::If and, in
 * Conditions, Fn::Equals, Fn::And, Fn::Or, Fn::Not and Condition; parameters by their defaults; the pseudo parameters
 * listed below. Everything else, and every resource type that is neither acted on nor skipped on purpose
 * (resource-types.ts), is an error that says where it stands. Skipped resources are not looked into, outputs are not
 * computed, and DependsOn, deletion policies and metadata change nothing here.
 */
import {
  type ActedOnType,
  type Identity,
  identify,
  isActedOn,
  namePropertyOf,
  type Place,
  type Properties,
  parseProperties,
  SKIPPED,
} from './resource-types.ts';

export type Resource<Type extends ActedOnType = ActedOnType> = Type extends ActedOnType
  ? {
      readonly logicalId: string;
      readonly type: Type;
      readonly name: string;
      /** What `Ref` gives. */
      readonly ref: string;
      /** Empty for a type that has none. */
      readonly arn: string;
      /** Queues only. */
      readonly url?: string;
      readonly properties: Properties<Type>;
    }
  : never;

export type Template = {
  readonly resources: readonly Resource[];
  readonly skipped: readonly { logicalId: string; type: string; reason: string }[];
};

/** What the stack does not act on; `properties` are resolved, and nothing more is known of them. */
export type SkippedResource = {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly properties: Json;
};

type Json = Record<string, unknown>;
type Scope = {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly condition: (name: string, where: string) => boolean;
  readonly identity: (logicalId: string, where: string) => Identity;
};

/** What `AWS::NoValue` leaves behind: nothing, not even a null. */
const NOTHING = Symbol('AWS::NoValue');
const RESOURCE_KEYS = new Set([
  ...['Type', 'Properties', 'Condition'],
  ...['DependsOn', 'DeletionPolicy', 'UpdateReplacePolicy', 'Metadata'],
]);

/**
 * @param json the template, as `sls package` compiles it
 * @throws one sentence that names the resource and what of it is unknown or wrong
 */
export function readTemplate(json: unknown, place: Place): Template {
  const template = record(json, 'The template');
  if (template.Transform !== undefined)
    throw new Error('The template has a Transform, which the local stack cannot run.');
  const definitions = record(template.Resources, 'Resources');
  const scope = makeScope(template, definitions, place);

  const resources: Resource[] = [];
  const skipped: Template['skipped'][number][] = [];
  for (const logicalId of Object.keys(definitions)) {
    const definition = record(definitions[logicalId], logicalId);
    const type = typeOf(logicalId, definition);
    if (!exists(definition, logicalId, scope)) continue;
    const reason = SKIPPED[type];
    if (reason !== undefined) skipped.push({ logicalId, type, reason });
    else if (isActedOn(type)) resources.push(readResource(logicalId, type, definition, scope));
    else
      throw new Error(
        `${logicalId} is an ${type}, a resource type that the local stack does not know. ` +
          'Teach src/local/resource-types.ts about it: how it is acted on, or why it is skipped.',
      );
  }
  return { resources, skipped };
}

/**
 * The resources of a type that the stack does not act on.
 * @param json the template, which readTemplate has read
 * @throws one sentence where their properties cannot be resolved, which only matters to who asks for them
 */
export function readSkipped(json: unknown, place: Place, type: string): SkippedResource[] {
  const template = record(json, 'The template');
  const definitions = record(template.Resources, 'Resources');
  const scope = makeScope(template, definitions, place);
  return Object.entries(definitions).flatMap(([logicalId, value]) => {
    const definition = record(value, logicalId);
    if (typeOf(logicalId, definition) !== type || !exists(definition, logicalId, scope)) return [];
    const { name, attributes } = scope.identity(logicalId, logicalId);
    const properties = record(resolve(definition.Properties ?? {}, scope, logicalId), logicalId);
    return [{ logicalId, name, arn: attributes.Arn ?? '', properties }];
  });
}

/** The resources of one type. */
export function ofType<Type extends ActedOnType>(template: Template, type: Type): Resource<Type>[] {
  return template.resources.filter((resource): resource is Resource<Type> => resource.type === type);
}

function readResource(logicalId: string, type: ActedOnType, definition: Json, scope: Scope): Resource {
  const unknown = Object.keys(definition).find((key) => !RESOURCE_KEYS.has(key));
  if (unknown) throw new Error(`${logicalId} (${type}) has ${unknown}, which the local stack does not know.`);
  const resolved = resolve(definition.Properties ?? {}, scope, logicalId);
  const properties = parseProperties(logicalId, type, resolved);
  const { name, ref, attributes } = scope.identity(logicalId, logicalId);
  const arn = attributes.Arn ?? attributes.TopicArn ?? '';
  const url = attributes.QueueUrl;
  // The type tag and the properties were matched by parseProperties, which the compiler cannot follow.
  return { logicalId, type, name, ref, arn, ...(url && { url }), properties } as Resource;
}

function makeScope(template: Json, definitions: Json, place: Place): Scope {
  const conditions = record(template.Conditions ?? {}, 'Conditions');
  const underWay = new Set<string>();
  const once = <T>(key: string, where: string, compute: () => T): T => {
    if (underWay.has(key)) throw new Error(`${where}: ${key} refers to itself.`);
    underWay.add(key);
    try {
      return compute();
    } finally {
      underWay.delete(key);
    }
  };
  const scope: Scope = {
    parameters: { ...readParameters(template.Parameters), ...pseudoParameters(place) },
    condition: (name, where) => {
      if (!Object.hasOwn(conditions, name)) throw new Error(`${where}: there is no condition ${name}.`);
      return once(`Condition ${name}`, where, () => decide(conditions[name], scope, `Conditions.${name}`));
    },
    identity: (logicalId, where) => {
      if (!Object.hasOwn(definitions, logicalId)) {
        throw new Error(`${where}: there is no resource or parameter ${logicalId}.`);
      }
      const definition = record(definitions[logicalId], logicalId);
      const type = typeOf(logicalId, definition);
      return once(logicalId, where, () => {
        if (!exists(definition, logicalId, scope)) {
          throw new Error(
            `${where}: ${logicalId} does not exist, because its condition ${definition.Condition} is false.`,
          );
        }
        const own = namePropertyOf(type);
        const given = own ? record(definition.Properties ?? {}, logicalId)[own] : undefined;
        const name = given === undefined ? NOTHING : resolve(given, scope, `${logicalId}.${own}`);
        return identify(type, name === NOTHING ? `${place.stackName}-${logicalId}` : String(name), place);
      });
    },
  };
  return scope;
}

function exists(definition: Json, logicalId: string, scope: Scope): boolean {
  return definition.Condition === undefined || scope.condition(String(definition.Condition), logicalId);
}

function typeOf(logicalId: string, definition: Json): string {
  if (typeof definition.Type === 'string') return definition.Type;
  throw new Error(`${logicalId} has no Type.`);
}

function pseudoParameters(place: Place): Json {
  return {
    'AWS::AccountId': place.accountId,
    'AWS::NoValue': NOTHING,
    'AWS::Partition': 'aws',
    'AWS::Region': place.region,
    'AWS::StackId': `arn:aws:cloudformation:${place.region}:${place.accountId}:stack/${place.stackName}/local`,
    'AWS::StackName': place.stackName,
    'AWS::URLSuffix': 'amazonaws.com',
  };
}

/**
 * The same template, as if it were deployed with other values than its defaults.
 * @throws one sentence for a parameter that it does not have
 */
export function withParameters(json: unknown, values: Readonly<Record<string, string>>): unknown {
  const template = record(json, 'The template');
  const declared = record(template.Parameters ?? {}, 'Parameters');
  const strange = Object.keys(values).find((name) => !Object.hasOwn(declared, name));
  if (strange !== undefined) throw new Error(`The template has no parameter ${strange}.`);
  const given = Object.entries(values).map(([name, Default]) => {
    return [name, { ...record(declared[name], `Parameters.${name}`), Default }];
  });
  return { ...template, Parameters: { ...declared, ...Object.fromEntries(given) } };
}

function readParameters(declared: unknown): Json {
  const values: Json = {};
  for (const [name, value] of Object.entries(record(declared ?? {}, 'Parameters'))) {
    const { Type, Default } = record(value, `Parameters.${name}`);
    if (Default === undefined)
      throw new Error(`The parameter ${name} has no default, so the local stack has no value for it.`);
    if (Type === 'String' || Type === 'Number') values[name] = String(Default);
    else if (Type === 'CommaDelimitedList' || Type === 'List<Number>') {
      values[name] = String(Default)
        .split(',')
        .map((entry) => entry.trim());
    } else throw new Error(`The parameter ${name} is of the type ${Type}, which the local stack does not know.`);
  }
  return values;
}

/** The value with every intrinsic replaced by what it stands for. */
function resolve(value: unknown, scope: Scope, where: string): unknown {
  if (typeof value === 'string') return refuseDynamicReference(value, where);
  if (Array.isArray(value)) {
    return value
      .map((entry, index) => resolve(entry, scope, `${where}[${index}]`))
      .filter((entry) => entry !== NOTHING);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const intrinsic = entries.find(([key]) => key === 'Ref' || key.startsWith('Fn::'));
  if (intrinsic) {
    if (entries.length > 1) throw new Error(`${where}: ${intrinsic[0]} stands beside other keys.`);
    return compute(intrinsic[0], intrinsic[1], scope, where);
  }
  return Object.fromEntries(
    entries
      .map(([key, entry]) => [key, resolve(entry, scope, `${where}.${key}`)] as const)
      .filter(([, entry]) => entry !== NOTHING),
  );
}

function compute(intrinsic: string, argument: unknown, scope: Scope, where: string): unknown {
  const list = (length: number, value: unknown = argument): unknown[] => {
    if (Array.isArray(value) && value.length === length) return value;
    throw new Error(`${where}: ${intrinsic} expects a list of ${length}.`);
  };
  const resolvedList = (value: unknown): unknown[] => {
    const resolved = resolve(value, scope, where);
    if (Array.isArray(resolved)) return resolved;
    throw new Error(`${where}: ${intrinsic} expects a list.`);
  };
  switch (intrinsic) {
    case 'Ref':
      return refer(String(argument), scope, where);
    case 'Fn::GetAtt': {
      const [logicalId, ...path] = typeof argument === 'string' ? argument.split('.') : list(2).map(String);
      return getAttribute(String(logicalId), path.join('.'), scope, where);
    }
    case 'Fn::Sub': {
      const [pattern, variables] = typeof argument === 'string' ? [argument, {}] : list(2);
      return substitute(String(pattern), record(variables, where), scope, where);
    }
    case 'Fn::Join': {
      const [separator, parts] = list(2);
      return resolvedList(parts).join(String(separator));
    }
    case 'Fn::Select': {
      const [index, entries] = list(2);
      const selected = resolvedList(entries)[Number(resolve(index, scope, where))];
      if (selected === undefined) throw new Error(`${where}: Fn::Select finds nothing at ${String(index)}.`);
      return selected;
    }
    case 'Fn::Split': {
      const [separator, source] = list(2);
      return String(resolve(source, scope, where)).split(String(separator));
    }
    case 'Fn::If': {
      const [condition, yes, no] = list(3);
      return resolve(scope.condition(String(condition), where) ? yes : no, scope, where);
    }
    default:
      throw new Error(`${where} uses ${intrinsic}, an intrinsic function that the local stack does not know.`);
  }
}

/** What a condition says; only conditions may use these functions. */
function decide(value: unknown, scope: Scope, where: string): boolean {
  const [[intrinsic, argument] = ['', undefined], ...others] = Object.entries(record(value, where));
  const operands = Array.isArray(argument) ? argument : [];
  if (others.length > 0) throw new Error(`${where}: ${intrinsic} stands beside other keys.`);
  switch (intrinsic) {
    case 'Condition':
      return scope.condition(String(argument), where);
    case 'Fn::Equals':
      return String(resolve(operands[0], scope, where)) === String(resolve(operands[1], scope, where));
    case 'Fn::And':
      return operands.every((operand) => decide(operand, scope, where));
    case 'Fn::Or':
      return operands.some((operand) => decide(operand, scope, where));
    case 'Fn::Not':
      return !decide(operands[0], scope, where);
    default:
      throw new Error(`${where} uses ${intrinsic}, a condition function that the local stack does not know.`);
  }
}

function refer(name: string, scope: Scope, where: string): unknown {
  if (Object.hasOwn(scope.parameters, name)) return scope.parameters[name];
  if (name.startsWith('AWS::'))
    throw new Error(`${where}: the local stack does not know the pseudo parameter ${name}.`);
  return scope.identity(name, where).ref;
}

function getAttribute(logicalId: string, attribute: string, scope: Scope, where: string): string {
  const value = scope.identity(logicalId, where).attributes[attribute];
  if (value === undefined)
    throw new Error(`${where}: the local stack does not know the attribute ${logicalId}.${attribute}.`);
  return value;
}

function substitute(pattern: string, variables: Json, scope: Scope, where: string): string {
  return refuseDynamicReference(pattern, where).replace(/\$\{(!?)([^}]*)\}/g, (_, literal: string, key: string) => {
    if (literal) return `\${${key}}`;
    const name = key.trim();
    if (Object.hasOwn(variables, name)) return String(resolve(variables[name], scope, where));
    const dot = name.indexOf('.');
    if (dot < 0) return String(refer(name, scope, where));
    return getAttribute(name.slice(0, dot), name.slice(dot + 1), scope, where);
  });
}

function refuseDynamicReference(value: string, where: string): string {
  if (!value.includes('{{resolve:')) return value;
  throw new Error(`${where} asks for ${value}, a dynamic reference that the local stack cannot resolve.`);
}

function record(value: unknown, where: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new Error(`${where} is not an object.`);
}
