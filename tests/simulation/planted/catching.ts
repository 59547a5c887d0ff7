/** Planting a bug, and looking for a schedule that shows it. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { judge } from '../check.ts';
import { organizationSchedule } from '../organization-schedules.ts';
import type { Schedule } from '../schedule.ts';
import { anySchedule } from '../schedules.ts';
import type { Bug } from './bugs.ts';
import { plant } from './plant.ts';

/** In this order all are caught soon. */
const SEEDS = [7, 4, 9, 6, 8, 5, 3, 2, 1, 10];
const OF_EACH = 200;
const drawn = (from: fc.Arbitrary<Schedule>) => SEEDS.flatMap((seed) => fc.sample(from, { seed, numRuns: OF_EACH }));

export const schedules = drawn(anySchedule);
/** As many, in which an organisation is counted. */
const ofOrganizations = drawn(organizationSchedule);

/** Where each bug was caught before, among these schedules: `npm run planted` writes it. */
export const CAUGHT_AT = new URL('caught-at.json', import.meta.url);
export const caughtBefore: Readonly<Record<string, number>> = JSON.parse(readFileSync(CAUGHT_AT, 'utf8'));

/**
 * Among all schedules, or in the bug's own: the one where it was caught before is only the first to be tried.
 * @returns the schedule that shows it, or nothing if none does
 */
export async function caughtAt(bug: Bug, before = caughtBefore[bug.name]): Promise<number | undefined> {
  const product = plant(bug);
  const all = bug.among === 'organizations' ? ofOrganizations : schedules;
  const order = [...all.keys()];
  if (before !== undefined && before in all) order.unshift(before);
  const tried = bug.schedule === undefined ? order.map((at) => all[at]!) : [bug.schedule];
  for (const [index, schedule] of tried.entries()) {
    const violations = await judge(schedule, product);
    if (violations.some(({ invariant }) => invariant === bug.caughtBy)) return order[index];
  }
  return undefined;
}
