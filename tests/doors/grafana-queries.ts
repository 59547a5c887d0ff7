/**
 * The queries of the dashboard, answered as Grafana's Infinity data source answers them: the root selector is read as the path of a
 * field, and as JSONata where there is no such field; a column's selector is the path of a field of each row; and whatever a column
 * cannot read is null.
 * https://github.com/grafana/infinity-libs/blob/main/lib/go/jsonframer/jsonframer.go
 */
import { readFileSync } from 'node:fs';
import jsonata from 'jsonata';

type Column = { selector: string; text: string; type: 'string' | 'number' | 'timestamp' };

export type Query = {
  refId: string;
  type: string;
  parser: string;
  source: string;
  url: string;
  url_options: { method: string; params: { key: string; value: string }[] };
  root_selector: string;
  columns: Column[];
  pagination_mode?: string;
  pagination_param_cursor_field_name?: string;
  pagination_param_cursor_extraction_path?: string;
};

type Override = { matcher: { id: string; options: string }; properties: { id: string; value: unknown }[] };

type Panel = {
  title: string;
  type: string;
  datasource: { type: string; uid: string };
  targets: Query[];
  fieldConfig: { defaults: { custom?: { spanNulls?: boolean } }; overrides: Override[] };
  transformations?: { id: string; options: { indexByName?: Record<string, number> } }[];
};

type Variable = { name: string; type: string; query: string | { infinityQuery: Query } };

type Dashboard = { uid: string; panels: Panel[]; templating: { list: Variable[] } };

export const dashboard = JSON.parse(readFileSync('infra/grafana/dashboard.json', 'utf8')) as Dashboard;

export type Row = Readonly<Record<string, string | number | null>>;

/** What the query is sent with. @param chosen values of the dashboard's variables, by name; `__from:date:iso` is the time's beginning */
export function requestOf({ url, url_options }: Query, chosen: Readonly<Record<string, string>>): URL {
  const request = new URL(url, 'https://api.test');
  for (const { key, value } of url_options.params) {
    request.searchParams.append(
      key,
      value.replace(/\$\{([\w:]+)\}/g, (_all, name: string) => {
        const known = chosen[name];
        if (known === undefined) throw new Error(`The dashboard has no variable ${name}.`);
        return known;
      }),
    );
  }
  return request;
}

/** The rows that a panel gets of an answer. */
export async function rowsOf({ root_selector: root, columns }: Query, answer: unknown): Promise<Row[]> {
  const found = fieldOf(answer, root) ?? (await jsonata(root).evaluate(answer));
  if (found === undefined) throw new Error(`Grafana shows an error: nothing is at ${root}.`);
  return (Array.isArray(found) ? found : [found]).map((each: unknown) =>
    Object.fromEntries(columns.map((column) => [column.text, cellOf(fieldOf(each, column.selector), column.type)])),
  );
}

/** By the names of fields, with dots between them. */
function fieldOf(value: unknown, path: string): unknown {
  let at = value;
  for (const name of path.split('.')) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}

/** https://github.com/grafana/infinity-libs/blob/main/lib/go/gframer/field.go */
function cellOf(value: unknown, type: Column['type']): string | number | null {
  switch (type) {
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'timestamp':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? value : null;
    case 'string':
      return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
    default:
      return type satisfies never;
  }
}
