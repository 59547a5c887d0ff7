/** Runs as far as they are told apart by their instants, whether they are an account's or the organisation's. */
import { isOfOrganization } from '../census/census-id.ts';
import type { RunId, StoredTotal } from '../census/run.ts';
import type { Reading, Source } from './reader.ts';

/** What both have. */
export type AnyRun = { runId: RunId; total?: Pick<StoredTotal, 'verdict' | 'streams'> };

/** Newest first, page by page. */
export function anyRuns({ reader, censusId }: Source, reading: Reading = {}): AsyncIterable<AnyRun> {
  return isOfOrganization(censusId) ? reader.organizationRuns(censusId, reading) : reader.runs(censusId, reading);
}

type OnlySome = Pick<Reading, 'until' | 'onDamaged'>;

/** As `newestRuns` of the reader. */
export async function newestOfAny(
  source: Source,
  wanted: OnlySome & { runs: number; totals?: number },
): Promise<readonly AnyRun[]> {
  const { reader, censusId } = source;
  if (!isOfOrganization(censusId)) return await reader.newestRuns(censusId, wanted);
  const { runs: atLeast, totals = 0, ...reading } = wanted;
  const found: AnyRun[] = [];
  for await (const run of reader.organizationRuns(censusId, { ...reading, perRequest: atLeast })) {
    found.push(run);
    if (found.length >= atLeast && found.filter(({ total }) => total !== undefined).length >= totals) break;
  }
  return found;
}

/** Whether there are any: one request. One that cannot be read was counted, too. */
export async function hasRuns(source: Source): Promise<boolean> {
  let isDamaged = false;
  const onDamaged = () => {
    isDamaged = true;
  };
  const [newest] = await newestOfAny(source, { runs: 1, onDamaged });
  return newest !== undefined || isDamaged;
}
