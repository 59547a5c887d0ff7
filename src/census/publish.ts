import type { RegionTask } from './messages.ts';
import type { Clock, PublishTasks, Random } from './ports.ts';
import { heldSomething, type Run, type RunId } from './run.ts';

/**
 * What earlier runs say: which regions get one quick try, unless a person asked for them; and which is the newest of these
 * runs.
 */
export type Hindsight = { dark: ReadonlySet<string>; previous?: RunId };

export const NO_HINDSIGHT: Hindsight = { dark: new Set() };

/** The tasks that a run still waits for. None once its round was dispatched: a repeated trigger publishes nothing. */
export function tasksToPublish(run: Run, { dark, previous }: Hindsight = NO_HINDSIGHT): RegionTask[] {
  if (run.dispatchedRound === run.round) return [];
  const { censusId, runId, round, deadlineAt } = run;
  const byPerson = round > 0 || (run.parent !== undefined && run.parent.round > 0);
  const known = missingFromTheStart(run);
  return run.pending
    .filter((region) => !known.includes(region))
    .map((region) => ({
      censusId,
      runId,
      region,
      round,
      deadlineAt,
      ...(!byPerson && dark.has(region) && { quick: true }),
      ...(previous !== undefined && { previous }),
    }));
}

/**
 * The regions that a run misses before it has asked anybody, and that are not on record yet: they are off, and held
 * something. A person who asks for them once more, in a later round, has them asked.
 */
export function missingFromTheStart({ round, pending, off = [] }: Run): string[] {
  if (round > 0) return [];
  return off.filter((one) => heldSomething(one) && pending.includes(one.region)).map(({ region }) => region);
}

type PublishPorts = { publishTasks: PublishTasks; clock: Pick<Clock, 'sleep'>; random: Random };

/** Publishing the tasks that the topic refused is tried this often. */
export const PUBLISH_ATTEMPTS = 4;

/**
 * Publishes tasks, and again those that the topic refused; gives those that it refused every time.
 * @param backoffMs half of the longest wait after the first refusal; it doubles with each
 * @param onRefused hears of each refusal, and of how many tasks
 */
export async function publishAll(
  { publishTasks, clock, random }: PublishPorts,
  tasks: readonly RegionTask[],
  backoffMs: number,
  onRefused: (tasks: number) => void = () => {},
): Promise<readonly RegionTask[]> {
  let remaining = tasks;
  for (let attempt = 1; remaining.length > 0; attempt++) {
    remaining = await publishTasks(remaining);
    if (remaining.length > 0) onRefused(remaining.length);
    if (remaining.length === 0 || attempt === PUBLISH_ATTEMPTS) break;
    await clock.sleep(random() * backoffMs * 2 ** attempt);
  }
  return remaining;
}
