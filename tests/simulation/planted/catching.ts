/** Planting a bug, and looking for a schedule that shows it. */
import { stop } from 'esbuild';
import fc from 'fast-check';
import { judge } from '../check.ts';
import { anySchedule } from '../schedules.ts';
import type { Bug } from './bugs.ts';
import { plant } from './plant.ts';

/** The first of some seeds, in this order: so all are caught soon. */
const SEEDS = [7, 4, 9, 6, 8, 5, 3, 2, 1, 10];
const OF_EACH = 200;
export const SCHEDULES = SEEDS.length * OF_EACH;
export const schedules = SEEDS.flatMap((seed) => fc.sample(anySchedule, { seed, numRuns: OF_EACH }));

/** The bundler's process would outlive the tests. */
export const endPlanting = () => stop();

export async function caughtAfter(bug: Bug): Promise<number | undefined> {
  const product = await plant(bug);
  const tried = bug.schedule === undefined ? schedules : [bug.schedule];
  for (const [index, schedule] of tried.entries()) {
    const violations = await judge(schedule, product);
    if (violations.some(({ invariant }) => invariant === bug.caughtBy)) return index + 1;
  }
  return undefined;
}
