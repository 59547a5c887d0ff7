/** Runs schedules and says which of them should not have gone as they did. */
import fc from 'fast-check';
import { type Violation, violations } from '../judging/invariants.ts';
import type { Story } from '../judging/story.ts';
import { besideKinds } from './beside-kinds.ts';
import { storiesOf } from './circumstances.ts';
import type { Product } from './product.ts';
import { describeSchedule, type Schedule } from './schedule.ts';
import { anySchedule } from './schedules.ts';
import { simulate } from './simulate.ts';

/** The stories of one schedule, of each kind that is counted; that of streams is the first. */
export async function tell(schedule: Schedule, product: Product): Promise<Story[]> {
  return storiesOf(schedule, await simulate(schedule, product));
}

/** What went wrong in one schedule; nothing, if all invariants hold. */
export async function judge(schedule: Schedule, product: Product): Promise<Violation[]> {
  const stories = await tell(schedule, product);
  return [...stories.flatMap(violations), ...(await besideKinds(schedule, stories, product))];
}

export type Finding = { schedule: Schedule; violations: Violation[] };

/**
 * Draws and runs this many schedules, the same ones for the same seed, up to the first with a violation.
 * @param shrink whether to look for a smaller schedule that still has one
 */
export async function check(
  { seed, schedules, shrink = true }: { seed: number; schedules: number; shrink?: boolean },
  product: Product,
): Promise<{ ran: number; finding?: Finding }> {
  let ran = 0;
  const holds = fc.asyncProperty(anySchedule, async (schedule) => {
    ran += 1;
    return (await judge(schedule, product)).length === 0;
  });
  const { counterexample } = await fc.check(holds, { seed, numRuns: schedules, endOnFailure: !shrink });
  if (counterexample === null) return { ran };
  const [schedule] = counterexample;
  return { ran, finding: { schedule, violations: await judge(schedule, product) } };
}

export function describeFinding({ schedule, violations: found }: Finding): string {
  return [
    ...found.map(({ invariant, what }) => `${invariant}: ${what}`),
    'when:',
    ...describeSchedule(schedule).map((line) => `  ${line}`),
    `as JSON: ${JSON.stringify(schedule)}`,
  ].join('\n');
}
