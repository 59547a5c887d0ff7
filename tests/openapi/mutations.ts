/** Documents that are wrong in one place. */

/** Fields that need not be there, and those whose names are not fields. */
const MAY_BE_ABSENT = ['facets', 'oldestCreatedAt', 'newestCreatedAt', 'repeated', 'deniedBy', 'throttled'];
const RECORDS = ['mediaType', 'accountReasons', 'regionReasons', 'reasons'];

type Mutation = { what: string; document: unknown };

/** With a field less, one more, or something else in it, at every depth. Whether it may be absent plays no part with `isAnyRemoved`. */
export function* mutations(document: unknown, { isAnyRemoved = false } = {}): Generator<Mutation> {
  for (const path of pathsIn(document)) {
    const name = path.at(-1);
    const where = path.join('.');
    const isField = typeof name === 'string';
    const isNeeded = isField && !MAY_BE_ABSENT.includes(name) && !RECORDS.includes(String(path.at(-2)));
    if (isField && (isNeeded || isAnyRemoved))
      yield { what: `without ${where}`, document: changed(document, path, undefined) };
    yield { what: `${where} is something else`, document: changed(document, path, { nobody: 'knows' }) };
    if (isField)
      yield {
        what: `${where} has a neighbour`,
        document: changed(document, [...path.slice(0, -1), 'neighbour'], 'new'),
      };
  }
}

function* pathsIn(value: unknown, path: readonly (string | number)[] = []): Generator<readonly (string | number)[]> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const own = [...path, Array.isArray(value) ? Number(key) : key];
    yield own;
    yield* pathsIn(inner, own);
  }
}

/** A copy, as JSON would hold it. */
function changed(document: unknown, path: readonly (string | number)[], to: unknown): unknown {
  const copy = structuredClone(document);
  const parent = path.slice(0, -1).reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], copy);
  (parent as Record<string, unknown>)[path.at(-1) ?? ''] = to;
  return JSON.parse(JSON.stringify(copy));
}
