/** Holds the history against the invariants, the very ones that judge the simulation. */
import { type InvariantName, violations } from '../simulation/invariants.ts';
import { MAX_RECEIVES } from '../simulation/numbers.ts';
import { readStory } from '../simulation/story.ts';
import type { Scene } from './scene.ts';

export type Violation = { invariant: InvariantName; what: string };

/**
 * Prompt and Cheap speak of calm days only, and find nothing here.
 * @param failedInvocations the records in the queue of that name
 */
export function judge({ witness, world }: Scene, seed: number, failedInvocations: readonly string[]): Violation[] {
  const { history } = witness;
  history.videoCalls.sort((a, b) => a.atMs - b.atMs);
  const schedule = { seed, regions: world.regions, runs: [], retries: [], faults: [], healAfterS: 0 };
  const story = { ...readStory(schedule, history), isCalm: false, isUndisturbed: false };
  const opened = new Set(story.runs.map(({ runId }) => runId));
  const failed = failedInvocations.join('\n');
  const lost = [...history.triggered].filter((runId) => !opened.has(runId) && !failed.includes(runId));
  const receives = witness.messageReceives();
  return [
    ...violations(story),
    ...lost.map(
      (runId): Violation => ({
        invariant: 'Terminates',
        what: `${runId}: was asked for, never opened, and its event is not in failed-invocations.`,
      }),
    ),
    ...(receives > MAX_RECEIVES
      ? [{ invariant: 'Bounded' as const, what: `A message was received ${receives} times.` }]
      : []),
  ];
}
