/** What documents hold, as JSON Schema (draft 2020-12), for whoever is handed one without the description of the API. */
import { described } from './described.ts';

type DocumentSchema = {
  $schema: string;
  type: 'object';
  oneOf: readonly { $ref: string }[];
  $defs: Readonly<Record<string, object>>;
};

/**
 * Of an answer that is one of these documents, which are named as in their `schema`: `latest`, `organization-latest`. Fields are
 * not described, which makes it less than half as long.
 * @throws Error for one that the API does not answer with
 */
export async function documentSchema(names: readonly string[]): Promise<DocumentSchema> {
  const { schemas } = (await described()).components;
  const documents = names.map((name) => componentOf(name, schemas));
  const used = reachable(schemas, documents);
  const $defs = Object.fromEntries([...used].sort().map((name) => [name, schemas[name]]));
  const text = JSON.stringify({ oneOf: documents.map((name) => ({ $ref: `#/$defs/${name}` })), $defs }, (key, value) =>
    key === 'description' && typeof value === 'string' ? undefined : value,
  );
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    ...JSON.parse(text.replaceAll('"#/components/schemas/', '"#/$defs/')),
  };
}

function componentOf(name: string, schemas: Readonly<Record<string, object>>): string {
  const found = Object.keys(schemas).find((one) => one.replace(/\.\d+$/, '') === `kvs-census.${name}`);
  if (found === undefined) throw new Error(`The API answers with no document ${name}.`);
  return found;
}

/** These names, and those of all that their schemas refer to. */
export function reachable(schemas: Readonly<Record<string, object>>, names: readonly string[]): ReadonlySet<string> {
  const found = new Set(names);
  for (const name of found) for (const other of referencesIn(schemas[name])) found.add(other);
  return found;
}

const referencesIn = (schema: unknown) =>
  [...JSON.stringify(schema).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name = '']) => name);
