import type { RunKey } from '../../census/run.ts';
import { orNothing } from '../../census/within.ts';
import { errorFields } from '../../log.ts';
import type { SettlingDeps } from './settle-run.ts';

/**
 * What earlier runs knew. Where it cannot be read, or not in time, this run's total is stored without it.
 * @param message what the log says then
 */
export async function readEarlier<T>(
  { clock, config, log }: Pick<SettlingDeps, 'clock' | 'config' | 'log'>,
  { censusId, runId, region }: RunKey & { region?: string },
  message: string,
  read: () => Promise<T>,
): Promise<T | undefined> {
  return await orNothing(clock, config.lookBackMs, read, (error) => {
    log.warn(message, { censusId, runId, ...(region && { region }), ...errorFields(error) });
  });
}
