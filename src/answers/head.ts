import { type CensusId, kindOf, ownerOf } from '../census/census-id.ts';
import type { Kind } from '../census/kinds.ts';

/**
 * Answers are plain JSON. `--json` prints the very same, and docs/json.md describes it; a change that breaks a reader
 * raises the number in `schema`. Every field is always there: `null` says "not known", never 0.
 */

/** Of those documents that are not in their first version any more. */
const VERSIONS = { latest: 2, runs: 2, explain: 2 } as const;

type Versions = typeof VERSIONS;
type VersionOf<Name extends string> = Name extends keyof Versions ? Versions[Name] : 1;
type Schema<Name extends string> = `kvs-census/${Name}/${VersionOf<Name>}`;

const schemaOf = <Name extends string>(name: Name) =>
  `kvs-census/${name}/${name in VERSIONS ? VERSIONS[name as keyof Versions] : 1}` as Schema<Name>;

/** What all documents begin with. `readAt` is the ISO 8601 instant of the reading. */
export type Head<Name extends string> = { schema: Schema<Name>; readAt: string; accountId: string; kind: Kind };

/** @param nowMs milliseconds since 1970 */
export function headOf<Name extends string>(name: Name, censusId: CensusId, nowMs: number): Head<Name> {
  const [accountId, kind] = [ownerOf(censusId), kindOf(censusId)];
  return { schema: schemaOf(name), readAt: new Date(nowMs).toISOString(), accountId, kind };
}
