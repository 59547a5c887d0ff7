/** Pure: runs, records and what else is kept, as items of the ledger's table, and their keys. docs/data-model.md draws the table. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { type CensusId, kindOf, ownerOf } from '../census/census-id.ts';
import { STREAMS } from '../census/kinds.ts';
import { RANK, type RegionRecord } from '../census/region.ts';
import type { RegionMemory } from '../census/region-memory.ts';
import type { Run, RunKey, SweepList } from '../census/run.ts';

/**
 * The newest version of an item that is known here. A newer one is refused by whoever reads it, and by the condition of each
 * write: who does not know what an item says must not change it. docs/data-model.md says when it goes up.
 */
export const ITEM_VERSION = 3;

/** The version of whatever belongs to an organisation: a release that knows of none would take its runs for those of an account. */
export const ITEM_OF_ORGANIZATION = 3;

/**
 * Whose an item is, of what kind, and the item's version. Version 2 has a kind; what is about streams needs none and is still
 * written as version 1, so that an older release can read it.
 */
function ownership(censusId: CensusId) {
  const [accountId, kind] = [ownerOf(censusId), kindOf(censusId)];
  return kind === STREAMS ? { version: 1, accountId } : { version: 2, accountId, kind };
}

export type Item = Record<string, AttributeValue>;

export const RUN_SK = 'RUN';
const MEMORY_SK = 'REGIONS';
/** How the sort key of every region record begins. */
export const REGION_SK = 'REGION#';
export const DARK_SK = 'DARK#';

export const runPk = ({ censusId, runId }: RunKey) => `RUN#${censusId}#${runId}`;
export const regionSk = (region: string) => `${REGION_SK}${region}`;
export const runsOf = (censusId: CensusId) => `RUNS#${censusId}`;
export const runsOfRegion = (censusId: CensusId, region: string) => `REGION#${censusId}#${region}`;

/** Where an item lies: in the table, and in the index `byTime`. */
export const runKeys = (key: RunKey) => ({
  pk: runPk(key),
  sk: RUN_SK,
  timePk: runsOf(key.censusId),
  timeSk: key.runId,
});
export const recordKeys = (key: RunKey & { region: string }) => ({
  pk: runPk(key),
  sk: regionSk(key.region),
  timePk: runsOfRegion(key.censusId, key.region),
  timeSk: key.runId,
});

export const MARSHALL = { removeUndefinedValues: true };

export function runItem(run: Run): Item {
  const { censusId, pending, ...fields } = run;
  return marshall(
    {
      ...runKeys(run),
      ...ownership(censusId),
      ...(run.parent && { version: ITEM_OF_ORGANIZATION }),
      ...fields,
      // DynamoDB has no empty sets: a run that waits for nothing has no such attribute.
      ...(pending.length > 0 && { pending: new Set(pending) }),
    },
    MARSHALL,
  );
}

/** A record has no time of its own: it goes when its run goes, whoever writes it, and whenever. */
export function recordItem(record: RegionRecord, { expiresAt }: Pick<Run, 'expiresAt'>): Item {
  const { censusId, ...fields } = record;
  return marshall(
    {
      ...recordKeys(record),
      ...ownership(censusId),
      ...fields,
      rank: RANK[record.status],
      expiresAt,
    },
    MARSHALL,
  );
}

export const runKeyItem = (key: RunKey) => marshall({ pk: runPk(key), sk: RUN_SK });
export const recordKeyItem = (key: RunKey, region: string) => marshall({ pk: runPk(key), sk: regionSk(region) });
/** Which accounts of an organisation got no page of a region: of its run, whichever account asks. */
export const darkKeyItem = (organization: RunKey, region: string) =>
  marshall({ pk: runPk(organization), sk: `${DARK_SK}${region}` });
export const memoryKeyItem = (censusId: CensusId) => marshall({ pk: `REGIONS#${censusId}`, sk: MEMORY_SK });
export const sweepKeyItem = (list: SweepList) => marshall({ pk: 'SWEEP', sk: list });

/** What is remembered of a census never expires, since it says what no record may say any more. */
export function memoryItem(censusId: CensusId, memory: RegionMemory): Item {
  const { version } = ownership(censusId);
  return { ...memoryKeyItem(censusId), ...marshall({ version, ...memory }, MARSHALL) };
}
