/** Long histories of the organisation, run by run, in flat memory. */
import type { RunId } from '../../census/run.ts';
import type { Damage } from '../damage.ts';
import type { Head } from '../head.ts';
import { noRuns } from '../no-answer.ts';
import type { DamagedItem, Source, TimeRange, WholeOrganization } from '../reader.ts';
import { recheckOrganization } from './recheck.ts';
import { type OrganizationRunAnswer, organizationRunOf } from './run.ts';

/** The whole of it as one document. */
export type OrganizationExportAnswer = Head<'organization-export'> & {
  /** Newest first. */
  runs: Pick<OrganizationRunAnswer, 'run' | 'accounts' | 'accountsLeftOut'>[];
  damaged: DamagedItem[];
};

/** Small enough that parsing one page does not hold up a pipe. */
const PER_REQUEST = 100;

/**
 * The runs of a history as answers, newest first, as they are read: each is read whole, in one request for each MB.
 * @throws NoAnswer if there are none
 */
export async function* readOrganizationHistory(
  source: Source,
  range: TimeRange & { limit?: number },
  nowMs: () => number,
  damage: Damage,
): AsyncGenerator<OrganizationRunAnswer> {
  const { reader, censusId } = source;
  let isEmpty = true;
  const perRequest = Math.min(PER_REQUEST, range.limit ?? PER_REQUEST);
  const reading = { ...range, perRequest, onDamaged: damage.note };
  for await (const { runId } of reader.organizationRuns(censusId, reading)) {
    const whole = await trusted(source, runId, damage);
    if (whole === undefined) continue;
    isEmpty = false;
    yield organizationRunOf(whole, nowMs());
  }
  if (isEmpty) throw noRuns(source, damage.items(), range);
}

async function trusted(
  { reader, censusId }: Source,
  runId: RunId,
  damage: Damage,
): Promise<WholeOrganization | undefined> {
  try {
    const whole = await reader.wholeOrganization({ censusId, runId });
    if (whole !== undefined) recheckOrganization(whole);
    return whole;
  } catch (error) {
    damage.noteRun(runId, error);
    return undefined;
  }
}
