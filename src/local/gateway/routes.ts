/**
 * Which route of an API a request takes: one that matches it whole before one that ends in `{name+}`, and `$default` last; of
 * those that are left, the one that names the method
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html). Pure.
 */
import type { Route } from './api.ts';

export type Matched = {
  readonly route: Route;
  /** What stood in the place of `{name}`; undefined for a route that has no such place. */
  readonly pathParameters: Readonly<Record<string, string>> | undefined;
};

/** @param path decoded, without a query */
export function matchRoute(routes: readonly Route[], method: string, path: string): Matched | undefined {
  const found = routes.flatMap((route) => {
    const match = tryRoute(route, method, path);
    return match === undefined ? [] : [match];
  });
  return found.sort((one, other) => rankOf(one.route.key) - rankOf(other.route.key))[0];
}

const DEFAULT = '$default';

function tryRoute(route: Route, method: string, path: string): Matched | undefined {
  if (route.key === DEFAULT) return { route, pathParameters: undefined };
  const [own = '', pattern = ''] = route.key.split(' ');
  if (own !== 'ANY' && own !== method) return undefined;
  const names: string[] = [];
  const source = pattern
    .split(/(\{[^}]+\})/)
    .map((part) => {
      const [, name, plus] = /^\{([^}+]+)(\+?)\}$/.exec(part) ?? [];
      if (name === undefined) return RegExp.escape(part);
      names.push(name);
      return plus === '+' ? '(.+)' : '([^/]+)';
    })
    .join('');
  const values = new RegExp(`^${source}$`, 's').exec(path);
  if (values === null) return undefined;
  const pathParameters = Object.fromEntries(names.map((name, index) => [name, values[index + 1] ?? '']));
  return { route, pathParameters: names.length === 0 ? undefined : pathParameters };
}

/** The lower, the sooner. */
function rankOf(key: string): number {
  if (key === DEFAULT) return 1000;
  const [method = '', pattern = ''] = key.split(' ');
  const greedy = pattern.includes('+}') ? 100 : 0;
  const places = pattern.split('{').length - 1;
  return greedy + places * 2 + (method === 'ANY' ? 1 : 0);
}
