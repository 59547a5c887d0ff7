/** From a path and a query to what is asked. Whatever is not understood is refused: nothing is guessed, or passed over. */
import type { RunFilter } from '../../answers/run-filter.ts';
import { parseRunName, parseTimeName } from '../../answers/run-name.ts';
import { parseAccountId, parseOwner } from '../../census/census-id.ts';
import { InvalidInputError } from '../../census/errors.ts';
import { type Kind, parseKind, STREAMS } from '../../census/kinds.ts';
import { parseRegion } from '../../census/region.ts';
import { PARAMETERS, type ParameterName } from './parameters.ts';
import { Refusal } from './refusal.ts';
import type { ApiRequest } from './request.ts';
import { ROUTES, type Route, type RouteName } from './routes.ts';

/** What the parameters say, by their names; those of the path are there, and so is each that has a default. */
type Values = { kind: Kind } & RunFilter & {
    account?: string;
    run: string;
    a: string;
    b: string;
    region: string;
    last: number;
    since?: string;
    until?: string;
    days: number;
    above?: number;
    of: string;
    limit: number;
    after?: string;
    by?: 'account';
  };

export type Asked = {
  route: RouteName;
  values: Values;
  /** As they were sent: those of the query. */
  query: URLSearchParams;
};

/** The route, and the parts of the path that are its parameters; undefined where there is none such. */
export function routeOf(path: string): { route: RouteName; parts: Partial<Record<ParameterName, string>> } | undefined {
  const asked = path.split('/');
  for (const [route, { path: template }] of Object.entries(ROUTES)) {
    const parts = partsOf(template.split('/'), asked);
    if (parts !== undefined) return { route: route as RouteName, parts };
  }
  return undefined;
}

function partsOf(template: readonly string[], asked: readonly string[]) {
  if (template.length !== asked.length) return undefined;
  const parts: Partial<Record<ParameterName, string>> = {};
  for (const [at, word] of template.entries()) {
    const part = asked[at] ?? '';
    const [, name] = /^\{(\w+)\}$/.exec(word) ?? [];
    if (name === undefined ? part !== word : part === '') return undefined;
    if (name !== undefined) parts[name as ParameterName] = part;
  }
  return parts;
}

/** @throws Refusal, which says what was expected */
export function askedOf({ path, query }: Pick<ApiRequest, 'path' | 'query'>): Asked {
  const found = routeOf(path);
  if (found === undefined) {
    throw new Refusal(404, 'There is nothing at this path: `GET /v1/openapi.json` says what can be asked.');
  }
  const { route, parts } = found;
  const known: readonly ParameterName[] = ROUTES[route].parameters;
  const said: Partial<Record<ParameterName, string>> = { ...parts };
  for (const name of new Set(query.keys())) {
    if (!isKnown(name, known)) throw new Refusal(400, unknownParameter(known.filter((one) => isOfQuery(one))));
    if (query.getAll(name).length > 1) throw new Refusal(400, `The parameter ${name} is given more than once.`);
    said[name] = query.get(name) ?? '';
  }
  return { route, values: valuesOf(ROUTES[route], said), query };
}

const isOfQuery = (name: ParameterName) => PARAMETERS[name].in === 'query';

function isKnown(name: string, known: readonly ParameterName[]): name is ParameterName {
  return known.some((one) => one === name && isOfQuery(one));
}

function unknownParameter(known: readonly ParameterName[]): string {
  if (known.length === 0) return 'This request takes no parameters: leave them out.';
  return `The query holds a parameter that this request does not know: it takes ${known.join(', ')}.`;
}

function valuesOf({ parameters, defaults }: Route, said: Partial<Record<ParameterName, string>>): Values {
  const values: Record<string, unknown> = { kind: STREAMS };
  for (const name of parameters) {
    const { schema } = PARAMETERS[name];
    const text = said[name];
    const other = defaults?.[name] ?? ('default' in schema ? schema.default : undefined);
    const value = text === undefined ? other : readValue(name, text);
    if (value !== undefined) values[name] = value;
  }
  return values as Values;
}

/** What no value is longer than. */
const LONGEST = 60;

function readValue(name: ParameterName, text: string): string | number {
  const where = isOfQuery(name) ? `The parameter ${name}` : `The ${PATH_NAMES[name] ?? name} in the path`;
  // What is not even of the letters that values are made of is not repeated.
  if (!/^[\w:.~+-]*$/.test(text) || text.length > LONGEST)
    throw new Refusal(400, `${where} cannot be that: ${expected(name)}.`);
  try {
    return READ[name](text);
  } catch (error) {
    if (error instanceof InvalidInputError)
      throw new Refusal(400, `${where}: ${error.message.replace(/^Expected/, 'expected')}`);
    throw error;
  }
}

const PATH_NAMES: Partial<Record<ParameterName, string>> = { a: 'first run', b: 'second run' };

function expected(name: ParameterName): string {
  const { schema } = PARAMETERS[name];
  if (schema.type === 'integer') return `expected a whole number from ${schema.minimum} to ${schema.maximum}`;
  const words = 'enum' in schema ? schema.enum : 'examples' in schema ? schema.examples : [];
  return 'enum' in schema ? `expected ${words.join(', ')}` : `expected for example ${words.join(', ')}`;
}

/** Reads one of the words that the schema lists. */
function oneOf(name: ParameterName): (text: string) => string {
  return (text) => {
    const { schema } = PARAMETERS[name];
    if ('enum' in schema && (schema.enum as readonly string[]).includes(text)) return text;
    throw new InvalidInputError(`${expected(name)}.`);
  };
}

/** Reads a whole number within the schema's bounds. */
function whole(name: ParameterName): (text: string) => number {
  return (text) => {
    const { schema } = PARAMETERS[name];
    const value = Number(text);
    const isWhole = /^\d{1,9}$/.test(text);
    if (isWhole && schema.type === 'integer' && value >= schema.minimum && value <= schema.maximum) return value;
    throw new InvalidInputError(`${expected(name)}.`);
  };
}

/** Each as the command reads it. */
const READ: Record<ParameterName, (text: string) => string | number> = {
  run: parseRunName,
  a: parseRunName,
  b: parseRunName,
  of: parseRunName,
  region: parseRegion,
  kind: parseKind,
  account: parseOwner,
  after: parseAccountId,
  since: parseTimeName,
  until: parseTimeName,
  verdict: oneOf('verdict'),
  reason: oneOf('reason'),
  by: oneOf('by'),
  last: whole('last'),
  days: whole('days'),
  above: whole('above'),
  limit: whole('limit'),
};
