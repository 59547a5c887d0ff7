import { adviceFor } from '../census/advice.ts';
import { RETRY_AGE_MS } from '../census/retry.ts';
import { commandLine, type Place, SOMEWHERE } from './place.ts';
import type { RunSummary } from './run-summary.ts';

/**
 * The command that asks again for those missing regions that may answer the next time. `null` where asking is of no use
 * or would be refused: nobody is there to count, the run is too old, is being asked already, or somebody must change
 * something first.
 */
export function offeredRetry(
  { runId, missing, waitingFor }: Pick<RunSummary, 'runId' | 'missing' | 'waitingFor'>,
  nowMs: number,
  place: Place = SOMEWHERE,
): string | null {
  const regions = missing.filter(({ reason }) => adviceFor(reason).retryMayHelp).map(({ region }) => region);
  return retryOf({ runId, missing, waitingFor }, regions, nowMs, place);
}

/** The command that asks again for some of the missing regions; `null` where there are none, or it would be refused. */
export function retryOf(
  { runId, missing, waitingFor }: Pick<RunSummary, 'runId' | 'missing' | 'waitingFor'>,
  regions: readonly string[],
  nowMs: number,
  place: Place,
): string | null {
  if (place.ledgerOnly || waitingFor.length > 0 || nowMs - Date.parse(runId) > RETRY_AGE_MS) return null;
  if (regions.length === 0) return null;
  const named = regions.length === missing.length ? [] : regions;
  return commandLine(place, ['retry', runId, ...named].join(' '));
}
