import { GaveUpError } from '../../census/errors.ts';
import type { RunKey } from '../../census/run.ts';
import { errorFields } from '../../log.ts';
import type { SettlingDeps } from './settle-run.ts';

/**
 * What earlier runs knew, and cannot be read now, whatever the cause, costs only itself, and not this run its total; nor its
 * time, if the answer does not come.
 */
export async function orNothing<T>(
  { clock, config, log }: Pick<SettlingDeps, 'clock' | 'config' | 'log'>,
  { censusId, runId, region }: RunKey & { region?: string },
  message: string,
  read: () => Promise<T>,
): Promise<T | undefined> {
  const answered = new AbortController();
  const timeUp = clock.sleep(config.lookBackMs, answered.signal).then(() => {
    throw new GaveUpError(`An earlier run was waited for ${config.lookBackMs} ms.`);
  });
  try {
    return await Promise.race([read(), timeUp]);
  } catch (error) {
    log.warn(message, { censusId, runId, ...(region && { region }), ...errorFields(error) });
    return undefined;
  } finally {
    answered.abort();
  }
}
