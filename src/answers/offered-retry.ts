import { type Advice, adviceFor } from '../census/advice.ts';
import { STREAMS } from '../census/kinds.ts';
import { RETRY_AGE_MS } from '../census/retry.ts';
import { commandLine, type Place, SOMEWHERE } from './place.ts';
import type { RunSummary } from './run-summary.ts';

/** What must be known of a run to ask it again. */
type Asked = Pick<RunSummary, 'runId' | 'missing' | 'waitingFor'>;

/**
 * The command that asks again for those missing regions that may answer the next time. `null` where asking is of no use
 * or would be refused: nobody is there to count, the run is too old, is being asked already, or somebody must change
 * something first.
 */
export function offeredRetry(run: Asked, nowMs: number, place: Place = SOMEWHERE): string | null {
  return retryOf(run, ({ retryMayHelp }) => retryMayHelp, nowMs, place);
}

/**
 * The command that asks again for those that can only answer once somebody has done something about them. `null` where there
 * are none, or it would be refused.
 */
export function laterRetry(run: Asked, nowMs: number, place: Place): string | null {
  return retryOf(run, ({ retryMayHelp, ends }) => !retryMayHelp && ends === 'retry', nowMs, place);
}

function retryOf(
  { runId, missing, waitingFor }: Asked,
  isAskedFor: (advice: Advice) => boolean,
  nowMs: number,
  place: Place,
): string | null {
  // Whether a retry helps, and when, does not depend on what is counted.
  const regions = missing.filter(({ reason }) => isAskedFor(adviceFor(reason, STREAMS))).map(({ region }) => region);
  if (place.ledgerOnly || waitingFor.length > 0 || nowMs - Date.parse(runId) > RETRY_AGE_MS) return null;
  if (regions.length === 0) return null;
  const named = regions.length === missing.length ? [] : regions;
  return commandLine(place, ['retry', runId, ...named].join(' '));
}
