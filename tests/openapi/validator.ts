/** What does not fit the description of the API. */
import { readFileSync } from 'node:fs';
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';

const FILE = new URL('../../src/answers/openapi/openapi.json', import.meta.url);

type Content = { schema?: object; examples?: Record<string, { value: unknown }> };
type Response = { headers?: Record<string, object>; content?: Record<string, Content> };
type Operation = { operationId: string; responses: Record<string, Response> };
type Components = Record<
  'headers' | 'responses' | 'schemas' | 'parameters' | 'securitySchemes',
  Record<string, object>
>;

/** As it is in the repository. */
export const DESCRIPTION: { paths: Record<string, { get: Operation }>; components: Components } = JSON.parse(
  readFileSync(FILE, 'utf8'),
);

export function makeAjv(): Ajv2020 {
  const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });
  // OpenAPI's, which helps whoever generates code, and restricts nothing.
  ajv.addKeyword('discriminator');
  return ajv;
}

const ajv = makeAjv();
ajv.addSchema(moved({ $id: 'api', $defs: DESCRIPTION.components.schemas }));

/** A sentence for each misfit; the schema is one of a response, or a reference such as `#/components/schemas/run`. */
export function strangersTo(schema: object, value: unknown): string[] {
  const validate = compiled(JSON.stringify(moved(schema)));
  return validate(value) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath}: ${error.message}`);
}

const known = new Map<string, ValidateFunction>();

function compiled(schema: string): ValidateFunction {
  const validate = known.get(schema) ?? ajv.compile(JSON.parse(schema));
  known.set(schema, validate);
  return validate;
}

/** Out of the description, to where JSON Schema looks for what is referred to. */
function moved(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/schemas/', '"api#/$defs/'));
}

/** What an answer to a described request says that the description does not say; of its headers those that are the API's own. */
export function strangersIn(operationId: string, { status, headers, body }: Answer): string[] {
  const operation = Object.values(DESCRIPTION.paths).find(({ get }) => get.operationId === operationId)?.get;
  const said = operation?.responses[status];
  if (said === undefined) return [`${operationId} is not said to answer ${status}`];
  const response: Response = '$ref' in said ? found(said as Reference) : said;
  return [...strangeHeaders(response, headers), ...strangeBody(response, headers.get('content-type'), body)];
}

export type Answer = { status: number; headers: Headers; body: string };
type Reference = { $ref: string };

function found({ $ref }: Reference): object {
  const [, , place, name] = $ref.split('/');
  return DESCRIPTION.components[place as keyof Components][String(name)] ?? {};
}

function strangeHeaders({ headers: described = {} }: Response, headers: Headers): string[] {
  const own = [...headers].filter(([name]) => /^(census-.*|etag|link|retry-after)$/.test(name));
  return own.flatMap(([name, value]) => {
    if (!(name in described)) return [`the header ${name} is not described`];
    const { schema } = found(described[name] as Reference) as { schema: { type?: string } };
    return strangersTo(schema, schema.type === 'integer' ? Number(value) : value).map((why) => `${name} ${why}`);
  });
}

function strangeBody({ content = {} }: Response, type: string | null, body: string): string[] {
  if (type === null) return body === '' && Object.keys(content).length === 0 ? [] : ['the body has no type'];
  const kind = type.replace(/; *charset=utf-8$/, '');
  const [, said] = Object.entries(content).find(([name]) => name.replace(/; *charset=utf-8$/, '') === kind) ?? [];
  if (said === undefined) return [`a body of the type ${type} is not described`];
  return strangersTo(said.schema ?? {}, /json$/.test(kind) ? JSON.parse(body) : body);
}
