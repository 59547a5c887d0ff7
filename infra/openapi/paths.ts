/** What the API can be asked, and how it answers, as OpenAPI says it. Which requests there are stands in the table of routes. */
import { PARAMETERS, type Parameter, type ParameterName } from '../../src/functions/answering/parameters.ts';
import { JSON_TYPE, ROUTES, type Route } from '../../src/functions/answering/routes.ts';
import { componentOf, type DocumentName, referenceTo, type Schema } from './components.ts';
import { headersOf, ref, refusals } from './responses.ts';
import { schemaOf } from './schemas.ts';

/** Whole answers, by the document that each is. */
export type Examples = Readonly<Partial<Record<DocumentName, unknown>>>;

export function paths(examples: Examples) {
  return Object.fromEntries(
    Object.entries(ROUTES).map(([name, route]: [string, Route]) => [
      route.path,
      { [route.method.toLowerCase()]: operation(name, route, examples) },
    ]),
  );
}

function operation(operationId: string, route: Route, examples: Examples) {
  return {
    operationId,
    summary: route.summary,
    parameters: route.parameters.map((name) => parameterOf(route, name)),
    responses: {
      200: answer(route, examples),
      304: ref('responses', 'unchanged'),
      ...refusals(),
    },
  };
}

/** With a default of its own it stands in its place, else among the others. */
function parameterOf({ defaults = {} }: Route, name: ParameterName) {
  const value = defaults[name];
  if (value === undefined) return ref('parameters', name);
  const parameter = whole(name);
  return { ...parameter, schema: { ...parameter.schema, default: value } };
}

export function parameters() {
  const shared = new Set(
    Object.values<Route>(ROUTES).flatMap(({ parameters: all, defaults = {} }) =>
      all.filter((name) => defaults[name] === undefined),
    ),
  );
  return Object.fromEntries([...shared].map((name) => [name, whole(name)]));
}

function whole(name: ParameterName) {
  const parameter: Parameter = PARAMETERS[name];
  return { name, ...parameter, ...(parameter.in === 'path' && { required: true }) };
}

function answer({ documents, type, path }: Route, examples: Examples) {
  const isAboutRuns = documents.length > 0 || type !== JSON_TYPE;
  return {
    description: isAboutRuns
      ? 'The answer. What is missing from its number stands in it, and how much in a header.'
      : 'This.',
    headers: headersOf({ isAboutRuns }),
    content: {
      [type]: {
        schema: type === JSON_TYPE ? bodyOf(documents as readonly DocumentName[]) : { type: 'string' },
        ...examplesOf(documents as readonly DocumentName[], path, examples),
      },
    },
  };
}

/** Which of several documents it is, it says itself. */
function bodyOf(documents: readonly DocumentName[]): Schema {
  const [first, ...others] = documents.map((name) => [schemaOf(name), referenceTo(componentOf(name))] as const);
  if (first === undefined) return { type: 'object' };
  if (others.length === 0) return { $ref: first[1] };
  const all = [first, ...others];
  return {
    oneOf: all.map(([, $ref]) => ({ $ref })),
    discriminator: { propertyName: 'schema', mapping: Object.fromEntries(all) },
  };
}

function examplesOf(documents: readonly DocumentName[], path: string, examples: Examples) {
  const known = documents.filter((name) => examples[name] !== undefined);
  if (known.length === 0) return {};
  return {
    examples: Object.fromEntries(
      known.map((name) => [name, { summary: `${path}: ${schemaOf(name)}`, value: examples[name] }]),
    ),
  };
}
