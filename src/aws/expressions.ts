/** What the requests of the ledger are made of. */
import { marshall } from '@aws-sdk/util-dynamodb';
import type { SweepList } from '../census/run.ts';
import { ITEM_VERSION, type Item } from './items.ts';

export const BY_TIME = 'byTime';
export const SWEEP = 'sweep';

export type Table = { tableName: string };

export const OPEN: SweepList = 'OPEN';
export const PARTIAL: SweepList = 'PARTIAL';

/** Aliases each name: `names('rev')` is `{'#rev': 'rev'}`. */
export function names(...attributes: string[]): Record<string, string> {
  return Object.fromEntries(attributes.map((name) => [`#${name}`, name]));
}

export const values = (entries: Record<string, unknown>): Item => marshall(entries, { removeUndefinedValues: true });

export const ABSENT = 'attribute_not_exists(#pk)';

/** There, and not written by a newer release. */
export const KNOWN = '#version <= :known';
export const knownVersion = { ':known': ITEM_VERSION };
