/** What a tool takes: told to the agent as a JSON schema, and checked here, so that whatever is wrong is one sentence. */
import { InvalidInputError } from '../../census/errors.ts';
import { print } from '../../census/printed.ts';

type FieldSchema = {
  type: 'string' | 'integer';
  description: string;
  enum?: readonly string[];
  minimum?: number;
  maximum?: number;
};

/** `read` throws InvalidInputError in one sentence. */
type Field<T> = { schema: FieldSchema; read(value: unknown): T };

export type Fields = { readonly [name: string]: Field<unknown> };

/** What the fields read; whatever is not required may be left out. */
export type Inputs<Own extends Fields, Required extends keyof Own = never> = {
  [Name in Required]: Own[Name] extends Field<infer T> ? T : never;
} & { [Name in Exclude<keyof Own, Required>]?: Own[Name] extends Field<infer T> ? T : never };

/** A text that a parser of the domain reads. */
export function text<T>(description: string, read: (value: unknown) => T): Field<T> {
  return { schema: { type: 'string', description }, read };
}

export function choice<T extends string>(description: string, values: readonly T[]): Field<T> {
  return {
    schema: { type: 'string', description, enum: values },
    read(value) {
      const found = values.find((one) => one === value);
      if (found !== undefined) return found;
      throw new InvalidInputError(`Expected one of ${values.join(', ')}, not ${print(value)}.`);
    },
  };
}

export function count(description: string, { least = 1, most }: { least?: number; most: number }): Field<number> {
  return {
    schema: { type: 'integer', description, minimum: least, maximum: most },
    read(value) {
      if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
      throw new InvalidInputError(`Expected a whole number from ${least} to ${most}, not ${print(value)}.`);
    },
  };
}

/** Nothing else is taken. */
export function schemaOf(fields: Fields, required: readonly string[]) {
  return {
    type: 'object' as const,
    properties: Object.fromEntries(Object.entries(fields).map(([name, { schema }]) => [name, schema])),
    ...(required.length > 0 && { required: [...required] }),
    additionalProperties: false,
  };
}

/** @throws InvalidInputError with one sentence, which says what to do */
export function readInputs<Read extends object>(
  tool: string,
  fields: Fields,
  required: readonly string[],
  given: unknown = {},
): Read {
  const names = Object.keys(fields);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new InvalidInputError(`${tool} takes an object of ${listed(names)}, not ${print(given)}.`);
  }
  const inputs: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined) {
      throw new InvalidInputError(`${tool} does not take ${print(name)}: it takes ${listed(names)}. Leave it out.`);
    }
    inputs[name] = readField(name, field, value);
  }
  // A cursor stands for all of the inputs that it was given for.
  const missing = inputs.cursor === undefined && required.find((name) => inputs[name] === undefined);
  if (missing) {
    throw new InvalidInputError(`${tool} needs \`${missing}\`: ${fields[missing]?.schema.description}.`);
  }
  return inputs as Read;
}

function readField(name: string, field: Field<unknown>, value: unknown): unknown {
  try {
    return field.read(value);
  } catch (cause) {
    if (!(cause instanceof InvalidInputError)) throw cause;
    throw new InvalidInputError(`The input \`${name}\` is wrong. ${cause.message}`, { cause });
  }
}

const listed = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');
