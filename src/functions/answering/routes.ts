/**
 * What the API can be asked. This table alone says which requests there are: what reads a request goes by it, and the description
 * of the API (infra/openapi) is made of it.
 */
import type { ParameterName } from './parameters.ts';

/** Prometheus' text format. https://prometheus.io/docs/instrumenting/exposition_formats/ */
const PROMETHEUS = 'text/plain; version=0.0.4; charset=utf-8';
export const JSON_TYPE = 'application/json';

export type Route = {
  method: 'GET';
  /** As OpenAPI writes it: a parameter of the path stands in braces, and is a whole part of it. */
  path: `/v1/${string}`;
  summary: string;
  /** Of the path, in its order, then those of the query. */
  parameters: readonly ParameterName[];
  /** Where one has another value here than everywhere, unless a request says it. */
  defaults?: Readonly<Partial<Record<ParameterName, number>>>;
  /** What the body may be: documents by their names in docs/json.md, of an account first; none where it is no document. */
  documents: readonly string[];
  type: typeof PROMETHEUS | typeof JSON_TYPE;
};

/** Whose runs, and of which kind. */
const WHOSE = ['kind', 'account'] as const;
const FILTER = ['verdict', 'reason'] as const;
const RANGE = ['last', 'since', 'until'] as const;

const get = { method: 'GET', type: JSON_TYPE } as const;

export const ROUTES = {
  latest: {
    ...get,
    path: '/v1/latest',
    summary: 'The newest total: how many there are, in which regions or accounts, and whether to trust it.',
    parameters: [...WHOSE, ...FILTER],
    documents: ['latest', 'organization-latest'],
  },
  runs: {
    ...get,
    path: '/v1/runs',
    summary: 'The history of totals, newest first.',
    parameters: [...WHOSE, ...RANGE, ...FILTER],
    defaults: { last: 20 },
    documents: ['runs', 'organization-runs'],
  },
  run: {
    ...get,
    path: '/v1/runs/{run}',
    summary: 'Everything of one run.',
    parameters: ['run', ...WHOSE, ...FILTER],
    documents: ['run', 'organization-run'],
  },
  explain: {
    ...get,
    path: '/v1/runs/{run}/explain',
    summary: 'How a number came about, what is missing from it and why, and what to do about it.',
    parameters: ['run', ...WHOSE],
    documents: ['explain', 'organization-explain'],
  },
  region: {
    ...get,
    path: '/v1/regions/{region}',
    summary: 'One region through time, newest first.',
    parameters: ['region', ...WHOSE, ...RANGE, 'reason'],
    defaults: { last: 30 },
    documents: ['region'],
  },
  diff: {
    ...get,
    path: '/v1/diff/{a}/{b}',
    summary: 'What changed between two runs, apart from what only changed in coverage.',
    parameters: ['a', 'b', ...WHOSE],
    documents: ['diff', 'organization-diff'],
  },
  headroom: {
    ...get,
    path: '/v1/headroom',
    summary: 'How full each region is, and when it will be full; most urgent first.',
    parameters: [...WHOSE, 'days', 'above'],
    documents: ['headroom', 'organization-headroom'],
  },
  accounts: {
    ...get,
    path: '/v1/accounts',
    summary: "The accounts of an organisation's run, in the order of their ids.",
    parameters: [...WHOSE, 'of', ...FILTER, 'limit', 'after'],
    documents: ['accounts'],
  },
  metrics: {
    ...get,
    path: '/v1/metrics',
    summary: 'The newest total as Prometheus reads it.',
    parameters: [...WHOSE, 'by'],
    documents: [],
    type: PROMETHEUS,
  },
  openapi: {
    ...get,
    path: '/v1/openapi.json',
    summary: 'This description.',
    parameters: [],
    documents: [],
  },
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof ROUTES;
