/**
 * Answers are plain JSON. `--json` prints the very same, and docs/json.md describes it; a change that breaks a reader
 * raises the number in `schema`. Every field is always there: `null` says "not known", never 0.
 */

const schemaOf = <Name extends string>(name: Name) => `kvs-census/${name}/1` as const;

/** What all documents begin with. `readAt` is the ISO 8601 instant of the reading. */
export type Head<Name extends string> = { schema: `kvs-census/${Name}/1`; readAt: string; accountId: string };

/** @param nowMs milliseconds since 1970 */
export function headOf<Name extends string>(name: Name, accountId: string, nowMs: number): Head<Name> {
  return { schema: schemaOf(name), readAt: new Date(nowMs).toISOString(), accountId };
}
