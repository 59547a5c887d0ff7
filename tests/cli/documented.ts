import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const textOf = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../docs/${name}`, import.meta.url)), 'utf8');

/** What docs/json.md does not say of a document: fields at any depth, and its schema if that has no heading. */
export function undocumented(document: { schema: string }): string[] {
  const text = textOf('json.md');
  const documented = new Set([...text.matchAll(/`([^`]+)`/g)].flatMap((match) => (match[1] ?? '').split(/[.[\]]+/)));
  const unknown = namesIn(document).filter((name) => !documented.has(name));
  return text.includes(`### ${document.schema}\n`) ? unknown : [document.schema, ...unknown];
}

/** Media types, and what was given to a function, are data. */
const DATA = ['mediaType', 'payload'];

function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...(DATA.includes(name) ? [] : namesIn(inner))]);
}
