/** Holds the history against the invariants, the very ones that judge the simulation. */
import { KINDS } from '../../src/census/kinds.ts';
import { type Violation, violations } from '../judging/invariants.ts';
import { readStory } from '../judging/story.ts';
import type { Scene } from './scene.ts';

/** Each kind by itself. Prompt and Cheap speak of calm days only, and find nothing here. */
export function judge({ witness: { history }, world: { worlds } }: Scene): Violation[] {
  history.videoCalls.sort((a, b) => a.atMs - b.atMs);
  const circumstances = {
    kinds: KINDS,
    retries: 0,
    isCalm: false,
    isUndisturbed: false,
    isCountUndisturbed: false,
    asksForRegions: false,
    isMemorySound: false,
    areReceivesDisturbed: true,
    clocksWrongByMs: 0,
    strays: 0,
    isDeadlineForged: false,
    crowd: 0,
    announcedAgain: 0,
  };
  return KINDS.flatMap((kind) => violations(readStory({ ...circumstances, regions: worlds[kind] }, history, kind)));
}
