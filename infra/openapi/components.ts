/** What documents hold, as JSON Schema (draft 2020-12, which is OpenAPI 3.1's), with the words of docs/json.md. */
import { type ConversionConfig, toJsonSchemaDefs } from '@valibot/to-json-schema';
import { reachable } from '../../src/answers/openapi/document-schema.ts';
import type { Section } from './field-texts.ts';
import { DOCUMENTS, FACETS, PARTS, schemaOf, VALUES } from './schemas.ts';

export type DocumentName = keyof typeof DOCUMENTS;

/** A schema of JSON Schema, as far as it is looked at here. */
export type Schema = {
  $ref?: string;
  description?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  additionalProperties?: Schema | boolean;
  [keyword: string]: unknown;
};

export const referenceTo = (name: string) => `#/components/schemas/${name}`;

/** `kvs-census.latest.2`: the name of a component holds no slash. */
export const componentOf = (name: DocumentName) => schemaOf(name).replaceAll('/', '.');

/** Of these documents and of all that they are made of, by name. */
export function components(
  documents: readonly DocumentName[],
  sections: ReadonlyMap<string, Section>,
): Record<string, Schema> {
  const named = Object.fromEntries(documents.map((name) => [componentOf(name), DOCUMENTS[name]]));
  const facets = Object.fromEntries(Object.entries(FACETS).map(([kind, schema]) => [`facets.${kind}`, schema]));
  // As JSON, which is what is looked at here and what is written.
  const schemas: Record<string, Schema> = JSON.parse(
    JSON.stringify(toJsonSchemaDefs({ ...VALUES, ...facets, ...PARTS, ...named }, CONVERSION)),
  );
  const names = reachable(schemas, Object.keys(named));
  const used = Object.entries(schemas).filter(([name]) => names.has(name));
  for (const [name, schema] of used)
    describe(schema, name.replace(/^kvs-census\.(.*)\.(\d+)$/, 'kvs-census/$1/$2'), sections);
  return Object.fromEntries(used);
}

const CONVERSION: ConversionConfig = {
  target: 'draft-2020-12',
  overrideRef: ({ referenceId }) => referenceTo(referenceId),
  // A record with a closed list of keys is refused, though what is made of it says just that (`propertyNames`).
  overrideSchema: ({ valibotSchema, jsonSchema }) => (valibotSchema.type === 'record' ? jsonSchema : undefined),
};

/** A section, and at which path of it one is: ''; or `facets.`, whose fields have their rows there. */
type Place = { section: Section | undefined; path: string };

/** Puts beside each field what docs/json.md says of it. */
function describe(schema: Schema, name: string, sections: ReadonlyMap<string, Section>): void {
  const isDocument = name.startsWith('kvs-census/');
  const text = sections.get(name)?.text ?? '';
  if (text !== '') schema.description = isDocument ? `What the command prints: ${text}` : text;
  if (name.startsWith('facets.'))
    describeFields(schema, [{ section: sections.get('tally'), path: 'facets.' }], sections);
  else
    describeFields(
      schema,
      [name, ...(isDocument ? [''] : [])].map((one) => ({ section: sections.get(one), path: '' })),
      sections,
    );
}

function describeFields(schema: Schema, outer: readonly Place[], sections: ReadonlyMap<string, Section>): void {
  const parts = Object.entries(PARTS).filter(([, part]) => isMadeOf(schema, part));
  const places = [...outer, ...parts.map(([part]) => ({ section: sections.get(part), path: '' }))];
  const within = (name: string) => places.map(({ section, path }) => ({ section, path: `${path}${name}` }));
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const own = listIn(field) === undefined ? name : `${name}[]`;
    const text = within(own)
      .map(({ section, path }) => section?.fields.get(path))
      .find((words) => words !== undefined && words !== '');
    if (text !== undefined && field.const === undefined) field.description = text;
    for (const inner of objectsIn(field)) describeFields(inner, within(`${own}.`), sections);
  }
}

/** A field that may be `null` offers two. */
const offered = (field: Schema) => [field, ...(field.anyOf ?? [])];
const listIn = (field: Schema) => offered(field).find(({ items }) => items !== undefined)?.items;
const objectsIn = (field: Schema) =>
  [...offered(field), ...offered(listIn(field) ?? {})].filter(({ properties }) => properties !== undefined);

/** Whether it is a part with more fields. */
function isMadeOf({ properties = {} }: Schema, part: { entries: object }): boolean {
  const fields = Object.keys(part.entries);
  return fields.length > 1 && fields.every((field) => field in properties);
}
