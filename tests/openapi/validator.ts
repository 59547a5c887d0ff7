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
