/** Documents that are wrong in one place. */

/** Fields that need not be there, and those whose names are not fields. */
const MAY_BE_ABSENT = ['facets', 'oldestCreatedAt', 'newestCreatedAt', 'repeated', 'deniedBy', 'throttled'];
const RECORDS = ['mediaType', 'accountReasons', 'regionReasons', 'reasons'];

/** `isWrong`: whatever the schema is; else a field was taken that may be absent, or may not. */
type Mutation = { what: string; document: unknown; isWrong: boolean };

/** With a field less, one more, or something else in it, at every depth. */
export function* mutations(document: unknown): Generator<Mutation> {
  for (const path of pathsIn(document)) {
    const name = path.at(-1);
    const where = path.join('.');
    yield { what: `${where} is something else`, document: changed(document, path, { nobody: 'knows' }), isWrong: true };
    if (typeof name !== 'string') continue;
    const isNeeded = !MAY_BE_ABSENT.includes(name) && !RECORDS.includes(String(path.at(-2)));
    yield { what: `without ${where}`, document: changed(document, path, undefined), isWrong: isNeeded };
    const beside = [...path.slice(0, -1), 'neighbour'];
    yield { what: `${where} has a neighbour`, document: changed(document, beside, 'new'), isWrong: true };
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
